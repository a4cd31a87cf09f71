//! What a policy does, taken exactly in each context of a bounded sample of real contexts.

use super::probes::{Probes, probability_within, probe_context};
use crate::doubles::{Doubles, WIDTH, ZEROS, add_scaled, map2};
use crate::feedback::Interaction;
use crate::parallel;
use crate::policy::{EightLaws, Feature, MAX_BEHAVIOURS, Policy, eight_contexts};
use crate::scenario::Settings;
use crate::statistics::Moment;
use crate::vector::{Simd, Vectorised, with_widest_vectors};
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
        for rows in rows.chunks(WIDTH) {
            let contexts = eight_contexts(rows.iter().map(|row| &*row.phi));
            let phi = &contexts[..features.len()];
            let probes = all_probes.of_eight(phi);
            let behaviours = with_widest_vectors(Behaviours { policy, original, anchor, reward, phi });
            (0..rows.len()).for_each(|lane| sums.take(&probes, &behaviours, policy.behaviours, lane));
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
    let parts = parallel::map_chunks(rows, CHUNK, |rows| {
        let indices = rows.chunks(WIDTH).flat_map(|rows| {
            let of_each =
                probes.of_eight(&eight_contexts(rows.iter().map(|row| &*row.phi))[..features.len()]);
            (0..rows.len()).map(move |lane| of_each.iter().map(|probe| probe[lane]).sum::<f64>() / 4.0)
        });
        indices.sum::<f64>()
    });
    parts.iter().sum::<f64>() / rows.len() as f64
}

impl PolicyMeasures {
    /// Takes in one of eight contexts.
    fn take(&mut self, probes: &[Doubles; 4], measured: &BehavioursMeasured, behaviours: usize, lane: usize) {
        for (sum, probe) in self.probes.iter_mut().zip(probes) {
            sum.push(probe[lane]);
        }
        self.sycophancy_index.push(probes.iter().map(|probe| probe[lane]).sum::<f64>() / 4.0);
        for (sum, level) in self.levels.iter_mut().zip(&measured.levels[..behaviours]) {
            sum.push(level[lane]);
        }
        self.kl_from_reference.push(measured.from_original[lane]);
        self.kl_from_anchor.push(measured.from_anchor[lane]);
        self.proxy_reward.push(measured.gain[lane]);
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

/// The policy beside the original reference and the anchor, in eight contexts.
struct Behaviours<'a> {
    policy: &'a Policy,
    original: &'a Policy,
    anchor: &'a Policy,
    reward: &'a DMatrix<f64>,
    phi: &'a [Doubles],
}

/// What that gives for each of the contexts.
struct BehavioursMeasured {
    from_original: Doubles,
    from_anchor: Doubles,
    gain: Doubles,
    levels: [Doubles; MAX_BEHAVIOURS],
}

impl Vectorised for Behaviours<'_> {
    type Output = BehavioursMeasured;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> BehavioursMeasured {
        let mut measured = BehavioursMeasured {
            from_original: ZEROS,
            from_anchor: ZEROS,
            gain: ZEROS,
            levels: [ZEROS; MAX_BEHAVIOURS],
        };
        let mut laws = [EightLaws::EMPTY; 3];
        for j in 0..self.policy.behaviours {
            for (law, policy) in laws.iter_mut().zip([self.policy, self.original, self.anchor]) {
                law.become_law(policy, j, self.phi);
            }
            let [ours, start, anchor] = &laws;
            let sums = laws.each_ref().map(EightLaws::log_sums);
            add(&mut measured.from_original, &ours.kl_nats(start, &sums[0], &sums[1]));
            add(&mut measured.from_anchor, &ours.kl_nats(anchor, &sums[0], &sums[2]));
            let (now, before) = (ours.moments(), start.moments());
            let [linear, quadratic] = [j, self.policy.behaviours + j].map(|row| self.reward_in(row));
            let less = |now: &Doubles, before: &Doubles| map2(now, before, |now, before| now - before);
            let of_mean = map2(&linear, &less(&now.mean, &before.mean), |w, rise| w * rise);
            let of_square =
                map2(&quadratic, &less(&now.mean_square, &before.mean_square), |w, rise| w * rise);
            add(&mut measured.gain, &map2(&of_mean, &of_square, |mean, square| mean + square));
            measured.levels[j] = now.mean;
        }
        measured
    }
}

