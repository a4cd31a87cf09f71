//! KTO: responses that were called desirable or not, each on its own, valued as gains and losses against a reference
//! point.
//!
//! Value lambda_D logistic(beta (u - z0)) of a desirable and lambda_U logistic(beta (z0 - u)) of an undesirable
//! response with u = ln pi / pi_ref. The reference point z0 is the mean KL over the batch and takes no gradient.
//! Source: Ethayarajh et al. 2024, arXiv 2402.01306.

use super::rollout::{Group, mean_score, sample_groups, tilts};
use super::{Adam, Problem};
use crate::feedback::logistic;
use crate::policy::Policy;
use crate::random::Stream;
use nalgebra::DMatrix;

/// `optimiser.steps` steps of Adam from the start.
pub(super) fn climb(problem: &Problem) -> Policy {
    let settings = &problem.settings.optimiser;
    let mut policy = problem.start.clone();
    let mut adam = Adam::new(policy.weights.shape(), settings.step_size, settings.steps);
    for step in 0..settings.steps {
        let gradient = gradient(problem, &policy, step);
        adam.climb(&mut policy.weights, &gradient);
    }
    policy
}

/// Gradient of the mean value of responses that the reference gave.
pub(super) fn gradient(problem: &Problem, policy: &Policy, step: u32) -> DMatrix<f64> {
    let (settings, beta) = (&problem.settings.optimiser, problem.settings.policy.kl_strength);
    let size = (settings.prompts_per_step, settings.rollouts_per_prompt);
    let mut groups = sample_groups(problem, problem.reference, step, size);
    for (row, group) in groups.iter_mut().enumerate() {
        label(problem, group, step, row as u32);
    }
    let kl: f64 = groups.iter().map(|group| policy.kl_nats(problem.reference, group.phi)).sum();
    let reference_point = kl / groups.len() as f64;
    mean_score(policy, &groups, |rollout, log_probability| {
        let gain = logistic(beta * (log_probability - rollout.log_reference - reference_point));
        rollout.advantage * beta * gain * (1.0 - gain)
    })
}

/// Weights of responses: lambda_D, or -lambda_U. P(desirable) = logistic(r - E_ref[r | x]).
fn label(problem: &Problem, group: &mut Group, step: u32, row: u32) {
    let settings = &problem.settings.optimiser;
    let mut draws = problem.draws(Stream::Preferences, step, row);
    let expected = expected_reward(problem, group.phi);
    for rollout in &mut group.rollouts {
        let desirable = draws.uniform() < logistic(rollout.reward - expected);
        rollout.advantage = if desirable { settings.desirable_weight } else { -settings.undesirable_weight };
    }
}

/// E_ref[r | x], exact.
fn expected_reward(problem: &Problem, phi: &[f64]) -> f64 {
    let rewards = tilts(problem.reward, problem.reference, phi);
    let one = |(j, (linear, square)): (usize, &(f64, f64))| {
        let moments = problem.reference.probabilities(j, phi).moments();
        linear * moments.mean + square * moments.mean_square
    };
    rewards.iter().enumerate().map(one).sum()
}
