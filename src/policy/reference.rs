//! Fresh data: the reference policy is refitted to recent conversations that users thumbed up.
//!
//! Maximum likelihood in the policy's family, with the old reference as conjugate prior worth
//! `fresh_data_prior` conversations (Diaconis and Ylvisaker 1979): maximise
//! sum_rows log pi_W(a | x) - (prior / n) sum_rows KL(pi_old(. | x) || pi_W(. | x)).
//! The problem is convex and separates by behaviour.

use super::Policy;
use crate::parallel;
use nalgebra::{DMatrix, DVector};

const CHUNK: usize = 512;
const MOST_STEPS: usize = 50;
const TOLERANCE: f64 = 1e-9;

/// One conversation to learn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Demonstration {
    /// phi(x).
    pub phi: Vec<f64>,
    /// Levels of the response, J.
    pub levels: Vec<f64>,
}

/// How a reference is refitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Refit {
    /// zeta: share of the way that the reference moves to the fit.
    pub share: f64,
    /// Weight of the old reference, in conversations.
    pub prior: f64,
    /// Whether w2, the spread of behaviour, is refitted too. If not, only w1 is: what the reference does moves,
    /// how varied it is stays. With it, refitting on one's own output loses diversity round by round.
    pub spread: bool,
}

/// Moves the reference towards the fit of `rows`; without rows it stays.
pub fn refit_reference(reference: &Policy, rows: &[Demonstration], refit: Refit) -> Policy {
    if refit.share == 0.0 || rows.is_empty() {
        return reference.clone();
    }
    let fitted = fit_demonstrations(reference, rows, refit);
    let weights = &reference.weights * (1.0 - refit.share) + fitted.weights * refit.share;
    Policy { weights, ..reference.clone() }
}

/// The maximum of the penalised likelihood.
fn fit_demonstrations(reference: &Policy, rows: &[Demonstration], refit: Refit) -> Policy {
    let mut fitted = reference.clone();
    let powers = if refit.spread { 2 } else { 1 };
    let prior = refit.prior / rows.len() as f64;
    for behaviour in 0..reference.behaviours {
        for _ in 0..MOST_STEPS {
            let step = newton_step(&fitted, reference, behaviour, rows, prior, powers);
            for feature in 0..fitted.weights.ncols() {
                for power in 0..powers {
                    let row = power * fitted.behaviours + behaviour;
                    fitted.weights[(row, feature)] += step[powers * feature + power];
                }
            }
            if step.amax() < TOLERANCE * (1.0 + fitted.weights.amax()) {
                break;
            }
        }
    }
    fitted
}

/// Unknowns are ordered w1 (and w2, if `powers` is 2) per feature.
fn newton_step(
    policy: &Policy,
    old: &Policy,
    behaviour: usize,
    rows: &[Demonstration],
    prior: f64,
    powers: usize,
) -> DVector<f64> {
    let size = powers * policy.weights.ncols();
    let partial = parallel::map_chunks(rows, CHUNK, |rows| {
        gradient_and_curvature(policy, old, behaviour, rows, prior, powers)
    });
    let mut gradient = DVector::zeros(size);
    let mut curvature = DMatrix::zeros(size, size);
    for (g, c) in partial {
        gradient += g;
        curvature += c;
    }
    // A feature that never varies (memory off) has no curvature: a tiny ridge leaves its weight alone.
    let ridge = 1e-9 * (1.0 + curvature.diagonal().amax());
    for i in 0..size {
        curvature[(i, i)] += ridge;
    }
    curvature.cholesky().map_or_else(|| DVector::zeros(size), |factor| factor.solve(&gradient))
}

fn gradient_and_curvature(
    policy: &Policy,
    old: &Policy,
    behaviour: usize,
    rows: &[Demonstration],
    prior: f64,
    powers: usize,
) -> (DVector<f64>, DMatrix<f64>) {
    let size = powers * policy.weights.ncols();
    let mut gradient = DVector::zeros(size);
    let mut curvature = DMatrix::zeros(size, size);
    for row in rows {
        let (mean, covariance) = sufficient_statistics(policy, behaviour, &row.phi);
        let (old_mean, _) = sufficient_statistics(old, behaviour, &row.phi);
        let seen = [row.levels[behaviour], row.levels[behaviour] * row.levels[behaviour]];
        for i in 0..size {
            let (f, k) = (i / powers, i % powers);
            gradient[i] += row.phi[f] * ((seen[k] - mean[k]) + prior * (old_mean[k] - mean[k]));
            for j in 0..size {
                let (g, l) = (j / powers, j % powers);
                curvature[(i, j)] += (1.0 + prior) * row.phi[f] * row.phi[g] * covariance[k][l];
            }
        }
    }
    (gradient, curvature)
}

/// Mean and covariance of (a, a^2) in a context.
fn sufficient_statistics(policy: &Policy, behaviour: usize, phi: &[f64]) -> ([f64; 2], [[f64; 2]; 2]) {
    let mut raw = [0.0; 5];
    for (index, p) in policy.probabilities(behaviour, phi).as_slice().iter().enumerate() {
        let level = policy.level(index);
        let mut power = *p;
        for moment in &mut raw {
            *moment += power;
            power *= level;
        }
    }
    let covariance = raw[3] - raw[1] * raw[2];
    let variances = [raw[2] - raw[1] * raw[1], raw[4] - raw[2] * raw[2]];
    ([raw[1], raw[2]], [[variances[0], covariance], [covariance, variances[1]]])
}
