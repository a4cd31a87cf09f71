//! How large a check must be: the smallest number of experts, prompts, users or days with which it catches a drift
//! with a stated probability at a stated false-alarm rate.

use super::experiment::users_for_power;
use crate::scenario::{Check, CheckKind, Metric};
use crate::statistics::{Estimate, RatioMoments, normal_quantile};

/// Panels up to this size are searched exactly.
const MOST_EXACT: f64 = 2000.0;

/// Mean and standard deviation of what one unit (a prompt, a user) contributes, candidate minus incumbent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Mean.
    pub mean: f64,
    /// Standard deviation between units.
    pub sd: f64,
}

impl Effect {
    /// From a mean over `units`: its standard error times sqrt(units).
    pub fn of_mean(estimate: Estimate, units: f64) -> Self {
        Self { mean: estimate.value, sd: estimate.standard_error * units.sqrt() }
    }

    /// From the arms of an experiment: the standard deviation per user that two arms of n users each would need for
    /// the same variance, Var = 2 sd^2 / n.
    pub fn of_arms(treatment: &RatioMoments, control: &RatioMoments) -> Self {
        let (new, old) = (treatment.ratio(), control.ratio());
        let per_user = |arm: &RatioMoments, it: Estimate| it.standard_error * it.standard_error * arm.users;
        let variance = 0.5 * (per_user(treatment, new) + per_user(control, old));
        Self { mean: new.value - old.value, sd: variance.sqrt() }
    }

    /// Of experts: the probability that one is uneasy.
    pub fn of_probability(p: f64) -> Self {
        Self { mean: p, sd: (p * (1.0 - p)).sqrt() }
    }
}

/// What a check is to tell apart: a harmless update and the drift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// One unit under a harmless update.
    pub null: Effect,
    /// One unit under the drift.
    pub alternative: Effect,
}

/// How often a check may be wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Probability of failing a harmless update.
    pub false_alarm: f64,
    /// Probability of failing the drift.
    pub power: f64,
}

/// How large one check must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Needed {
    /// Name of the check.
    pub name: String,
    /// What is counted: experts, prompts, users per arm.
    pub unit: &'static str,
    /// How many are needed; infinite if no number is enough, because the drift does not move the check's measure in
    /// the direction in which it fails.
    pub units: f64,
    /// The threshold at which that number keeps the rates.
    pub threshold: f64,
}

/// The smallest size of a check that keeps `rates` on `contrast`, and the threshold to use.
pub fn size_needed(name: &str, check: &Check, contrast: &Contrast, rates: Rates) -> Needed {
    let unit = unit_of(check.kind);
    let (units, threshold) = match check.kind {
        CheckKind::ExpertSpotCheck => experts_needed(contrast.null.mean, contrast.alternative.mean, rates),
        CheckKind::OfflineEval
        | CheckKind::SideBySide
        | CheckKind::SycophancyEval
        | CheckKind::SpecAdherence => units_needed(contrast, worse(check), rates),
        _ => users_needed(contrast, worse(check), rates),
    };
    Needed { name: name.to_string(), unit, units, threshold }
}

fn unit_of(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::ExpertSpotCheck => "experts",
        CheckKind::OfflineEval
        | CheckKind::SideBySide
        | CheckKind::SycophancyEval
        | CheckKind::SpecAdherence => "prompts",
        _ => "users per arm",
    }
}

/// 1 if larger values are worse, -1 if smaller ones are.
fn worse(check: &Check) -> f64 {
    let rises = matches!(check.kind, CheckKind::SycophancyEval | CheckKind::SpecAdherence);
    let complaints = check.metric == Metric::Complaints && check.kind != CheckKind::OfflineEval;
    if rises || complaints { 1.0 } else { -1.0 }
}

/// n with z_a sd_0 / sqrt n + z_p sd_1 / sqrt n = distance, threshold at mean_0 + z_a sd_0 / sqrt n
/// (z_a the 1 - false alarm, z_p the power quantile of the normal law).
fn units_needed(contrast: &Contrast, worse: f64, rates: Rates) -> (f64, f64) {
    let Contrast { null, alternative } = contrast;
    let distance = worse * (alternative.mean - null.mean);
    if distance.is_nan() || distance <= 0.0 {
        return (f64::INFINITY, f64::NAN);
    }
    let z = normal_quantile(1.0 - rates.false_alarm);
    let root = (z * null.sd + normal_quantile(rates.power) * alternative.sd) / distance;
    let units = (root * root).ceil().max(1.0);
    (units, null.mean + worse * z * null.sd / units.sqrt())
}

