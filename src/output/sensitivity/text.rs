//! The sensitivity analysis for a terminal, within one screen.

use super::sentences::sorted_by;
use super::summary::SensitivitySummary;
use super::words::{outcome_name, short, value_words};
use crate::analysis::sensitivity::{
    Analysis, ElementaryEffects, Finding, Interval, Method, Phase, RankCorrelations, SobolIndices,
};
use crate::output::story::COLUMNS;
use crate::output::words::wrapped;

/// Parameters shown one by one; beyond them the table has them.
const MOST_ROWS: usize = 12;
/// Steps of a grid that fit a line.
const MOST_CELLS: usize = 40;
const NAME: usize = 46;

/// The analysis, at most 100 columns wide.
pub fn sensitivity_text(summary: &SensitivitySummary) -> String {
    let mut lines = vec![opening(summary)];
    if let Some(first) = summary.outcomes.first() {
        lines.extend(in_full(summary, first));
    }
    lines.extend(summary.outcomes.iter().skip(1).map(|it| in_short(summary, it)));
    lines.push(String::new());
    lines.extend(wrapped(&summary.sentences.join(" "), COLUMNS, ""));
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n") + "\n"
}

fn opening(summary: &SensitivitySummary) -> String {
    let study = &summary.study;
    let each = match study.replicates {
        1 => String::new(),
        many => format!(", {many} replicates each"),
    };
    let parameters = study.parameters.len();
    format!(
        "{} (seed {}): {} design, {parameters} parameter{}, {} points{each}",
        summary.identity.scenario,
        summary.identity.seed,
        study.method.word(),
        if parameters == 1 { "" } else { "s" },
        summary.points
    )
}

fn in_full(summary: &SensitivitySummary, finding: &Finding) -> Vec<String> {
    let title = outcome_name(&finding.outcome).to_uppercase();
    match &finding.analysis {
        Analysis::Sobol(found) => sobol(summary, &title, found),
        Analysis::Morris(found) => morris(summary, &title, found),
        Analysis::LatinHypercube(found) => correlations(summary, &title, found),
        Analysis::Grid(found) => phase(summary, &title, finding, found),
    }
}

fn share(interval: &Interval) -> String {
    if interval.value.is_nan() {
        return "n/a".to_string();
    }
    format!("{:.3} [{:.2}, {:.2}]", interval.value, interval.low, interval.high).replace('-', "−")
}

/// Rows in order, the last of them telling how many there are more.
fn rows(summary: &SensitivitySummary, order: &[usize], cells: impl Fn(usize) -> String) -> Vec<String> {
    let name = |index: usize| cut(&summary.parameter(index), NAME - 4);
    let mut lines: Vec<String> = order
        .iter()
        .take(MOST_ROWS)
        .map(|&it| format!("  {:<width$}{}", name(it), cells(it), width = NAME - 2))
        .collect();
    if order.len() > MOST_ROWS {
        lines.push(format!("  and {} more in the tables", order.len() - MOST_ROWS));
    }
    lines
}

fn cut(text: &str, width: usize) -> String {
    match text.chars().count() {
        length if length <= width => text.to_string(),
        length => format!("…{}", text.chars().skip(length - width + 1).collect::<String>()),
    }
}

fn sobol(summary: &SensitivitySummary, title: &str, found: &SobolIndices) -> Vec<String> {
    let order = sorted_by(found.parameters.iter().map(|it| it.total.value));
    let heading = format!("{title:<NAME$}{:>26}{:>26}", "alone (first order)", "with all (total order)");
    let cells = |index: usize| {
        let it = &found.parameters[index];
        format!("{:>26}{:>26}", share(&it.first), share(&it.total))
    };
    let mut lines = vec![heading];
    lines.extend(rows(summary, &order, cells));
    lines.extend(pairs(summary, found));
    lines
}

/// The pairs that clearly do something together; at most three.
fn pairs(summary: &SensitivitySummary, found: &SobolIndices) -> Vec<String> {
    let mut clear: Vec<_> = found.interactions.iter().filter(|it| it.index.is_positive()).collect();
    clear.sort_by(|a, b| b.index.value.total_cmp(&a.index.value));
    let line = |pair: &&crate::analysis::sensitivity::Interaction| {
        let (first, second) = (summary.parameter(pair.first), summary.parameter(pair.second));
        format!("  {first} with {second}: {}", share(&pair.index))
    };
    clear.iter().take(3).map(line).collect()
}

