//! The runs of a shard as a Parquet file that says which sweep they belong to and carries a checksum of itself.

use super::manifest::OutcomeColumn;
use super::one_run::{FinishedRun, KeptRound};
use super::point::RunId;
use crate::measure::table::{Column, Table, Values};
use crate::measure::units::known_unit;
use crate::output::{OutputError, parquet_with_facts, to_parquet, write_atomic};
use std::ops::Range;
use std::path::Path;
use twox_hash::XxHash3_64;

/// What a file of runs says about itself beside its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ShardFacts {
    /// SHA-256 of the manifest that planned the shard.
    pub generation: String,
    /// Number of the shard.
    pub shard: u32,
    /// Runs in it.
    pub runs: u64,
    /// Those that failed.
    pub failed: u64,
    /// Seconds on one core that they took; unlike the rows, other each time.
    pub seconds: f64,
    /// Who computed them; only for people.
    pub worker: String,
}

/// A row: the run, the round, what was kept of it, or why there is nothing.
type ShardRow<'a> = (RunId, i64, Option<&'a KeptRound>, &'a str);

/// Runs in the order of points and replicates, as a table: a row per kept round, and one with round 0 for a run that failed.
pub fn table_of(runs: &[FinishedRun], columns: &[OutcomeColumn]) -> Table {
    let rows: Vec<ShardRow<'_>> = runs.iter().flat_map(rows_of).collect();
    let integer = |name: &str, meaning: &str, value: &dyn Fn(&ShardRow<'_>) -> i64| Column {
        name: name.into(),
        unit: "",
        meaning: meaning.into(),
        values: Values::Integer(rows.iter().map(value).collect()),
    };
    let mut table = Table {
        columns: vec![
            integer("point", "Number of the point, from 1", &|it| i64::from(it.0.point) + 1),
            integer("replicate", "Replicate, from 0", &|it| i64::from(it.0.replicate)),
            integer("round", "Update round, from 1; 0 for a run that failed", &|it| it.1),
        ],
    };
    table.columns.extend(columns.iter().enumerate().map(|(nth, column)| Column {
        name: column.name.clone(),
        unit: known_unit(&column.unit).unwrap_or_default(),
        meaning: column.meaning.clone(),
        values: Values::Number(
            rows.iter().map(|it| it.2.map_or(f64::NAN, |kept| kept.values[nth])).collect(),
        ),
    }));
    table.columns.push(Column {
        name: "error".into(),
        unit: "",
        meaning: "Why the run failed, empty for the others".into(),
        values: Values::Text(rows.iter().map(|it| it.3.to_string()).collect()),
    });
    table
}

fn rows_of(run: &FinishedRun) -> Vec<ShardRow<'_>> {
    match &run.outcome {
        Ok(rounds) => rounds.iter().map(|kept| (run.run, kept.round, Some(kept), "")).collect(),
        Err(reason) => vec![(run.run, 0, None, reason)],
    }
}

/// The runs again; `None` if it is no such table.
pub fn runs_of(table: &Table, columns: usize) -> Option<Vec<FinishedRun>> {
    let integer = |name: &str| match &table.column(name)?.values {
        Values::Integer(values) => Some(values.clone()),
        _ => None,
    };
    let (points, replicates, rounds) = (integer("point")?, integer("replicate")?, integer("round")?);
    let errors = table.words("error")?;
    let numbers: Vec<&Vec<f64>> = table.columns.get(3..3 + columns)?.iter().filter_map(numbers_of).collect();
    if numbers.len() != columns {
        return None;
    }
    let mut runs: Vec<FinishedRun> = Vec::new();
    for row in 0..table.rows() {
        let point = u32::try_from(points[row] - 1).ok()?;
        let run = RunId { point, replicate: u32::try_from(replicates[row]).ok()? };
        let kept = KeptRound { round: rounds[row], values: numbers.iter().map(|it| it[row]).collect() };
        match runs.last_mut().filter(|last| last.run == run) {
            Some(FinishedRun { outcome: Ok(before), .. }) => before.push(kept),
            Some(_) => return None,
            None if kept.round == 0 => runs.push(FinishedRun { run, outcome: Err(errors[row].clone()) }),
            None => runs.push(FinishedRun { run, outcome: Ok(vec![kept]) }),
        }
    }
    Some(runs)
}

fn numbers_of(column: &Column) -> Option<&Vec<f64>> {
    match &column.values {
        Values::Number(values) => Some(values),
        _ => None,
    }
}

