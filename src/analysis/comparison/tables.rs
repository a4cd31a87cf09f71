//! A comparison as tables: its outcomes, and the rounds of all runs in one.

use super::{Candidate, MeasureComparison, Outcome};
use crate::analysis::signal_by_signal::Spread;
use crate::measure::table::{Cell, Column, Entry, Row, Table, Values};

const UNIT: &str = "unit of the measure";

/// One row per measure and run.
pub fn comparison_table(measures: &[MeasureComparison]) -> Table {
    let mut table = Table::default();
    for measure in measures {
        measure.runs.iter().for_each(|outcome| table.push(row(measure, outcome)));
    }
    table
}

fn row(measure: &MeasureComparison, outcome: &Outcome) -> Row {
    let mut row = vec![
        Entry::text("measure", "Column of the rounds table.", measure.measure.clone()),
        Entry::text("unit", "Unit of the measure.", measure.unit),
        Entry::text("run", "The run.", outcome.run.clone()),
    ];
    row.extend(spread(
        "value",
        &outcome.value,
        ["In the last round: mean over replicates.", "2.5 % of replicates lie below.", "2.5 % lie above."],
    ));
    let unknown = Spread { mean: f64::NAN, low: f64::NAN, high: f64::NAN };
    row.extend(spread(
        "difference",
        outcome.difference.as_ref().unwrap_or(&unknown),
        [
            "Minus the first run, replicate by replicate: mean.",
            "Lower end of its 95 % confidence interval.",
            "Upper end of its 95 % confidence interval.",
        ],
    ));
    let p_value = outcome.p_value.unwrap_or(f64::NAN);
    row.push(Entry::number("p_value", "probability", "Two-sided, paired t-test of no difference.", p_value));
    row.push(Entry::integer(
        "clear_after_holm",
        "",
        "1 if the difference is clear of zero after Holm's correction for all differences in this table.",
        i64::from(outcome.clear_after_holm.unwrap_or(false)),
    ));
    row
}

fn spread(name: &str, spread: &Spread, [mean, low, high]: [&str; 3]) -> [Entry; 3] {
    [
        Entry::number(name, UNIT, mean, spread.mean),
        Entry::number(format!("{name}_low"), UNIT, low, spread.low),
        Entry::number(format!("{name}_high"), UNIT, high, spread.high),
    ]
}

/// The rounds of all runs below each other, with a column `run` in front: the compared variant of each. Columns of
/// numbers that a run lacks are NaN there; other columns are kept where all runs have them.
pub fn all_rounds(runs: &[Candidate<'_>]) -> Table {
    let columns = common_columns(runs);
    let mut table = Table::default();
    for run in runs {
        for row in run.rows() {
            let mut entries = vec![Entry::text("run", "The run.", run.label.clone())];
            entries.extend(columns.iter().map(|column| entry(column, run.rounds, row)));
            table.push(entries);
        }
    }
    table
}

/// Columns of any run that every run has or can do without, in order of appearance.
fn common_columns<'a>(runs: &[Candidate<'a>]) -> Vec<&'a Column> {
    let mut columns: Vec<&Column> = Vec::new();
    for column in runs.iter().flat_map(|run| &run.rounds.columns) {
        let fits = |run: &Candidate<'_>| match (run.rounds.column(&column.name), &column.values) {
            (Some(own), values) => std::mem::discriminant(&own.values) == std::mem::discriminant(values),
            (None, Values::Number(_)) => true,
            (None, _) => false,
        };
        let known = columns.iter().any(|other| other.name == column.name);
        if column.name != "run" && !known && runs.iter().all(fits) {
            columns.push(column);
        }
    }
    columns
}

fn entry(column: &Column, rounds: &Table, row: usize) -> Entry {
    let cell = match rounds.column(&column.name).map(|own| &own.values) {
        Some(Values::Number(values)) => Cell::Number(values[row]),
        Some(Values::Integer(values)) => Cell::Integer(values[row]),
        Some(Values::Text(values)) => Cell::Text(values[row].clone()),
        None => Cell::Number(f64::NAN),
    };
    Entry { name: column.name.clone(), unit: column.unit, meaning: column.meaning.clone(), cell }
}

#[cfg(test)]
mod tests {
    use super::super::compare;
    use super::super::tests::{candidate, table};
    use super::*;

    #[test]
    fn one_row_per_measure_and_run() {
        let (a, b) = (table(&[(0, 1, 0.2), (1, 1, 0.3)]), table(&[(0, 1, 0.3), (1, 1, 0.5)]));
        let outcomes = comparison_table(&compare(&[candidate("a", &a), candidate("b", &b)]));
        assert_eq!(outcomes.words("run").unwrap(), ["a", "b"]);
        assert!(outcomes.numbers("difference").unwrap()[0].is_nan());
        assert!((outcomes.numbers("difference").unwrap()[1] - 0.15).abs() < 1e-12);
    }

    #[test]
    fn numbers_that_a_run_lacks_are_missing_there() {
        let a = table(&[(0, 1, 0.2)]);
        let mut b = Table::default();
        b.push(vec![
            Entry::text("variant", "", "all"),
            Entry::integer("replicate", "", "", 0),
            Entry::integer("round", "", "", 1),
            Entry::number("extra", "", "", 5.0),
            Entry::text("word", "", "x"),
        ]);
        let rounds = all_rounds(&[candidate("a", &a), candidate("b", &b)]);
        let names: Vec<&str> = rounds.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["run", "variant", "replicate", "round", "sycophancy_index", "extra"]);
        assert!(rounds.numbers("extra").unwrap()[0].is_nan());
        assert!(rounds.numbers("sycophancy_index").unwrap()[1].is_nan());
    }
}
