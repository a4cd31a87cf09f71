//! *Where do the runs end?* The last round's differences to the first run, measure by measure.

use super::super::Plan;
use super::super::bars::{Bar, Bars, Shape};
use super::super::evidence::DataTable;
use super::super::palette;
use super::super::sheet::{Drawn, Sheet};
use super::{headline, intervals};
use crate::analysis::comparison::{MeasureComparison, Outcome};
use crate::output::comparison::ComparisonSummary;
use crate::output::words::{change, interval, is_share, level, list, measure_name};

/// Dots and whiskers, a panel per measure.
pub fn plan<'a>(summary: &'a ComparisonSummary) -> Option<Plan<'a>> {
    let shown: Vec<&MeasureComparison> =
        headline(summary).filter_map(|name| summary.measures.iter().find(|it| it.measure == name)).collect();
    shown.first()?;
    Some(Plan {
        name: "last-round",
        question: "Where do the runs end?",
        answer: answer(summary, &shown),
        caption: format!(
            "Difference to {} in the last round; each panel has its own scale. Whiskers: {} Full dots: zero lies outside. \
             A star: clear of zero after Holm's correction for all {} differences of this comparison.",
            summary.first(),
            intervals(summary),
            summary.differences_tested
        ),
        table: table(summary),
        draw: Box::new(move |sheet| {
            let panels: Vec<Bars> = shown.iter().map(|measure| bars(measure)).collect();
            panels.chunks(2).try_for_each(|row| draw_row(sheet, row))
        }),
    })
}

/// In how many of the measures shown each run is clear of the first.
fn answer(summary: &ComparisonSummary, shown: &[&MeasureComparison]) -> String {
    if summary.differences_tested == 0 {
        return "One replicate cannot tell differences from chance.".to_string();
    }
    let clear = |index: usize| {
        let outcomes = shown.iter().map(|measure| &measure.runs[index]);
        outcomes.filter(|outcome| outcome.clear_after_holm == Some(true)).count()
    };
    let runs = summary.runs.iter().enumerate().skip(1);
    let words: Vec<String> =
        runs.map(|(index, run)| format!("{} in {}", run.facts.run, clear(index))).collect();
    format!(
        "Clear of {} after correction, of {} measures shown: {}.",
        summary.first(),
        shown.len(),
        list(&words)
    )
}

fn draw_row(sheet: &mut Sheet<'_>, row: &[Bars]) -> Drawn {
    let breadth = if sheet.is_narrow() { sheet.breadth() } else { sheet.breadth() / 2.0 - 22.0 };
    let height = row.iter().map(|bars| bars.height(breadth)).fold(0.0, f64::max);
    // Two columns even for the last panel alone, so that all have one breadth.
    let count = if sheet.is_narrow() { row.len() } else { 2 };
    let panels = sheet.panels(count, height);
    row.iter().zip(&panels).try_for_each(|(bars, panel)| bars.draw(panel))
}

fn bars(measure: &MeasureComparison) -> Bars {
    let column = measure.measure.as_str();
    let others = measure.runs.iter().enumerate().filter_map(|(index, outcome)| {
        let value = outcome.difference.clone()?;
        Some(Bar {
            label: outcome.run.clone(),
            text: words(column, outcome).replace(" points", ""),
            value,
            colour: palette::run(index).colour,
            strong: false,
        })
    });
    let unit = match (is_share(column), measure.unit) {
        (true, _) => " (points)".to_string(),
        (false, "") => String::new(),
        (false, unit) => format!(" ({unit})"),
    };
    Bars {
        title: format!("{}{unit}", measure_name(column)),
        bars: others.collect(),
        shape: Shape::Dot,
        percent: is_share(column),
    }
}

/// A difference with its interval, and a star if it is clear after correction.
pub fn words(column: &str, outcome: &Outcome) -> String {
    let Some(difference) = &outcome.difference else { return String::new() };
    let star = if outcome.clear_after_holm == Some(true) { "*" } else { "" };
    let words = format!("{} {}", change(column, difference.mean), interval(column, difference));
    words.trim_end().to_string() + star
}

/// Every measure: the value of each run and, but for the first, its difference.
fn table(summary: &ComparisonSummary) -> DataTable {
    let titles = summary.runs.iter().enumerate().flat_map(|(index, run)| {
        let difference = format!("{} minus {}", run.facts.run, summary.first());
        std::iter::once(run.facts.run.clone()).chain((index > 0).then_some(difference))
    });
    let row = |measure: &MeasureComparison| {
        let column = measure.measure.as_str();
        let cells = measure.runs.iter().flat_map(|outcome| {
            let difference = outcome.difference.as_ref().map(|_| words(column, outcome));
            std::iter::once(level(column, outcome.value.mean)).chain(difference)
        });
        std::iter::once(measure_name(column)).chain(cells).collect()
    };
    DataTable {
        header: std::iter::once("Last round".to_string()).chain(titles).collect(),
        rows: summary.measures.iter().map(row).collect(),
    }
}
