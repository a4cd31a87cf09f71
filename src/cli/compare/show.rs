//! A comparison as a table for people and as CSV.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use thumbscale::analysis::comparison::{MeasureComparison, Outcome};
use thumbscale::output::words::{change, interval, level, measure_name};

/// One line, below the names of the runs.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// The table for people. `replicates`: the fewest that any run has.
pub fn table(measures: &[MeasureComparison], replicates: Option<usize>) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    if let Some(first) = measures.first() {
        table.set_header(header(&first.runs));
    }
    for measure in measures {
        table.add_row(row(measure));
    }
    table.column_iter_mut().skip(1).for_each(|column| column.set_cell_alignment(CellAlignment::Right));
    format!("{}\n{}\n", table.trim_fmt(), caption(replicates.unwrap_or(1)))
}

fn header(runs: &[Outcome]) -> Vec<String> {
    let columns = runs.iter().flat_map(|outcome| {
        let difference = outcome.difference.as_ref().map(|_| "difference".to_string());
        std::iter::once(outcome.run.clone()).chain(difference)
    });
    std::iter::once("last round".to_string()).chain(columns).collect()
}

fn row(measure: &MeasureComparison) -> Vec<String> {
    let column = measure.measure.as_str();
    let cells = measure.runs.iter().flat_map(|outcome| {
        let difference = outcome.difference.as_ref().map(|difference| {
            format!("{} {}", change(column, difference.mean), interval(column, difference))
                .trim_end()
                .to_string()
        });
        std::iter::once(level(column, outcome.value.mean)).chain(difference)
    });
    std::iter::once(measure_name(column)).chain(cells).collect()
}

fn caption(replicates: usize) -> String {
    match replicates {
        0 | 1 => {
            "Differences to the first run. One replicate gives no intervals; --replicates 5 does.".to_string()
        }
        n => format!(
            "Means of {n} replicates; differences to the first run, replicate by replicate, [95 % interval]."
        ),
    }
}

/// One line per measure and run.
pub fn csv(measures: &[MeasureComparison]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "measure",
        "unit",
        "run",
        "value",
        "value_low",
        "value_high",
        "difference",
        "difference_low",
        "difference_high",
    ])?;
    for measure in measures {
        for outcome in &measure.runs {
            writer.write_record(record(measure, outcome))?;
        }
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn record(measure: &MeasureComparison, outcome: &Outcome) -> Vec<String> {
    let numbers = |spread: &thumbscale::analysis::signal_by_signal::Spread| {
        [spread.mean, spread.low, spread.high].map(number)
    };
    let mut record = vec![measure.measure.clone(), measure.unit.to_string(), outcome.run.clone()];
    record.extend(numbers(&outcome.value));
    record.extend(outcome.difference.as_ref().map_or_else(Default::default, numbers));
    record
}

fn number(value: f64) -> String {
    if value.is_nan() { String::new() } else { format!("{value:?}") }
}
