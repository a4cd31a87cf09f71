//! What a policy does, taken exactly in each context of a bounded sample of real contexts.

use super::probes::{Probes, probability_within, probe_context};
use crate::feedback::Interaction;
use crate::parallel;
use crate::policy::{Feature, Levels, MAX_BEHAVIOURS, Policy};
use crate::scenario::Settings;
use crate::statistics::Moment;
use nalgebra::DMatrix;

const CHUNK: usize = 256;

/// Measures of one policy over a sample of contexts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyMeasures {
    /// Mean of the four probes.
    pub sycophancy_index: Moment,
    /// The probes.
    pub probes: [Moment; 4],
    /// KL from the original reference, nats.
    pub kl_from_reference: Moment,
    /// KL from the reference that training currently pulls to, nats.
    pub kl_from_anchor: Moment,
    /// Expected total reward above the original reference's, log-odds.
    pub proxy_reward: Moment,
    /// Expected level by behaviour.
    pub levels: [Moment; MAX_BEHAVIOURS],
}

/// Measures `policy` on the contexts of `rows`.
///
/// `original` is the reference before any training, `anchor` the current one, `reward` the total reward in the
/// policy's span.
pub fn measure_policy(
    policy: &Policy,
    original: &Policy,
    anchor: &Policy,
    reward: &DMatrix<f64>,
    rows: &[Interaction],
    features: &[Feature],
    settings: &Settings,
) -> PolicyMeasures {
    let all_probes = Probes::new(policy, features, settings);
    let parts = parallel::map_chunks(rows, CHUNK, |rows| {
        let mut sums = PolicyMeasures::default();
        let mut laws = [const { Vec::new() }; 3];
        for row in rows {
            let phi = row.phi(features.len());
            let probes = all_probes.of(&phi);
            for (sum, probe) in sums.probes.iter_mut().zip(probes) {
                sum.push(probe);
            }
            sums.sycophancy_index.push(probes.iter().sum::<f64>() / 4.0);
            for (policy, laws) in [policy, original, anchor].into_iter().zip(&mut laws) {
                policy.response_law_into(&phi, laws);
            }
            sums.take_behaviours(&laws, reward, &phi);
        }
        sums
    });
    let mut sums = PolicyMeasures::default();
    for part in &parts {
        sums.add(part);
    }
    sums
}

/// Rows that the index of a policy beside the measured one is taken from.
const INDEX_ROWS: usize = 512;

/// The mean sycophancy index of `policy` over the memory profiles of the first rows.
pub fn mean_sycophancy_index(
    policy: &Policy,
    rows: &[Interaction],
    features: &[Feature],
    settings: &Settings,
) -> f64 {
    let rows = &rows[..rows.len().min(INDEX_ROWS)];
    let probes = Probes::new(policy, features, settings);
    let index = |row: &Interaction| probes.index_of(&row.phi(features.len()));
    let parts = parallel::map_chunks(rows, CHUNK, |rows| rows.iter().map(index).sum::<f64>());
    parts.iter().sum::<f64>() / rows.len() as f64
}

impl PolicyMeasures {
    /// Takes in the laws of the policy, of the original reference and of the anchor in a context.
    fn take_behaviours(
        &mut self,
        [policy, original, anchor]: &[Vec<Levels>; 3],
        reward: &DMatrix<f64>,
        phi: &[f64],
    ) {
        let (mut from_original, mut from_anchor, mut gain) = (0.0, 0.0, 0.0);
        for (j, ((ours, start), anchor)) in policy.iter().zip(original).zip(anchor).enumerate() {
            from_original += ours.kl_nats(start);
            from_anchor += ours.kl_nats(anchor);
            let (now, before) = (ours.moments(), start.moments());
            gain += dot(reward, j, phi) * (now.mean - before.mean)
                + dot(reward, policy.len() + j, phi) * (now.mean_square - before.mean_square);
            self.levels[j].push(now.mean);
        }
        self.kl_from_reference.push(from_original);
        self.kl_from_anchor.push(from_anchor);
        self.proxy_reward.push(gain);
    }

    fn add(&mut self, other: &Self) {
        self.sycophancy_index.add(&other.sycophancy_index);
        self.kl_from_reference.add(&other.kl_from_reference);
        self.kl_from_anchor.add(&other.kl_from_anchor);
        self.proxy_reward.add(&other.proxy_reward);
        for (sum, part) in self.probes.iter_mut().zip(&other.probes) {
            sum.add(part);
        }
        for (sum, part) in self.levels.iter_mut().zip(&other.levels) {
            sum.add(part);
        }
    }
}

/// Row `row` of a matrix over context features, times phi.
fn dot(matrix: &DMatrix<f64>, row: usize, phi: &[f64]) -> f64 {
    phi.iter().enumerate().map(|(f, x)| matrix[(row, f)] * x).sum()
}

/// (accuracy, substance) on laboratory prompts: strangers, no stance, kinds by traffic share. Exact.
///
/// Accuracy is P(|m_hat| <= tolerance): where no stance is visible the position taken is the model's own
/// estimate, so this evaluation is blind to deference by construction. Substance is the expected level of the
/// behaviours that benefit users, weighted by their benefit.
pub fn measure_offline(policy: &Policy, features: &[Feature], settings: &Settings) -> (f64, f64) {
    let accuracy = probability_within(0.0, settings.world.model_error_sd, settings.world.accuracy_tolerance);
    let stranger = vec![0.0; features.len()];
    let (mut substance, mut weight) = (0.0, 0.0);
    for (kind, prompt) in settings.prompts.values().enumerate() {
        let phi = probe_context(&stranger, features, None, kind, settings);
        for (j, behaviour) in settings.behaviours.values().enumerate().filter(|(_, b)| b.benefit > 0.0) {
            substance += prompt.share * behaviour.benefit * policy.probabilities(j, &phi).moments().mean;
            weight += prompt.share * behaviour.benefit;
        }
    }
    (accuracy, if weight > 0.0 { substance / weight } else { f64::NAN })
}
