//! The comparison for a terminal: as many runs beside each other as fit, the others in blocks below.

use super::summary::ComparisonSummary;
use crate::analysis::comparison::{MeasureComparison, Outcome};
use crate::output::story::COLUMNS;
use crate::output::words::{change, interval, level, measure_name, wrapped};

/// Between columns.
const GAP: usize = 2;
/// Names of runs are cut to this many letters.
const LONGEST_NAME: usize = 28;

/// The comparison, at most 100 columns wide.
pub fn comparison_text(summary: &ComparisonSummary) -> String {
    let columns = columns(summary);
    let mut lines = Vec::new();
    for block in blocks(&columns) {
        let shown: Vec<&Column> = columns[..2].iter().chain(block).collect();
        let rows = 0..columns[0].cells.len();
        lines.extend(rows.map(|row| line(&shown, row)));
        lines.push(String::new());
    }
    lines.extend(wrapped(&caption(summary), COLUMNS, ""));
    lines.join("\n") + "\n"
}

/// A column of the table, with its header on top.
struct Column {
    cells: Vec<String>,
    width: usize,
}

impl Column {
    fn new(header: String, cells: impl Iterator<Item = String>) -> Self {
        let cells: Vec<String> = std::iter::once(header).chain(cells).collect();
        let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        Self { cells, width }
    }
}

/// Measures, values of the first run, then one column per other run.
fn columns(summary: &ComparisonSummary) -> Vec<Column> {
    let measures = &summary.measures;
    let mut columns = vec![Column::new("LAST ROUND".to_string(), measures.iter().map(name))];
    for (index, run) in summary.runs.iter().enumerate() {
        let cells = measures.iter().map(|measure| cell(&measure.measure, &measure.runs[index]));
        columns.push(Column::new(short(&run.facts.run), aligned(cells.collect()).into_iter()));
    }
    columns
}

fn name(measure: &MeasureComparison) -> String {
    match measure.measure.as_str() {
        "kl_from_reference_nats" => "KL from the reference".to_string(),
        "thumbs_up_share" => "Thumbs up among ratings".to_string(),
        column => measure_name(column),
    }
}

/// The value and, but for the first run, its difference.
fn cell(column: &str, outcome: &Outcome) -> (String, String) {
    let value = count(outcome.value.mean).unwrap_or_else(|| level(column, outcome.value.mean));
    let Some(difference) = &outcome.difference else { return (value, String::new()) };
    let mark = if outcome.clear_after_holm == Some(true) { "*" } else { " " };
    let words = format!("{} {}", change(column, difference.mean), interval(column, difference));
    // A column of percentages says so already.
    (value, words.replace(" points", "").trim_end().to_string() + mark)
}

/// A count that would take more room in words.
fn count(value: f64) -> Option<String> {
    (1e3..1e6).contains(&value).then(|| format!("{value:.0}"))
}

/// Values aligned to the right, and differences with them.
fn aligned(cells: Vec<(String, String)>) -> Vec<String> {
    let widest = cells.iter().map(|(_, words)| words.chars().count()).max().unwrap_or(0);
    let whole = |(value, words): (String, String)| match widest {
        0 => value,
        widest => format!("{value} {words:<widest$}"),
    };
    cells.into_iter().map(whole).collect()
}

/// The columns of the other runs in groups that fit beside the first two.
fn blocks(columns: &[Column]) -> Vec<&[Column]> {
    let [names, first, rest @ ..] = columns else { return Vec::new() };
    let room = COLUMNS.saturating_sub(names.width + GAP + first.width);
    let mut blocks = Vec::new();
    let mut rest = rest;
    while !rest.is_empty() {
        let ends = rest.iter().scan(0, |used, column| {
            *used += column.width + GAP;
            Some(*used)
        });
        let fitting = ends.take_while(|end| *end <= room).count().max(1);
        let (block, others) = rest.split_at(fitting);
        blocks.push(block);
        rest = others;
    }
    blocks
}

fn line(columns: &[&Column], row: usize) -> String {
    let cells = columns.iter().enumerate().map(|(index, column)| match index {
        0 => format!("{:<1$}", column.cells[row], column.width),
        _ => format!("{:>1$}", column.cells[row], column.width + GAP),
    });
    cells.collect::<String>().trim_end().to_string()
}

fn short(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    match letters.len() {
        few if few <= LONGEST_NAME => name.to_string(),
        many => format!("…{}", letters[many - LONGEST_NAME + 1..].iter().collect::<String>()),
    }
}

fn caption(summary: &ComparisonSummary) -> String {
    let first = summary.first();
    match summary.fewest_replicates() {
        0 | 1 => format!(
            "Beside each value: difference to {first}. One replicate gives no intervals; --replicates 5 does."
        ),
        _ => format!(
            "Means of {}. Beside each value: difference to {first}, replicate by replicate, [95 % interval], \
             each interval for its own comparison. * clear of zero after Holm's correction for all {} differences.",
            summary.replicates_in_words(),
            summary.differences_tested
        ),
    }
}