/// The same for two arms, by the textbook formula with the drift's standard deviation.
fn users_needed(contrast: &Contrast, worse: f64, rates: Rates) -> (f64, f64) {
    let distance = worse * (contrast.alternative.mean - contrast.null.mean);
    let sd = contrast.alternative.sd.max(contrast.null.sd);
    let users = users_for_power(distance, sd, rates.false_alarm, rates.power);
    if users.is_infinite() {
        return (users, f64::NAN);
    }
    let margin = normal_quantile(1.0 - rates.false_alarm) * sd * (2.0 / users).sqrt();
    (users, contrast.null.mean + worse * margin)
}

/// The smallest N for which some number c of uneasy experts has P(Bin(N, p_0) >= c) <= false alarm and
/// P(Bin(N, p_1) >= c) >= power; the threshold is the share c / N. Exact up to 2,000 experts, beyond by the normal law.
fn experts_needed(null: f64, alternative: f64, rates: Rates) -> (f64, f64) {
    let contrast =
        Contrast { null: Effect::of_probability(null), alternative: Effect::of_probability(alternative) };
    let (about, threshold) = units_needed(&contrast, 1.0, rates);
    if about > MOST_EXACT {
        return (about, threshold);
    }
    let fits = |n: u32| {
        let quiet = tails(n, null);
        let c = quiet.iter().position(|tail| *tail <= rates.false_alarm)?;
        let caught = tails(n, alternative).get(c).copied()?;
        (caught >= rates.power).then(|| (f64::from(n), c as f64 / f64::from(n)))
    };
    (1..=2 * about as u32 + 100).find_map(fits).unwrap_or((about, threshold))
}

/// P(X >= c) for c = 0 .. n, X binomial.
fn tails(n: u32, p: f64) -> Vec<f64> {
    let mut tails: Vec<f64> = (0..=n).map(|k| binomial(k, n, p)).collect();
    for c in (0..n as usize).rev() {
        tails[c] += tails[c + 1];
    }
    tails
}

/// P(X = k) for X binomial.
fn binomial(k: u32, n: u32, p: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        let certain = if p <= 0.0 { 0 } else { n };
        return f64::from(u8::from(k == certain));
    }
    let (k, n) = (f64::from(k), f64::from(n));
    let log_ways = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    libm::exp(log_ways + k * libm::log(p) + (n - k) * libm::log1p(-p))
}

