//! The folder of an autopsy: tables, JSON, figure, report; complete or absent.

use super::summary::{AutopsySummary, autopsy_hash, run_id};
use crate::analysis::autopsy::{Autopsy, Outcome, histories_table, outcomes_table};
use crate::output::Destination;
use crate::output::analysis_folder::AnalysisFolder;
use crate::output::error::OutputError;
use crate::output::identity::Identity;
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
    Ok(AnalysisFolder::create(&identity, &id, destination)?.target())
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
    let folder = AnalysisFolder::create(&summary.identity, &summary.run_id(), destination)?;
    let mut folder = folder.fact("autopsy_hash", summary.autopsy_hash.clone());
    let outcomes: Vec<Outcome> = summary.outcomes.iter().map(|it| it.outcome.clone()).collect();
    folder.table("autopsy", &outcomes_table(&outcomes))?;
    folder.table("histories", &histories_table(autopsy))?;
    folder.json("autopsy.json", summary)?;
    folder.text("scenario.toml", &scenario.to_toml())?;
    #[cfg(feature = "plots")]
    {
        let figure = crate::output::autopsy_figure(summary);
        folder.figures(std::slice::from_ref(&figure))?;
        folder.text("report.html", &crate::output::autopsy_html(summary, scenario, &figure))?;
    }
    folder.publish()
}
