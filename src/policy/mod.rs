//! The policy: an exponential family over behaviour levels given context features, and its exact mathematics.

mod features;
mod guardrails;
mod optimise;
mod reference;
pub(crate) mod stored_matrix;
mod system_prompt;

pub use features::{Feature, FeatureList, MAX_FEATURES, Reading, phi};
pub use guardrails::with_guardrails;
pub use optimise::{optimum, step_towards};
pub use reference::{Demonstration, Fitted, Refit, refit_reference, sufficient_statistics};
pub use system_prompt::{as_served, with_patch};

use crate::scenario::Settings;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Most behaviours of a response.
pub const MAX_BEHAVIOURS: usize = 24;

/// Most levels of a behaviour.
pub const MAX_LEVELS: usize = 32;

/// Logits below this stay far within the range of double precision.
const MODERATE: f64 = 300.0;

/// pi_W(a | x) proportional to prod_j exp((w1_j . phi(x)) a_j + (w2_j . phi(x)) a_j^2), a_j in {0, 1/(L-1), ..., 1}.
///
/// Given the context the behaviours are independent, so everything below is an exact sum over L levels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Behaviours J.
    pub behaviours: usize,
    /// Levels L per behaviour.
    pub levels: usize,
    /// W, (2 J) x F: rows w1_1 .. w1_J, then w2_1 .. w2_J; columns are context features.
    #[serde(with = "stored_matrix")]
    pub weights: DMatrix<f64>,
    /// How many levels of each behaviour, from the lowest, guardrails let through: all L without them.
    pub allowed: [usize; MAX_BEHAVIOURS],
}

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

/// Mean and mean square of a behaviour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Mean of a.
    pub mean: f64,
    /// Mean of a^2.
    pub mean_square: f64,
}

impl Levels {
    /// The probabilities, lowest level first.
    pub fn as_slice(&self) -> &[f64] {
        &self.probability[..self.count]
    }

    /// The logarithm of one of them, finite even where the probability is too small for a number; minus infinity above a
    /// guardrail.
    pub fn logarithm(&self, index: usize) -> f64 {
        self.log_weight(index) - self.log_sum()
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
    fn level_at(&self, uniform: f64) -> u8 {
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

    /// Weights relative to level 0 from two exponentials: the ratio of neighbours changes by a constant factor.
    fn weigh_by_recurrence(&mut self) {
        let (linear, quadratic) = self.tilt;
        let step = 1.0 / (self.count - 1) as f64;
        let (mut weight, mut ratio) = (1.0, libm::exp(step * (linear + quadratic * step)));
        let factor = libm::exp(2.0 * quadratic * step * step);
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

impl Policy {
    /// The reference policy W_ref: w1 = mean / sd^2 and w2 = -1 / (2 sd^2) on the bias feature, a normal law
    /// truncated to the levels.
    pub fn from_scenario(settings: &Settings, features: &FeatureList) -> Self {
        let behaviours = settings.behaviours.len();
        let mut weights = DMatrix::zeros(2 * behaviours, features.len());
        for (j, behaviour) in settings.behaviours.values().enumerate() {
            let variance = behaviour.reference_sd * behaviour.reference_sd;
            weights[(j, 0)] = behaviour.reference_mean / variance;
            weights[(behaviours + j, 0)] = -1.0 / (2.0 * variance);
        }
        let levels = settings.policy.levels as usize;
        Self { behaviours, levels, weights, allowed: [levels; MAX_BEHAVIOURS] }
    }

    /// The level with index `index`, in [0, 1].
    pub fn level(&self, index: usize) -> f64 {
        index as f64 / (self.levels - 1) as f64
    }

    /// (w1_j . phi, w2_j . phi).
    pub fn tilt(&self, behaviour: usize, phi: &[f64]) -> (f64, f64) {
        let dot = |row: usize| phi.iter().enumerate().map(|(f, x)| self.weights[(row, f)] * x).sum();
        (dot(behaviour), dot(self.behaviours + behaviour))
    }

    /// P(level | context) for one behaviour; sums to 1.
    pub fn probabilities(&self, behaviour: usize, phi: &[f64]) -> Levels {
        let tilt = self.tilt(behaviour, phi);
        let mut levels = Levels {
            count: self.levels,
            allowed: self.allowed[behaviour],
            probability: [0.0; MAX_LEVELS],
            tilt,
            unit: 0.0,
            sum: 0.0,
        };
        if tilt.0.abs() + tilt.1.abs() < MODERATE {
            levels.weigh_by_recurrence();
        } else {
            levels.weigh_by_exponentials();
        }
        levels.normalise();
        levels
    }

    /// KL(self || other) in nats in a context: the sum over behaviours, exact.
    pub fn kl_nats(&self, other: &Policy, phi: &[f64]) -> f64 {
        (0..self.behaviours).map(|j| self.probabilities(j, phi).kl_nats(&other.probabilities(j, phi))).sum()
    }

    /// The law of every behaviour in a context.
    pub fn response_law(&self, phi: &[f64]) -> Vec<Levels> {
        (0..self.behaviours).map(|j| self.probabilities(j, phi)).collect()
    }

    /// A response in a context from one uniform number per behaviour: level indices by inversion.
    pub fn sample_response(&self, phi: &[f64], mut uniform: impl FnMut() -> f64) -> [u8; MAX_BEHAVIOURS] {
        let mut response = [0; MAX_BEHAVIOURS];
        for (j, level) in response[..self.behaviours].iter_mut().enumerate() {
            *level = self.probabilities(j, phi).level_at(uniform());
        }
        response
    }
}

/// A response from the laws of its behaviours, one uniform number each.
pub fn sample_from(laws: &[Levels], mut uniform: impl FnMut() -> f64) -> [u8; MAX_BEHAVIOURS] {
    let mut response = [0; MAX_BEHAVIOURS];
    for (level, law) in response.iter_mut().zip(laws) {
        *level = law.level_at(uniform());
    }
    response
}
