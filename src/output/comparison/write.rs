//! The folder of a comparison: tables, JSON, figures, report; complete or absent.

use super::run::{ComparedRun, RunFacts};
use super::summary::{ComparisonSummary, identity, run_id};
use crate::analysis::comparison::{all_rounds, comparison_table};
use crate::output::Destination;
use crate::output::analysis_folder::AnalysisFolder;
use crate::output::error::OutputError;
use crate::output::identity::Identity;
use std::path::PathBuf;

/// Folder of all comparisons, below that of all results.
const FOLDER: &str = "comparison";

/// Checks that [`write_comparison`] will find a place, before hours of work depend on it, and returns that place.
///
/// # Errors
/// If the folder holds results and `force` is off, or cannot be written.
pub fn comparison_folder(runs: &[RunFacts], destination: &Destination) -> Result<PathBuf, OutputError> {
    Ok(create(runs, &identity(runs), destination)?.target())
}

/// Writes `root/comparison/<names>-<hash>/` and returns its path.
///
/// # Errors
/// As [`comparison_folder`], or if the disk is full. Then nothing new remains and older results are untouched.
pub fn write_comparison(
    summary: &ComparisonSummary,
    runs: &[ComparedRun],
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let facts: Vec<RunFacts> = runs.iter().map(|run| run.facts.clone()).collect();
    let candidates: Vec<_> = runs.iter().map(ComparedRun::candidate).collect();
    let mut folder = create(&facts, &summary.identity, destination)?;
    folder.table("comparison", &comparison_table(&summary.measures))?;
    folder.table("rounds", &all_rounds(&candidates))?;
    folder.json("comparison.json", summary)?;
    #[cfg(feature = "plots")]
    {
        let figures = crate::output::comparison_figures(summary, runs);
        folder.figures(&figures)?;
        folder.text("report.html", &crate::output::comparison_html(summary, &figures))?;
    }
    folder.publish()
}

fn create(
    runs: &[RunFacts],
    identity: &Identity,
    destination: &Destination,
) -> Result<AnalysisFolder, OutputError> {
    let id = run_id(runs, identity);
    let place = Identity { scenario: FOLDER.to_string(), ..identity.clone() };
    AnalysisFolder::create(&place, &id, destination)
}
