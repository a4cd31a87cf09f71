//! The folder of an analysis: tables, JSON, texts and figures under one identity; complete or absent.

use super::error::OutputError;
#[cfg(feature = "plots")]
use super::figures::Figure;
use super::identity::Identity;
use super::run_directory::RunDirectory;
use super::{Destination, TableFormat, to_csv, to_parquet};
use crate::measure::table::Table;
use serde::Serialize;
use std::path::PathBuf;

/// A folder under construction. Dropped before [`AnalysisFolder::publish`], it vanishes.
pub struct AnalysisFolder {
    folder: RunDirectory,
    facts: Vec<(&'static str, String)>,
    format: TableFormat,
}

impl AnalysisFolder {
    /// Starts `root/<scenario>/<id>/`.
    ///
    /// # Errors
    /// If that folder holds results and `force` is off, or cannot be written.
    pub fn create(identity: &Identity, id: &str, destination: &Destination) -> Result<Self, OutputError> {
        let folder = RunDirectory::create(&destination.root, &identity.scenario, id, destination.force)?;
        let facts = vec![
            ("version", identity.version.to_string()),
            ("scenario", identity.scenario.clone()),
            ("scenario_hash", identity.scenario_hash.clone()),
            ("seed", identity.seed.to_string()),
        ];
        Ok(Self { folder, facts, format: destination.format })
    }

    /// One more thing that the metadata of tables says.
    pub fn fact(mut self, key: &'static str, value: String) -> Self {
        self.facts.push((key, value));
        self
    }

    /// Where the folder will be.
    pub fn target(&self) -> PathBuf {
        self.folder.target().to_path_buf()
    }

    /// Adds a table, unless it is empty.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn table(&mut self, name: &str, table: &Table) -> Result<(), OutputError> {
        if table.rows() == 0 {
            return Ok(());
        }
        match self.format {
            TableFormat::Csv => self.folder.add(&format!("{name}.csv"), &to_csv(name, table)?),
            TableFormat::Parquet => {
                self.folder.add(&format!("{name}.parquet"), &to_parquet(name, table, &self.facts)?)
            }
        }
    }

    /// Adds a file of JSON.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn json(&mut self, name: &str, content: &impl Serialize) -> Result<(), OutputError> {
        let json = serde_json::to_vec_pretty(content).map_err(|error| OutputError::format(name, error))?;
        self.folder.add(name, &json)
    }

    /// Adds a file of text.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn text(&mut self, name: &str, text: &str) -> Result<(), OutputError> {
        self.folder.add(name, text.as_bytes())
    }

    /// Adds figures, as SVG and PNG.
    ///
    /// # Errors
    /// If they cannot be written.
    #[cfg(feature = "plots")]
    pub fn figures(&mut self, figures: &[Figure]) -> Result<(), OutputError> {
        for (figure, picture) in figures.iter().zip(super::figures_to_png(figures)?) {
            self.folder.add(&format!("figures/{}.svg", figure.name), figure.svg.as_bytes())?;
            self.folder.add(&format!("figures/{}.png", figure.name), &picture)?;
        }
        Ok(())
    }

    /// Puts the finished folder in its place and returns its path.
    ///
    /// # Errors
    /// If the rename fails; then older results are where they were.
    pub fn publish(self) -> Result<PathBuf, OutputError> {
        self.folder.publish()
    }
}
