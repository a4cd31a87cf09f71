//! The summary of a run for people: one terminal screen that tells what happened and who could have seen it.

use super::incident::IncidentSummary;
use super::incident_story;
use super::results::Results;
use super::rounds::distinct;
use super::summary::{MeasureSummary, Summary, VariantSummary};
use super::warning::Warning;
use super::words::{change, interval, large, level, list, measure_name, spaced, variant_name};
use crate::analysis::signal_by_signal::{OutcomeEffects, Spread};
use crate::measure::table::Table;

/// Widest line.
pub const COLUMNS: usize = 100;
/// Most lines.
pub const LINES: usize = 24;

/// The story of a run in at most 24 lines of at most 100 columns.
pub fn story(results: &Results<'_>, summary: &Summary) -> String {
    let Some(main) = summary.main() else {
        return "The run has no rounds, so there is nothing to tell.\n".to_string();
    };
    let mut lines = opening(results, summary);
    lines.extend(doubts(results.warnings));
    lines.extend(match &summary.incident {
        Some(incident) => around_an_update(results, summary, main, incident),
        None => over_rounds(results, summary, main),
    });
    let compounding = compounding(summary);
    // A part of a sentence is worse than none.
    if lines.len() + compounding.len() <= LINES {
        lines.extend(compounding);
    }
    fit(lines)
}

/// A run in which an update was reviewed and watched day by day.
fn around_an_update(
    results: &Results<'_>,
    summary: &Summary,
    main: &VariantSummary,
    incident: &IncidentSummary,
) -> Vec<String> {
    let mut lines = incident_story::lines(results, summary, incident);
    lines.push(heading("WHAT HAPPENED TO USERS", summary.baseline().is_some()));
    // One row: the screen has room for whether the changes compound, or for another row, not for both.
    lines.extend(rows(main, summary.baseline(), &["mean_abs_stance_error".to_string()]));
    lines
}

/// A run of which only rounds are known.
fn over_rounds(results: &Results<'_>, summary: &Summary, main: &VariantSummary) -> Vec<String> {
    let rounds = &results.tables.rounds;
    let mut lines = Vec::new();
    let baseline = summary.baseline();
    lines.push(heading("WHAT CHANGED", baseline.is_some()));
    let rows = |names: &[String]| rows(main, baseline, names);
    lines.extend(rows(&changed(rounds)));
    lines.push("WHAT REVIEW SAW: thumbs, offline tests, A/B tests".to_string());
    lines.extend(rows(&["thumbs_up_share", "offline_accuracy"].map(String::from)));
    lines.extend(main.measure("ab_effect_thumbs_up").map(best_update));
    lines.extend(verdicts(&results.tables.review, &summary.main_variant));
    lines.push("WHAT NONE OF THESE MEASURES".to_string());
    lines.extend(rows(&["sycophancy_index", "mean_abs_stance_error"].map(String::from)));
    lines.push(alarm(main, summary.replicates));
    lines.push("WHAT HAPPENED TO USERS".to_string());
    lines.extend(rows(&["user_benefit", "mean_trust"].map(String::from)));
    lines.push(exposure(summary, main));
    lines
}

fn opening(results: &Results<'_>, summary: &Summary) -> Vec<String> {
    let runs =
        if summary.replicates == 1 { "1 run".to_string() } else { format!("{} runs", summary.replicates) };
    let mut lines = vec![format!(
        "{} (seed {}): {runs} of {} rounds, {} days, {} users for {}",
        summary.identity.scenario,
        summary.identity.seed,
        summary.rounds,
        summary.days,
        large(summary.users as f64),
        large(summary.real_users)
    )];
    if !results.scenario.about.question.is_empty() {
        lines.push(results.scenario.about.question.clone());
    }
    lines
}

/// One line for all warnings; the report and the manifest list them in full.
fn doubts(warnings: &[Warning]) -> Option<String> {
    let more = match warnings.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more, see report)", count - 1),
    };
    // Cut before the count of the others, not through it.
    let room = COLUMNS - more.chars().count();
    warnings.first().map(|first| cut(&format!("Read with care: {first}"), room) + &more)
}

/// Behaviours as users meet them; four fill the screen.
fn changed(rounds: &Table) -> Vec<String> {
    super::rounds::behaviours(rounds).into_iter().take(4).map(|name| format!("mean_{name}")).collect()
}

/// With a run without any factor beside it, the difference is to that run; else to the first round.
fn heading(title: &str, has_baseline: bool) -> String {
    let (third, fourth) = if has_baseline { ("without", "difference") } else { ("", "change") };
    format!("{title:<32}{:>9}{:>9}{third:>9}{fourth:>14}", "first", "last")
}

