//! The result folder: tables, summary, figures, report, manifest; complete or absent.

use super::error::OutputError;
use super::identity::Identity;
use super::manifest::{FileRecord, Provenance, manifest_json};
use super::results::Results;
use super::run_directory::RunDirectory;
use super::summary::Summary;
use super::{to_csv, to_parquet};
use crate::measure::table::Table;
use crate::scenario::Scenario;
use std::path::PathBuf;

/// File format of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableFormat {
    /// Parquet: typed, compressed, with units.
    #[default]
    Parquet,
    /// CSV, for spreadsheets.
    Csv,
}

/// Where and how results are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Destination {
    /// The folder of all results, usually `output`.
    pub root: PathBuf,
    /// Whether results of the same run are replaced.
    pub force: bool,
    /// File format of tables.
    pub format: TableFormat,
    /// Whether the headline figure is also written as a picture that moves.
    pub gif: bool,
}

/// Writes `root/<scenario>/<run-id>/` and returns its path.
///
/// # Errors
/// If the folder holds results and `force` is off, if it cannot be written or the disk is full. Then nothing of this
/// run remains and older results are untouched.
pub fn write_results(
    results: &Results<'_>,
    provenance: &Provenance,
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let identity = Identity::of(results.scenario);
    let folder =
        RunDirectory::create(&destination.root, &identity.scenario, &identity.run_id(), destination.force)?;
    let mut writer = Writer { folder, records: Vec::new() };
    writer.tables(results, &identity, destination.format)?;
    let summary = Summary::new(results);
    let json =
        serde_json::to_vec_pretty(&summary).map_err(|error| OutputError::format("summary.json", error))?;
    writer.add("summary.json", &json)?;
    #[cfg(feature = "plots")]
    writer.figures(results, &summary)?;
    #[cfg(feature = "plots")]
    if destination.gif {
        writer.add("figures/headline.gif", &super::headline_gif(results, &summary)?)?;
    }
    let manifest = manifest_json(&identity, results.scenario, provenance, results.warnings, &writer.records)
        .map_err(|error| OutputError::format("manifest.json", error))?;
    writer.add("manifest.json", &manifest)?;
    writer.folder.publish()
}

/// Checks that [`write_results`] will find a place, before hours of work depend on it, and returns that place.
///
/// # Errors
/// As [`write_results`], but for a disk that fills up later.
pub fn check_destination(scenario: &Scenario, destination: &Destination) -> Result<PathBuf, OutputError> {
    let identity = Identity::of(scenario);
    let folder =
        RunDirectory::create(&destination.root, &identity.scenario, &identity.run_id(), destination.force)?;
    Ok(folder.target().to_path_buf())
}

struct Writer {
    folder: RunDirectory,
    records: Vec<FileRecord>,
}

impl Writer {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), OutputError> {
        self.folder.add(name, bytes)?;
        self.records.push(FileRecord::new(name, bytes));
        Ok(())
    }

    fn tables(
        &mut self,
        results: &Results<'_>,
        identity: &Identity,
        format: TableFormat,
    ) -> Result<(), OutputError> {
        for (name, table) in results.tables.named() {
            let (file, bytes) = encode(name, table, identity, format)?;
            self.add(&file, &bytes)?;
        }
        Ok(())
    }

    #[cfg(feature = "plots")]
    fn figures(&mut self, results: &Results<'_>, summary: &Summary) -> Result<(), OutputError> {
        let figures = super::figures(results, summary);
        for (figure, picture) in figures.iter().zip(super::figures_to_png(&figures)?) {
            self.add(&format!("figures/{}.svg", figure.name), figure.svg.as_bytes())?;
            self.add(&format!("figures/{}.png", figure.name), &picture)?;
        }
        self.add("report.html", super::report_html(results, summary, &figures).as_bytes())
    }
}

fn encode(
    name: &str,
    table: &Table,
    identity: &Identity,
    format: TableFormat,
) -> Result<(String, Vec<u8>), OutputError> {
    match format {
        TableFormat::Csv => Ok((format!("{name}.csv"), to_csv(name, table)?)),
        TableFormat::Parquet => {
            let facts = [
                ("version", identity.version.to_string()),
                ("scenario", identity.scenario.clone()),
                ("scenario_hash", identity.scenario_hash.clone()),
                ("seed", identity.seed.to_string()),
            ];
            Ok((format!("{name}.parquet"), to_parquet(name, table, &facts)?))
        }
    }
}
