//! A finished run, read back from its folder.

use super::csv_reader::read_csv;
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
    /// Calendar date of the first day, "" for none.
    pub start_date: String,
    /// Days of a round, 0 if the manifest does not say.
    pub days_per_round: u32,
    /// The `rounds` table.
    pub rounds: Table,
    /// The `review` table; empty if there is none.
    pub review: Table,
}

#[derive(Deserialize)]
struct Manifest {
    identity: Identity,
    #[serde(default)]
    scenario: Scenario,
}

#[derive(Deserialize)]
struct Identity {
    scenario: String,
    scenario_hash: String,
    seed: u64,
}

/// As much of the scenario as a comparison shows.
#[derive(Default, Deserialize)]
struct Scenario {
    #[serde(default)]
    phases: Vec<Phase>,
}

#[derive(Deserialize)]
struct Phase {
    settings: Settings,
}

#[derive(Deserialize)]
struct Settings {
    clock: Clock,
}

#[derive(Clone, Default, Deserialize)]
struct Clock {
    #[serde(default)]
    start_date: String,
    #[serde(default)]
    days_per_round: u32,
}

impl FinishedRun {
    /// Reads `manifest.json`, `rounds` and, where there is one, `review` in `folder`; tables as Parquet or CSV.
    ///
    /// # Errors
    /// If one of them is missing or not what thumbscale writes.
    pub fn read(folder: &Path) -> Result<Self, OutputError> {
        let path = folder.join("manifest.json");
        let text = std::fs::read(&path).map_err(|source| OutputError::io("read", &path, source))?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| OutputError::unreadable(&path, error))?;
        let rounds = rounds(folder)?;
        let review = read_table(folder, "review").unwrap_or_else(|| Ok(Table::default()))?;
        let phases = manifest.scenario.phases;
        let clock = phases.first().map_or(Clock::default(), |phase| phase.settings.clock.clone());
        let Identity { scenario, scenario_hash, seed } = manifest.identity;
        let Clock { start_date, days_per_round } = clock;
        Ok(Self { scenario, scenario_hash, seed, start_date, days_per_round, rounds, review })
    }
}

fn rounds(folder: &Path) -> Result<Table, OutputError> {
    let path = folder.join("rounds.parquet");
    let rounds = read_table(folder, "rounds").unwrap_or_else(|| read_parquet(&path))?;
    if ["round", "replicate"].iter().any(|name| rounds.numbers(name).is_none())
        || rounds.words("variant").is_none()
    {
        return Err(OutputError::unreadable(
            folder,
            "its table of rounds has no columns variant, replicate and round",
        ));
    }
    Ok(rounds)
}

/// The table of a name in whichever format it was written; `None` if there is none.
fn read_table(folder: &Path, name: &str) -> Option<Result<Table, OutputError>> {
    let [parquet, csv] = ["parquet", "csv"].map(|format| folder.join(format!("{name}.{format}")));
    match (parquet.is_file(), csv.is_file()) {
        (true, _) => Some(read_parquet(&parquet)),
        (false, true) => Some(read_csv(&csv)),
        (false, false) => None,
    }
}
