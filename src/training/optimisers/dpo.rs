//! DPO: maximum likelihood of preferences, where the policy is its own reward model.
//!
//! The loss -ln logistic(beta [ln pi(a1)/pi_ref(a1) - ln pi(a2)/pi_ref(a2)]) of a preferred a1 over a2 needs no
//! normaliser: in this family the bracket is (W - W_ref) . (t(a1) - t(a2)) (x) phi. It is a logistic regression
//! with coefficients beta (W - W_ref), whose truth is the reward itself where preferences follow Bradley and Terry.
//! Source: Rafailov et al. 2023, arXiv 2305.18290, eq. 7; pairs from the candidate: Guo et al. 2024, arXiv 2402.04792.

use super::Problem;
use super::rollout::{Group, levels, sample_groups};
use crate::feedback::logistic;
use crate::policy::{self, Fitted};
use crate::random::Stream;
use crate::reward::{Example, fit_logistic};
use crate::statistics::FitError;

/// A share `learning_rate` of the way to the fit.
pub(super) fn improve(problem: &Problem) -> Result<Fitted, FitError> {
    let settings = problem.settings;
    let beta = settings.policy.kl_strength;
    let pairs = sample_groups(problem, problem.start, 0, (settings.optimiser.pairs, 2));
    let examples: Vec<Example> =
        pairs.iter().enumerate().map(|(row, pair)| compare(problem, pair, row as u32)).collect();
    let start = (&problem.start.weights - &problem.reference.weights) * beta;
    let fit = fit_logistic(&examples.iter().collect::<Vec<_>>(), settings.optimiser.l2, &start)?;
    let fitted = policy::optimum(problem.reference, &fit.theta, beta);
    let policy = policy::step_towards(problem.start, &fitted, settings.policy.learning_rate);
    Ok(Fitted { policy, converged: fit.converged })
}

/// P(first preferred) = logistic(r_1 - r_2).
fn compare(problem: &Problem, pair: &Group, row: u32) -> Example {
    let [first, second] = [0, 1].map(|it| &pair.rollouts[it]);
    let preference = logistic(first.reward - second.reward);
    let yes = problem.draws(Stream::Preferences, 0, row).uniform() < preference;
    let [first, second] = [first, second].map(|it| levels(&it.response, problem.start));
    let linear = first.iter().zip(&second).map(|(a, b)| a - b);
    let square = first.iter().zip(&second).map(|(a, b)| a * a - b * b);
    Example { z: linear.chain(square).collect(), phi: pair.phi.to_vec(), yes, weight: 1.0 }
}
