//! *Who was affected?* The same measures by group of users.

use super::Plan;
use super::chart::{Chart, Line};
use super::evidence::{DataTable, Evidence, sentence, table_of};
use super::palette;
use crate::measure::table::Table;
use crate::output::rounds::{behaviours, distinct, series};
use crate::output::words::{is_share, level, measure_name, sentence_case};

const MOST_PANELS: usize = 4;

/// Small multiples of up to four measures.
pub fn plan<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let table = &evidence.results.tables.segments;
    let groups = distinct(table, "segment");
    let charts: Vec<(String, Chart)> = candidates(evidence, table)
        .into_iter()
        .filter_map(|measure| Some((measure.clone(), chart(evidence, table, &groups, &measure)?)))
        .take(MOST_PANELS)
        .collect();
    let first = charts.first()?;
    Some(Plan {
        name: "who-was-affected",
        question: "Who was affected?",
        answer: answer(first),
        caption: evidence.bands(),
        table: data(&charts),
        draw: Box::new(move |sheet| {
            charts.chunks(2).try_for_each(|row| sheet.charts(row.iter().map(|(_, chart)| chart), 235.0))
        }),
    })
}

/// Measures worth showing by group, the most telling first.
fn candidates(evidence: &Evidence<'_>, table: &Table) -> Vec<String> {
    let first = ["effective_deference", "mean_abs_stance_error", "user_benefit", "mean_trust", "approval"];
    let levels = behaviours(evidence.rounds()).into_iter().map(|name| format!("mean_{name}"));
    let all = first.into_iter().map(String::from).chain(levels);
    all.filter(|measure| table.column(measure).is_some()).collect()
}

fn chart(evidence: &Evidence<'_>, table: &Table, groups: &[String], measure: &str) -> Option<Chart> {
    let lines: Vec<Line> = groups
        .iter()
        .enumerate()
        .map(|(index, group)| Line {
            label: sentence_case(group),
            points: series(table, &[("variant", evidence.main()), ("segment", group)], measure),
            stroke: palette::series(index),
        })
        .filter(|line| !line.points.is_empty())
        .collect();
    let unit = table.column(measure).map_or("", |column| column.unit);
    let title =
        if unit.is_empty() { measure_name(measure) } else { format!("{} ({unit})", measure_name(measure)) };
    (!lines.is_empty()).then(|| Chart { title, lines, percent: is_share(measure), ..Chart::default() })
}

fn answer((measure, chart): &(String, Chart)) -> String {
    let ends = chart.lines.iter().filter_map(|line| Some((&line.label, line.points.last()?.spread.mean)));
    let mut ends: Vec<_> = ends.collect();
    ends.sort_by(|a, b| b.1.total_cmp(&a.1));
    match ends.as_slice() {
        [most, .., least] => sentence(&format!(
            "{} ends highest for {} users ({}) and lowest for {} users ({})",
            measure_name(measure),
            most.0.to_lowercase(),
            level(measure, most.1),
            least.0.to_lowercase(),
            level(measure, least.1)
        )),
        _ => String::new(),
    }
}

fn data(charts: &[(String, Chart)]) -> DataTable {
    let columns: Vec<_> = charts
        .iter()
        .flat_map(|(measure, chart)| {
            chart.lines.iter().map(move |line| {
                (measure.as_str(), format!("{}: {}", measure_name(measure), line.label), line)
            })
        })
        .collect();
    table_of(&columns)
}
