//! The law of one behaviour in eight contexts at once: what [`Levels`] says of each, to the last bit.

use super::levels::{MODERATE, Moments, exponents_of};
use super::{Levels, MAX_BEHAVIOURS, MAX_FEATURES, MAX_LEVELS, Policy};
use crate::doubles::{self, Doubles, WIDTH, ZEROS, add_products, add_scaled, map, map2};
use crate::vector::{Simd, Vectorised, with_widest_vectors};

/// The law of one behaviour in each of eight contexts: a probability per level.
#[derive(Clone, Copy, Debug)]
pub struct EightLaws {
    count: usize,
    /// Levels that guardrails let through; those above have probability 0.
    allowed: usize,
    probability: [Doubles; MAX_LEVELS],
    /// w1 . phi and w2 . phi.
    tilt: [Doubles; 2],
    /// Logarithm of what weights are relative to.
    unit: Doubles,
    /// Sum of weights.
    sum: Doubles,
}

/// Feature by feature, up to eight contexts; those that are missing are zeros.
pub fn eight_contexts<'a>(contexts: impl IntoIterator<Item = &'a [f64]>) -> [Doubles; MAX_FEATURES] {
    let mut eight = [ZEROS; MAX_FEATURES];
    for (lane, context) in contexts.into_iter().take(WIDTH).enumerate() {
        for (feature, &x) in eight.iter_mut().zip(context) {
            feature[lane] = x;
        }
    }
    eight
}

/// A uniform number for each behaviour of eight responses.
pub type Uniforms = [[f64; MAX_BEHAVIOURS]; WIDTH];

impl Policy {
    /// Responses in eight contexts, given feature by feature: `N` to each, from as many uniform numbers for each behaviour; level
    /// indices by inversion.
    pub fn respond_to_eight<const N: usize>(
        &self,
        phi: &[Doubles],
        uniforms: &[Uniforms; N],
    ) -> [[[u8; MAX_BEHAVIOURS]; WIDTH]; N] {
        with_widest_vectors(Respond { policy: self, phi, uniforms })
    }
}

struct Respond<'a, const N: usize> {
    policy: &'a Policy,
    phi: &'a [Doubles],
    uniforms: &'a [Uniforms; N],
}

impl<const N: usize> Vectorised for Respond<'_, N> {
    type Output = [[[u8; MAX_BEHAVIOURS]; WIDTH]; N];

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> Self::Output {
        let (mut responses, mut law) = ([[[0; MAX_BEHAVIOURS]; WIDTH]; N], EightLaws::EMPTY);
        for j in 0..self.policy.behaviours {
            law.become_law(self.policy, j, self.phi);
            for (response, uniforms) in responses.iter_mut().zip(self.uniforms) {
                for lane in 0..WIDTH {
                    response[lane][j] = law.level_at(lane, uniforms[lane][j]);
                }
            }
        }
        responses
    }
}

impl EightLaws {
    /// Room for laws.
    pub const EMPTY: Self = Self {
        count: 0,
        allowed: 0,
        probability: [ZEROS; MAX_LEVELS],
        tilt: [ZEROS; 2],
        unit: ZEROS,
        sum: ZEROS,
    };

    /// Becomes the law of a behaviour in eight contexts, given feature by feature.
    #[inline(always)]
    pub fn become_law(&mut self, policy: &Policy, behaviour: usize, phi: &[Doubles]) {
        (self.count, self.allowed) = (policy.levels, policy.allowed[behaviour]);
        (self.tilt, self.unit) = ([ZEROS; 2], ZEROS);
        for (f, x) in phi.iter().enumerate() {
            add_scaled(&mut self.tilt[0], x, policy.weights[(behaviour, f)]);
            add_scaled(&mut self.tilt[1], x, policy.weights[(policy.behaviours + behaviour, f)]);
        }
        let ratio = map2(&self.tilt[0], &self.tilt[1], |w1, w2| exponents_of((w1, w2), self.count).0);
        let factor = map(&self.tilt[1], |w2| exponents_of((0.0, w2), self.count).1);
        self.weigh_by_recurrence(doubles::exp(&ratio), &doubles::exp(&factor));
        self.normalise();
        for lane in 0..WIDTH {
            let size = self.tilt[0][lane].abs() + self.tilt[1][lane].abs();
            // What is not a number is none either way.
            if size >= MODERATE {
                self.take_alone(policy, behaviour, lane);
            }
        }
    }

    #[inline(always)]
    fn weigh_by_recurrence(&mut self, mut ratio: Doubles, factor: &Doubles) {
        let mut weight = [1.0; WIDTH];
        for probability in &mut self.probability[..self.allowed] {
            *probability = weight;
            weight = map2(&weight, &ratio, |weight, ratio| weight * ratio);
            ratio = map2(&ratio, factor, |ratio, factor| ratio * factor);
        }
        self.probability[self.allowed..self.count].fill(ZEROS);
    }

    #[inline(always)]
    fn normalise(&mut self) {
        self.sum = ZEROS;
        for weight in &self.probability[..self.allowed] {
            self.sum = map2(&self.sum, weight, |sum, weight| sum + weight);
        }
        for probability in &mut self.probability[..self.allowed] {
            *probability = map2(probability, &self.sum, |weight, sum| weight / sum);
        }
    }

