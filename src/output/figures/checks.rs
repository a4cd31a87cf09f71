//! *What did review see?* Every check of every update against its threshold, and what none of them measured.

use super::Plan;
use super::check_strips::{Mark, Strip, draw};
use super::check_table::table;
use super::evidence::{Evidence, sentence};
use super::marks::Verdict;
use crate::analysis::signal_by_signal::Spread;
use crate::output::launches::{CheckRow, checks};
use crate::output::unseen::{Rise, rises};
use crate::output::words::{change, check_name, interval, list, metric_name, spaced};

/// One strip per check, and one for the index; `None` where nothing was checked.
pub fn plan<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let rows = checks(&evidence.results.tables.checks, evidence.main());
    let rises = rises(evidence.results.tables, evidence.main());
    let update = evidence.summary.incident.as_ref().map(|it| it.update);
    let mut strips: Vec<Strip> = evidence.summary.review.keys().map(|name| strip(&rows, name)).collect();
    if strips.is_empty() {
        return None;
    }
    strips.extend(index_strip(&rises));
    Some(Plan {
        name: "what-review-saw",
        question: "What did review see?",
        answer: answer(evidence, &rows, &rises),
        caption: caption(evidence),
        table: table(&rows, evidence.summary.replicates),
        draw: Box::new(move |sheet| draw(sheet, &strips, update)),
    })
}

fn strip(rows: &[CheckRow], name: &str) -> Strip {
    let of_check = || rows.iter().filter(|row| row.check == name);
    let mut metrics: Vec<String> = Vec::new();
    for metric in of_check().map(|row| metric_name(&row.metric)) {
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    let last = of_check().next_back();
    let role = if last.is_some_and(|row| row.blocking) { "can stop a launch" } else { "advisory" };
    Strip {
        title: format!("{} ({role}): {}", check_name(name), with_unit(&metrics.join(" or "), last)),
        scale: last.map_or(1.0, scale),
        marks: of_check().map(mark).collect(),
        threshold: last.map(|row| (row.threshold, format!("fails {}", side(row)))),
        blind: last.map_or(String::new(), |row| format!("Blind to: {}", lower(&row.blind_to))),
    }
}

/// Shares and levels are shown in hundredths, complaints per million.
fn scale(row: &CheckRow) -> f64 {
    match row.unit.as_str() {
        "per conversation" => 1e6,
        unit if unit.starts_with("share") || unit == "level" => 100.0,
        _ => 1.0,
    }
}

fn with_unit(metric: &str, row: Option<&CheckRow>) -> String {
    let Some(row) = row else { return metric.to_string() };
    match (row.unit.as_str(), row.metric.starts_with("share")) {
        ("per conversation", _) => format!("{metric}, rise per million conversations"),
        (unit, true) if unit.starts_with("share") => format!("% of {metric}"),
        (unit, _) if unit.starts_with("share") || unit == "level" => {
            format!("{metric}, rise in percentage points")
        }
        ("", _) => format!("{metric}, rise"),
        (unit, _) => format!("{metric}, rise in {unit}"),
    }
}

/// `from 50`, `below −5`: where a check fails, in the numbers of its axis.
fn side(row: &CheckRow) -> String {
    let value = format!("{:.3}", scale(row) * row.threshold + 0.0);
    let value = value.trim_end_matches('0').trim_end_matches('.').replace('-', "−");
    format!("{} {value}", if row.fails_above { "from" } else { "below" })
}

/// The name of a check within a sentence.
fn in_sentence(check: &str) -> String {
    match check {
        "ab_test" => "the A/B test".to_string(),
        "side_by_side" => "the side-by-side test".to_string(),
        other => format!("the {}", spaced(other)),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}

fn mark(row: &CheckRow) -> Mark {
    let verdict = match (row.passed, row.better && row.value != 0.0) {
        (false, _) => Verdict::Failed,
        (true, true) => Verdict::Better,
        (true, false) => Verdict::Passed,
    };
    let (round, replicate, value, interval) = (row.round, row.replicate, row.value, row.interval);
    Mark { round, replicate, value, interval, verdict }
}

/// The index of each candidate above that in service, which decides nothing.
fn index_strip(rises: &[Rise]) -> Option<Strip> {
    let nothing = (f64::NAN, f64::NAN);
    let mark = |it: &Rise| Mark {
        round: it.round,
        replicate: it.replicate,
        value: it.rise,
        interval: nothing,
        verdict: Verdict::Unseen,
    };
    (!rises.is_empty()).then(|| Strip {
        title: "What the update did: rise of the sycophancy index above what was in service".to_string(),
        marks: rises.iter().map(mark).collect(),
        threshold: None,
        scale: 1.0,
        blind: String::new(),
    })
}

fn answer(evidence: &Evidence<'_>, rows: &[CheckRow], rises: &[Rise]) -> String {
    let Some(incident) = &evidence.summary.incident else {
        return String::new();
    };
    let of_update = || rows.iter().filter(|row| row.round == incident.update && row.replicate == 0);
    let named = |holds: fn(&CheckRow) -> bool| -> Vec<String> {
        of_update().filter(|row| holds(row)).map(|row| in_sentence(&row.check)).collect()
    };
    let (failed, better) =
        (named(|row| !row.passed), named(|row| row.passed && row.better && row.value != 0.0));
    let advice = |row: &CheckRow| !row.passed && !row.blocking;
    let mut words = vec![match failed.as_slice() {
        [] => "no check failed".to_string(),
        _ if of_update().filter(|row| !row.passed).all(advice) => {
            format!("{} failed, which could only advise", list(&failed))
        }
        _ => format!("{} failed", list(&failed)),
    }];
    if !better.is_empty() {
        words.push(format!("{} found it significantly better", list(&better)));
    }
    let runs = incident.replicates.len();
    let launched = incident.replicates.iter().filter(|it| it.launched).count();
    words.push(format!("it was launched in {launched} of {runs} runs"));
    let rise: Vec<f64> = rises.iter().filter(|it| it.round == incident.update).map(|it| it.rise).collect();
    let rise = Spread::of(&rise);
    let range = if rise.has_interval() { format!(" {}", interval("", &rise)) } else { String::new() };
    words.push(format!("it moved the sycophancy index by {}{range}", change("", rise.mean)));
    sentence(&format!("update {} (shaded): {}", incident.update, words.join("; ")))
}

fn caption(evidence: &Evidence<'_>) -> String {
    let runs = match evidence.summary.replicates {
        1 => String::new(),
        runs => format!("One mark per run, {runs} side by side; where they do not fit, the first run. "),
    };
    format!(
        "{runs}Bars: 95 % confidence interval of the check itself. Checks with sampling error fail only if they are beyond the \
         threshold by more than their stated level allows, so a mark may lie beyond it and pass. The last strip is computed from \
         the policies; no check sees it."
    )
}
