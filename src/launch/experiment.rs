//! Experiments with users: those who got the candidate against those who kept the incumbent.

use super::check::{CheckResult, Fails, Finding};
use crate::scenario::{Check, Metric, Requires};
use crate::statistics::{Estimate, RatioMoments, normal_cumulative, normal_quantile};

/// Compares the ratio of the metric (thumbs up per rating, complaints per conversation, ...) between the two arms.
///
/// The difference is treatment minus control, its variance the sum of both arms' delta-method variances with users
/// as what was sampled (Deng, Knoblich and Lu 2018, arXiv 1803.06336). With gain = the difference where more is
/// better, its negative for complaints, and z = the (1 - level) quantile of the normal law:
/// - `no_harm` fails if the candidate is significantly worse: gain + z SE < -threshold,
/// - `improvement` fails unless it is significantly better: gain - z SE > threshold.
///
/// With threshold 0 a candidate equal to the incumbent fails `no_harm`, and passes `improvement`, with probability
/// `level`. An arm in which nothing could be measured does not pass.
pub fn compare_arms(
    name: &str,
    check: &Check,
    treatment: RatioMoments,
    control: RatioMoments,
) -> CheckResult {
    let value = difference(&treatment, &control);
    let sign = if check.metric == Metric::Complaints { -1.0 } else { 1.0 };
    let z = normal_quantile(1.0 - check.level);
    let (gain, margin) = (sign * value.value, z * value.standard_error);
    let (passed, least) = match check.requires {
        Requires::NoHarm => (gain + margin >= -check.threshold, -check.threshold),
        Requires::Improvement => (gain - margin > check.threshold, check.threshold),
    };
    let (metric, unit) = words(check.metric);
    let finding = Finding {
        metric: metric.to_string(),
        unit,
        value,
        threshold: sign * least,
        fails: if sign > 0.0 { Fails::Below } else { Fails::Above },
        passed,
        positive: gain - margin > 0.0,
    };
    CheckResult::new(name, check, finding)
}

/// Treatment minus control.
fn difference(treatment: &RatioMoments, control: &RatioMoments) -> Estimate {
    let (new, old) = (treatment.ratio(), control.ratio());
    let variance = new.standard_error * new.standard_error + old.standard_error * old.standard_error;
    Estimate { value: new.value - old.value, standard_error: variance.sqrt() }
}

fn words(metric: Metric) -> (&'static str, &'static str) {
    match metric {
        Metric::ThumbsUp => ("rise of the thumbs-up share", "share of ratings"),
        Metric::Returns => ("rise of the share of conversations with a return", "share of conversations"),
        Metric::Usage => ("rise of usage", "conversations per user and day"),
        Metric::Outcome => ("rise of the share of good outcomes", "share of answers"),
        Metric::Complaints => ("rise of the complaint rate", "per conversation"),
    }
}

/// P(a one-sided z-test at `level` finds an effect) with `users_per_arm` in each arm:
/// Phi(effect / (sd sqrt(2 / n)) - z_(1 - level)).
///
/// `standard_deviation_per_user` is that of a user's contribution to the arm's ratio, (x - r n) / mean n.
/// Source: Chow, Shao and Wang 2008, "Sample size calculations in clinical research", section 3.2.
pub fn power(effect: f64, standard_deviation_per_user: f64, users_per_arm: f64, level: f64) -> f64 {
    let standard_error = standard_deviation_per_user * (2.0 / users_per_arm).sqrt();
    normal_cumulative(effect / standard_error - normal_quantile(1.0 - level))
}

