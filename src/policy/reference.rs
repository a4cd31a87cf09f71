//! Fresh data: the reference policy is refitted to recent conversations that users thumbed up.
//!
//! Maximum likelihood in the policy's family, with the old reference as conjugate prior worth
//! `fresh_data_prior` conversations (Diaconis and Ylvisaker 1979): maximise
//! sum_rows log pi_W(a | x) - (prior / n) sum_rows KL(pi_old(. | x) || pi_W(. | x)).
//! The problem is convex and separates by behaviour.

use super::Policy;
use crate::parallel;
use crate::statistics::FitError;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

const CHUNK: usize = 512;
const MOST_STEPS: usize = 50;
const MOST_HALVINGS: usize = 60;
const TOLERANCE: f64 = 1e-9;
/// What is still to be gained counts from here, in nats over all rows: noise of a likelihood is of the order of 1.
const NOTABLE_GAIN: f64 = 1e-6;

/// One conversation to learn from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Demonstration {
    /// phi(x).
    pub phi: Vec<f64>,
    /// Levels of the response, J.
    pub levels: Vec<f64>,
    /// How many conversations like it this one stands for.
    pub weight: f64,
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

/// A policy that was fitted to something.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The policy.
    pub policy: Policy,
    /// Whether nothing notable was left to be gained when the search ended.
    pub converged: bool,
}

/// Moves the reference towards the fit of `rows`; without rows it stays.
///
/// # Errors
/// If a number is not finite, or the curvature of the likelihood cannot be inverted.
pub fn refit_reference(reference: &Policy, rows: &[Demonstration], refit: Refit) -> Result<Fitted, FitError> {
    if refit.share == 0.0 || rows.is_empty() {
        return Ok(Fitted { policy: reference.clone(), converged: true });
    }
    let fitted = fit_demonstrations(reference, rows, refit)?;
    let weights = &reference.weights * (1.0 - refit.share) + fitted.policy.weights * refit.share;
    FitError::check("a weight of the reference policy", weights.as_slice())?;
    Ok(Fitted { policy: Policy { weights, ..reference.clone() }, converged: fitted.converged })
}

/// What one conversation says of one behaviour.
struct Seen<'a> {
    phi: &'a [f64],
    weight: f64,
    /// (a, a^2) in the response.
    powers: [f64; 2],
    /// Their means under the old reference in this context.
    old_mean: [f64; 2],
}

/// The fit of one behaviour.
struct Problem<'a> {
    behaviour: usize,
    rows: Vec<Seen<'a>>,
    /// Weight of the old reference, per row.
    prior: f64,
    /// 1 if only w1 is fitted, 2 if w2 too.
    unknowns_per_feature: usize,
}

/// The maximum of the penalised likelihood.
fn fit_demonstrations(reference: &Policy, rows: &[Demonstration], refit: Refit) -> Result<Fitted, FitError> {
    let mut fitted = Fitted { policy: reference.clone(), converged: true };
    for behaviour in 0..reference.behaviours {
        let problem = Problem::new(reference, behaviour, rows, refit);
        let found = problem.maximum(fitted.policy)?;
        fitted = Fitted { policy: found.policy, converged: fitted.converged && found.converged };
    }
    Ok(fitted)
}

impl<'a> Problem<'a> {
    fn new(old: &Policy, behaviour: usize, rows: &'a [Demonstration], refit: Refit) -> Self {
        let old_means = parallel::map_chunks(rows, CHUNK, |rows| -> Vec<[f64; 2]> {
            rows.iter().map(|row| sufficient_statistics(old, behaviour, &row.phi).0).collect()
        });
        let seen = |(row, old_mean): (&'a Demonstration, [f64; 2])| {
            let level = row.levels[behaviour];
            Seen { phi: &row.phi, weight: row.weight, powers: [level, level * level], old_mean }
        };
        Self {
            behaviour,
            rows: rows.iter().zip(old_means.into_iter().flatten()).map(seen).collect(),
            prior: refit.prior / rows.iter().map(|row| row.weight).sum::<f64>(),
            unknowns_per_feature: if refit.spread { 2 } else { 1 },
        }
    }

