//! *Which run differs in what?* All measures of all runs in one map.

use super::super::Plan;
use super::super::evidence::DataTable;
use super::super::heat_map::{Axes, HeatMap, Scale};
use crate::analysis::comparison::{MeasureComparison, Outcome};
use crate::analysis::signal_by_signal::Spread;
use crate::output::comparison::ComparisonSummary;
use crate::output::words::{change, is_share, measure_name};

/// Half-widths of an interval at which colours are full.
const FULL: f64 = 3.0;

/// A map with one row per measure; there is nothing to see with a single difference per row, or without intervals.
pub fn plan<'a>(summary: &'a ComparisonSummary) -> Option<Plan<'a>> {
    (summary.runs.len() > 2 && summary.differences_tested > 0).then(|| {
        let map = map(summary);
        Plan {
            name: "all-measures",
            question: "Which run differs in what?",
            answer: answer(summary),
            caption: format!(
                "Numbers, where there is room: difference to {} in the last round. Colours: the same in half-widths of its 95 % interval, blue below and \
                 vermillion above; beyond 1 the interval leaves zero out. A star: clear of zero after Holm's correction for all {} differences.",
                summary.first(),
                summary.differences_tested
            ),
            table: table(&map),
            draw: Box::new(move |sheet| {
                let height = map.height(sheet.breadth());
                map.draw(&sheet.panels(1, height)[0])
            }),
        }
    })
}

fn map(summary: &ComparisonSummary) -> HeatMap {
    let columns = summary.runs.iter().skip(1).map(|run| run.facts.run.clone());
    HeatMap {
        title: format!("Difference to {}, last round", summary.first()),
        axes: Axes { rows: summary.measures.iter().map(name).collect(), columns: columns.collect() },
        values: summary.measures.iter().map(in_half_widths).collect(),
        texts: summary.measures.iter().map(texts).collect(),
        scale: Scale::Diverging { reach: FULL },
        unit: "half-widths of the 95 % interval; beyond 1, zero lies outside".to_string(),
        percent: false,
    }
}

fn name(measure: &MeasureComparison) -> String {
    let name = measure_name(&measure.measure);
    if is_share(&measure.measure) { format!("{name} (points)") } else { name }
}

fn others(measure: &MeasureComparison) -> impl Iterator<Item = (&Outcome, &Spread)> {
    measure.runs.iter().filter_map(|outcome| Some((outcome, outcome.difference.as_ref()?)))
}

/// Differences as multiples of half their interval: comparable between measures, and pale where they may be chance.
fn in_half_widths(measure: &MeasureComparison) -> Vec<f64> {
    let share = |(_, difference): (&Outcome, &Spread)| match 0.5 * (difference.high - difference.low) {
        0.0 if difference.mean == 0.0 => 0.0,
        half => difference.mean / half,
    };
    others(measure).map(share).collect()
}

fn texts(measure: &MeasureComparison) -> Vec<String> {
    let text = |(outcome, difference): (&Outcome, &Spread)| {
        let star = if outcome.clear_after_holm == Some(true) { "*" } else { "" };
        change(&measure.measure, difference.mean).replace(" points", "") + star
    };
    others(measure).map(text).collect()
}

/// The run with the most clear differences.
fn answer(summary: &ComparisonSummary) -> String {
    let clear = |index: usize| {
        let outcomes = summary.measures.iter().map(|measure| &measure.runs[index]);
        outcomes.filter(|outcome| outcome.clear_after_holm == Some(true)).count()
    };
    match (1..summary.runs.len())
        .map(|index| (clear(index), index))
        .max_by_key(|it| (it.0, usize::MAX - it.1))
    {
        Some((count, index)) if count > 0 => format!(
            "{} differs most widely from {}: clearly in {count} of {} measures.",
            summary.runs[index].facts.run,
            summary.first(),
            summary.measures.len()
        ),
        _ => "No difference is clear of zero after correction for their number.".to_string(),
    }
}

fn table(map: &HeatMap) -> DataTable {
    let Axes { rows, columns } = &map.axes;
    let row = |(name, texts): (&String, &Vec<String>)| {
        std::iter::once(name.clone()).chain(texts.iter().cloned()).collect()
    };
    DataTable {
        header: std::iter::once("Last round".to_string()).chain(columns.iter().cloned()).collect(),
        rows: rows.iter().zip(&map.texts).map(row).collect(),
    }
}
