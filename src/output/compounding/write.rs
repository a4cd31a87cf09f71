//! The folder of a factorial: tables, JSON, figures, report; complete or absent.

use super::summary::{CompoundingSummary, run_id};
use crate::analysis::compounding::{
    combinations_table, effects_table, histories_table, review_table, shapley_table,
};
use crate::output::Destination;
use crate::output::analysis_folder::AnalysisFolder;
use crate::output::error::OutputError;
use crate::output::identity::Identity;
use crate::scenario::Scenario;
use std::path::PathBuf;

/// Checks that [`write_compounding`] will find a place, before an hour of work depends on it, and returns that place.
///
/// # Errors
/// If the folder holds results and `force` is off, or cannot be written.
pub fn compounding_folder(
    scenario: &Scenario,
    factors: &[String],
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let identity = Identity::of(scenario);
    let id = run_id(&identity, factors);
    Ok(AnalysisFolder::create(&identity, &id, destination)?.target())
}

/// Writes `root/<scenario>/compound-<seed>-<hash>/` and returns its path.
///
/// # Errors
/// As [`compounding_folder`], or if the disk is full. Then nothing new remains and older results are untouched.
pub fn write_compounding(
    summary: &CompoundingSummary<'_>,
    scenario: &Scenario,
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let mut folder = AnalysisFolder::create(&summary.identity, &summary.run_id(), destination)?;
    let found = summary.found;
    folder.table("effects", &effects_table(found))?;
    folder.table("shapley", &shapley_table(found))?;
    folder.table("compounding", &combinations_table(found))?;
    folder.table("review", &review_table(found))?;
    folder.table("rounds", &histories_table(found))?;
    folder.json("compounding.json", summary)?;
    folder.text("scenario.toml", &scenario.to_toml())?;
    #[cfg(feature = "plots")]
    {
        let figures = crate::output::compounding_figures(summary, scenario);
        folder.figures(&figures)?;
        folder.text("report.html", &crate::output::compounding_html(summary, scenario, &figures))?;
    }
    folder.publish()
}