fn morris(summary: &SensitivitySummary, title: &str, found: &[ElementaryEffects]) -> Vec<String> {
    let order = sorted_by(found.iter().map(|it| it.mu_star.value));
    let heading = format!("{title:<NAME$}{:>28}{:>12}{:>12}", "mean absolute effect", "mean", "sd");
    let cells = |index: usize| {
        let it = &found[index];
        let star = &it.mu_star;
        let interval = format!("{} [{}, {}]", short(star.value), short(star.low), short(star.high));
        format!("{interval:>28}{:>12}{:>12}", short(it.mu), short(it.sigma))
    };
    std::iter::once(heading).chain(rows(summary, &order, cells)).collect()
}

fn correlations(summary: &SensitivitySummary, title: &str, found: &RankCorrelations) -> Vec<String> {
    let order = sorted_by(found.parameters.iter().map(|it| it.partial.abs()));
    let heading = format!("{title:<NAME$}{:>12}{:>12}{:>24}", "Spearman", "partial", "beyond chance");
    let cells = |index: usize| {
        let it = &found.parameters[index];
        let told = match (it.differs_among_all, it.differs) {
            (true, _) => "yes",
            (false, true) => "only on its own",
            _ => "no",
        };
        let signed = |value: f64| format!("{value:+.2}").replace('-', "−");
        format!("{:>12}{:>12}{told:>24}", signed(it.spearman), signed(it.partial))
    };
    std::iter::once(heading).chain(rows(summary, &order, cells)).collect()
}

/// The plane as letters: what lies at or above the threshold, or tenths of the range.
fn phase(summary: &SensitivitySummary, title: &str, finding: &Finding, found: &Phase) -> Vec<String> {
    let (x, y) = (&found.grid.x, &found.grid.y);
    let legend = match found.threshold {
        Some(level) => format!("# at or above {}, . below", short(level)),
        None => format!("0 to 9: from {} to {}", short(finding.lowest), short(finding.highest)),
    };
    let mut lines = vec![format!("{title}: {legend}")];
    if x.len() > MOST_CELLS || y.len() > 20 {
        return lines;
    }
    let varied = |axis: usize| summary.study.varied.get(axis);
    let label = |j: usize| value_words(varied(1), y[j]);
    let width = (0..y.len()).map(|j| label(j).chars().count()).max().unwrap_or(0);
    for j in (0..y.len()).rev() {
        let cells: Vec<String> =
            (0..x.len()).map(|i| letter(found.grid.outcomes[i][j], finding, found)).collect();
        lines.push(format!("  {:>width$} | {}", label(j), cells.join(" ")));
    }
    let ends = [x[0], x[x.len() - 1]].map(|value| value_words(varied(0), value));
    lines.push(format!(
        "  {:width$}   {} to {}, from left to right: {}",
        "",
        ends[0],
        ends[1],
        summary.parameter(0)
    ));
    lines.push(format!("  {:width$}   upwards: {}", "", summary.parameter(1)));
    lines
}

fn letter(value: f64, finding: &Finding, found: &Phase) -> String {
    let share = (value - finding.lowest) / (finding.highest - finding.lowest);
    match found.threshold {
        _ if value.is_nan() => "?".to_string(),
        Some(level) => if value >= level { "#" } else { "." }.to_string(),
        None => format!("{}", ((10.0 * share) as u32).min(9)),
    }
}

/// Any further outcome in a line.
fn in_short(summary: &SensitivitySummary, finding: &Finding) -> String {
    let name = outcome_name(&finding.outcome);
    let first = |order: Vec<usize>, value: &dyn Fn(usize) -> String| {
        let named = order.iter().take(2).map(|&it| format!("{} {}", summary.parameter(it), value(it)));
        named.collect::<Vec<_>>().join(", ")
    };
    let said = match &finding.analysis {
        _ if finding.lowest >= finding.highest => "the same at every point".to_string(),
        Analysis::Sobol(it) => first(sorted_by(it.parameters.iter().map(|it| it.total.value)), &|index| {
            format!("{:.2}", it.parameters[index].total.value)
        }),
        Analysis::Morris(it) => {
            first(sorted_by(it.iter().map(|it| it.mu_star.value)), &|index| short(it[index].mu_star.value))
        }
        Analysis::LatinHypercube(it) => {
            first(sorted_by(it.parameters.iter().map(|it| it.partial.abs())), &|index| {
                format!("{:+.2}", it.parameters[index].partial).replace('-', "−")
            })
        }
        Analysis::Grid(_) => format!("{} to {}", short(finding.lowest), short(finding.highest)),
    };
    let what = match summary.study.method {
        Method::Sobol => "largest totals: ",
        Method::Morris => "largest effects: ",
        Method::LatinHypercube => "strongest: ",
        Method::Grid => "",
    };
    cut_end(&format!("{name}: {what}{said}"))
}

fn cut_end(text: &str) -> String {
    match text.chars().count() > COLUMNS {
        true => text.chars().take(COLUMNS - 1).chain(['…']).collect(),
        false => text.to_string(),
    }
}
