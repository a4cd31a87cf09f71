//! Points that others chose: a CSV or Parquet file with a column per parameter, as SALib, the EMA Workbench, Optuna or a
//! spreadsheet write it.

use super::error::SweepError;
use crate::analysis::sensitivity::{MOST_POINTS, Matrix};
use crate::measure::table::{Column, Table, Values};
use crate::output::{OutputError, read_design, read_parquet};
use crate::scenario::{Scenario, Varied, nearest_name, read_varied};
use std::path::Path;

/// Columns that tools write beside the parameters: an index, the EMA Workbench's names of experiments, Optuna's and our own
/// records of a trial.
const BESIDE: [&str; 13] = [
    "",
    "Unnamed: 0",
    "index",
    "point",
    "hash",
    "error",
    "scenario",
    "policy",
    "model",
    "number",
    "value",
    "duration",
    "state",
];
const BESIDE_PREFIXES: [&str; 5] =
    ["values_", "datetime_", "user_attrs_", "system_attrs_", "intermediate_values"];
/// Optuna puts this before the name of a parameter.
const OPTUNA: &str = "params_";

/// Points from a file.
pub struct PointsFile {
    /// What is varied.
    pub parameters: Vec<Varied>,
    /// A row per point, in the file's order.
    pub points: Matrix,
    /// Columns that were left out.
    pub notes: Vec<String>,
}

/// Reads points. A column that `known` does not speak of is a key of the scenario that takes the values found.
///
/// # Errors
/// If the file is no table, a column is no key, or a value does not fit its key.
pub fn read_points_file(
    path: &Path,
    scenario: &Scenario,
    known: &[Varied],
) -> Result<PointsFile, SweepError> {
    let refused = |reason: String| SweepError::DesignFile { path: path.to_path_buf(), reason };
    let table = read(path)?;
    if table.rows() > MOST_POINTS {
        return Err(refused(format!(
            "{} rows, more than the {MOST_POINTS} points that are allowed",
            table.rows()
        )));
    }
    let table = with_names(table, known);
    let (columns, beside): (Vec<&Column>, Vec<&Column>) =
        table.columns.iter().partition(|it| !is_beside(&it.name));
    let mut found =
        PointsFile { parameters: Vec::new(), points: Matrix::new(columns.len()), notes: Vec::new() };
    let mut values = Vec::new();
    for column in &columns {
        let key = column.name.strip_prefix(OPTUNA).unwrap_or(&column.name);
        let (varied, numbers) = parameter(scenario, key, column, known).map_err(refused)?;
        found.parameters.push(varied);
        values.push(numbers);
    }
    if let Some(missing) = known.iter().find(|it| !found.parameters.iter().any(|varied| varied.key == it.key))
    {
        return Err(refused(format!(
            "it has no column {:?}, which [parameters] or `factors` names",
            missing.key
        )));
    }
    if columns.is_empty() || table.rows() == 0 {
        return Err(refused("it has no parameter, or no row".into()));
    }
    (0..table.rows()).for_each(|row| found.points.push(values.iter().map(|column| column[row])));
    let left: Vec<&str> = beside.iter().map(|it| it.name.as_str()).filter(|name| !name.is_empty()).collect();
    if !left.is_empty() {
        found.notes.push(format!(
            "columns {} of the file of points are no parameters and were left out",
            left.join(", ")
        ));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Table, OutputError> {
    match path.extension().is_some_and(|it| it == "parquet") {
        true => read_parquet(path),
        false => Ok(read_design(path)?.0),
    }
}

/// SALib's samples are matrices of which `numpy.savetxt` writes no header: if every name is a number and there are as many
/// columns as parameters, the first line is a row.
fn with_names(mut table: Table, known: &[Varied]) -> Table {
    let first: Option<Vec<f64>> = table.columns.iter().map(|it| it.name.parse().ok()).collect();
    let Some(first) = first.filter(|first| first.len() == known.len()) else { return table };
    for ((column, varied), first) in table.columns.iter_mut().zip(known).zip(first) {
        column.name.clone_from(&varied.key);
        if let Values::Number(values) = &mut column.values {
            values.insert(0, first);
        }
    }
    table
}

fn is_beside(name: &str) -> bool {
    BESIDE.contains(&name) || BESIDE_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The parameter that a column is, and its values as numbers of the design.
fn parameter(
    scenario: &Scenario,
    key: &str,
    column: &Column,
    known: &[Varied],
) -> Result<(Varied, Vec<f64>), String> {
    let varied = match known.iter().find(|it| it.key == key) {
        Some(varied) => varied.clone(),
        None => between(scenario, key, column)?,
    };
    let numbers = match &column.values {
        Values::Number(values) => values.clone(),
        Values::Integer(values) => values.iter().map(|&value| value as f64).collect(),
        Values::Text(words) => numbers_of(&varied, words)?,
    };
    match numbers.iter().position(|&value| !varied.accepts(value)) {
        None => Ok((varied, numbers)),
        Some(row) => {
            let value = numbers[row];
            Err(format!("`{key}` cannot be {value} as in row {}: it takes {}", row + 1, accepted(&varied)))
        }
    }
}

fn accepted(varied: &Varied) -> String {
    match varied.words.as_slice() {
        [] if varied.factor().is_some() => "0 (off) or 1 (on)".into(),
        [] if varied.is_whole() => "whole numbers".into(),
        [] => "finite numbers".into(),
        words => format!("one of {}", words.join(", ")),
    }
}

/// Words of a column as places in the parameter's list.
fn numbers_of(varied: &Varied, words: &[String]) -> Result<Vec<f64>, String> {
    let plain = |word: &str| word.trim_matches('"').to_lowercase();
    let place = |(row, word): (usize, &String)| {
        let found = varied.words.iter().position(|known| plain(known) == plain(word));
        let on = ["false", "true"].iter().position(|it| varied.factor().is_some() && *it == plain(word));
        found.or(on).map(|it| it as f64).ok_or_else(|| {
            format!(
                "`{}` cannot be {word:?} as in row {}: it takes {}",
                varied.key,
                row + 1,
                accepted(varied)
            )
        })
    };
    words.iter().enumerate().map(place).collect()
}

/// A key that takes what is found in its column: from the lowest to the highest number, or each word.
fn between(scenario: &Scenario, key: &str, column: &Column) -> Result<Varied, String> {
    let law = match &column.values {
        Values::Text(words) => {
            let mut different: Vec<&str> = words.iter().map(String::as_str).collect();
            different.sort_unstable();
            different.dedup();
            // Python writes True and False.
            different.join(",").replace("True", "true").replace("False", "false")
        }
        Values::Number(values) => range(values),
        Values::Integer(values) => range(&values.iter().map(|&it| it as f64).collect::<Vec<_>>()),
    };
    let read = read_varied(scenario, &[format!("{key}={law}")], &[]);
    read.map(|mut found| found.remove(0)).map_err(|errors| {
        let problem = &errors.0[0];
        let near = problem.suggestion.clone().or_else(|| nearest_name(key, BESIDE));
        let near = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        format!("column {:?}: {}{near}", column.name, problem.message)
    })
}

/// `low..high`, or the one value twice that there is.
fn range(values: &[f64]) -> String {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let whole = values.iter().all(|it| it.fract() == 0.0);
    let text = |value: f64| if whole { format!("{value:.0}") } else { format!("{value:?}") };
    format!("{}..{}", text(low), text(high))
}
