//! Where results go: files, and what is printed.

use crate::output::{Destination, TableFormat};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Where and how the results of an analysis are written.
#[derive(Args)]
pub struct Place {
    /// Folder of all results; those of this command are in DIR/<scenario>/<command, seed and hash>
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub out: PathBuf,
    /// Replace older results of the same command on the same scenario
    #[arg(long)]
    force: bool,
    /// File format of the tables
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    tables: Tables,
}

#[derive(Clone, Copy, ValueEnum)]
enum Tables {
    Parquet,
    Csv,
}

/// What is printed on stdout; each command says in which shape.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Human,
    Json,
    Csv,
}

impl Place {
    pub fn destination(&self) -> Destination {
        let format = match self.tables {
            Tables::Parquet => TableFormat::Parquet,
            Tables::Csv => TableFormat::Csv,
        };
        Destination { root: self.out.clone(), force: self.force, format, gif: false }
    }
}
