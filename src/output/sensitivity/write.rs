//! The folder of a sensitivity analysis: points, findings, JSON, figures, report; complete or absent.

use super::summary::{SensitivityStudy, SensitivitySummary};
use crate::analysis::sensitivity::{Points, findings_table, interactions_table};
use crate::output::analysis_folder::AnalysisFolder;
use crate::output::error::OutputError;
use crate::output::identity::Identity;
use crate::output::{Destination, to_csv};
use crate::scenario::Scenario;
use std::path::PathBuf;

/// Checks that [`write_sensitivity`] will find a place, before an hour of work depends on it, and returns that place.
///
/// # Errors
/// If the folder holds results and `force` is off, or cannot be written.
pub fn sensitivity_folder(
    identity: &Identity,
    study: &SensitivityStudy,
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    Ok(AnalysisFolder::create(identity, &study.run_id(identity), destination)?.target())
}

/// Writes `root/<scenario>/sensitivity-<seed>-<hash>/` and returns its path.
///
/// # Errors
/// As [`sensitivity_folder`], or if the disk is full. Then nothing new remains and older results are untouched.
pub fn write_sensitivity(
    summary: &SensitivitySummary,
    points: &Points,
    scenario: Option<&Scenario>,
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let mut folder = AnalysisFolder::create(&summary.identity, &summary.run_id(), destination)?;
    let (name, findings) = findings_table(&summary.outcomes, &summary.study.parameters);
    folder.table("points", &points.table())?;
    folder.table(name, &findings)?;
    folder.table("interactions", &interactions_table(&summary.outcomes, &summary.study.parameters))?;
    let design = to_csv("design", &points.design_table())?;
    folder.text("design.csv", &String::from_utf8_lossy(&design))?;
    folder.json("sensitivity.json", summary)?;
    if let Some(scenario) = scenario {
        folder.text("scenario.toml", &scenario.to_toml())?;
    }
    #[cfg(feature = "plots")]
    {
        let figures = crate::output::sensitivity_figures(summary, points);
        folder.figures(&figures)?;
        folder.text("report.html", &crate::output::sensitivity_html(summary, &figures))?;
    }
    folder.publish()
}
