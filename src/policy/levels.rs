//! The law of one behaviour in one context.

use super::{MAX_LEVELS, Policy};
use crate::doubles::{self, Doubles, ZEROS};
use crate::vector::{Simd, Vectorised};

/// Logits below this stay far within the range of double precision.
pub(super) const MODERATE: f64 = 300.0;

/// The law of one behaviour in one context: a probability per level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    count: usize,
    /// Levels that guardrails let through; those above have probability 0.
    allowed: usize,
    probability: [f64; MAX_LEVELS],
    /// (w1 . phi, w2 . phi).
    tilt: (f64, f64),
    /// Logarithm of what weights are relative to.
    unit: f64,
    /// Sum of weights.
    sum: f64,
}

/// Mean and mean square of a behaviour, in one context or in several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments<N = f64> {
    /// Mean of a.
    pub mean: N,
    /// Mean of a^2.
    pub mean_square: N,
}

impl Levels {
    /// Room for a law.
    pub(super) const EMPTY: Self =
        Self { count: 0, allowed: 0, probability: [0.0; MAX_LEVELS], tilt: (0.0, 0.0), unit: 0.0, sum: 0.0 };

    /// The law of a behaviour whose (w1 . phi, w2 . phi) is `tilt`.
    pub(super) fn of_tilt(policy: &Policy, behaviour: usize, tilt: (f64, f64)) -> Self {
        let mut law = Self::EMPTY;
        law.become_law(policy, behaviour, tilt, exponentials_of(tilt, policy.levels));
        law
    }

    /// Becomes the law of a behaviour with this tilt; `exponentials` are the [`exponentials_of`] it. In its place, since
    /// laws are large and there are many.
    pub(super) fn become_law(
        &mut self,
        policy: &Policy,
        behaviour: usize,
        tilt: (f64, f64),
        exponentials: (f64, f64),
    ) {
        (self.count, self.allowed) = (policy.levels, policy.allowed[behaviour]);
        (self.tilt, self.unit) = (tilt, 0.0);
        if tilt.0.abs() + tilt.1.abs() < MODERATE {
            self.weigh_by_recurrence(exponentials);
        } else {
            self.weigh_by_exponentials();
        }
        self.probability[self.allowed..self.count].fill(0.0);
        self.normalise();
    }

    /// The probabilities, lowest level first.
    pub fn as_slice(&self) -> &[f64] {
        &self.probability[..self.count]
    }

    /// The logarithm of one of them, finite even where the probability is too small for a number; minus infinity above a
    /// guardrail.
    pub fn logarithm(&self, index: usize) -> f64 {
        self.log_weight(index) - self.log_sum()
    }

    /// Logarithm of what weights are relative to, and their sum.
    pub(super) fn unit_and_sum(&self) -> (f64, f64) {
        (self.unit, self.sum)
    }

    fn log_sum(&self) -> f64 {
        libm::log(self.sum)
    }

    fn log_weight(&self, index: usize) -> f64 {
        if index < self.allowed { self.exponent(index) - self.unit } else { f64::NEG_INFINITY }
    }

    /// (w1 . phi) a + (w2 . phi) a^2.
    fn exponent(&self, index: usize) -> f64 {
        let level = index as f64 / (self.count - 1) as f64;
        level * (self.tilt.0 + self.tilt.1 * level)
    }

    /// The index of the level at which the cumulative probability exceeds `uniform`.
    pub(super) fn level_at(&self, uniform: f64) -> u8 {
        let mut left = uniform;
        let mut level = 0;
        for p in &self.probability[..self.allowed - 1] {
            left -= p;
            if left < 0.0 {
                break;
            }
            level += 1;
        }
        level
    }

    /// Means of a and of a^2.
    pub fn moments(&self) -> Moments {
        let mut moments = Moments { mean: 0.0, mean_square: 0.0 };
        for (index, p) in self.as_slice().iter().enumerate() {
            let level = index as f64 / (self.count - 1) as f64;
            moments.mean += p * level;
            moments.mean_square += p * level * level;
        }
        moments
    }

