//! Results as files, figures, a report and words: what a run leaves behind.
//!
//! Summary and story need no files and compile everywhere; `files` adds the result folder, `plots` adds
//! figures and the report.

#[cfg(feature = "files")]
mod analysis_folder;
#[cfg(feature = "files")]
mod atomic;
mod autopsy;
mod calendar;
mod comparison;
mod compounding;
#[cfg(feature = "files")]
mod csv;
#[cfg(feature = "files")]
mod csv_reader;
mod doubts;
mod doubts_launch;
mod error;
#[cfg(feature = "plots")]
mod figures;
#[cfg(feature = "files")]
mod finished;
mod gain;
#[cfg(feature = "files")]
mod history_store;
mod identity;
mod incident;
mod incident_story;
mod json;
mod launches;
mod manifest;
mod mean_field;
#[cfg(feature = "files")]
mod parquet;
#[cfg(feature = "files")]
mod parquet_reader;
#[cfg(feature = "plots")]
mod report;
#[cfg(feature = "plots")]
mod report_incident;
mod results;
mod reviewed;
pub mod rounds;
#[cfg(feature = "files")]
mod run_directory;
mod sensitivity;
mod story;
mod summary;
mod unseen;
mod verify;
mod warning;
pub mod words;
#[cfg(feature = "files")]
mod write;

#[cfg(feature = "files")]
pub use self::csv::to_csv;
#[cfg(feature = "files")]
pub use self::parquet::{ParquetStream, to_parquet};
#[cfg(feature = "files")]
pub(crate) use atomic::sync_folder;
#[cfg(feature = "files")]
pub use atomic::write_atomic;
pub use autopsy::{AutopsySummary, Judged, autopsy_text, sizes_text};
#[cfg(feature = "files")]
pub use autopsy::{autopsy_folder, write_autopsy};
pub use comparison::{ComparedRun, ComparisonSummary, RunFacts, RunSummary, comparison_text};
#[cfg(feature = "files")]
pub use comparison::{comparison_folder, write_comparison};
pub use compounding::{CompoundingSummary, compounding_text, paragraph};
#[cfg(feature = "files")]
pub use compounding::{compounding_folder, write_compounding};
pub use doubts::doubts;
pub use error::OutputError;
#[cfg(feature = "plots")]
pub use figures::curve_svg;
#[cfg(feature = "plots")]
pub use figures::{
    DataTable, Figure, autopsy_figure, comparison_figures, compounding_figures, figures, gain_figures,
    sensitivity_figures,
};
#[cfg(feature = "files")]
pub use finished::FinishedRun;
pub use gain::{GainSummary, gain_table, gain_text};
#[cfg(feature = "files")]
pub use gain::{gain_folder, write_gain};
#[cfg(feature = "files")]
pub use history_store::HistoryStore;
pub use identity::Identity;
#[cfg(feature = "files")]
pub(crate) use identity::hexadecimal;
pub use incident::{Incident, IncidentSummary, Moment};
pub use json::to_json;
pub use manifest::{FileRecord, Provenance, manifest_json};
pub use mean_field::{MeanFieldSummary, mean_field_text};
#[cfg(feature = "files")]
pub use mean_field::{mean_field_folder, write_mean_field};
#[cfg(feature = "files")]
pub use parquet_reader::{parquet_with_facts, read_parquet};
#[cfg(feature = "plots")]
pub use report::{
    autopsy_html, comparison_html, compounding_html, gain_html, report_html, sensitivity_html, verify_html,
};
pub use results::{Results, Tables};
pub use reviewed::ReviewedCheck;
#[cfg(feature = "files")]
pub use run_directory::RunDirectory;
#[cfg(feature = "files")]
pub(crate) use run_directory::put_in_place;
#[cfg(feature = "files")]
pub use sensitivity::{
    Earlier, EarlierResults, read_design, read_results, sensitivity_folder, write_sensitivity,
};
pub use sensitivity::{
    SensitivityStudy, SensitivitySummary, law_words, outcome_name, parameter_name, sensitivity_text,
    value_words,
};
pub use story::{COLUMNS, LINES, compounding_sentence, story};
pub use summary::{Alarm, Exposure, MeasureSummary, Summary, VariantSummary};
pub use verify::{verify_json, verify_markdown, verify_text};
pub use warning::Warning;
#[cfg(feature = "files")]
pub use write::{Destination, TableFormat, check_destination, write_results};

/// SVG figures as PNG, at twice their size, drawn on all cores.
///
/// # Errors
/// If one cannot be rendered.
#[cfg(feature = "plots")]
pub fn figures_to_png(figures: &[Figure]) -> Result<Vec<Vec<u8>>, OutputError> {
    let pictures = crate::parallel::map(figures, |figure| {
        figures::png::to_png(&figure.svg).map_err(|reason| OutputError::format(figure.name, reason))
    });
    pictures.into_iter().collect()
}

/// The headline figure as a GIF in which its lines grow.
///
/// # Errors
/// If a frame cannot be rendered.
#[cfg(feature = "plots")]
pub fn headline_gif(results: &Results<'_>, summary: &Summary) -> Result<Vec<u8>, OutputError> {
    let frames = figures::headline_by_round(results, summary);
    figures::gif::to_gif(&frames).map_err(|reason| OutputError::format("figures/headline.gif", reason))
}
