//! The policy: an exponential family over behaviour levels given context features, and its exact mathematics.

mod eight_laws;
mod features;
mod guardrails;
mod levels;
mod optimise;
mod reference;
pub(crate) mod stored_matrix;
mod system_prompt;

pub use eight_laws::{EightLaws, Uniforms, eight_contexts};
pub use features::{Feature, FeatureList, MAX_FEATURES, Reading, phi};
pub use guardrails::with_guardrails;
pub use levels::{Levels, Moments};
pub use optimise::{optimum, step_towards};
pub use reference::{Demonstration, Fitted, Refit, refit_reference, sufficient_statistics};
pub use system_prompt::{as_served, with_patch};

use crate::doubles::WIDTH;
use crate::scenario::Settings;
use crate::vector::with_widest_vectors;
use levels::{Exp, exponents_of};
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};

/// Most behaviours of a response.
pub const MAX_BEHAVIOURS: usize = 24;

/// Most levels of a behaviour.
pub const MAX_LEVELS: usize = 32;

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

    /// P(level | context) for one behaviour; sums to 1.
    pub fn probabilities(&self, behaviour: usize, phi: &[f64]) -> Levels {
        let dot = |row: usize| phi.iter().enumerate().map(|(f, x)| self.weights[(row, f)] * x).sum();
        Levels::of_tilt(self, behaviour, (dot(behaviour), dot(self.behaviours + behaviour)))
    }

    /// (w1_1 .. w1_J, w2_1 .. w2_J) . phi, and the exponentials of the [`exponents_of`] these pairs in the same order.
    fn tilts(&self, phi: &[f64]) -> [[f64; 2 * MAX_BEHAVIOURS]; 2] {
        let (mut tilts, mut exponents) = ([0.0; 2 * MAX_BEHAVIOURS], [0.0; 2 * MAX_BEHAVIOURS]);
        // One column of weights after the other, as they lie in memory.
        for (weights, x) in self.weights.as_slice().chunks_exact(2 * self.behaviours).zip(phi) {
            for (tilt, weight) in tilts.iter_mut().zip(weights) {
                *tilt += weight * x;
            }
        }
        for j in 0..self.behaviours {
            let tilt = self.pair(&tilts, j);
            (exponents[j], exponents[self.behaviours + j]) = exponents_of(tilt, self.levels);
        }
        for eight in &mut exponents.as_chunks_mut().0[..(2 * self.behaviours).div_ceil(WIDTH)] {
            *eight = with_widest_vectors(Exp(eight));
        }
        [tilts, exponents]
    }

    /// What belongs to one behaviour, linear and quadratic.
    fn pair(&self, rows: &[f64], behaviour: usize) -> (f64, f64) {
        (rows[behaviour], rows[self.behaviours + behaviour])
    }

    /// KL(self || other) in nats in a context: the sum over behaviours, exact.
    pub fn kl_nats(&self, other: &Policy, phi: &[f64]) -> f64 {
        let (ours, theirs) = (self.response_law(phi), other.response_law(phi));
        ours.iter().zip(&theirs).map(|(ours, theirs)| ours.kl_nats(theirs)).sum()
    }

    /// The law of every behaviour in a context.
    pub fn response_law(&self, phi: &[f64]) -> Vec<Levels> {
        let mut laws = vec![Levels::EMPTY; self.behaviours];
        let [tilts, exponentials] = self.tilts(phi);
        for (j, law) in laws.iter_mut().enumerate() {
            law.become_law(self, j, self.pair(&tilts, j), self.pair(&exponentials, j));
        }
        laws
    }

    /// A response in a context from one uniform number per behaviour: level indices by inversion.
    pub fn sample_response(&self, phi: &[f64], mut uniform: impl FnMut() -> f64) -> [u8; MAX_BEHAVIOURS] {
        let (mut response, mut law) = ([0; MAX_BEHAVIOURS], Levels::EMPTY);
        let [tilts, exponentials] = self.tilts(phi);
        for (j, level) in response[..self.behaviours].iter_mut().enumerate() {
            law.become_law(self, j, self.pair(&tilts, j), self.pair(&exponentials, j));
            *level = law.level_at(uniform());
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
