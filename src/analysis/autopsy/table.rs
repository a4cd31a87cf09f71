//! The autopsy as tidy tables: one row per case, and one row per history.

use super::history::{History, RoundNote};
use super::outcome::{Days, Outcome, Proportion};
use super::replay::Autopsy;
use crate::analysis::signal_by_signal::Spread;
use crate::measure::table::{Entry, Row, Table};

/// One row per case.
pub fn outcomes_table(outcomes: &[Outcome]) -> Table {
    let mut table = Table::default();
    outcomes.iter().for_each(|outcome| table.push(outcome_row(outcome)));
    table
}

fn outcome_row(it: &Outcome) -> Row {
    let mut row = vec![
        Entry::text("mitigation", "What was changed; as-it-was for nothing", &it.mitigation),
        Entry::text("meaning", "What the lab would do", &it.meaning),
        Entry::text("source", "Who announced it", &it.source),
        Entry::integer(
            "from_round",
            "",
            "First round in which it holds; 0 from the start",
            i64::from(it.from_round),
        ),
        Entry::integer("replicates", "histories", "Finished histories", i64::from(it.replicates)),
    ];
    proportion(&mut row, "caught", "Histories in which review held the incident's candidate", &it.caught);
    proportion(
        &mut row,
        "tame",
        "Histories in which it was launched and never past the alarm level",
        &it.tame,
    );
    proportion(
        &mut row,
        "noticed",
        "Histories in which it was launched and an alarm was raised",
        &it.noticed,
    );
    proportion(&mut row, "false_alarms", "Harmless updates that review held", &it.false_alarms);
    proportion(
        &mut row,
        "false_alerts",
        "Harmless updates that raised an alarm once launched",
        &it.false_alerts,
    );
    day(&mut row, "noticed_day", "Day of the alarm, 0 the day of the launch: median", &it.noticed_day);
    day(&mut row, "patched_day", "Day of the changed system prompt: median", &it.patched_day);
    day(&mut row, "rolled_back_day", "Day on which everyone was back: median", &it.rolled_back_day);
    spread(
        &mut row,
        "exposed_user_days",
        "user-days",
        "Days of real users past the alarm level after launch",
        &it.exposed_user_days,
    );
    spread(
        &mut row,
        "exposure_avoided",
        "user-days",
        "That of the incident as it was minus this, paired",
        &it.exposure_avoided,
    );
    spread(
        &mut row,
        "trial_user_days",
        "user-days",
        "Days of real users who tried the candidate in review, past the alarm level",
        &it.trial_user_days,
    );
    spread(&mut row, "peak_index", "", "Highest sycophancy index in service after launch", &it.peak_index);
    spread(
        &mut row,
        "candidate_rise",
        "",
        "Sycophancy index of the candidate minus its incumbent's",
        &it.candidate_rise,
    );
    spread(
        &mut row,
        "candidate_rise_change",
        "",
        "That minus that of the incident as it was, paired",
        &it.candidate_rise_change,
    );
    for (name, unit, meaning, value) in [
        ("review_days", "days", "Review per update", it.review_days),
        ("delay_days", "days", "Days added to each update", it.delay_days),
        ("people", "people", "People in review per update", it.people),
        ("extra_people", "people", "People added", it.extra_people),
    ] {
        row.push(Entry::number(name, unit, meaning, value));
    }
    spread(
        &mut row,
        "thumbs_up_change",
        "share",
        "Change of the thumbs-up share before the incident, paired",
        &it.thumbs_up_change,
    );
    spread(
        &mut row,
        "user_benefit_change",
        "approval",
        "Change of users' benefit before the incident, paired",
        &it.user_benefit_change,
    );
    spread(
        &mut row,
        "stance_error_change",
        "stance sd",
        "Change of users' stance error after the incident, paired",
        &it.stance_error_change,
    );
    row
}

