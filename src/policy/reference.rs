//! Fresh data: the reference policy is refitted to recent conversations that users thumbed up.
//!
//! Maximum likelihood in the policy's family, with the old reference as conjugate prior worth
//! `fresh_data_prior` conversations (Diaconis and Ylvisaker 1979): maximise
//! sum_rows log pi_W(a | x) - (prior / n) sum_rows KL(pi_old(. | x) || pi_W(. | x)).
//! The problem is convex and separates by behaviour.

mod likelihood;

use super::Policy;
use crate::statistics::FitError;
use likelihood::{Demonstrations, Evaluation, Problem};
use nalgebra::DVector;
use serde::{Deserialize, Serialize};

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
pub fn refit_reference<'a>(
    reference: &Policy,
    rows: impl IntoIterator<Item = &'a Demonstration>,
    refit: Refit,
) -> Result<Fitted, FitError> {
    let unchanged = Fitted { policy: reference.clone(), converged: true };
    if refit.share == 0.0 {
        return Ok(unchanged);
    }
    let rows = Demonstrations::new(reference, rows);
    if rows.is_empty() {
        return Ok(unchanged);
    }
    let fitted = fit_demonstrations(reference, &rows, refit)?;
    let weights = &reference.weights * (1.0 - refit.share) + fitted.policy.weights * refit.share;
    FitError::check("a weight of the reference policy", weights.as_slice())?;
    Ok(Fitted { policy: Policy { weights, ..reference.clone() }, converged: fitted.converged })
}

/// The maximum of the penalised likelihood.
fn fit_demonstrations(reference: &Policy, rows: &Demonstrations, refit: Refit) -> Result<Fitted, FitError> {
    let mut fitted = Fitted { policy: reference.clone(), converged: true };
    for behaviour in 0..reference.behaviours {
        let problem = Problem::new(reference, behaviour, rows, refit);
        let found = maximum(&problem, fitted.policy)?;
        fitted = Fitted { policy: found.policy, converged: fitted.converged && found.converged };
    }
    Ok(fitted)
}

/// Newton's search for the maximum, from `policy`.
fn maximum(problem: &Problem, mut policy: Policy) -> Result<Fitted, FitError> {
    let mut here = problem.evaluate(&policy);
    let mut gain = 0.0;
    for _ in 0..MOST_STEPS {
        FitError::check("the likelihood", &[here.log_likelihood])?;
        let step;
        (step, gain) = newton_step(&here)?;
        (policy, here) = line_search(problem, policy, here, &step);
        if step.amax() < TOLERANCE * (1.0 + policy.weights.amax()) {
            return Ok(Fitted { policy, converged: true });
        }
    }
    Ok(Fitted { policy, converged: gain < NOTABLE_GAIN })
}

/// Takes the step; returns where it leads and how it is there. Where the reference is far from the data a
/// full step overshoots, into weights from which there is no way back: it is halved until the likelihood does not
/// fall.
fn line_search(
    problem: &Problem,
    policy: Policy,
    before: Evaluation,
    step: &DVector<f64>,
) -> (Policy, Evaluation) {
    let moved = |size: f64| -> Policy {
        let mut moved = policy.clone();
        for (index, change) in step.iter().enumerate() {
            moved.weights[problem.place(index)] += size * change;
        }
        moved
    };
    // Near the maximum rounding decides; a step is not refused for that.
    let least = before.log_likelihood - 1e-13 * before.log_likelihood.abs();
    let sizes = std::iter::successors(Some(1.0), |size| Some(size * 0.5)).take(MOST_HALVINGS);
    let mut tried = sizes.map(moved).map(|moved| (problem.evaluate(&moved), moved));
    match tried.find(|(there, _)| there.log_likelihood >= least) {
        Some((there, moved)) => (moved, there),
        None => (policy, before),
    }
}

/// The step to where a parabola would have its top, and what the likelihood would gain by it.
fn newton_step(here: &Evaluation) -> Result<(DVector<f64>, f64), FitError> {
    let mut curvature = here.curvature.clone();
    // A feature that never varies (memory off) has no curvature: a tiny ridge leaves its weight alone.
    let ridge = 1e-9 * (1.0 + curvature.diagonal().amax());
    for i in 0..curvature.nrows() {
        curvature[(i, i)] += ridge;
    }
    FitError::check("the curvature", curvature.as_slice())?;
    let step = curvature.cholesky().ok_or(FitError::Singular)?.solve(&here.gradient);
    FitError::check("a step towards the fit", step.as_slice())?;
    let gain = 0.5 * step.dot(&here.gradient);
    Ok((step, gain))
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