/// Writes runs to `path`: whole, or not at all.
///
/// # Errors
/// If the disk is full or the folder cannot be written.
pub fn write_runs(path: &Path, table: &Table, facts: &ShardFacts) -> Result<(), OutputError> {
    let facts = [
        ("sweep", facts.generation.clone()),
        ("shard", facts.shard.to_string()),
        ("runs", facts.runs.to_string()),
        ("failed", facts.failed.to_string()),
        ("checksum", format!("{MARK}{}", "0".repeat(DIGITS))),
        ("seconds", format!("{:?}", facts.seconds)),
        ("worker", facts.worker.clone()),
    ];
    let mut bytes = to_parquet("shard", table, &facts)?;
    let no_place = || OutputError::format("shard", "no place for its checksum");
    let place = place_of_checksum(&bytes).ok_or_else(no_place)?;
    let checksum = format!("{:016x}", XxHash3_64::oneshot(&bytes));
    bytes[place].copy_from_slice(checksum.as_bytes());
    write_atomic(path, &bytes)
}

/// Before the checksum of a file within it.
const MARK: &str = "xxh3-with-zeros-here:";
/// Hexadecimal digits of a checksum.
const DIGITS: usize = 16;

/// Where a file holds its checksum, which is of the whole file with zeros in that place: so that no bit of it can change
/// without being noticed, and it is still a Parquet file.
fn place_of_checksum(bytes: &[u8]) -> Option<Range<usize>> {
    let mark = bytes.windows(MARK.len()).rposition(|it| it == MARK.as_bytes())?;
    let first = mark + MARK.len();
    (first + DIGITS <= bytes.len()).then(|| first..first + DIGITS)
}

/// Whether the bytes are those that were written.
fn is_whole(mut bytes: Vec<u8>) -> bool {
    let Some(place) = place_of_checksum(&bytes) else { return false };
    let told = bytes[place.clone()].to_vec();
    bytes[place].fill(b'0');
    told == format!("{:016x}", XxHash3_64::oneshot(&bytes)).as_bytes()
}

/// Reads runs back, with what the file says of itself.
///
/// # Errors
/// If the file cannot be read, or is not as it was written.
pub fn read_runs(path: &Path) -> Result<(Table, ShardFacts), OutputError> {
    let damaged = |reason: &str| OutputError::unreadable(path, reason);
    let bytes = std::fs::read(path).map_err(|source| OutputError::io("read", path, source))?;
    if !is_whole(bytes.clone()) {
        return Err(damaged("its checksum is not the one that it tells: it was cut short or altered"));
    }
    let (table, facts) = parquet_with_facts(path, bytes)?;
    let fact = |key: &str| facts.get(key).ok_or_else(|| damaged(&format!("it does not tell its {key}")));
    let number =
        |key: &str| fact(key)?.parse::<f64>().map_err(|_| damaged(&format!("its {key} is no number")));
    let found = ShardFacts {
        generation: fact("sweep")?.clone(),
        shard: number("shard")? as u32,
        runs: number("runs")? as u64,
        failed: number("failed")? as u64,
        seconds: number("seconds")?,
        worker: fact("worker")?.clone(),
    };
    Ok((table, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<OutcomeColumn> {
        ["a", "b"]
            .map(|name| OutcomeColumn { name: name.into(), unit: "".into(), meaning: "An outcome".into() })
            .to_vec()
    }

    fn runs() -> Vec<FinishedRun> {
        let kept = |round, a: f64| KeptRound { round, values: vec![a, -a] };
        vec![
            FinishedRun {
                run: RunId { point: 4, replicate: 0 },
                outcome: Ok(vec![kept(5, 0.25), kept(10, 0.5)]),
            },
            FinishedRun { run: RunId { point: 4, replicate: 1 }, outcome: Err("round 3: not finite".into()) },
            FinishedRun { run: RunId { point: 5, replicate: 0 }, outcome: Ok(vec![kept(10, 1e-300)]) },
        ]
    }

    fn facts() -> ShardFacts {
        ShardFacts {
            generation: "ab".into(),
            shard: 2,
            runs: 3,
            failed: 1,
            seconds: 0.125,
            worker: "n-1".into(),
        }
    }

    #[test]
    fn runs_come_back_with_their_facts() {
        let path = tempfile::tempdir().unwrap().keep().join("00002.parquet");
        write_runs(&path, &table_of(&runs(), &columns()), &facts()).unwrap();
        let (table, found) = read_runs(&path).unwrap();
        assert_eq!((runs_of(&table, 2).unwrap(), found), (runs(), facts()));
        assert_eq!(table.rows(), 4);
        assert_eq!(runs_of(&table, 3), None);
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }

    #[test]
    fn a_file_altered_anywhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("00002.parquet");
        write_runs(&path, &table_of(&runs(), &columns()), &facts()).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut other = whole.clone();
            other[place] ^= 4;
            std::fs::write(&path, &other).unwrap();
            assert!(read_runs(&path).is_err(), "byte {place}");
        }
        for length in [0, 3, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(read_runs(&path).is_err(), "cut to {length}");
        }
    }
}