fn proportion(row: &mut Row, name: &str, meaning: &str, it: &Proportion) {
    row.push(Entry::integer(name, "count", meaning, i64::from(it.count)));
    row.push(Entry::integer(
        format!("{name}_of"),
        "count",
        format!("{meaning}: of how many"),
        i64::from(it.of),
    ));
    for (end, word, value) in [
        ("share", "share", it.share),
        ("low", "lower 95 % end (Wilson)", it.low),
        ("high", "upper 95 % end (Wilson)", it.high),
    ] {
        row.push(Entry::number(format!("{name}_{end}"), "share", format!("{meaning}: {word}"), value));
    }
}

fn spread(row: &mut Row, name: &str, unit: &'static str, meaning: &str, it: &Spread) {
    row.push(Entry::number(name, unit, meaning, it.mean));
    row.push(Entry::number(
        format!("{name}_low"),
        unit,
        format!("{meaning}: lower 95 % end of the mean"),
        it.low,
    ));
    row.push(Entry::number(
        format!("{name}_high"),
        unit,
        format!("{meaning}: upper 95 % end of the mean"),
        it.high,
    ));
}

fn day(row: &mut Row, name: &str, meaning: &str, it: &Days) {
    row.push(Entry::number(name, "days", meaning, it.median));
}

/// One row per case, replicate and round: what review decided and how users lived.
pub fn histories_table(autopsy: &Autopsy) -> Table {
    let mut table = Table::default();
    for case in &autopsy.cases {
        for history in &case.histories {
            for note in &history.rounds {
                table.push(note_row(&case.case.name, autopsy.incident_round, history, note));
            }
        }
    }
    table
}

fn note_row(case: &str, incident: u32, history: &History, it: &RoundNote) -> Row {
    let day = |day: Option<u32>| day.map_or(f64::NAN, f64::from);
    let verdict = match it.launched {
        _ if it.round > incident => "not reviewed",
        true => "launched",
        false => "held",
    };
    let failed: Vec<&str> =
        it.checks.iter().filter(|check| !check.passed).map(|check| check.name.as_str()).collect();
    vec![
        Entry::text("mitigation", "What was changed", case),
        Entry::integer("replicate", "", "Replicate, from 0", i64::from(history.replicate)),
        Entry::integer("round", "", "Update round, from 1", i64::from(it.round)),
        Entry::text(
            "verdict",
            "Whether the round's candidate was launched; the last round is not reviewed",
            verdict,
        ),
        Entry::text("failed", "Checks that failed, advisory ones included", failed.join(", ")),
        Entry::text("stopped_by", "Blocking checks that failed", it.stopped_by.join(", ")),
        Entry::number(
            "candidate_rise",
            "",
            "Sycophancy index of the candidate minus its incumbent's",
            it.candidate_rise,
        ),
        Entry::integer("review_days", "days", "Days of review", i64::from(it.review_days)),
        Entry::integer("people", "people", "People in review", i64::from(it.people())),
        Entry::number(
            "noticed_day",
            "days",
            "Day of the round on which an alarm was raised",
            day(it.days.noticed),
        ),
        Entry::number("patched_day", "days", "Day of the changed system prompt", day(it.days.patched)),
        Entry::number("rolled_back_day", "days", "Day on which everyone was back", day(it.days.rolled_back)),
        Entry::number(
            "exposed_user_days",
            "user-days",
            "Days of real users past the alarm level",
            it.exposed_user_days,
        ),
        Entry::number(
            "trial_user_days",
            "user-days",
            "Days of real users who tried the candidate, past the alarm level",
            it.trial_user_days,
        ),
        Entry::number("peak_index", "", "Highest sycophancy index in service", it.peak_index),
        Entry::number("thumbs_up_share", "share", "Share of ratings that were thumbs up", it.thumbs_up_share),
        Entry::number("user_benefit", "approval", "Mean true benefit of a conversation", it.user_benefit),
        Entry::number(
            "mean_abs_stance_error",
            "stance sd",
            "Users' stance error at the end",
            it.mean_abs_stance_error,
        ),
    ]
}
