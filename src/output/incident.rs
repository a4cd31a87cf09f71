//! The update that a run is about: when it went out, when somebody noticed, what was done, who was exposed.

use super::launches::{DayRow, DecisionRow, days, decisions};
use super::results::Tables;
use crate::analysis::signal_by_signal::Spread;
use crate::scenario::Clock;
use serde::Serialize;
use std::collections::BTreeMap;

/// The update at issue in every replicate: the one that was noticed in most of them, the first of several; if none
/// was, the one that would raise the sycophancy index most.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IncidentSummary {
    /// Round whose candidate it is. It goes out as the next round begins.
    pub update: i64,
    /// Share of replicates in which it was launched.
    pub launched_share: f64,
    /// Share of replicates in which an alarm noticed it.
    pub noticed_share: f64,
    /// Days of real users with a policy past the alarm level, rollout to rollback.
    pub exposed_user_days: Spread,
    /// The same per user: days.
    pub exposed_days: Spread,
    /// Launches of other updates that were watched, over all replicates.
    pub other_launches: usize,
    /// Of these, launches that raised an alarm.
    pub other_alarms: usize,
    /// One history per replicate.
    pub replicates: Vec<Incident>,
}

/// A day of the run, counted from 0, and its date if the scenario has a calendar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// Day of the run.
    pub day: i64,
    /// YYYY-MM-DD, or nothing.
    pub date: Option<String>,
}

/// What became of the update in one replicate. What did not happen is `None`; indices that were not in service are
/// NaN.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Incident {
    /// Replicate.
    pub replicate: i64,
    /// Whether review let it through.
    pub launched: bool,
    /// Why, or why not.
    pub reason: String,
    /// Blocking checks that failed.
    pub stopped_by: String,
    /// Days that users lived through during review.
    pub review_days: i64,
    /// Last day of review.
    pub decided: Option<Moment>,
    /// The first users have it.
    pub rollout_begins: Option<Moment>,
    /// Everyone has it.
    pub rollout_complete: Option<Moment>,
    /// The day at whose end an alarm was raised.
    pub noticed: Option<Moment>,
    /// What raised it.
    pub noticed_by: String,
    /// The first day with the changed system prompt.
    pub prompt_patched: Option<Moment>,
    /// The first users are back on the policy before.
    pub rollback_begins: Option<Moment>,
    /// Everyone is.
    pub rollback_complete: Option<Moment>,
    /// Sycophancy index in service before the update.
    pub index_before: f64,
    /// Highest index in service after it.
    pub index_peak: f64,
    /// Index of the policy with the changed system prompt.
    pub index_patched: f64,
    /// Index in service after the rollback.
    pub index_after_rollback: f64,
    /// Complaints per conversation from rollout to alarm, as a multiple of those in the round before.
    pub complaint_ratio: f64,
    /// Days of real users with a policy past the alarm level, rollout to rollback.
    pub exposed_user_days: f64,
    /// The same while some of them tried it during review.
    pub exposed_user_days_in_review: f64,
    /// The first of these per user who had not left: days.
    pub exposed_days: f64,
}

/// The update at issue; `None` where nothing but plain serving is known.
pub fn incident(
    tables: &Tables,
    variant: &str,
    clock: &Clock,
    people_per_user: f64,
) -> Option<IncidentSummary> {
    let (days, decisions) = (days(&tables.days, variant), decisions(&tables.review, variant));
    days.iter().find(|day| !day.events.is_empty())?;
    let update = update_at_issue(&days, &decisions)?;
    let histories: Vec<Incident> = decisions
        .iter()
        .filter(|it| it.round == update)
        .map(|it| history(it, &days, clock, people_per_user))
        .collect();
    let share = |holds: fn(&Incident) -> bool| {
        histories.iter().filter(|it| holds(it)).count() as f64 / histories.len().max(1) as f64
    };
    let spread = |of: fn(&Incident) -> f64| Spread::of(&histories.iter().map(of).collect::<Vec<f64>>());
    let others = |event: &str| days.iter().filter(|day| day.round != update + 1 && day.has(event)).count();
    Some(IncidentSummary {
        update,
        launched_share: share(|it| it.launched),
        noticed_share: share(|it| it.noticed.is_some()),
        exposed_user_days: spread(|it| it.exposed_user_days),
        exposed_days: spread(|it| it.exposed_days),
        other_launches: others("rollout_begins"),
        other_alarms: others("noticed"),
        replicates: histories,
    })
}

