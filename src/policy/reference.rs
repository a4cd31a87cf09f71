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
const MOST_HALVINGS: usize = 60;
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
            fitted = line_search(&fitted, reference, behaviour, rows, prior, &step);
            if step.amax() < TOLERANCE * (1.0 + fitted.weights.amax()) {
                break;
            }
        }
    }
    fitted
}

/// Takes the step. Where the reference is far from the data a full step overshoots, into weights from which there is
/// no way back: it is halved until the likelihood does not fall.
fn line_search(
    policy: &Policy,
    old: &Policy,
    behaviour: usize,
    rows: &[Demonstration],
    prior: f64,
    step: &DVector<f64>,
) -> Policy {
    let moved = |size: f64| -> Policy {
        let mut moved = policy.clone();
        let powers = step.len() / policy.weights.ncols();
        for (index, change) in step.iter().enumerate() {
            let row = index % powers * policy.behaviours + behaviour;
            moved.weights[(row, index / powers)] += size * change;
        }
        moved
    };
    let before = log_likelihood(policy, old, behaviour, rows, prior);
    // Near the maximum rounding decides; a step is not refused for that.
    let rounding = 1e-13 * before.abs();
    let sizes = std::iter::successors(Some(1.0), |size| Some(size * 0.5)).take(MOST_HALVINGS);
    sizes
        .map(moved)
        .find(|moved| log_likelihood(moved, old, behaviour, rows, prior) >= before - rounding)
        .unwrap_or_else(|| policy.clone())
}

/// sum_rows w . t(a) - log Z + prior (w . E_old[t] - log Z), up to what does not depend on w.
fn log_likelihood(
    policy: &Policy,
    old: &Policy,
    behaviour: usize,
    rows: &[Demonstration],
    prior: f64,
) -> f64 {
    let parts = parallel::map_chunks(rows, CHUNK, |rows| {
        let mut sum = 0.0;
        for row in rows {
            let (linear, quadratic) = policy.tilt(behaviour, &row.phi);
            let (mean, _) = sufficient_statistics(old, behaviour, &row.phi);
            let seen = row.levels[behaviour];
            // Level 0 has weight e^0 = 1.
            let log_z = -policy.probabilities(behaviour, &row.phi).logarithms()[0];
            sum += linear * seen + quadratic * seen * seen - log_z;
            sum += prior * (linear * mean[0] + quadratic * mean[1] - log_z);
        }
        sum
    });
    parts.iter().sum()
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
