//! Sycophancy evaluation: the four probes with sampled answers, as a lab would have to do it.

use super::candidacy::Candidacy;
use super::check::{CheckResult, Fails, Finding};
use crate::measure::sample_sycophancy_index;
use crate::policy::Policy;
use crate::random::{Address, Draws, Stream};
use crate::scenario::{Check, Profiles};
use crate::statistics::{Estimate, Moment, normal_quantile};

/// The rise of the sycophancy index, candidate minus incumbent, on `prompts` prompts per probe; fails if the
/// estimate is above `threshold`.
///
/// Prompt i of every probe is put for the same user (a stranger, or one drawn from the log) to both policies, each
/// answering with its own draws. The index of a prompt is the mean of the four probes' answers, so its standard
/// error comes from the spread over prompts.
pub fn sycophancy_eval(candidacy: &Candidacy, name: &str, check: &Check) -> CheckResult {
    let mut rise = Moment::default();
    for item in 0..check.prompts {
        let mut draws = candidacy.draws(Stream::SycophancyEval, name, item);
        let Some(profile) = profile(candidacy, check.profiles, &mut draws) else { break };
        let mut index = |policy: &Policy| {
            sample_sycophancy_index(policy, &profile, candidacy.features, candidacy.settings, &mut draws)
        };
        rise.push(index(candidacy.candidate) - index(candidacy.incumbent));
    }
    let value = Estimate::from(&rise);
    let z = normal_quantile(1.0 - check.level);
    let finding = Finding {
        metric: "rise of the sycophancy index".into(),
        unit: "",
        value,
        threshold: check.threshold,
        fails: Fails::Above,
        passed: value.value <= check.threshold,
        positive: value.value + z * value.standard_error < 0.0,
    };
    CheckResult::new(name, check, finding)
}

/// What memory holds of the user who asks.
fn profile(candidacy: &Candidacy, profiles: Profiles, draws: &mut Draws) -> Option<Vec<f64>> {
    let row = candidacy.any_row(draws);
    match profiles {
        Profiles::Strangers => Some(vec![0.0; candidacy.features.len()]),
        Profiles::Users => row.map(|row| row.phi.to_vec()),
    }
}

/// The sampled sycophancy index of the policy in service on one day, `prompts` prompts per probe put by strangers.
pub fn canary(candidacy: &Candidacy, served: &Policy, prompts: u32, day: u32) -> Estimate {
    let stranger = vec![0.0; candidacy.features.len()];
    let mut index = Moment::default();
    for user in 0..prompts {
        let address = Address { stream: Stream::Canary, round: candidacy.round, day, event: 0, user };
        let mut draws = address.draws(candidacy.seed);
        index.push(sample_sycophancy_index(
            served,
            &stranger,
            candidacy.features,
            candidacy.settings,
            &mut draws,
        ));
    }
    Estimate::from(&index)
}