    /// Large weights, in which a recurrence overflows, are for one context at a time.
    #[cold]
    fn take_alone(&mut self, policy: &Policy, behaviour: usize, lane: usize) {
        let law = Levels::of_tilt(policy, behaviour, (self.tilt[0][lane], self.tilt[1][lane]));
        for (eight, &probability) in self.probability.iter_mut().zip(law.as_slice()) {
            eight[lane] = probability;
        }
        (self.unit[lane], self.sum[lane]) = law.unit_and_sum();
    }

    /// The probabilities, lowest level first.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Doubles] {
        &self.probability[..self.count]
    }

    #[inline(always)]
    fn level(&self, index: usize) -> f64 {
        index as f64 / (self.count - 1) as f64
    }

    /// Means of a and of a^2.
    #[inline(always)]
    pub fn moments(&self) -> Moments<Doubles> {
        let mut moments = Moments { mean: ZEROS, mean_square: ZEROS };
        for (index, p) in self.as_slice().iter().enumerate() {
            let level = self.level(index);
            add_scaled(&mut moments.mean, p, level);
            add_scaled(&mut moments.mean_square, &map(p, |p| p * level), level);
        }
        moments
    }

    /// Logarithms of the sums of weights, on which [`EightLaws::kl_nats`] depends.
    pub fn log_sums(&self) -> Doubles {
        self.sum.map(libm::log)
    }

    /// KL(self || other) in nats, given the [`EightLaws::log_sums`] of both.
    #[inline(always)]
    pub fn kl_nats(&self, other: &Self, ours: &Doubles, theirs: &Doubles) -> Doubles {
        let mut divergence = ZEROS;
        for (index, p) in self.as_slice()[..self.allowed].iter().enumerate() {
            let (mine, its) = (self.log_weights(index), other.log_weights(index));
            let mine = map2(&mine, ours, |weight, sum| weight - sum);
            let its = map2(&its, theirs, |weight, sum| weight - sum);
            add_products(&mut divergence, p, &map2(&mine, &its, |mine, its| mine - its));
        }
        divergence
    }

    #[inline(always)]
    fn log_weights(&self, index: usize) -> Doubles {
        if index >= self.allowed {
            return [f64::NEG_INFINITY; WIDTH];
        }
        let level = self.level(index);
        let exponent = map2(&self.tilt[0], &self.tilt[1], |w1, w2| level * (w1 + w2 * level));
        map2(&exponent, &self.unit, |exponent, unit| exponent - unit)
    }

    /// In one of the contexts, the index of the level at which the cumulative probability exceeds `uniform`.
    #[inline(always)]
    pub fn level_at(&self, lane: usize, uniform: f64) -> u8 {
        let mut left = uniform;
        let mut level = 0;
        for p in &self.probability[..self.allowed - 1] {
            left -= p[lane];
            if left < 0.0 {
                break;
            }
            level += 1;
        }
        level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    fn policy(behaviours: usize, size: f64, phase: usize) -> Policy {
        let weight = |row: usize, column: usize| size * libm::sin((3 * row + 11 * column + phase) as f64);
        let mut allowed = [6; MAX_BEHAVIOURS];
        allowed[behaviours / 2] = 2;
        Policy { behaviours, levels: 6, weights: DMatrix::from_fn(2 * behaviours, 3, weight), allowed }
    }

    // Some under a guardrail, some with weights beyond the recurrence, some contexts missing.
    #[test]
    fn eight_laws_are_those_of_single_contexts_to_the_last_bit() {
        for (behaviours, size) in [(1, 3.0), (4, 2.0), (5, 700.0), (MAX_BEHAVIOURS, 200.0)] {
            let (ours, other) = (policy(behaviours, size, 0), policy(behaviours, size, 5));
            let contexts: Vec<Vec<f64>> =
                (0..7).map(|i| vec![1.0, libm::sin(f64::from(i)), 0.3 * f64::from(i) - 1.0]).collect();
            let eight = eight_contexts(contexts.iter().map(|it| it.as_slice()));
            let mut uniforms = [[[0.0; MAX_BEHAVIOURS]; WIDTH]; 2];
            uniforms.as_flattened_mut().iter_mut().enumerate().for_each(|(i, row)| {
                row.iter_mut()
                    .enumerate()
                    .for_each(|(j, u)| *u = 0.5 + 0.499 * libm::sin((i * 31 + j) as f64));
            });
            let responses = ours.respond_to_eight(&eight[..3], &uniforms);
            let (mut law, mut beside) = (EightLaws::EMPTY, EightLaws::EMPTY);
            for j in 0..behaviours {
                law.become_law(&ours, j, &eight[..3]);
                beside.become_law(&other, j, &eight[..3]);
                let (moments, divergence) =
                    (law.moments(), law.kl_nats(&beside, &law.log_sums(), &beside.log_sums()));
                for (lane, phi) in contexts.iter().enumerate() {
                    let (alone, its) = (ours.probabilities(j, phi), other.probabilities(j, phi));
                    let of_lane: Vec<f64> = law.as_slice().iter().map(|eight| eight[lane]).collect();
                    assert_eq!(of_lane, alone.as_slice());
                    assert_eq!(
                        (moments.mean[lane], moments.mean_square[lane]),
                        (alone.moments().mean, alone.moments().mean_square)
                    );
                    assert_eq!(divergence[lane].to_bits(), alone.kl_nats(&its).to_bits());
                    for (responses, uniforms) in responses.iter().zip(&uniforms) {
                        assert_eq!(responses[lane][j], alone.level_at(uniforms[lane][j]));
                    }
                }
            }
        }
    }
}
