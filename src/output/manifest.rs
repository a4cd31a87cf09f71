//! `manifest.json`: everything that is needed to repeat a run and to check its files.

use super::identity::{Identity, hexadecimal};
use super::warning::Warning;
use crate::scenario::{Change, Scenario};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How a run came about. Nothing in it changes a number of the results.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// The command line, program name included.
    pub command_line: Vec<String>,
    /// Threads used.
    pub threads: usize,
    /// When the run started.
    pub started: SystemTime,
    /// How long it took.
    pub duration: Duration,
}

/// A file of the result folder.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileRecord {
    /// Path within the folder.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

impl FileRecord {
    /// The record of a file with this content.
    pub fn new(path: &str, content: &[u8]) -> Self {
        Self {
            path: path.to_string(),
            bytes: content.len() as u64,
            sha256: hexadecimal(&Sha256::digest(content)),
        }
    }
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    identity: &'a Identity,
    replicates: u32,
    command_line: &'a [String],
    threads: usize,
    machine: Machine,
    started: String,
    duration_seconds: f64,
    warnings: Vec<WarningRecord<'a>>,
    files: &'a [FileRecord],
    changes: Vec<Change>,
    scenario: &'a Scenario,
}

#[derive(Serialize)]
struct Machine {
    os: &'static str,
    arch: &'static str,
    cores: Option<usize>,
}

#[derive(Serialize)]
struct WarningRecord<'a> {
    #[serde(flatten)]
    warning: &'a Warning,
    message: String,
}

/// The manifest as JSON.
///
/// # Errors
/// If serialisation fails.
pub fn manifest_json(
    identity: &Identity,
    scenario: &Scenario,
    provenance: &Provenance,
    warnings: &[Warning],
    files: &[FileRecord],
) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec_pretty(&Manifest {
        format: 1,
        identity,
        replicates: scenario.settings_in(1).run.replicates,
        command_line: &provenance.command_line,
        threads: provenance.threads,
        machine: this_machine(),
        started: utc(provenance.started),
        duration_seconds: provenance.duration.as_secs_f64(),
        warnings: warnings
            .iter()
            .map(|warning| WarningRecord { warning, message: warning.to_string() })
            .collect(),
        files,
        changes: scenario.changes(),
        scenario,
    })
}

fn this_machine() -> Machine {
    let cores = std::thread::available_parallelism().ok().map(usize::from);
    Machine { os: std::env::consts::OS, arch: std::env::consts::ARCH, cores }
}

/// A moment as `YYYY-MM-DDThh:mm:ssZ`.
fn utc(moment: SystemTime) -> String {
    let seconds = moment.duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let date = chrono::DateTime::from_timestamp(seconds as i64, 0).unwrap_or_default();
    date.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        // 2025-04-25 00:00:00 UTC, and the last second of a leap day.
        assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(1_745_539_200)), "2025-04-25T00:00:00Z");
        assert_eq!(utc(UNIX_EPOCH + Duration::from_secs(1_709_251_199)), "2024-02-29T23:59:59Z");
    }

    #[test]
    fn hashes_are_those_of_sha256sum() {
        let record = FileRecord::new("a", b"abc");
        assert!(record.sha256.starts_with("ba7816bf8f01cfea"));
        assert_eq!(record.bytes, 3);
    }
}
