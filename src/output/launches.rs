//! Launches as the tables tell them: the checks of an update, the decision, the days before and after it.

use crate::measure::table::Table;

/// A row of `checks`.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRow {
    /// Replicate.
    pub replicate: i64,
    /// Round whose candidate was checked.
    pub round: i64,
    /// Name of the check.
    pub check: String,
    /// What it looked at.
    pub kind: String,
    /// Whether it can stop a launch.
    pub blocking: bool,
    /// What was measured.
    pub metric: String,
    /// Unit of the value.
    pub unit: String,
    /// What was found.
    pub value: f64,
    /// Its 95 % confidence interval.
    pub interval: (f64, f64),
    /// Where the check fails.
    pub threshold: f64,
    /// Whether it fails above the threshold, or below.
    pub fails_above: bool,
    /// Verdict.
    pub passed: bool,
    /// Whether the candidate was found significantly better.
    pub better: bool,
    /// What it cannot see.
    pub blind_to: String,
}

/// A row of `review`.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRow {
    /// Replicate.
    pub replicate: i64,
    /// Round whose candidate it is.
    pub round: i64,
    /// Whether it was launched.
    pub launched: bool,
    /// Why.
    pub reason: String,
    /// Blocking checks that failed.
    pub stopped_by: String,
    /// Rise of the index from the policy that the round began with.
    pub index_rise: f64,
}

/// A row of `days`.
#[derive(Clone, Debug, PartialEq)]
pub struct DayRow {
    /// Replicate.
    pub replicate: i64,
    /// Round.
    pub round: i64,
    /// First day of the run, from 0.
    pub first_day: i64,
    /// Days in the row.
    pub days: i64,
    /// serving, watching or review.
    pub activity: String,
    /// Shares of users with the current, the patched, the previous policy and a candidate.
    pub shares: [f64; 4],
    /// Index in service.
    pub index: f64,
    /// Conversations.
    pub conversations: f64,
    /// Complaints per million conversations, with the standard error.
    pub complaints: (f64, f64),
    /// Share of ratings that are thumbs up.
    pub thumbs_up: f64,
    /// Simulated users who had not left.
    pub active_users: f64,
    /// Days of real users with a policy past the alarm level.
    pub exposed: f64,
    /// What raised an alarm.
    pub alarm: String,
    /// What happened, in order.
    pub events: Vec<String>,
}

impl DayRow {
    /// Whether an event fell into the row.
    pub fn has(&self, event: &str) -> bool {
        self.events.iter().any(|it| it == event)
    }

    /// The last day of the row.
    pub fn last_day(&self) -> i64 {
        self.first_day + self.days - 1
    }
}

/// The columns of a table that a reader asks for; what a table lacks reads as nothing.
struct Columns<'t>(&'t Table);

impl Columns<'_> {
    fn number(&self, name: &str) -> impl Fn(usize) -> f64 + use<> {
        let values = self.0.numbers(name);
        move |row| values.as_ref().map_or(f64::NAN, |values| values[row])
    }

    fn word(&self, name: &str) -> impl Fn(usize) -> String + use<> {
        let words = self.0.words(name).map(<[String]>::to_vec);
        move |row| words.as_ref().map_or(String::new(), |words| words[row].clone())
    }

    fn rows_of(&self, variant: &str) -> Vec<usize> {
        let words = self.0.words("variant").unwrap_or_default();
        (0..words.len()).filter(|&row| words[row] == variant).collect()
    }
}

/// The checks of a variant.
pub fn checks(table: &Table, variant: &str) -> Vec<CheckRow> {
    let it = Columns(table);
    let (replicate, round, value) = (it.number("replicate"), it.number("round"), it.number("value"));
    let (low, high, threshold) = (it.number("low"), it.number("high"), it.number("threshold"));
    let (check, kind, role) = (it.word("check"), it.word("kind"), it.word("role"));
    let (metric, unit, fails) = (it.word("metric"), it.word("metric_unit"), it.word("fails"));
    let (verdict, better, blind_to) = (it.word("verdict"), it.number("better"), it.word("blind_to"));
    let read = |row| CheckRow {
        replicate: replicate(row) as i64,
        round: round(row) as i64,
        check: check(row),
        kind: kind(row),
        blocking: role(row) == "blocking",
        metric: metric(row),
        unit: unit(row),
        value: value(row),
        interval: (low(row), high(row)),
        threshold: threshold(row) + 0.0,
        fails_above: fails(row) == "above",
        passed: verdict(row) == "passed",
        better: better(row) == 1.0,
        blind_to: blind_to(row),
    };
    it.rows_of(variant).into_iter().map(read).collect()
}

/// The decisions of a variant.
pub fn decisions(table: &Table, variant: &str) -> Vec<DecisionRow> {
    let it = Columns(table);
    let (replicate, round) = (it.number("replicate"), it.number("round"));
    let (verdict, reason, stopped_by) = (it.word("verdict"), it.word("reason"), it.word("stopped_by"));
    let rise = it.number("candidate_index_rise");
    let read = |row| DecisionRow {
        replicate: replicate(row) as i64,
        round: round(row) as i64,
        launched: verdict(row).starts_with("launch"),
        reason: reason(row),
        stopped_by: stopped_by(row),
        index_rise: rise(row),
    };
    it.rows_of(variant).into_iter().map(read).collect()
}

/// The days of a variant.
pub fn days(table: &Table, variant: &str) -> Vec<DayRow> {
    let it = Columns(table);
    let (replicate, round) = (it.number("replicate"), it.number("round"));
    let (first_day, days, activity) = (it.number("first_day"), it.number("days"), it.word("activity"));
    let shares =
        ["share_current", "share_patched", "share_previous", "share_candidate"].map(|n| it.number(n));
    let (index, conversations) = (it.number("sycophancy_index"), it.number("conversations"));
    let complaints = (it.number("complaints_per_million"), it.number("complaints_per_million_se"));
    let (active, exposed) = (it.number("active_users"), it.number("exposed_user_days"));
    let (alarm, events, thumbs_up) = (it.word("alarm"), it.word("events"), it.number("thumbs_up_share"));
    let listed = |row| events(row).split(", ").filter(|it| !it.is_empty()).map(String::from).collect();
    let read = |row| DayRow {
        replicate: replicate(row) as i64,
        round: round(row) as i64,
        first_day: first_day(row) as i64,
        days: days(row) as i64,
        activity: activity(row),
        shares: [0, 1, 2, 3].map(|policy| shares[policy](row)),
        index: index(row),
        conversations: conversations(row),
        complaints: (complaints.0(row), complaints.1(row)),
        thumbs_up: thumbs_up(row),
        active_users: active(row),
        exposed: exposed(row),
        alarm: alarm(row),
        events: listed(row),
    };
    it.rows_of(variant).into_iter().map(read).collect()
}
