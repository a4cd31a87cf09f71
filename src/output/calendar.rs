//! The days around an update as a calendar: one line per day on which something happened.

use super::incident::{Incident, IncidentSummary, Moment};
use super::words::{large, spaced};
use crate::analysis::signal_by_signal::Spread;
use crate::scenario::parse_date;

/// Indices closer than this read the same.
const SAME_INDEX: f64 = 0.005;

/// The calendar of one history: date and what happened.
pub fn calendar(history: &Incident) -> Vec<(String, String)> {
    let entries = [
        (&history.decided, decided(history)),
        (&history.rollout_begins, "rollout begins".to_string()),
        (&history.rollout_complete, everyone(history)),
        (&history.noticed, noticed(history)),
        (&history.prompt_patched, patched(history)),
        (&history.rollback_begins, "rollback begins".to_string()),
        (&history.rollback_complete, rolled_back(history)),
    ];
    let mut lines: Vec<(i64, String, String)> = Vec::new();
    for (moment, words) in entries.into_iter().filter_map(|(moment, words)| Some((moment.as_ref()?, words))) {
        match lines.iter_mut().find(|(day, ..)| *day == moment.day) {
            Some((_, _, line)) => *line = format!("{line}; {words}"),
            None => lines.push((moment.day, date(moment), words)),
        }
    }
    lines.sort_by_key(|(day, ..)| *day);
    lines.into_iter().map(|(_, date, words)| (date, words)).collect()
}

/// `Thu 24 Apr 2025`, or `day 348` without a calendar.
pub fn date(moment: &Moment) -> String {
    let date = moment.date.as_deref().and_then(parse_date);
    date.map_or(format!("day {}", moment.day), |date| date.format("%a %-d %b %Y").to_string())
}

/// What review decided and why.
pub fn decided(history: &Incident) -> String {
    let after = match history.review_days {
        0 => String::new(),
        days => format!(" after {} with users", counted(days, "day")),
    };
    match history.launched {
        true => format!("launched{after}: {}", why(&history.reason)),
        false => format!("held{after}: stopped by {}", spaced(&history.stopped_by)),
    }
}

/// Of "no blocking check failed; advice not followed: ...", the part that is news.
fn why(reason: &str) -> String {
    spaced(reason.strip_prefix("no blocking check failed; ").unwrap_or(reason))
}

fn everyone(history: &Incident) -> String {
    format!(
        "everyone has it: sycophancy index {:.3} ({:.3} before)",
        history.index_peak, history.index_before
    )
}

fn noticed(history: &Incident) -> String {
    match history.noticed_by.as_str() {
        "complaints" => format!("noticed: complaints {:.1} times the usual rate", history.complaint_ratio),
        "canary" => "noticed: the daily probes of the sycophancy index".to_string(),
        "thumbs" => "noticed: fewer ratings are thumbs up".to_string(),
        other => format!("noticed: {other}"),
    }
}

fn patched(history: &Incident) -> String {
    let (patched, before) = (history.index_patched, history.index_before);
    let back = match patched - before {
        gap if gap > SAME_INDEX => format!(", not back to {before:.3}"),
        gap if gap < -SAME_INDEX => format!(", below the {before:.3} of before"),
        _ => ", as before".to_string(),
    };
    format!("prompt patched: index {patched:.3}{back}")
}

fn rolled_back(history: &Incident) -> String {
    format!(
        "rollback complete: policy as before ({:.3}); what users believe is not",
        history.index_after_rollback
    )
}

/// What happened in how many replicates, and when.
pub fn over_replicates(incident: &IncidentSummary) -> String {
    let runs = incident.replicates.len();
    let count = |holds: fn(&Incident) -> bool| incident.replicates.iter().filter(|it| holds(it)).count();
    let launched = count(|it| it.launched);
    let watched = count(|it| it.rollout_begins.is_some());
    let noticed = count(|it| it.noticed.is_some());
    match watched {
        0 => format!("launched in {launched} of {runs} runs"),
        _ => format!(
            "launched in {launched} of {runs} runs; noticed in {noticed} of {runs}{}",
            range(incident)
        ),
    }
}

/// How often the watch raised an alarm about other updates.
pub fn other_alarms(incident: &IncidentSummary) -> Option<String> {
    let (alarms, launches) = (incident.other_alarms, incident.other_launches);
    (launches > 0).then(|| format!("launches of other updates that raised an alarm: {alarms} of {launches}"))
}

/// From the first to the last day on which it was noticed.
fn range(incident: &IncidentSummary) -> String {
    let moments = || incident.replicates.iter().filter_map(|it| it.noticed.as_ref());
    let (first, last) = (moments().min_by_key(|it| it.day), moments().max_by_key(|it| it.day));
    match first.zip(last) {
        None => String::new(),
        Some((first, last)) if first.day == last.day => format!(", on {}", date(first)),
        Some((first, last)) => format!(", {} to {}", date(first).trim_end_matches(&year(last)), date(last)),
    }
}

/// ` 2025`, if the moment has a date.
fn year(moment: &Moment) -> String {
    moment.date.as_ref().map_or(String::new(), |date| format!(" {}", &date[..4]))
}

/// How long users had a policy past the alarm level, and how many of them.
pub fn exposure(incident: &IncidentSummary) -> String {
    let reviewed: Vec<f64> = incident.replicates.iter().map(|it| it.exposed_user_days_in_review).collect();
    let days = &incident.exposed_days;
    let mut words = vec![
        format!("{:.1} days{}", days.mean, between(days, |value| format!("{value:.1}"))),
        format!("{} user-days", large(incident.exposed_user_days.mean)),
    ];
    let reviewed = Spread::of(&reviewed).mean;
    if reviewed > 0.0 {
        words.push(format!("{} more in review", large(reviewed)));
    }
    format!("exposure past the alarm: {}", words.join(", "))
}

fn between(spread: &Spread, words: impl Fn(f64) -> String) -> String {
    match spread.has_interval() {
        true => format!(" [{}, {}]", words(spread.low), words(spread.high)),
        false => String::new(),
    }
}

/// `1 day`, `7 days`.
pub fn counted(count: i64, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
