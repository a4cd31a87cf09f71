//! The plan of a sweep as it is kept: which runs, by which program, cut into which shards. Never changed once written.

use super::cost::Estimate;
use super::error::SweepError;
use crate::output::{OutputError, hexadecimal, write_atomic};
use crate::scenario::{Law, SweepDesign, SweepOutcomes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Changes with anything that another build could misread.
const FORMAT: u32 = 1;

/// A generation of a sweep: the first, or what was added to it later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this file's layout.
    pub format: u32,
    /// Generation, from 1.
    pub generation: u32,
    /// The SHA-256 of the manifest before this one.
    pub previous: Option<String>,
    /// The program that planned it.
    pub program: Program,
    /// What is varied and kept; the same in all generations.
    pub study: Study,
    /// How the points of this generation were chosen.
    pub design: SweepDesign,
    /// Points that it runs, from 0.
    pub points: Range<u32>,
    /// Replicates of them that it runs.
    pub replicates: Range<u32>,
    /// The SHA-256 of the file of points.
    pub points_sha256: String,
    /// Number of the first shard.
    pub first_shard: u32,
    /// Its shards, in order of runs.
    pub shards: Vec<ShardPlan>,
    /// What it was thought to cost.
    pub estimate: Estimate,
}

/// Who computes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Version of thumbscale.
    pub version: String,
    /// Git commit, where known.
    pub commit: Option<String>,
    /// Fingerprint of the sources that results depend on.
    pub engine: String,
}

/// What is varied and kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Name of the sweep.
    pub name: String,
    /// Name of the scenario that is varied.
    pub scenario_name: String,
    /// That scenario as TOML, with every key.
    pub scenario: String,
    /// The SHA-256 of the scenario after defaults.
    pub scenario_hash: String,
    /// Seed of the design and all runs.
    pub seed: u64,
    /// Parameters, in the order of columns.
    pub parameters: Vec<ParameterRecord>,
    /// What is kept.
    pub outcomes: SweepOutcomes,
    /// Outcome columns.
    pub columns: Vec<OutcomeColumn>,
}

/// A parameter as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterRecord {
    /// Key of the scenario, or `factors.NAME`.
    pub key: String,
    /// What its values follow.
    pub law: Law,
    /// The values as TOML texts where they are words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
}

/// A column of outcomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutcomeColumn {
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// What it is.
    pub meaning: String,
}

/// A shard as planned: so many of the runs that follow those of the shard before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardPlan {
    /// Runs.
    pub runs: u32,
    /// Seconds on one core that it should take.
    pub seconds: f64,
}

impl Program {
    /// This program.
    pub fn own() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            commit: option_env!("THUMBSCALE_GIT_COMMIT").map(String::from),
            engine: env!("THUMBSCALE_ENGINE").into(),
        }
    }
}

/// `thumbscale 0.1.0 (commit 1361cf4, engine 0123456789abcdef)`.
impl std::fmt::Display for Program {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let commit = self.commit.as_deref().map_or(String::new(), |commit| format!("commit {commit}, "));
        write!(out, "thumbscale {} ({commit}engine {})", self.version, self.engine)
    }
}

impl Manifest {
    /// Layout that this build writes and reads.
    pub const FORMAT: u32 = FORMAT;

    /// Runs of this generation.
    pub fn runs(&self) -> u64 {
        u64::from(self.points.end - self.points.start)
            * u64::from(self.replicates.end - self.replicates.start)
    }

    /// Its file in a folder.
    pub fn path(folder: &Path, generation: u32) -> PathBuf {
        folder.join(format!("manifest-{generation}.json"))
    }

    /// Writes it, and returns its SHA-256.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<String, SweepError> {
        let body = serde_json::to_vec_pretty(self).map_err(|error| OutputError::format("manifest", error))?;
        let id = hexadecimal(&Sha256::digest(&body));
        let mut text = prefix(&id).into_bytes();
        text.extend(body);
        text.extend(SUFFIX.as_bytes());
        write_atomic(&Self::path(folder, self.generation), &text)?;
        Ok(id)
    }

    /// Reads a manifest and checks that it is as it was written; with its SHA-256.
    ///
    /// # Errors
    /// If it cannot be read, was altered, or is of another layout.
    pub fn read(path: &Path) -> Result<(Self, String), SweepError> {
        let bytes = std::fs::read(path).map_err(|source| OutputError::io("read", path, source))?;
        let altered = |reason: &str| SweepError::Altered { path: path.into(), reason: reason.into() };
        let id = bytes.get(START.len()..START.len() + 64).unwrap_or_default().to_vec();
        let id = String::from_utf8(id).map_err(|_| altered("it names no checksum"))?;
        let body = bytes.strip_prefix(prefix(&id).as_bytes());
        let body = body.and_then(|it| it.strip_suffix(SUFFIX.as_bytes()));
        let body = body.ok_or_else(|| altered("its first or last line is another"))?;
        if hexadecimal(&Sha256::digest(body)) != id {
            return Err(altered("its checksum is another"));
        }
        let manifest = serde_json::from_slice(body).map_err(|error| altered(&error.to_string()))?;
        Ok((manifest, id))
    }
}

/// The checksum stands before what it is of, so that both are one file.
const START: &str = "{\"sha256\": \"";
const SUFFIX: &str = "\n}\n";

fn prefix(id: &str) -> String {
    format!("{START}{id}\",\n\"manifest\": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            format: FORMAT,
            generation: 1,
            previous: None,
            program: Program::own(),
            study: Study {
                name: "s".into(),
                scenario_name: "baseline".into(),
                scenario: "base = false".into(),
                scenario_hash: "00".into(),
                seed: 1,
                parameters: vec![ParameterRecord {
                    key: "world.topics".into(),
                    law: Law::Values(vec![1.0, 2.0]),
                    words: Vec::new(),
                }],
                outcomes: SweepOutcomes::default(),
                columns: Vec::new(),
            },
            design: SweepDesign::default(),
            points: 0..2,
            replicates: 0..3,
            points_sha256: "ab".into(),
            first_shard: 1,
            shards: vec![ShardPlan { runs: 6, seconds: 0.1 + 0.2 }],
            estimate: Estimate::default(),
        }
    }

    #[test]
    fn a_manifest_comes_back_and_is_json() {
        let folder = tempfile::tempdir().unwrap();
        let id = manifest().write(folder.path()).unwrap();
        let path = Manifest::path(folder.path(), 1);
        assert_eq!(Manifest::read(&path).unwrap(), (manifest(), id.clone()));
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(
            (json["sha256"].as_str().unwrap(), json["manifest"]["replicates"]["end"].as_u64()),
            (&*id, Some(3))
        );
        assert_eq!(manifest().runs(), 6);
    }

    // Every single byte counts.
    #[test]
    fn a_manifest_altered_anywhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        manifest().write(folder.path()).unwrap();
        let path = Manifest::path(folder.path(), 1);
        let whole = std::fs::read(&path).unwrap();
        for place in (0..whole.len()).step_by(7).chain([whole.len() - 1]) {
            let mut other = whole.clone();
            other[place] ^= 1;
            std::fs::write(&path, &other).unwrap();
            assert!(matches!(Manifest::read(&path), Err(SweepError::Altered { .. })), "byte {place}");
        }
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(Manifest::read(&path).is_err());
    }
}
