//! A finished run, read back from its folder.

use super::error::OutputError;
use super::parquet_reader::read_parquet;
use crate::measure::table::Table;
use serde::Deserialize;
use std::path::Path;

/// What a comparison needs of a finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedRun {
    /// Name of the scenario.
    pub scenario: String,
    /// Its hash.
    pub scenario_hash: String,
    /// Seed.
    pub seed: u64,
    /// The `rounds` table.
    pub rounds: Table,
}

#[derive(Deserialize)]
struct Manifest {
    identity: Identity,
}

#[derive(Deserialize)]
struct Identity {
    scenario: String,
    scenario_hash: String,
    seed: u64,
}

impl FinishedRun {
    /// Reads `manifest.json` and `rounds.parquet` in `folder`.
    ///
    /// # Errors
    /// If one of them is missing or not what thumbscale writes.
    pub fn read(folder: &Path) -> Result<Self, OutputError> {
        let path = folder.join("manifest.json");
        let text = std::fs::read(&path).map_err(|source| OutputError::io("read", &path, source))?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| OutputError::unreadable(&path, error))?;
        let table = folder.join("rounds.parquet");
        let rounds = read_parquet(&table)?;
        if ["round", "replicate"].iter().any(|name| rounds.numbers(name).is_none())
            || rounds.words("variant").is_none()
        {
            return Err(OutputError::unreadable(&table, "it has no columns variant, replicate and round"));
        }
        let Identity { scenario, scenario_hash, seed } = manifest.identity;
        Ok(Self { scenario, scenario_hash, seed, rounds })
    }
}
