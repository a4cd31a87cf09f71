//! Expert spot check: people who know the subject try the candidate and say whether it feels off.

use super::candidacy::Candidacy;
use super::check::{CheckResult, Fails, Finding};
use crate::feedback::{ApprovalModel, Judge, Liking};
use crate::random::{Draws, Stream};
use crate::scenario::Check;
use crate::statistics::share;

/// The share of `experts` who feel uneasy; the check fails from `threshold` on.
///
/// An expert puts `prompts` logged prompts to both policies and feels
/// d = mean over prompts of [U(candidate's answer) - U(incumbent's answer) + noise x N(0, 1)],
/// approval U with the expert's expertise, taste and cringe; praise is not personal to them and they are not used to
/// it. Below -`tolerance` the candidate feels off. There is no expert without a
/// logged prompt, and then the check does not pass.
///
/// The standard error is binomial, the interval Wilson's. Little unease is no improvement, so the result is never
/// `positive` and cannot overrule another.
pub fn expert_spot_check(candidacy: &Candidacy, name: &str, check: &Check) -> CheckResult {
    let approval = candidacy.approval();
    let feelings: Vec<f64> = (0..check.experts)
        .filter_map(|expert| {
            let mut draws = candidacy.draws(Stream::SpotCheck, name, expert);
            feeling(candidacy, check, &approval, &mut draws)
        })
        .collect();
    let uneasy = feelings.iter().filter(|d| **d < -check.tolerance).count();
    let value = share(uneasy as u64, feelings.len() as f64);
    let finding = Finding {
        metric: "share of experts who feel that it is off".into(),
        unit: "share",
        value,
        threshold: check.threshold,
        fails: Fails::Above,
        passed: value.value < check.threshold,
        positive: false,
    };
    let mut result = CheckResult::new(name, check, finding);
    (result.low, result.high) = wilson_interval(uneasy as f64, feelings.len() as f64);
    result
}

/// d of one expert; `None` without prompts.
fn feeling(candidacy: &Candidacy, check: &Check, approval: &ApprovalModel, draws: &mut Draws) -> Option<f64> {
    let expert = expert(candidacy, check, draws);
    let mut sum = 0.0;
    for _ in 0..check.prompts {
        let row = candidacy.any_row(draws)?;
        let asked = candidacy.prompt(row, check.profiles, draws);
        let new = candidacy.answer(candidacy.candidate, &asked.phi, draws);
        let old = candidacy.answer(candidacy.incumbent, &asked.phi, draws);
        let gain = approval.approval(&expert, &asked.situation, &new)
            - approval.approval(&expert, &asked.situation, &old);
        sum += gain + check.noise * draws.normal();
    }
    Some(sum / f64::from(check.prompts))
}

/// An expert: cringe log-normal between experts, everything else as the scenario says.
fn expert(candidacy: &Candidacy, check: &Check, draws: &mut Draws) -> Judge {
    let likings = candidacy.settings.behaviours.iter().map(|(name, behaviour)| Liking {
        taste: behaviour.liking * check.taste.get(name).copied().unwrap_or(1.0),
        habituation: 0.0,
    });
    Judge {
        expertise: check.expertise,
        cringe: log_normal(check.cringe, check.cringe_sd, draws.normal()),
        likings: likings.collect(),
        known: false,
    }
}

/// A log-normal number of this mean and standard deviation, from a standard normal one.
fn log_normal(mean: f64, sd: f64, z: f64) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    let variance = libm::log1p(sd * sd / (mean * mean));
    mean * libm::exp(libm::sqrt(variance) * z - 0.5 * variance)
}

/// 95 % confidence interval of a share, right also near 0 and 1 (Wilson 1927).
fn wilson_interval(count: f64, n: f64) -> (f64, f64) {
    let z = 1.959_963_984_540_054;
    let (share, z2) = (count / n, z * z / n);
    let middle = (share + 0.5 * z2) / (1.0 + z2);
    let half = libm::sqrt((share * (1.0 - share) + 0.25 * z2) * z2) / (1.0 + z2);
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Wilson 1927, 0 of 10: 0 to z^2 / (10 + z^2) = 0.2775; 5 of 10: 0.2366 to 0.7634.
    #[test]
    fn the_interval_of_a_share_is_that_of_wilson() {
        let (low, high) = wilson_interval(0.0, 10.0);
        assert!(low == 0.0 && (high - 0.277_532).abs() < 1e-5, "{high}");
        let (low, high) = wilson_interval(5.0, 10.0);
        assert!((low - 0.236_593).abs() < 1e-5 && (high - 0.763_407).abs() < 1e-5, "{low} {high}");
    }

    #[test]
    fn a_log_normal_number_without_spread_is_its_mean() {
        assert_eq!(log_normal(1.5, 0.0, 2.0), 1.5);
        assert_eq!(log_normal(0.0, 1.0, 2.0), 0.0);
        // mean 1, sd 1: median 1 / sqrt 2.
        assert!((log_normal(1.0, 1.0, 0.0) - 0.5f64.sqrt()).abs() < 1e-15);
    }
}
