//! The `exact` optimiser of E[r] - beta KL(pi || pi_ref).

use super::Policy;
use nalgebra::DMatrix;

/// The optimum for a reward theta . psi(a, x) in the policy's own span:
/// W* = W_ref + theta / beta (the tilt pi* proportional to pi_ref exp(r / beta)).
///
/// `reward` has the shape of the policy's weights, in log-odds; `kl_strength` is beta.
/// Source: Korbak et al. 2022, "RL with KL penalties is better viewed as Bayesian inference", arXiv 2205.11275, eq. 4.
pub fn optimum(reference: &Policy, reward: &DMatrix<f64>, kl_strength: f64) -> Policy {
    Policy { weights: &reference.weights + reward / kl_strength, ..reference.clone() }
}

/// W += eta (W* - W): a natural-gradient step of the objective.
pub fn step_towards(policy: &Policy, optimum: &Policy, learning_rate: f64) -> Policy {
    let step = (&optimum.weights - &policy.weights) * learning_rate;
    Policy { weights: &policy.weights + step, ..policy.clone() }
}