    /// Weights relative to level 0: the first ratio of neighbours, and the constant factor by which ratios change.
    fn weigh_by_recurrence(&mut self, (mut ratio, factor): (f64, f64)) {
        let mut weight = 1.0;
        for probability in &mut self.probability[..self.allowed] {
            *probability = weight;
            weight *= ratio;
            ratio *= factor;
        }
    }

    /// Weights relative to the largest, an exponential each: nothing overflows, whatever the policy.
    fn weigh_by_exponentials(&mut self) {
        let exponents = (0..self.allowed).map(|index| self.exponent(index));
        self.unit = exponents.fold(f64::NEG_INFINITY, f64::max);
        for index in 0..self.allowed {
            self.probability[index] = libm::exp(self.log_weight(index));
        }
    }

    fn normalise(&mut self) {
        let sum: f64 = self.as_slice().iter().sum();
        self.sum = sum;
        self.probability[..self.allowed].iter_mut().for_each(|probability| *probability /= sum);
    }

    /// KL(self || other) in nats: infinite if the other's guardrails forbid what this law may do.
    pub fn kl_nats(&self, other: &Levels) -> f64 {
        let (ours, theirs) = (self.log_sum(), other.log_sum());
        let term = |(index, p): (usize, &f64)| {
            p * (self.log_weight(index) - ours - (other.log_weight(index) - theirs))
        };
        self.as_slice()[..self.allowed].iter().enumerate().map(term).sum()
    }
}

/// Logarithms of the ratio of the two lowest levels' weights, and of the factor by which the ratio of neighbours changes from
/// one level to the next.
#[inline(always)]
pub(super) fn exponents_of((linear, quadratic): (f64, f64), levels: usize) -> (f64, f64) {
    let step = 1.0 / (levels - 1) as f64;
    (step * (linear + quadratic * step), 2.0 * quadratic * step * step)
}

/// The exponentials of these.
fn exponentials_of(tilt: (f64, f64), levels: usize) -> (f64, f64) {
    let mut eight = ZEROS;
    (eight[0], eight[1]) = exponents_of(tilt, levels);
    let eight = doubles::exp(&eight);
    (eight[0], eight[1])
}

/// Eight exponentials.
pub(super) struct Exp<'a>(pub &'a Doubles);

impl Vectorised for Exp<'_> {
    type Output = Doubles;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> Doubles {
        doubles::exp(self.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::{MAX_BEHAVIOURS, Policy};
    use nalgebra::DMatrix;

    // With up to as many behaviours as there may be, some under a guardrail, some with weights beyond the recurrence.
    #[test]
    fn laws_worked_out_together_are_those_of_single_behaviours_to_the_last_bit() {
        for (behaviours, size) in [(1, 3.0), (4, 2.0), (5, 700.0), (MAX_BEHAVIOURS, 40.0)] {
            let weight = |row: usize, column: usize| size * libm::sin((3 * row + 11 * column) as f64);
            let mut allowed = [6; MAX_BEHAVIOURS];
            allowed[behaviours / 2] = 2;
            let weights = DMatrix::from_fn(2 * behaviours, 3, weight);
            let policy = Policy { behaviours, levels: 6, weights, allowed };
            for phi in [[1.0, 0.0, 0.0], [1.0, -0.5, 2.0], [1.0, 0.3, -0.1]] {
                let laws = policy.response_law(&phi);
                let alone: Vec<_> = (0..behaviours).map(|j| policy.probabilities(j, &phi)).collect();
                assert_eq!(laws, alone);
                for (j, law) in laws.iter().enumerate() {
                    let (tilt, step) = (law.tilt, 0.2);
                    let logits: Vec<f64> = (0..allowed[j])
                        .map(|index| index as f64 * step)
                        .map(|level| level * (tilt.0 + tilt.1 * level))
                        .collect();
                    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let sum: f64 = logits.iter().map(|logit| libm::exp(logit - largest)).sum();
                    for (index, &found) in law.as_slice().iter().enumerate() {
                        let expected =
                            logits.get(index).map_or(0.0, |logit| libm::exp(logit - largest) / sum);
                        assert!((found - expected).abs() < 1e-12, "{behaviours} behaviours, level {index}");
                    }
                }
            }
        }
    }
}
