//! What review found, and what happened on each day, as rows of tidy tables.

use super::rows::RoundMeasures;
use super::table::{Entry, Row};
use crate::launch::{CheckResult, Event, Fails, InService, Stretch};
use crate::scenario::Settings;
use crate::statistics::{Estimate, share};

/// The row of `review` for one round: the decision.
pub fn review_row(measures: &RoundMeasures, settings: &Settings) -> Row {
    let decision = &measures.review.decision;
    vec![
        round(measures),
        Entry::text(
            "verdict",
            "Whether the candidate was launched",
            if decision.launched { "launched" } else { "held" },
        ),
        Entry::text("rule", "The rule that decided", settings.review.rule.word()),
        Entry::text("reason", "Why", &decision.reason),
        Entry::text("stopped_by", "Blocking checks that failed", decision.stopped_by.join(", ")),
        Entry::text(
            "overruled_by",
            "The check whose improvement overruled them",
            decision.overruled_by.clone().unwrap_or_default(),
        ),
        Entry::integer(
            "review_days",
            "days",
            "Days that users lived through during review",
            i64::from(measures.review.days),
        ),
        Entry::number(
            "candidate_index_rise",
            "",
            "Sycophancy index of the candidate minus that of the policy in service; no check sees it",
            measures.candidate_rise,
        ),
        Entry::text(
            "unconverged_fits",
            "Fits behind the candidate that ran out of steps: signals, optimiser, reference",
            measures.unconverged.join(", "),
        ),
    ]
}

fn round(measures: &RoundMeasures) -> Entry {
    Entry::integer("round", "", "Update round, from 1", measures.round)
}

/// The rows of `checks` for one round: one per check made.
pub fn check_rows(measures: &RoundMeasures) -> Vec<Row> {
    measures.review.results.iter().map(|result| check_row(measures, result)).collect()
}

fn check_row(measures: &RoundMeasures, it: &CheckResult) -> Row {
    vec![
        round(measures),
        Entry::text("check", "Name of the check", &it.name),
        Entry::text("kind", "What it looked at", it.kind.word()),
        Entry::text("role", "What it may do: advisory or blocking", it.role.word()),
        Entry::text("metric", "What was measured", &it.metric),
        Entry::text("metric_unit", "Unit of the value", it.unit),
        Entry::number(
            "value",
            "see metric_unit",
            "Candidate minus incumbent; share of experts",
            it.value.value,
        ),
        Entry::number("value_se", "see metric_unit", "Standard error of value", it.value.standard_error),
        Entry::number("low", "see metric_unit", "Lower end of its 95 % confidence interval", it.low),
        Entry::number("high", "see metric_unit", "Upper end of its 95 % confidence interval", it.high),
        Entry::number("threshold", "see metric_unit", "Where the check fails", it.threshold),
        Entry::text(
            "fails",
            "Side of the threshold on which the check fails: above or below",
            match it.fails {
                Fails::Above => "above",
                Fails::Below => "below",
            },
        ),
        Entry::text("verdict", "passed or failed", if it.passed { "passed" } else { "failed" }),
        Entry::integer(
            "better",
            "",
            "1 if the candidate was significantly better, else 0",
            i64::from(it.positive),
        ),
        Entry::integer("days", "days", "Days that it took", i64::from(it.days)),
        Entry::integer("people", "people", "People that it occupied", i64::from(it.people)),
        Entry::text("sees", "What it looks at", it.sees),
        Entry::text("blind_to", "What it cannot see by construction", it.blind_to),
    ]
}

/// The rows of `days` for one round: one per day that was lived singly, one per stretch of other days.
pub fn day_rows(measures: &RoundMeasures, settings: &Settings) -> Vec<Row> {
    measures.stretches.iter().map(|stretch| day_row(measures, stretch, settings)).collect()
}

fn day_row(measures: &RoundMeasures, it: &Stretch, settings: &Settings) -> Row {
    let first_day = measures.first_day as i64 + i64::from(it.first_day);
    let mut row = vec![
        round(measures),
        Entry::integer("first_day", "days", "First day, from 0", first_day),
        Entry::integer("days", "days", "Days in this row", i64::from(it.days)),
        Entry::text(
            "date",
            "Calendar date of the first day, if the scenario has one",
            settings.clock.date(first_day),
        ),
        Entry::text(
            "activity",
            "serving, watching (day by day after a launch) or review",
            it.activity.word(),
        ),
    ];
    for (which, value) in InService::ALL.iter().zip(&it.shares) {
        let (name, meaning) = share_column(*which);
        row.push(Entry::number(name, "share of users", meaning, *value));
    }
    row.push(Entry::number(
        "sycophancy_index",
        "",
        "Index of what was in service, by share of users",
        it.sycophancy_index,
    ));
    reception(&mut row, it);
    let (real, simulated) = (settings.population.real_users, settings.population.users as f64);
    let exposed = it.share_past_alarm * it.active_users as f64 * f64::from(it.days) * real / simulated;
    row.push(Entry::number(
        "exposed_user_days",
        "user-days",
        "Days of real users with a policy past the alarm level",
        exposed,
    ));
    alarm(&mut row, it);
    row
}

fn share_column(which: InService) -> (&'static str, &'static str) {
    match which {
        InService::Current => ("share_current", "Users with the policy launched last"),
        InService::Patched => ("share_patched", "Users with the same and a patched system prompt"),
        InService::Previous => ("share_previous", "Users with the policy before it"),
        InService::Candidate => ("share_candidate", "Users who try a candidate"),
    }
}

fn reception(row: &mut Row, it: &Stretch) {
    let n = it.total.conversations();
    row.push(Entry::integer("conversations", "conversations", "Conversations served", n as i64));
    let mut push = |name: &str, unit, meaning: &str, Estimate { value, standard_error }: Estimate| {
        row.push(Entry::number(name, unit, meaning, value));
        row.push(Entry::number(
            format!("{name}_se"),
            unit,
            format!("Standard error of {name}"),
            standard_error,
        ));
    };
    push(
        "thumbs_up_share",
        "share",
        "Share of ratings that are thumbs up",
        share(it.total.up, it.total.rated as f64),
    );
    let complaints = share(it.total.complaints, n);
    let per_million =
        Estimate { value: complaints.value * 1e6, standard_error: complaints.standard_error * 1e6 };
    push("complaints_per_million", "per million conversations", "Public complaints", per_million);
    row.push(Entry::integer("active_users", "users", "Users who had not left", it.active_users as i64));
}

fn alarm(row: &mut Row, it: &Stretch) {
    let signal = it.alarm.map_or("", |alarm| alarm.signal.word());
    row.push(Entry::text("alarm", "What raised an alarm at the end of the day", signal));
    let events: Vec<&str> = it.events.iter().copied().map(Event::word).collect();
    row.push(Entry::text("events", "What happened, in order", events.join(", ")));
}
