//! What runs cost: a rule of thumb for each, and a factor from a few that were measured.

use crate::scenario::{Scenario, Settings};
use serde::{Deserialize, Serialize};

/// Seconds by the rule of thumb, on the machine it was made on: a round without users, a user's round, a conversation, and
/// drawing a user. Only their proportions matter, since a pilot sets the scale.
const ROUND: f64 = 25e-3;
const USER: f64 = 25e-9;
const CONVERSATION: f64 = 60e-9;
const NEW_USER: f64 = 0.5e-6;
/// The bounded samples behind [`ROUND`] have this many rows by default.
const ROWS: f64 = 2048.0;

/// Relative standard error of the total at which a pilot may end, and the fewest runs it then has.
const EXACT_ENOUGH: f64 = 0.03;
const FEWEST: usize = 8;

/// What a sweep is thought to cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Seconds on one core.
    pub seconds: f64,
    /// Standard error of that as a share, by how much pilot runs differ from the rule of thumb; 0 without a pilot.
    pub relative_error: f64,
    /// Runs measured for it.
    pub pilot_runs: u32,
    /// Memory of the largest run, bytes.
    pub memory_bytes: u64,
    /// Size of all results, bytes.
    pub disk_bytes: u64,
}

/// Seconds of a run by the rule of thumb. `value` gives what a point says of a key, if it does.
pub fn rule_of_thumb(scenario: &Scenario, value: &dyn Fn(&str) -> Option<f64>) -> f64 {
    let settings = scenario.settings_in(0);
    let of = |key: &str, own: f64| value(key).unwrap_or(own);
    let Settings { run, clock, population, .. } = settings;
    let rounds =
        of("run.rounds", f64::from(run.rounds)) + of("run.warm_up_rounds", f64::from(run.warm_up_rounds));
    let users = of("population.users", population.users as f64);
    let days = of("clock.days_per_round", f64::from(clock.days_per_round));
    let conversations = days * of("clock.conversations_per_day", clock.conversations_per_day);
    let rows = of("run.measure_rows", f64::from(run.measure_rows)) / ROWS;
    let round = ROUND * (0.5 + 0.5 * rows) + users * (USER + CONVERSATION * conversations);
    users * NEW_USER + rounds * round
}

/// Keys that [`rule_of_thumb`] looks at.
pub const KEYS: [&str; 6] = [
    "run.rounds",
    "run.warm_up_rounds",
    "population.users",
    "clock.days_per_round",
    "clock.conversations_per_day",
    "run.measure_rows",
];

/// Measured runs: what the rule of thumb said, and what it was.
#[derive(Clone, Debug, Default)]
pub struct Pilot {
    runs: Vec<(f64, f64)>,
}

impl Pilot {
    /// Takes note of a run: seconds by the rule, seconds measured.
    pub fn push(&mut self, rule: f64, seconds: f64) {
        self.runs.push((rule, seconds));
    }

    /// Runs measured.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// Measured over predicted seconds: the ratio estimator of survey sampling, which is right for the total whether or not
    /// the rule is right for each run (Cochran 1977, Sampling Techniques, section 6.2). 1 without any run.
    pub fn scale(&self) -> f64 {
        let (rule, measured) = self.sums();
        if self.runs.is_empty() { 1.0 } else { measured / rule }
    }

    /// Standard error of [`Self::scale`] as a share of it, from the residuals (Cochran 1977, eq. 6.13, finite population
    /// neglected); infinite with fewer than two runs.
    pub fn relative_error(&self) -> f64 {
        let n = self.runs.len() as f64;
        if self.runs.len() < 2 {
            return f64::INFINITY;
        }
        let scale = self.scale();
        let residual = |(rule, measured): &(f64, f64)| measured - scale * rule;
        let squares: f64 = self.runs.iter().map(|run| residual(run) * residual(run)).sum();
        (squares / (n - 1.0) / n).sqrt() / (self.sums().1 / n)
    }

    /// Whether more runs would tell little more.
    pub fn is_exact_enough(&self) -> bool {
        self.runs.len() >= FEWEST && self.relative_error() < EXACT_ENOUGH
    }

    fn sums(&self) -> (f64, f64) {
        self.runs.iter().fold((0.0, 0.0), |(a, b), (rule, measured)| (a + rule, b + measured))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_follows_what_a_point_says() {
        let scenario = Scenario::preset("baseline", &[]).expect("shipped");
        let plain = rule_of_thumb(&scenario, &|_| None);
        let twice = rule_of_thumb(&scenario, &|key| (key == "run.rounds").then_some(90.0));
        // 40 rounds and 10 of warm-up; 90 and 10: twice, but for drawing the users.
        assert!((twice / plain - 2.0).abs() < 0.1, "{twice} {plain}");
        assert!(rule_of_thumb(&scenario, &|key| (key == "population.users").then_some(1e6)) > 3.0 * plain);
    }

    // Two runs at 2 and 4 times the rule: scale 3 with equal rules, residuals -1 and 1, error 1 / 3.
    #[test]
    fn the_scale_is_a_ratio_of_sums_with_its_error() {
        let mut pilot = Pilot::default();
        assert_eq!((pilot.scale(), pilot.relative_error()), (1.0, f64::INFINITY));
        pilot.push(1.0, 2.0);
        pilot.push(1.0, 4.0);
        assert_eq!(pilot.scale(), 3.0);
        assert!((pilot.relative_error() - 1.0 / 3.0).abs() < 1e-12, "{}", pilot.relative_error());
        assert!(!pilot.is_exact_enough());
    }

    #[test]
    fn a_pilot_that_follows_the_rule_ends_early() {
        let mut pilot = Pilot::default();
        (1..=8).for_each(|it| pilot.push(f64::from(it), 1.5 * f64::from(it)));
        assert!(pilot.is_exact_enough() && (pilot.scale() - 1.5).abs() < 1e-12);
    }
}