impl Behaviours<'_> {
    /// Row `row` of the reward times phi.
    #[inline(always)]
    fn reward_in(&self, row: usize) -> Doubles {
        let mut sum = ZEROS;
        for (f, x) in self.phi.iter().enumerate() {
            add_scaled(&mut sum, x, self.reward[(row, f)]);
        }
        sum
    }
}

#[inline(always)]
fn add(sum: &mut Doubles, values: &Doubles) {
    *sum = map2(sum, values, |sum, value| sum + value);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{SampleSizes, Serving, serve};
    use crate::population::Population;
    use crate::scenario::Scenario;

    // Context by context, by definition; the last eight contexts are not all there.
    #[test]
    fn measures_of_many_contexts_are_the_sums_over_single_ones() {
        let sets = ["memory.enabled=true", "population.users=300"].map(String::from);
        let scenario = Scenario::preset("baseline", &sets).expect("valid");
        let settings = scenario.settings_in(0);
        let features = Feature::list(settings);
        let original = Policy::from_scenario(settings, &features);
        let moved = |phase: usize| {
            let mut policy = original.clone();
            let shift = |place: usize| 0.4 * libm::sin((7 * place + phase) as f64);
            policy.weights.iter_mut().enumerate().for_each(|(place, weight)| *weight += shift(place));
            policy
        };
        let (policy, anchor) = (moved(0), moved(3));
        let reward = &anchor.weights - &original.weights;
        let sizes = SampleSizes {
            rated_rows: 1,
            uniform_rows: 300,
            expected_conversations: 300.0,
            expected_rating_share: 0.02,
        };
        let serving = Serving::new(settings, &policy, 1, 1, sizes);
        let rows = serve(&mut Population::sample(settings, 1), &serving).sample.uniform;
        assert_eq!(rows.len(), 300);
        let rows = &rows[..299];

        let found = measure_policy(&policy, &original, &anchor, &reward, rows, &features, settings);
        let probes = Probes::new(&policy, &features, settings);
        let mean = |of: &dyn Fn(&[f64]) -> f64| rows.iter().map(|row| of(&row.phi)).sum::<f64>() / 299.0;
        let same =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        for (nth, probe) in found.probes.iter().enumerate() {
            assert_eq!(probe.count, 299.0);
            same(probe.mean(), mean(&|phi| probes.of(phi)[nth]));
        }
        let index = mean(&|phi| probes.of(phi).iter().sum::<f64>() / 4.0);
        same(found.sycophancy_index.mean(), index);
        same(mean_sycophancy_index(&policy, rows, &features, settings), index);
        same(found.kl_from_reference.mean(), mean(&|phi| policy.kl_nats(&original, phi)));
        same(found.kl_from_anchor.mean(), mean(&|phi| policy.kl_nats(&anchor, phi)));
        for j in 0..policy.behaviours {
            same(found.levels[j].mean(), mean(&|phi| policy.probabilities(j, phi).moments().mean));
        }
        let expected_reward = |policy: &Policy, phi: &[f64]| -> f64 {
            let of_behaviour = |j: usize| {
                let dot = |row: usize| phi.iter().enumerate().map(|(f, x)| reward[(row, f)] * x).sum::<f64>();
                let moments = policy.probabilities(j, phi).moments();
                dot(j) * moments.mean + dot(policy.behaviours + j) * moments.mean_square
            };
            (0..policy.behaviours).map(of_behaviour).sum()
        };
        let gain = mean(&|phi| expected_reward(&policy, phi) - expected_reward(&original, phi));
        same(found.proxy_reward.mean(), gain);
    }
}
