//! The runs of a shard as a Parquet file that says which sweep they belong to and carries a checksum of its rows.

use super::manifest::OutcomeColumn;
use super::one_run::{FinishedRun, KeptRound};
use super::point::RunId;
use crate::measure::table::{Column, Table, Values};
use crate::measure::units::known_unit;
use crate::output::{OutputError, read_parquet_with_facts, to_parquet, write_atomic};
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

/// Runs in the order of points and replicates, as a table: a row per kept round, and one with round 0 for a run that failed.
pub fn table_of(runs: &[FinishedRun], columns: &[OutcomeColumn]) -> Table {
    let rows: Vec<(RunId, i64, Option<&KeptRound>, &str)> = runs.iter().flat_map(rows_of).collect();
    let integer =
        |name: &str, meaning: &str, value: &dyn Fn(&(RunId, i64, Option<&KeptRound>, &str)) -> i64| Column {
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

fn rows_of(run: &FinishedRun) -> Vec<(RunId, i64, Option<&KeptRound>, &str)> {
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
        ("checksum", format!("{:016x}", checksum(table))),
        ("seconds", format!("{:?}", facts.seconds)),
        ("worker", facts.worker.clone()),
    ];
    write_atomic(path, &to_parquet("shard", table, &facts)?)
}

/// Reads runs back, with what the file says of itself.
///
/// # Errors
/// If the file cannot be read, or its rows are not those that were written.
pub fn read_runs(path: &Path) -> Result<(Table, ShardFacts), OutputError> {
    let damaged = |reason: &str| OutputError::unreadable(path, reason);
    // The library of the format may panic on nonsense, and a damaged file must not end the program.
    let read = std::panic::catch_unwind(|| read_parquet_with_facts(path));
    let (table, facts) = read.unwrap_or_else(|_| Err(damaged("it makes no sense")))?;
    let fact = |key: &str| facts.get(key).ok_or_else(|| damaged(&format!("it does not tell its {key}")));
    if *fact("checksum")? != format!("{:016x}", checksum(&table)) {
        return Err(damaged("its checksum is another than that of its rows"));
    }
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

/// XXH3 of names and values. Units and meanings are those of the manifest whatever the file says.
fn checksum(table: &Table) -> u64 {
    let mut hash = XxHash3_64::new();
    let mut write = |bytes: &[u8]| std::hash::Hasher::write(&mut hash, bytes);
    for column in &table.columns {
        write(column.name.as_bytes());
        match &column.values {
            // NaN is stored as a missing value, and comes back as one kind of NaN.
            Values::Number(values) => values
                .iter()
                .for_each(|it| write(&if it.is_nan() { f64::NAN } else { *it }.to_bits().to_le_bytes())),
            Values::Integer(values) => values.iter().for_each(|it| write(&it.to_le_bytes())),
            Values::Text(values) => values.iter().for_each(|it| {
                write(&(it.len() as u64).to_le_bytes());
                write(it.as_bytes());
            }),
        }
    }
    std::hash::Hasher::finish(&hash)
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

    // A bit flipped anywhere is noticed, or touches nothing that is read: not the rows, not whose they are.
    #[test]
    fn an_altered_file_is_refused_or_harmless() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("00002.parquet");
        write_runs(&path, &table_of(&runs(), &columns()), &facts()).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let mut refused = 0;
        for place in 0..whole.len() {
            let mut other = whole.clone();
            other[place] ^= 4;
            std::fs::write(&path, &other).unwrap();
            match read_runs(&path) {
                Ok((table, _)) => assert_eq!(runs_of(&table, 2), Some(runs()), "byte {place}"),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 200, "{refused} of {}", whole.len());
        for length in [0, 3, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(read_runs(&path).is_err(), "cut to {length}");
        }
    }
}