fn rows(main: &VariantSummary, baseline: Option<&VariantSummary>, names: &[String]) -> Vec<String> {
    let row = |name: &String| {
        let without = baseline.and_then(|baseline| baseline.measure(name));
        Some(row(name, main.measure(name)?, without))
    };
    names.iter().filter_map(row).collect()
}

fn row(column: &str, measure: &MeasureSummary, without: Option<&MeasureSummary>) -> String {
    let third = without.map_or(String::new(), |without| level(column, without.last.mean));
    let difference = measure.difference.as_ref().filter(|_| without.is_some()).unwrap_or(&measure.change);
    format!(
        "  {:<30}{:>9}{:>9}{third:>9}{:>14}  {}",
        measure_name(column),
        level(column, measure.first.mean),
        level(column, measure.last.mean),
        change(column, difference.mean),
        interval(column, difference)
    )
}

/// The A/B effect of the update that users liked best.
fn best_update(measure: &MeasureSummary) -> String {
    let effect = change("ab_effect_thumbs_up", measure.peak.mean);
    format!("  Best A/B test: {effect} thumbs up for the update after round {}.", measure.peak_round)
}

fn verdicts(review: &Table, variant: &str) -> Option<String> {
    let words = review.words("verdict")?;
    let rows = review.words("variant")?;
    let count = |verdict: &str| {
        words.iter().zip(rows).filter(|(word, row)| *word == verdict && *row == variant).count()
    };
    let counts: Vec<String> = distinct(review, "verdict")
        .iter()
        .filter(|verdict| count(verdict) > 0)
        .map(|verdict| format!("{} {}", count(verdict), spaced(verdict)))
        .collect();
    (!counts.is_empty()).then(|| format!("  Verdicts of launch review: {}", counts.join(", ")))
}

fn alarm(main: &VariantSummary, replicates: usize) -> String {
    let runs = (main.alarm.share_of_replicates * replicates as f64).round() as usize;
    match main.alarm.round {
        Some(round) => {
            format!("  An alarm at +{} on that index would have gone off in round {round}.", main.alarm.rise)
        }
        None if runs > 0 => format!(
            "  An alarm at +{} on that index would have gone off in {runs} of {replicates} runs, not on their mean.",
            main.alarm.rise
        ),
        None => format!("  An alarm at +{} on that index would not have gone off.", main.alarm.rise),
    }
}

fn exposure(summary: &Summary, main: &VariantSummary) -> String {
    format!(
        "  For {}: {} conversations, {} past the alarm; {} users left.",
        large(summary.real_users),
        large(main.exposure.conversations),
        large(main.exposure.conversations_past_alarm),
        large(main.exposure.left_users)
    )
}

fn compounding(summary: &Summary) -> Vec<String> {
    let Some(outcome) = summary.signal_by_signal.as_ref().and_then(|analysis| analysis.outcomes.first())
    else {
        return Vec::new();
    };
    vec![
        "DOES IT COMPOUND?".to_string(),
        format!("  {}: {}", measure_name(&outcome.measure), singles(outcome)),
        format!("  {}", together(outcome)),
    ]
}

/// One sentence with the single effects, their sum, the joint effect and the ratio.
pub fn compounding_sentence(outcome: &OutcomeEffects) -> String {
    format!("{}: {}; {}", measure_name(&outcome.measure), singles(outcome), together(outcome))
}

fn singles(outcome: &OutcomeEffects) -> String {
    let effect = |(factor, effect): &(String, Spread)| {
        format!("{} {}", spaced(factor), change(&outcome.measure, effect.mean))
    };
    let effects: Vec<String> = outcome.singles.iter().map(effect).collect();
    format!("{} alone", list(&effects))
}

fn together(outcome: &OutcomeEffects) -> String {
    let joint = change(&outcome.measure, outcome.joint.mean);
    format!("{} {joint}{}.", variant_name(super::rounds::JOINT), ratio_clause(outcome))
}

/// A ratio says something only when the single effects add up to something.
fn ratio_clause(outcome: &OutcomeEffects) -> String {
    let (sum, Spread { mean, low, high }) = (&outcome.sum_of_singles, &outcome.compounding_ratio);
    if !mean.is_finite() || sum.mean.abs() < 1e-9 || !sum.has_clear_sign() {
        return String::new();
    }
    let interval =
        if low.is_finite() { format!(" (95 % interval {low:.1} to {high:.1})") } else { String::new() };
    format!(", {mean:.1} times the sum of single effects{interval}")
}

/// Cuts what does not fit the screen; names in scenarios have no length limit.
fn fit(mut lines: Vec<String>) -> String {
    lines.truncate(LINES);
    lines.iter().map(|line| cut(line, COLUMNS) + "\n").collect()
}

fn cut(line: &str, columns: usize) -> String {
    match line.chars().count() {
        count if count <= columns => line.trim_end().to_string(),
        _ => format!("{}…", line.chars().take(columns - 1).collect::<String>().trim_end()),
    }
}