fn update_at_issue(days: &[DayRow], decisions: &[DecisionRow]) -> Option<i64> {
    let mut noticed: BTreeMap<i64, usize> = BTreeMap::new();
    for day in days.iter().filter(|day| day.has("noticed")) {
        *noticed.entry(day.round - 1).or_default() += 1;
    }
    let most = noticed.values().copied().max();
    let first = noticed.into_iter().find(|(_, count)| Some(*count) == most).map(|(round, _)| round);
    first.or_else(|| steepest(decisions))
}

/// The update whose candidates raise the index most, on average over replicates.
fn steepest(decisions: &[DecisionRow]) -> Option<i64> {
    let mut rises: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for it in decisions.iter().filter(|it| it.index_rise.is_finite()) {
        rises.entry(it.round).or_default().push(it.index_rise);
    }
    let means = rises.into_iter().map(|(round, rises)| (round, Spread::of(&rises).mean));
    means.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(round, _)| round)
}

fn history(decision: &DecisionRow, days: &[DayRow], clock: &Clock, people_per_user: f64) -> Incident {
    let of_round =
        |round: i64| days.iter().filter(move |it| (it.replicate, it.round) == (decision.replicate, round));
    let before: Vec<&DayRow> = of_round(decision.round).collect();
    let after: Vec<&DayRow> = of_round(decision.round + 1).filter(|it| it.activity == "watching").collect();
    let moment = |day: i64| Moment { day, date: Some(clock.date(day)).filter(|date| !date.is_empty()) };
    let when = |event: &str| after.iter().find(|it| it.has(event)).map(|it| moment(it.first_day));
    let noticed = after.iter().find(|it| it.has("noticed"));
    let index_before = before.iter().rev().find(|it| it.activity != "review").map_or(f64::NAN, |it| it.index);
    Incident {
        replicate: decision.replicate,
        launched: decision.launched,
        reason: decision.reason.clone(),
        stopped_by: decision.stopped_by.clone(),
        review_days: before.iter().filter(|it| it.activity == "review").map(|it| it.days).sum(),
        decided: before.last().map(|it| moment(it.last_day())),
        rollout_begins: when("rollout_begins"),
        rollout_complete: when("rollout_complete"),
        noticed: noticed.map(|it| moment(it.first_day)),
        noticed_by: noticed.map_or(String::new(), |it| it.alarm.clone()),
        prompt_patched: when("prompt_patched"),
        rollback_begins: when("rollback_begins"),
        rollback_complete: when("rollback_complete"),
        index_before,
        index_peak: after.iter().map(|it| it.index).fold(f64::NAN, f64::max),
        index_patched: patched(&after, index_before),
        index_after_rollback: after.iter().find(|it| it.shares[2] == 1.0).map_or(f64::NAN, |it| it.index),
        complaint_ratio: complaint_ratio(&before, &after),
        exposed_user_days: exposed(&after),
        exposed_user_days_in_review: exposed(
            &before.into_iter().filter(|it| it.activity == "review").collect::<Vec<_>>(),
        ),
        exposed_days: after.iter().map(|it| it.exposed / (it.active_users * people_per_user)).sum::<f64>()
            + 0.0,
    }
}

/// Adding zero turns the negative zero of an empty sum into a plain one.
fn exposed(days: &[&DayRow]) -> f64 {
    days.iter().map(|it| it.exposed).sum::<f64>() + 0.0
}

/// The index of the patched policy alone. In service it may be mixed with the policy before: the index there is the
/// mean over users, s_patched S_patched + s_previous S_previous, and is solved for S_patched.
fn patched(after: &[&DayRow], index_before: f64) -> f64 {
    let day = after.iter().find(|it| it.shares[1] > 0.0);
    day.map_or(f64::NAN, |it| (it.index - it.shares[2] * index_before) / it.shares[1])
}

/// Complaints per conversation from the rollout to the day of the alarm, over those in the round before.
fn complaint_ratio(before: &[&DayRow], after: &[&DayRow]) -> f64 {
    let until = after.iter().position(|it| it.has("noticed"));
    until.map_or(f64::NAN, |last| complaint_rate(&after[..=last]) / complaint_rate(before))
}

fn complaint_rate(days: &[&DayRow]) -> f64 {
    let complaints: f64 = days.iter().map(|it| it.complaints.0 * it.conversations).sum();
    complaints / days.iter().map(|it| it.conversations).sum::<f64>()
}
