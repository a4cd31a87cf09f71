//! *How do the runs part?* Each measure over rounds, and beside it the difference to the first run.

use super::super::Plan;
use super::super::chart::{Chart, Line, label_height};
use super::super::evidence::table_of;
use super::super::palette::{self, Stroke};
use super::{answer, headline, intervals};
use crate::analysis::comparison::differences_over_rounds;
use crate::analysis::signal_by_signal::Spread;
use crate::output::comparison::{ComparedRun, ComparisonSummary};
use crate::output::rounds::{Point, series};
use crate::output::words::{is_share, measure_name};

/// With more runs, their bands are drawn faintly.
const CROWD: usize = 4;
/// Height of a panel whose labels need no more.
const HEIGHT: f64 = 225.0;

/// A row of two panels per measure.
pub fn plan<'a>(summary: &'a ComparisonSummary, runs: &'a [ComparedRun]) -> Option<Plan<'a>> {
    let rows: Vec<(&str, [Chart; 2])> = headline(summary)
        .map(|measure| (measure, [levels(measure, runs), differences(measure, runs)]))
        .collect();
    rows.first()?;
    let columns: Vec<_> = rows.iter().flat_map(|(measure, charts)| named(measure, charts)).collect();
    Some(Plan {
        name: "side-by-side",
        question: "How do the runs part, round by round?",
        answer: answer(summary),
        caption: caption(summary),
        table: table_of(&columns),
        draw: Box::new(move |sheet| {
            let half = if sheet.is_narrow() { sheet.breadth() } else { sheet.breadth() / 2.0 };
            let labels = runs.iter().map(|run| label_height(&run.facts.run, half)).sum::<f64>();
            rows.iter().try_for_each(|(_, charts)| sheet.charts(charts, HEIGHT.max(labels + 80.0)))
        }),
    })
}

fn levels(measure: &str, runs: &[ComparedRun]) -> Chart {
    let line = |(index, run): (usize, &ComparedRun)| Line {
        label: run.facts.run.clone(),
        points: series(&run.rounds, &[("variant", &run.candidate().variant)], measure),
        stroke: palette::run(index),
    };
    let title =
        if is_share(measure) { format!("{} (%)", measure_name(measure)) } else { titled(measure, runs) };
    chart(title, measure, runs.iter().enumerate().map(line).collect())
}

fn titled(measure: &str, runs: &[ComparedRun]) -> String {
    let units = runs.iter().filter_map(|run| run.rounds.column(measure)).map(|column| column.unit);
    match units.into_iter().find(|unit| !unit.is_empty()) {
        Some(unit) => format!("{} ({unit})", measure_name(measure)),
        None => measure_name(measure),
    }
}

/// Differences to the first run, which itself is the line at zero.
fn differences(measure: &str, runs: &[ComparedRun]) -> Chart {
    let candidates: Vec<_> = runs.iter().map(ComparedRun::candidate).collect();
    let last = candidates.iter().map(|run| run.last_round()).max().unwrap_or(1);
    let zero = Spread { mean: 0.0, low: f64::NAN, high: f64::NAN };
    let mut lines = vec![Line {
        label: candidates[0].label.clone(),
        points: [1, last].map(|round| Point { round, spread: zero.clone() }).to_vec(),
        stroke: Stroke { width: 1.4, ..palette::run(0) },
    }];
    for (index, run) in candidates.iter().enumerate().skip(1) {
        let found = differences_over_rounds(&candidates[0], run, measure).into_iter();
        let points = found.map(|(round, spread)| Point { round, spread });
        let points = points.filter(|point| point.spread.mean.is_finite()).collect();
        lines.push(Line { label: run.label.clone(), points, stroke: palette::run(index) });
    }
    let unit = if is_share(measure) { " (points)" } else { "" };
    chart(format!("{}: difference to {}{unit}", measure_name(measure), candidates[0].label), measure, lines)
}

fn chart(title: String, measure: &str, lines: Vec<Line>) -> Chart {
    Chart {
        title,
        percent: is_share(measure),
        faint_bands: lines.len() > CROWD,
        lines: lines.into_iter().filter(|line| !line.points.is_empty()).collect(),
        ..Chart::default()
    }
}

/// Columns of the table behind the figure.
fn named<'a>(measure: &'a str, charts: &'a [Chart; 2]) -> Vec<(&'a str, String, &'a Line)> {
    let [levels, differences] = charts;
    let level = |line: &'a Line| (measure, format!("{}: {}", measure_name(measure), line.label), line);
    let difference = |line: &'a Line| {
        (
            measure,
            format!("{}: {} minus {}", measure_name(measure), line.label, differences.lines[0].label),
            line,
        )
    };
    let others = differences.lines.iter().skip(1);
    levels.lines.iter().map(level).chain(others.map(difference)).collect()
}

fn caption(summary: &ComparisonSummary) -> String {
    let mut words = vec![
        "Runs are aligned by round.".to_string(),
        bands(summary),
        format!("Right: difference to {}. {}", summary.first(), intervals(summary)),
    ];
    words.extend(summary.notes.iter().map(|note| super::super::evidence::sentence(note)));
    words.join(" ")
}

fn bands(summary: &ComparisonSummary) -> String {
    match summary.fewest_replicates() {
        0 | 1 => "Left: one replicate each, ± 2 Monte-Carlo standard errors where the estimate has one."
            .to_string(),
        _ => {
            format!("Left: means of {}; bands: the middle 95 % of replicates.", summary.replicates_in_words())
        }
    }
}
