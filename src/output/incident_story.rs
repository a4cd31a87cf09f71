//! The story of a run with an update that was reviewed and watched: a calendar that a journalist could read.

use super::calendar::{calendar, exposure, other_alarms, over_replicates};
use super::incident::IncidentSummary;
use super::launches::{CheckRow, checks};
use super::results::Results;
use super::summary::Summary;
use super::words::{check_name, check_value, interval_of, metric_name};

/// Checks that are given a line each; those beyond are counted.
const MOST_CHECKS: usize = 5;

/// What review saw of the update, and the calendar after it.
pub fn lines(results: &Results<'_>, summary: &Summary, incident: &IncidentSummary) -> Vec<String> {
    let mut lines = review(results, summary, incident);
    let Some(first) = incident.replicates.first() else {
        return lines;
    };
    let runs = if summary.replicates == 1 { "" } else { " (first run)" };
    lines.push(format!("WHAT HAPPENED{runs}"));
    lines.extend(calendar(first).into_iter().map(|(date, words)| format!("  {date:<16} {words}")));
    lines.push(format!("  {}", over_replicates(incident)));
    lines.extend(other_alarms(incident).map(|words| format!("  {words}")));
    lines.push(format!("  {}", exposure(incident)));
    lines
}

fn review(results: &Results<'_>, summary: &Summary, incident: &IncidentSummary) -> Vec<String> {
    let rows: Vec<CheckRow> = checks(&results.tables.checks, &summary.main_variant)
        .into_iter()
        .filter(|row| row.round == incident.update)
        .collect();
    let first = rows.first().map_or(0, |row| row.replicate);
    let shown: Vec<&CheckRow> = rows.iter().filter(|row| row.replicate == first).collect();
    let mut lines = vec![format!("WHAT REVIEW SAW of the update after round {}", incident.update)];
    let verdict = |check: &CheckRow| verdict(check, &rows, summary.replicates);
    lines.extend(most_telling(&shown).into_iter().map(|check| line(check, &verdict(check))));
    if shown.len() > MOST_CHECKS {
        lines.push(format!("  and {} more checks", shown.len() - MOST_CHECKS));
    }
    lines.extend(unseen(&shown, incident));
    lines
}

/// Failed checks before passed ones where there is no room for all; in the order of the scenario.
fn most_telling<'r>(checks: &[&'r CheckRow]) -> Vec<&'r CheckRow> {
    let mut order: Vec<usize> = (0..checks.len()).collect();
    order.sort_by_key(|&index| (checks[index].passed, index));
    order.truncate(MOST_CHECKS);
    order.sort_unstable();
    order.into_iter().map(|index| checks[index]).collect()
}

fn line(check: &CheckRow, verdict: &str) -> String {
    let advice = match (check.blocking, check.passed, check.better) {
        (false, false, _) => ", advisory",
        (_, _, true) if check.value > 0.0 => ", significant",
        _ => "",
    };
    format!("  {:<18} {verdict:<17} {}{advice}", check_name(&check.check), found(check))
}

/// `thumbs-up share +7.5 points [1.5, 13.5]`.
pub fn found(check: &CheckRow) -> String {
    let value = check_value(&check.metric, &check.unit, check.value);
    let interval = interval_of(&check.metric, &check.unit, check.interval);
    format!("{} {value} {interval}", metric_name(&check.metric)).trim_end().to_string()
}

fn verdict(check: &CheckRow, rows: &[CheckRow], runs: usize) -> String {
    let word = if check.passed { "passed" } else { "failed" };
    let same = rows.iter().filter(|row| row.check == check.check && row.passed == check.passed).count();
    if runs == 1 { word.to_string() } else { format!("{word} in {same} of {runs}") }
}

/// The index, unless a check looked at it.
fn unseen(checks: &[&CheckRow], incident: &IncidentSummary) -> Option<String> {
    let first = incident.replicates.first()?;
    let looked = checks.iter().any(|check| check.kind == "sycophancy_eval");
    (!looked && first.index_peak.is_finite()).then(|| {
        format!(
            "  No check measured the sycophancy index: {:.3} before, {:.3} after.",
            first.index_before, first.index_peak
        )
    })
}
