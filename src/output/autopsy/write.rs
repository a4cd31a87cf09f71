//! The folder of an autopsy: tables, JSON, figure, report; complete or absent.

use super::summary::{AutopsySummary, autopsy_hash, run_id};
use crate::analysis::autopsy::{Autopsy, Outcome, histories_table, outcomes_table};
use crate::measure::table::Table;
use crate::output::error::OutputError;
use crate::output::identity::Identity;
use crate::output::run_directory::RunDirectory;
use crate::output::{Destination, TableFormat, to_csv, to_parquet};
use crate::scenario::{Mitigation, Scenario};
use std::path::PathBuf;

/// Checks that [`write_autopsy`] will find a place, before an hour of work depends on it, and returns that place.
///
/// # Errors
/// If the folder holds results and `force` is off, or cannot be written.
pub fn autopsy_folder(
    scenario: &Scenario,
    mitigations: &[Mitigation],
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let identity = Identity::of(scenario);
    let id = run_id(&identity, &autopsy_hash(scenario, mitigations));
    let folder = RunDirectory::create(&destination.root, &identity.scenario, &id, destination.force)?;
    Ok(folder.target().to_path_buf())
}

/// Writes `root/<scenario>/autopsy-<seed>-<hash>/` and returns its path.
///
/// # Errors
/// As [`autopsy_folder`], or if the disk is full. Then nothing new remains and older results are untouched.
pub fn write_autopsy(
    summary: &AutopsySummary,
    autopsy: &Autopsy,
    scenario: &Scenario,
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let id = summary.run_id();
    let mut folder =
        RunDirectory::create(&destination.root, &summary.identity.scenario, &id, destination.force)?;
    let outcomes: Vec<Outcome> = summary.outcomes.iter().map(|it| it.outcome.clone()).collect();
    for (name, table) in [("autopsy", outcomes_table(&outcomes)), ("histories", histories_table(autopsy))] {
        let (file, bytes) = encode(name, &table, summary, destination.format)?;
        folder.add(&file, &bytes)?;
    }
    let json =
        serde_json::to_vec_pretty(summary).map_err(|error| OutputError::format("autopsy.json", error))?;
    folder.add("autopsy.json", &json)?;
    folder.add("scenario.toml", scenario.to_toml().as_bytes())?;
    #[cfg(feature = "plots")]
    pictures(&mut folder, summary, scenario)?;
    folder.publish()
}

#[cfg(feature = "plots")]
fn pictures(
    folder: &mut RunDirectory,
    summary: &AutopsySummary,
    scenario: &Scenario,
) -> Result<(), OutputError> {
    let figure = crate::output::autopsy_figure(summary);
    folder.add("figures/autopsy.svg", figure.svg.as_bytes())?;
    folder.add("figures/autopsy.png", &crate::output::svg_to_png(figure.name, &figure.svg)?)?;
    folder.add("report.html", crate::output::autopsy_html(summary, scenario, &figure).as_bytes())
}

fn encode(
    name: &str,
    table: &Table,
    summary: &AutopsySummary,
    format: TableFormat,
) -> Result<(String, Vec<u8>), OutputError> {
    let identity = &summary.identity;
    let facts = [
        ("version", identity.version.to_string()),
        ("scenario", identity.scenario.clone()),
        ("scenario_hash", identity.scenario_hash.clone()),
        ("autopsy_hash", summary.autopsy_hash.clone()),
        ("seed", identity.seed.to_string()),
    ];
    match format {
        TableFormat::Csv => Ok((format!("{name}.csv"), to_csv(name, table)?)),
        TableFormat::Parquet => Ok((format!("{name}.parquet"), to_parquet(name, table, &facts)?)),
    }
}