/// The least users per arm with which such a test finds an effect with probability `power`:
/// 2 ((z_(1 - level) + z_power) sd / effect)^2, rounded up; infinite without an effect in the direction tested.
pub fn users_for_power(effect: f64, standard_deviation_per_user: f64, level: f64, power: f64) -> f64 {
    if effect.is_nan() || effect <= 0.0 {
        return f64::INFINITY;
    }
    let z = normal_quantile(1.0 - level) + normal_quantile(power);
    let ratio = z * standard_deviation_per_user / effect;
    (2.0 * ratio * ratio).ceil()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arm(values: &[f64]) -> RatioMoments {
        let mut arm = RatioMoments::default();
        values.iter().for_each(|&x| arm.push(x, 1.0));
        arm
    }

    // Means 0.75 and 0.5; sample variances 1/4 and 1/3, of 4 users each: SE = sqrt(1/16 + 1/12) = 0.3819.
    #[test]
    fn the_difference_has_the_error_of_both_arms() {
        let result =
            compare_arms("ab", &Check::default(), arm(&[1.0, 1.0, 1.0, 0.0]), arm(&[1.0, 0.0, 0.0, 1.0]));
        assert_eq!(result.value.value, 0.25);
        assert!((result.value.standard_error - (1.0f64 / 16.0 + 1.0 / 12.0).sqrt()).abs() < 1e-15);
        assert!((result.high - result.low - 2.0 * 1.959_963_984_540_054 * 0.381_881_3).abs() < 1e-6);
        assert!(result.passed && !result.positive);
    }

    fn verdict(requires: Requires, metric: Metric, treatment: f64, control: f64) -> (bool, bool) {
        let many = |mean: f64| {
            let mut arm = RatioMoments::default();
            (0..1000).for_each(|i| arm.push(mean + if i % 2 == 0 { 0.1 } else { -0.1 }, 1.0));
            arm
        };
        let check = Check { requires, metric, ..Check::default() };
        let result = compare_arms("ab", &check, many(treatment), many(control));
        (result.passed, result.positive)
    }

    #[test]
    fn harm_fails_and_only_a_significant_improvement_passes_where_one_is_required() {
        use Metric::ThumbsUp;
        use Requires::{Improvement, NoHarm};
        assert_eq!(verdict(NoHarm, ThumbsUp, 0.5, 0.5), (true, false));
        assert_eq!(verdict(NoHarm, ThumbsUp, 0.4, 0.5), (false, false));
        assert_eq!(verdict(Improvement, ThumbsUp, 0.5, 0.5), (false, false));
        assert_eq!(verdict(Improvement, ThumbsUp, 0.6, 0.5), (true, true));
    }

    #[test]
    fn fewer_complaints_are_better() {
        use Requires::{Improvement, NoHarm};
        assert_eq!(verdict(NoHarm, Metric::Complaints, 0.6, 0.5), (false, false));
        assert_eq!(verdict(Improvement, Metric::Complaints, 0.4, 0.5), (true, true));
    }

    #[test]
    fn a_margin_forgives_a_small_loss() {
        let loss = (arm(&[0.48, 0.49, 0.50]), arm(&[0.50, 0.51, 0.52]));
        let strict = Check { level: 0.1, ..Check::default() };
        assert!(!compare_arms("ab", &strict, loss.0, loss.1).passed);
        let lenient = Check { threshold: 0.05, ..strict };
        let result = compare_arms("ab", &lenient, loss.0, loss.1);
        assert!(result.passed && result.threshold == -0.05);
    }

    #[test]
    fn an_arm_without_users_does_not_pass() {
        for requires in [Requires::NoHarm, Requires::Improvement] {
            let check = Check { requires, ..Check::default() };
            let result = compare_arms("ab", &check, RatioMoments::default(), arm(&[0.0, 1.0]));
            assert!(!result.passed && !result.positive);
        }
    }

    // 80 % power at one-sided 5 % for half a standard deviation: 2 (1.644854 + 0.841621)^2 / 0.25 = 49.46.
    #[test]
    fn power_and_users_are_inverse() {
        assert_eq!(users_for_power(0.5, 1.0, 0.05, 0.8), 50.0);
        assert!(power(0.5, 1.0, 50.0, 0.05) >= 0.8 && power(0.5, 1.0, 49.0, 0.05) < 0.8);
        assert!((power(0.0, 1.0, 50.0, 0.05) - 0.05).abs() < 1e-12);
        assert_eq!(users_for_power(-0.1, 1.0, 0.05, 0.8), f64::INFINITY);
    }
}
