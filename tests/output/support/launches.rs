//! Made-up checks, decisions and days: quiet updates, then one that is launched, noticed and rolled back.

use thumbscale::measure::table::{Entry, Row};
use thumbscale::output::Tables;

const DAYS_PER_ROUND: i64 = 20;
const REVIEW_DAYS: i64 = 7;

/// Which run, and when.
#[derive(Clone, Copy)]
struct At {
    replicate: i64,
    round: i64,
    last: i64,
}

/// Adds what review and watch would leave in a run of `rounds` rounds whose last but one update is the bad one.
pub fn add(tables: &mut Tables, rounds: i64, replicates: i64) {
    tables.review = Default::default();
    for replicate in 0..replicates {
        for round in 1..=rounds {
            let at = At { replicate, round, last: rounds };
            tables.review.push(at.decision());
            CHECKS.iter().for_each(|check| tables.checks.push(at.check(check)));
            at.days().into_iter().for_each(|day| tables.days.push(day));
        }
    }
}

/// Name, role, metric, unit, value for a quiet update, value for the bad one, standard error, threshold, side.
type Made = (&'static str, &'static str, &'static str, &'static str, [f64; 4], &'static str);

const CHECKS: [Made; 4] = [
    ("offline_eval", "blocking", "rise of accuracy", "share", [0.0, 0.001, 0.002, -0.05], "below"),
    (
        "expert_spot_check",
        "advisory",
        "share of experts who feel that it is off",
        "share",
        [0.1, 0.6, 0.12, 0.5],
        "above",
    ),
    (
        "side_by_side",
        "blocking",
        "preference for the candidate above one half",
        "share of users asked",
        [0.002, 0.043, 0.006, 0.0],
        "below",
    ),
    (
        "ab_test",
        "blocking",
        "rise of the thumbs-up share",
        "share of ratings",
        [0.0, 0.07, 0.03, 0.0],
        "below",
    ),
];

impl At {
    /// Whether the update trained in this round is the bad one.
    fn is_bad(self) -> bool {
        self.round == self.last - 1
    }

    fn first_day(self) -> i64 {
        (self.round - 1) * (DAYS_PER_ROUND + REVIEW_DAYS)
    }

    fn key(self) -> Row {
        vec![
            Entry::text("variant", "Which factors are on.", "all"),
            Entry::integer("replicate", "", "Repetition.", self.replicate),
            Entry::integer("round", "", "Update round.", self.round),
        ]
    }

    fn decision(self) -> Row {
        let advice = if self.is_bad() { "; advice not followed: expert_spot_check" } else { "" };
        let words = [
            ("verdict", "launched".to_string()),
            ("rule", "checks".to_string()),
            ("reason", format!("no blocking check failed{advice}")),
            ("stopped_by", String::new()),
            ("overruled_by", String::new()),
        ];
        let words = words.map(|(name, word)| Entry::text(name, "Launch review.", word)).to_vec();
        let rise = if self.is_bad() { 0.08 } else { 0.002 * self.replicate as f64 };
        [self.key(), words, vec![Entry::number("candidate_index_rise", "", "Rise.", rise)]].concat()
    }

    fn check(self, &(check, role, metric, unit, [quiet, bad, error, threshold], fails): &Made) -> Row {
        let wobble = error * ((self.round * 5 + self.replicate * 3) % 7 - 3) as f64 / 6.0;
        let value = if self.is_bad() { bad } else { quiet + wobble };
        let failed = if fails == "above" { value >= threshold } else { value + 2.4 * error < threshold };
        let number = |name: &str, value| Entry::number(name, "see metric_unit", "A number.", value);
        let word = |name: &str, word: &str| Entry::text(name, "A word.", word);
        let own = vec![
            word("check", check),
            word("kind", check),
            word("role", role),
            word("metric", metric),
            word("metric_unit", unit),
            number("value", value),
            number("value_se", error),
            number("low", value - 1.96 * error),
            number("high", value + 1.96 * error),
            number("threshold", threshold),
            word("fails", fails),
            word("verdict", if failed { "failed" } else { "passed" }),
            Entry::integer("better", "", "Whether better.", i64::from(value > 2.4 * error)),
            word("blind_to", "Whether what is preferred at once is good for those who prefer it."),
        ];
        [self.key(), own].concat()
    }

    fn days(self) -> Vec<Row> {
        let bad = self.round == self.last;
        let watched = if self.round > 1 { 10 } else { 0 };
        let mut days: Vec<Row> = (0..watched).map(|day| self.watched(day, bad)).collect();
        let quiet = [if bad { 0.0 } else { 1.0 }, 0.0, if bad { 1.0 } else { 0.0 }, 0.0];
        days.push(self.day(watched, DAYS_PER_ROUND - watched, "serving", quiet, 0.06, "", ""));
        let trial = [0.9, 0.0, 0.0, 0.1];
        days.push(self.day(DAYS_PER_ROUND, REVIEW_DAYS, "review", trial, 0.07, "", "launched"));
        days
    }

    /// Rollout on days 0 and 1, noticed on day 3 (a day later in odd replicates), patched and rolled back then.
    fn watched(self, day: i64, bad: bool) -> Row {
        let noticed = 3 + self.replicate % 2;
        let (shares, index, alarm, events) = match day {
            0 => ([0.5, 0.0, 0.5, 0.0], if bad { 0.1 } else { 0.06 }, "", "rollout_begins"),
            _ if !bad => ([1.0, 0.0, 0.0, 0.0], 0.06, "", if day == 1 { "rollout_complete" } else { "" }),
            1 => ([1.0, 0.0, 0.0, 0.0], 0.14, "", "rollout_complete"),
            day if day < noticed => ([1.0, 0.0, 0.0, 0.0], 0.14, "", ""),
            day if day == noticed => ([1.0, 0.0, 0.0, 0.0], 0.14, "complaints", "noticed"),
            day if day == noticed + 1 => ([0.0, 0.5, 0.5, 0.0], 0.085, "", "prompt_patched, rollback_begins"),
            day if day == noticed + 2 => ([0.0, 0.0, 1.0, 0.0], 0.06, "", "rollback_complete"),
            _ => ([0.0, 0.0, 1.0, 0.0], 0.06, "", ""),
        };
        self.day(day, 1, "watching", shares, index, alarm, events)
    }

    #[allow(clippy::too_many_arguments, reason = "a row of a table")]
    fn day(
        self,
        day: i64,
        days: i64,
        activity: &str,
        shares: [f64; 4],
        index: f64,
        alarm: &str,
        events: &str,
    ) -> Row {
        let number = |name: &str, value| Entry::number(name, "", "A number.", value);
        let names = ["share_current", "share_patched", "share_previous", "share_candidate"];
        let wobble = 80.0 * ((day * 3 + self.replicate * 5) % 7 - 3) as f64;
        let mut row = self.key();
        row.push(Entry::integer("first_day", "days", "First day.", self.first_day() + day));
        row.push(Entry::integer("days", "days", "Days.", days));
        row.push(Entry::text("activity", "What for.", activity));
        row.extend(names.into_iter().zip(shares).map(|(name, share)| number(name, share)));
        row.push(number("sycophancy_index", index));
        row.push(Entry::integer("conversations", "conversations", "Served.", 8000 * days));
        row.push(number("complaints_per_million", 1200.0 + 20_000.0 * (index - 0.06) + wobble));
        row.push(number("complaints_per_million_se", 380.0 / (days as f64).sqrt()));
        row.push(Entry::integer("active_users", "users", "Active.", 20_000));
        row.push(number("exposed_user_days", if index > 0.08 { 250e6 * days as f64 } else { 0.0 }));
        row.push(Entry::text("alarm", "What raised an alarm.", alarm));
        row.push(Entry::text("events", "What happened.", events));
        row
    }
}
