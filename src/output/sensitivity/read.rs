//! Designs and results that others made, or that an earlier analysis left.

use crate::analysis::sensitivity::Method;
use crate::measure::table::{Column, Table, Values};
use crate::output::error::OutputError;
use crate::output::identity::{Identity, hexadecimal};
use crate::output::read_parquet;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Results to analyse.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlierResults {
    /// One row per point.
    pub table: Table,
    /// File name without folder and extension, and the SHA-256 of the file.
    pub identity: Identity,
    /// What an earlier analysis said of them, if they are its own.
    pub earlier: Option<Earlier>,
}

/// What an earlier analysis says of its points.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// How parameters were varied.
    pub method: Option<Method>,
    /// Parameters.
    pub parameters: Vec<String>,
    /// Outcomes.
    pub outcomes: Vec<String>,
    /// Measures asked for.
    pub measures: Vec<String>,
    /// Parameters whose axis is logarithmic.
    pub logarithmic: Vec<bool>,
    /// Replicates of every point.
    pub replicates: u32,
    /// Whether it looked at effects of factors.
    pub effects: bool,
    /// Its seed.
    pub seed: u64,
    /// Its scenario.
    pub scenario: String,
}

#[derive(Deserialize)]
struct Written {
    identity: WrittenIdentity,
    method: String,
    parameters: Vec<String>,
    measures: Vec<String>,
    outcomes: Vec<WrittenOutcome>,
    varied: Vec<WrittenVaried>,
    replicates: u32,
    effects: bool,
}

#[derive(Deserialize)]
struct WrittenIdentity {
    scenario: String,
    seed: u64,
}

#[derive(Deserialize)]
struct WrittenOutcome {
    outcome: String,
}

#[derive(Deserialize)]
struct WrittenVaried {
    law: WrittenLaw,
}

#[derive(Deserialize)]
struct WrittenLaw {
    kind: String,
}

/// Reads results: a CSV or Parquet file with a column per parameter and outcome, or the folder of an earlier analysis.
/// `seed` is for resamples.
///
/// # Errors
/// If there is no such file, or it holds something else.
pub fn read_results(path: &Path, seed: u64) -> Result<EarlierResults, OutputError> {
    let (file, earlier) = match path.is_dir() {
        true => (points_file(path), Some(read_earlier(path)?)),
        false => (path.to_path_buf(), None),
    };
    let bytes = std::fs::read(&file).map_err(|source| OutputError::io("read", &file, source))?;
    let is_parquet = file.extension().is_some_and(|it| it == "parquet");
    let table = if is_parquet { read_parquet(&file)? } else { from_csv(&file, &bytes)? };
    let stem = file.file_stem().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
    let identity = Identity {
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("THUMBSCALE_GIT_COMMIT"),
        scenario: earlier.as_ref().map_or(stem, |it: &Earlier| it.scenario.clone()),
        scenario_hash: hexadecimal(&Sha256::digest(&bytes)),
        seed,
    };
    Ok(EarlierResults { table, identity, earlier })
}

fn points_file(folder: &Path) -> PathBuf {
    let parquet = folder.join("points.parquet");
    if parquet.exists() { parquet } else { folder.join("points.csv") }
}

fn read_earlier(folder: &Path) -> Result<Earlier, OutputError> {
    let path = folder.join("sensitivity.json");
    let text = std::fs::read(&path).map_err(|source| OutputError::io("read", &path, source))?;
    let written: Written =
        serde_json::from_slice(&text).map_err(|error| OutputError::unreadable(&path, error))?;
    Ok(Earlier {
        method: Method::from_word(&written.method),
        logarithmic: written.varied.iter().map(|it| it.law.kind == "log_range").collect(),
        parameters: written.parameters,
        measures: written.measures,
        outcomes: written.outcomes.into_iter().map(|it| it.outcome).collect(),
        replicates: written.replicates,
        effects: written.effects,
        seed: written.identity.seed,
        scenario: written.identity.scenario,
    })
}

/// Reads a design: a CSV file with a column per parameter.
///
/// # Errors
/// If there is no such file, or a cell holds no number.
pub fn read_design(path: &Path) -> Result<(Table, String), OutputError> {
    let bytes = std::fs::read(path).map_err(|source| OutputError::io("read", path, source))?;
    let hash = hexadecimal(&Sha256::digest(&bytes));
    Ok((from_csv(path, &bytes)?, hash))
}

/// A CSV file with a header; a column in which every cell is a number or empty holds numbers, any other text.
fn from_csv(path: &Path, bytes: &[u8]) -> Result<Table, OutputError> {
    let refused = |reason: String| OutputError::NotTabular { path: path.to_path_buf(), reason };
    let mut reader = csv::Reader::from_reader(bytes);
    let header: Vec<String> = reader
        .headers()
        .map_err(|error| refused(error.to_string()))?
        .iter()
        .map(|it| it.trim().to_string())
        .collect();
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); header.len()];
    for record in reader.records() {
        let record = record.map_err(|error| refused(error.to_string()))?;
        cells.iter_mut().zip(record.iter()).for_each(|(column, cell)| column.push(cell.trim().to_string()));
    }
    if cells.first().is_none_or(Vec::is_empty) {
        return Err(refused("it has no rows".into()));
    }
    if let Some(name) = (1..header.len()).find(|&nth| header[..nth].contains(&header[nth])) {
        return Err(refused(format!("two columns are called {:?}", header[name])));
    }
    let columns = header.into_iter().zip(cells).map(|(name, cells)| column(name, cells)).collect();
    Ok(Table { columns })
}

fn column(name: String, cells: Vec<String>) -> Column {
    let number = |cell: &String| match cell.as_str() {
        "" => Some(f64::NAN),
        text => text.parse::<f64>().ok(),
    };
    let numbers: Option<Vec<f64>> = cells.iter().map(number).collect();
    // A column of nothing but empty cells is the text that says of no point why it failed.
    let values = match numbers {
        Some(numbers) if numbers.iter().any(|it| !it.is_nan()) => Values::Number(numbers),
        _ => Values::Text(cells),
    };
    Column { name, unit: "", meaning: String::new(), values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_columns_are_numbers_or_text() {
        let table = from_csv(Path::new("a.csv"), b"a,y,error\n1,2e-3,\n2,,it failed\n").unwrap();
        assert_eq!(table.numbers("a").unwrap(), [1.0, 2.0]);
        assert!(table.numbers("y").unwrap()[1].is_nan());
        assert_eq!(table.words("error").unwrap()[1], "it failed");
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for bytes in [&b""[..], b"a,b\n", b"a,a\n1,2\n", b"a,b\n1\n"] {
            let refused = from_csv(Path::new("a.csv"), bytes);
            assert!(matches!(refused, Err(OutputError::NotTabular { .. })), "{refused:?}");
        }
    }
}
