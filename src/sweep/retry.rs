//! Forgets failures, so that what failed is tried again.

use super::attempt::forget;
use super::error::SweepError;
use super::folder::{ShardState, Sweep};
use super::shard_file::runs_of;
use super::status::Status;
use crate::output::OutputError;
use std::time::SystemTime;

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Shards that failed, were lost or are damaged.
    pub shards: usize,
    /// Runs with an error in finished shards.
    pub runs: u64,
}

/// Forgets failed and lost attempts, and opens finished shards that hold runs with an error: their other runs are kept.
///
/// # Errors
/// If the folder cannot be read or written.
pub fn forget_failures(sweep: &Sweep, now: SystemTime) -> Result<Forgotten, SweepError> {
    let status = Status::of(sweep, now)?;
    for trouble in &status.troubles {
        forget(&sweep.attempts(), trouble.shard);
    }
    let mut forgotten = Forgotten { shards: status.troubles.len(), runs: 0 };
    if status.runs.failed > 0 {
        for shard in sweep.shards() {
            let ShardState::Finished(table, facts) = sweep.state(&shard) else { continue };
            if facts.failed == 0 {
                continue;
            }
            let mut runs = runs_of(&table, sweep.study().columns.len()).unwrap_or_default();
            runs.retain(|it| it.outcome.is_ok());
            // First the good runs under another name, then the shard goes: nothing is lost in between.
            if !runs.is_empty() {
                sweep.write_part(&shard, &runs, facts.seconds, ("retry", 0))?;
            }
            let path = sweep.shard_path(shard.number);
            std::fs::remove_file(&path).map_err(|source| OutputError::io("delete", &path, source))?;
            forgotten.runs += facts.failed;
        }
    }
    Ok(forgotten)
}
