//! What a check found.

use super::sight::{blind_to, sees};
use crate::scenario::{Check, CheckKind, CheckRole};
use crate::statistics::{Estimate, normal_quantile};

/// On which side of its threshold a check fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fails {
    /// If the value is above.
    Above,
    /// If the value is below.
    Below,
}

/// The result of one check of one candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// Name in the scenario.
    pub name: String,
    /// What was looked at.
    pub kind: CheckKind,
    /// What the check may do.
    pub role: CheckRole,
    /// What was measured, in words.
    pub metric: String,
    /// Unit of the value, "" for none.
    pub unit: &'static str,
    /// Candidate minus incumbent (for a spot check: the share of uneasy experts).
    pub value: Estimate,
    /// Lower end of the 95 % confidence interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// Where the check fails, on the axis of the value.
    pub threshold: f64,
    /// The side on which it fails.
    pub fails: Fails,
    /// Whether the candidate passed. A check that could measure nothing does not pass.
    pub passed: bool,
    /// Whether the candidate was found significantly better than the incumbent.
    pub positive: bool,
    /// Days that it took.
    pub days: u32,
    /// People that it occupied, experts included.
    pub people: u32,
    /// What it looked at, in one sentence.
    pub sees: &'static str,
    /// What it cannot see by construction, in one sentence.
    pub blind_to: &'static str,
}

/// What a kind of check has to say; the rest of its result follows from the scenario.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub metric: String,
    pub unit: &'static str,
    pub value: Estimate,
    pub threshold: f64,
    pub fails: Fails,
    pub passed: bool,
    pub positive: bool,
}

impl CheckResult {
    /// The result of a finding, with the normal 95 % confidence interval.
    pub(super) fn new(name: &str, check: &Check, finding: Finding) -> Self {
        let half = normal_quantile(0.975) * finding.value.standard_error;
        let experts = if check.kind == CheckKind::ExpertSpotCheck { check.experts } else { 0 };
        Self {
            name: name.to_string(),
            kind: check.kind,
            role: check.role,
            metric: finding.metric,
            unit: finding.unit,
            value: finding.value,
            low: finding.value.value - half,
            high: finding.value.value + half,
            threshold: finding.threshold,
            fails: finding.fails,
            passed: finding.passed,
            positive: finding.positive,
            days: check.days,
            people: check.people + experts,
            sees: sees(check),
            blind_to: blind_to(check),
        }
    }

    /// Value, interval and threshold in words: `thumbs-up share +0.012 (95 % CI 0.008 to 0.016), passed`.
    pub fn words(&self) -> String {
        let Estimate { value, .. } = self.value;
        let (side, verdict) = match (self.fails, self.passed) {
            (Fails::Above, true) => ("at most", "passed"),
            (Fails::Above, false) => ("at most", "failed"),
            (Fails::Below, true) => ("at least", "passed"),
            (Fails::Below, false) => ("at least", "failed"),
        };
        format!(
            "{} {}: {value:+.4} (95 % CI {:+.4} to {:+.4}), {side} {:+.4} required",
            self.metric, verdict, self.low, self.high, self.threshold
        )
    }
}
