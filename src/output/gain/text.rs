//! Loop gain for a terminal.

use super::paragraph::{carried, path_name, with_interval};
use super::summary::GainSummary;
use crate::analysis::gain::{Change, Measured};
use crate::analysis::signal_by_signal::Spread;
use crate::output::story::COLUMNS;
use crate::output::words::{sentence_case, spaced, variant_name, wrapped};

/// Settings shown one by one; the table has all.
const MOST_ROWS: usize = 24;

/// The gains, at most 100 columns wide.
pub fn gain_text(summary: &GainSummary) -> String {
    let mut lines = vec![opening(summary), heading(summary)];
    lines.extend(summary.settings.iter().take(MOST_ROWS).map(|it| row(it, summary)));
    if summary.settings.len() > MOST_ROWS {
        lines.push(format!("  and {} more in gain.parquet", summary.settings.len() - MOST_ROWS));
    }
    if let Some(last) = summary.settings.last().filter(|_| summary.keys.is_empty()) {
        lines.extend(paths(last));
        lines.extend(wrapped(&direction(last), COLUMNS, ""));
    }
    lines.push(String::new());
    lines.extend(wrapped(&summary.paragraph, COLUMNS, ""));
    lines.join("\n") + "\n"
}

fn opening(summary: &GainSummary) -> String {
    format!(
        "{} (seed {}): loop gain from round {} on; a push held {} rounds, followed {}; {} replicates",
        summary.identity.scenario,
        summary.identity.seed,
        summary.options.before + 1,
        summary.options.hold,
        summary.options.span,
        summary.replicates
    )
}

fn heading(summary: &GainSummary) -> String {
    let what = if summary.keys.is_empty() { "FACTORS ON" } else { "SETTING" };
    let last = if summary.hit_rate.is_some() { format!("{:>12}", "then") } else { String::new() };
    format!("{what:<32}{:>19}{:>20}{:>8}{:>12}{last}", "gain per round", "drive x 1000", "left", "foretold")
}

fn row(it: &Measured, summary: &GainSummary) -> String {
    let label = if summary.keys.is_empty() { sentence_case(&name(&it.label)) } else { short(&it.label) };
    let left = it.found.loops.first().and_then(|it| it.left.last()).map_or(f64::NAN, |it| it.mean);
    let observed = it.observed.map_or("", |fate| fate.word());
    let drive = &it.found.drive;
    let thousand = |end: f64| 1000.0 * end;
    let drive = Spread { mean: thousand(drive.mean), low: thousand(drive.low), high: thousand(drive.high) };
    format!(
        "  {label:<30}{:>19}{:>20}{:>8}{:>12}{observed:>12}",
        with_interval(it.found.gain(), 2),
        with_interval(&drive, 1),
        format!("{:.0} %", 100.0 * left).replace('-', "−"),
        it.foretold.word()
    )
    .trim_end()
    .to_string()
}

/// A combination in words.
fn name(label: &str) -> String {
    variant_name(label).trim_end_matches(" alone").to_string()
}

/// The last part of each key is enough beside its value.
fn short(label: &str) -> String {
    let last = |set: &str| match set.split_once('=') {
        Some((key, value)) => format!("{}={value}", key.rsplit('.').next().unwrap_or(key)),
        None => set.to_string(),
    };
    label.split(", ").map(last).collect::<Vec<_>>().join(", ")
}

/// The gain with each path frozen, largest loss first.
fn paths(it: &Measured) -> Vec<String> {
    let rows = carried(&it.found).into_iter().map(|(path, _)| {
        format!(
            "  {:<30}{:>19}",
            format!("without {}", path_name(&path.frozen)),
            with_interval(&path.gain, 2)
        )
    });
    rows.collect()
}

/// What the dominant direction does, in one line.
fn direction(it: &Measured) -> String {
    let mut all: Vec<&Change> = it.found.direction.iter().filter(|it| it.context == "all").collect();
    all.sort_by(|a, b| b.change.abs().total_cmp(&a.change.abs()));
    let words = all.iter().map(|it| format!("{} {:+.2}", spaced(&it.behaviour), it.change).replace('-', "−"));
    format!(
        "The slowest direction with {}: {}",
        variant_name(&it.label),
        words.collect::<Vec<_>>().join(", ")
    )
}