    /// Newton's search for the maximum, from `policy`.
    fn maximum(&self, mut policy: Policy) -> Result<Fitted, FitError> {
        let mut likelihood = self.log_likelihood(&policy);
        let mut gain = 0.0;
        for _ in 0..MOST_STEPS {
            FitError::check("the likelihood", &[likelihood])?;
            let step;
            (step, gain) = self.newton_step(&policy)?;
            (policy, likelihood) = self.line_search(policy, likelihood, &step);
            if step.amax() < TOLERANCE * (1.0 + policy.weights.amax()) {
                return Ok(Fitted { policy, converged: true });
            }
        }
        Ok(Fitted { policy, converged: gain < NOTABLE_GAIN })
    }

    /// Takes the step; returns where it leads and the likelihood there. Where the reference is far from the data a
    /// full step overshoots, into weights from which there is no way back: it is halved until the likelihood does not
    /// fall.
    fn line_search(&self, policy: Policy, before: f64, step: &DVector<f64>) -> (Policy, f64) {
        let moved = |size: f64| -> Policy {
            let mut moved = policy.clone();
            let powers = self.unknowns_per_feature;
            for (index, change) in step.iter().enumerate() {
                let row = index % powers * policy.behaviours + self.behaviour;
                moved.weights[(row, index / powers)] += size * change;
            }
            moved
        };
        // Near the maximum rounding decides; a step is not refused for that.
        let rounding = 1e-13 * before.abs();
        let sizes = std::iter::successors(Some(1.0), |size| Some(size * 0.5)).take(MOST_HALVINGS);
        let mut tried = sizes.map(moved).map(|moved| (self.log_likelihood(&moved), moved));
        match tried.find(|(likelihood, _)| *likelihood >= before - rounding) {
            Some((likelihood, moved)) => (moved, likelihood),
            None => (policy, before),
        }
    }

    /// sum_rows w . t(a) - log Z + prior (w . E_old[t] - log Z), up to what does not depend on w.
    fn log_likelihood(&self, policy: &Policy) -> f64 {
        let parts = parallel::map_chunks(&self.rows, CHUNK, |rows| {
            let mut sum = 0.0;
            for row in rows {
                let (linear, quadratic) = policy.tilt(self.behaviour, row.phi);
                // Level 0 has weight e^0 = 1.
                let log_z = -policy.probabilities(self.behaviour, row.phi).logarithms()[0];
                sum += row.weight * (linear * row.powers[0] + quadratic * row.powers[1] - log_z);
                let old = linear * row.old_mean[0] + quadratic * row.old_mean[1] - log_z;
                sum += row.weight * self.prior * old;
            }
            sum
        });
        parts.iter().sum()
    }

    /// The step to where a parabola would have its top, and what the likelihood would gain by it.
    /// Unknowns are ordered w1 (and w2, if it is fitted too) per feature.
    fn newton_step(&self, policy: &Policy) -> Result<(DVector<f64>, f64), FitError> {
        let size = self.unknowns_per_feature * policy.weights.ncols();
        let partial =
            parallel::map_chunks(&self.rows, CHUNK, |rows| self.gradient_and_curvature(policy, rows));
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
        FitError::check("the curvature", curvature.as_slice())?;
        let step = curvature.cholesky().ok_or(FitError::Singular)?.solve(&gradient);
        FitError::check("a step towards the fit", step.as_slice())?;
        let gain = 0.5 * step.dot(&gradient);
        Ok((step, gain))
    }

    fn gradient_and_curvature(&self, policy: &Policy, rows: &[Seen<'_>]) -> (DVector<f64>, DMatrix<f64>) {
        let powers = self.unknowns_per_feature;
        let size = powers * policy.weights.ncols();
        let mut gradient = DVector::zeros(size);
        let mut curvature = DMatrix::zeros(size, size);
        for row in rows {
            let (mean, covariance) = sufficient_statistics(policy, self.behaviour, row.phi);
            for i in 0..size {
                let (f, k) = (i / powers, i % powers);
                let gap = row.powers[k] - mean[k] + self.prior * (row.old_mean[k] - mean[k]);
                gradient[i] += row.weight * row.phi[f] * gap;
                for j in 0..size {
                    let (g, l) = (j / powers, j % powers);
                    curvature[(i, j)] +=
                        row.weight * (1.0 + self.prior) * row.phi[f] * row.phi[g] * covariance[k][l];
                }
            }
        }
        (gradient, curvature)
    }
}

/// Mean and covariance of (a, a^2) in a context.
pub fn sufficient_statistics(policy: &Policy, behaviour: usize, phi: &[f64]) -> ([f64; 2], [[f64; 2]; 2]) {
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