/// The least days of an experiment with `users_per_arm` that finds `effect` at these rates, if each user's mean over
/// d days varies with variance between^2 + within^2 / d; infinite if users differ too much for any number of days.
///
/// From 2 (z_a + z_p)^2 (between^2 + within^2 / d) / users = effect^2.
pub fn days_needed(
    effect: f64,
    between_users_sd: f64,
    within_day_sd: f64,
    users_per_arm: f64,
    rates: Rates,
) -> f64 {
    let z = normal_quantile(1.0 - rates.false_alarm) + normal_quantile(rates.power);
    let variance = users_per_arm * effect * effect / (2.0 * z * z) - between_users_sd * between_users_sd;
    if effect.is_nan() || effect <= 0.0 || variance <= 0.0 {
        return f64::INFINITY;
    }
    (within_day_sd * within_day_sd / variance).ceil().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::experiment::power;
    use super::*;
    use crate::statistics::normal_cumulative;

    const RATES: Rates = Rates { false_alarm: 0.05, power: 0.8 };

    fn check(kind: CheckKind, metric: Metric) -> Check {
        Check { kind, metric, ..Check::default() }
    }

    fn contrast(null: (f64, f64), alternative: (f64, f64)) -> Contrast {
        let effect = |(mean, sd)| Effect { mean, sd };
        Contrast { null: effect(null), alternative: effect(alternative) }
    }

    // ((1.644854 + 0.841621) x 0.5 / 0.05)^2 = 618.2.
    #[test]
    fn prompts_follow_the_closed_form_and_keep_both_rates() {
        let contrast = contrast((0.0, 0.5), (0.05, 0.5));
        let needed = size_needed("s", &check(CheckKind::SycophancyEval, Metric::ThumbsUp), &contrast, RATES);
        assert_eq!((needed.units, needed.unit), (619.0, "prompts"));
        let tail = |effect: Effect| {
            1.0 - normal_cumulative((needed.threshold - effect.mean) / (effect.sd / needed.units.sqrt()))
        };
        assert!((tail(contrast.null) - 0.05).abs() < 1e-9);
        assert!(tail(contrast.alternative) >= 0.8);
    }

    #[test]
    fn users_follow_the_textbook() {
        let contrast = contrast((0.0, 1.0), (-0.5, 1.0));
        let needed = size_needed("ab", &check(CheckKind::AbTest, Metric::Outcome), &contrast, RATES);
        assert_eq!(needed.units, 50.0);
        assert!(power(0.5, 1.0, needed.units, 0.05) >= 0.8);
    }

    #[test]
    fn a_measure_that_the_drift_improves_is_never_large_enough() {
        let liked = contrast((0.0, 1.0), (0.1, 1.0));
        let needed = size_needed("ab", &check(CheckKind::AbTest, Metric::ThumbsUp), &liked, RATES);
        assert!(needed.units.is_infinite() && needed.threshold.is_nan());
        let complaints = size_needed("c", &check(CheckKind::AbTest, Metric::Complaints), &liked, RATES);
        assert!(complaints.units.is_finite());
    }

    // Bin(N, 0) never alarms, Bin(N, 0.5) has at least one with 1 - 2^-N: 3 experts for 80 %, alarm at 1 of 3.
    #[test]
    fn experts_without_false_alarms_need_one_uneasy_voice() {
        assert_eq!(experts_needed(0.0, 0.5, RATES), (3.0, 1.0 / 3.0));
    }

    // Of all smaller panels none keeps both rates at any threshold.
    #[test]
    fn the_panel_of_experts_is_the_smallest_that_keeps_both_rates() {
        let (units, threshold) = experts_needed(0.1, 0.4, RATES);
        let (n, c) = (units as u32, (threshold * units).round() as u32);
        let good = |c: u32, n: u32| tails(n, 0.1)[c as usize] <= 0.05 && tails(n, 0.4)[c as usize] >= 0.8;
        assert!(good(c, n), "{n} {c}");
        assert!((1..n).all(|n| (0..=n).all(|c| !good(c, n))));
    }

    // n = 5, p = 0.5: P(X >= 4) = 6 / 32.
    #[test]
    fn binomial_tails_are_exact() {
        let half = tails(5, 0.5);
        assert!((half[4] - 6.0 / 32.0).abs() < 1e-14 && (half[0] - 1.0).abs() < 1e-14);
        assert_eq!((tails(5, 1.0)[5], tails(5, 0.0)[1]), (1.0, 0.0));
    }

    // Above 2,000 experts the normal law takes over: 0.10 against 0.11 needs some 5,700.
    #[test]
    fn large_panels_follow_the_normal_law() {
        let (large, threshold) = experts_needed(0.10, 0.11, RATES);
        let z = |quantile: f64, p: f64| quantile * (p * (1.0 - p)).sqrt();
        let root = (z(1.644854, 0.10) + z(0.841621, 0.11)) / 0.01;
        let expected = root * root;
        assert!((large / expected - 1.0).abs() < 1e-3 && (0.10..0.11).contains(&threshold), "{large}");
        assert!(experts_needed(0.10, 0.13, RATES).0 < large);
        assert!(experts_needed(0.2, 0.2, RATES).0.is_infinite());
    }

    #[test]
    fn days_follow_from_users_and_both_spreads() {
        // Without days' noise the textbook's 50 users do; with it days make up for what is left.
        assert_eq!(days_needed(0.5, 0.9, 0.0, 50.0, RATES), 1.0);
        assert!(days_needed(0.5, 1.1, 1.0, 50.0, RATES).is_infinite());
        let days = days_needed(0.5, 0.5, 2.0, 50.0, RATES);
        let sd = |d: f64| (0.25 + 4.0 / d).sqrt();
        assert!(power(0.5, sd(days), 50.0, 0.05) >= 0.8 && power(0.5, sd(days - 1.0), 50.0, 0.05) < 0.8);
    }

    #[test]
    fn effects_come_from_estimates() {
        let effect = Effect::of_mean(Estimate { value: 0.1, standard_error: 0.02 }, 100.0);
        assert!((effect.sd - 0.2).abs() < 1e-15);
        let mut arm = RatioMoments::default();
        [0.0, 1.0, 1.0, 0.0].iter().for_each(|&x| arm.push(x, 1.0));
        // Sample variance 1/3 in both arms.
        assert!((Effect::of_arms(&arm, &arm).sd - (1.0f64 / 3.0).sqrt()).abs() < 1e-15);
    }
}
