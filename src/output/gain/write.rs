//! The folder of a measurement of loop gain: tables, JSON, figures, report; complete or absent.

use super::summary::{GainSummary, gain_table, run_id};
use crate::analysis::gain::Options;
use crate::output::Destination;
use crate::output::analysis_folder::AnalysisFolder;
use crate::output::error::OutputError;
use crate::output::identity::Identity;
use crate::scenario::Scenario;
use std::path::PathBuf;

/// Checks that [`write_gain`] will find a place, before an hour of work depends on it, and returns that place.
///
/// # Errors
/// If the folder holds results and `force` is off, or cannot be written.
pub fn gain_folder(
    scenario: &Scenario,
    keys: &[String],
    values: &[Vec<String>],
    options: &Options,
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let identity = Identity::of(scenario);
    let id = run_id(&identity, keys, values, options);
    Ok(AnalysisFolder::create(&identity, &id, destination)?.target())
}

/// Writes `root/<scenario>/gain-<seed>-<hash>/` and returns its path.
///
/// # Errors
/// As [`gain_folder`], or if the disk is full. Then nothing new remains and older results are untouched.
pub fn write_gain(
    summary: &GainSummary,
    scenario: &Scenario,
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let mut folder = AnalysisFolder::create(&summary.identity, &summary.run_id(), destination)?;
    folder.table("gain", &gain_table(summary))?;
    folder.json("gain.json", summary)?;
    folder.text("scenario.toml", &scenario.to_toml())?;
    #[cfg(feature = "plots")]
    {
        let figures = crate::output::gain_figures(summary);
        folder.figures(&figures)?;
        folder.text("report.html", &crate::output::gain_html(summary, scenario, &figures))?;
    }
    folder.publish()
}
