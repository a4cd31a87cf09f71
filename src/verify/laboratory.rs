//! Small settings and statistics that cases share.

use super::{Points, Series, VerifyError};
use crate::policy::{Feature, Policy};
use crate::random::{Address, Draws, Stream};
use crate::scenario::{Scenario, Settings, preset_loader};

/// The baseline scenario changed by TOML `text`, then by `sets` as by `--set`.
pub fn scenario(text: &str, sets: &[&str]) -> Result<Scenario, VerifyError> {
    let text = format!("base = 'baseline.toml'\n{text}");
    let sets: Vec<String> = sets.iter().map(|set| set.to_string()).collect();
    Ok(Scenario::from_toml("verify.toml", &text, &preset_loader, &sets)?)
}

/// The settings of [`scenario`] without factors.
pub fn settings(text: &str, sets: &[&str]) -> Result<Settings, VerifyError> {
    Ok(scenario(text, sets)?.settings_in(0).clone())
}

/// The reference policy of some settings.
pub fn reference_policy(settings: &Settings) -> Policy {
    Policy::from_scenario(settings, &Feature::list(settings))
}

/// One behaviour, "deference", that is 0 (disagree) or 1 (agree) with the given probability of agreement, for users of
/// one kind.
pub fn yes_or_no(agreement: f64) -> Result<Policy, VerifyError> {
    let mut policy = reference_policy(&settings(YES_OR_NO, &[])?);
    policy.weights[(0, 0)] = logit(agreement);
    policy.weights[(1, 0)] = 0.0;
    Ok(policy)
}

/// The settings of [`yes_or_no`].
pub const YES_OR_NO: &str = "[behaviours]\nflattery = false\namplification = false\nsubstance = false\n\
    [segments]\nexpert = false\nvulnerable = false\n\"flattery-averse\" = false\ngeneral = { share = 1.0 }\n\
    [policy]\nlevels = 2\nfeatures = ['bias']\n";

/// P(agree) of such a policy.
pub fn agreement(policy: &Policy) -> f64 {
    policy.probabilities(0, &[1.0]).moments().mean
}

/// Log-odds.
pub fn logit(p: f64) -> f64 {
    libm::log(p / (1.0 - p))
}

/// Numbers for a case, addressed like all others; cases tell themselves apart by `case`.
pub fn draws(case: u32, replicate: u32) -> Draws {
    Address { stream: Stream::Verify, round: case, day: 0, event: 0, user: replicate }.draws(1)
}

/// Mean and its standard error.
pub fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, libm::sqrt(variance / n))
}

/// (share, standard error under the true probability `p`) of `count` events in `n` trials.
pub fn share_and_error(count: f64, n: f64, p: f64) -> (f64, f64) {
    (count / n, libm::sqrt(p * (1.0 - p) / n))
}

/// A line of a law.
pub fn line(name: &str, at: Vec<(f64, f64)>) -> Series {
    Series { name: name.into(), points: Points::Law, at }
}

/// Points obtained.
pub fn points(name: &str, at: Vec<(f64, f64)>) -> Series {
    Series { name: name.into(), points: Points::Obtained, at }
}
