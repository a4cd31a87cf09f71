//! What reinforce, ppo and grpo share: sample, judge, climb. They differ in how advantages are made, how often the same
//! responses are used, and whether large changes are clipped.

use super::rollout::{Group, Rollout, mean_score, sample_groups};
use super::{Adam, Problem};
use crate::policy::Policy;
use crate::scenario::KlPenalty;
use nalgebra::DMatrix;

/// A policy-gradient method.
pub(super) struct Method {
    /// Turns the signals of a batch into advantages, in place.
    pub advantages: fn(&mut [Group], &Problem),
    /// Gradient steps on the same responses.
    pub epochs: u32,
    /// Largest useful change of a response's probability, as a share.
    pub clip_range: f64,
}

/// `optimiser.steps` steps of Adam from the start.
pub(super) fn climb(problem: &Problem, method: &Method) -> Policy {
    let settings = &problem.settings.optimiser;
    let mut policy = problem.start.clone();
    let mut adam = Adam::new(policy.weights.shape(), settings.step_size, settings.steps);
    let mut groups = Vec::new();
    for step in 0..settings.steps {
        if step % method.epochs == 0 {
            groups = judged(problem, method, &policy, step);
        }
        let gradient = gradient(problem, method, &policy, &groups);
        adam.climb(&mut policy.weights, &gradient);
    }
    policy
}

/// The gradient at the start.
pub(super) fn first(problem: &Problem, method: &Method, step: u32) -> DMatrix<f64> {
    gradient(problem, method, problem.start, &judged(problem, method, problem.start, step))
}

/// A batch with advantages.
fn judged<'a>(problem: &Problem<'a>, method: &Method, policy: &Policy, step: u32) -> Vec<Group<'a>> {
    let settings = &problem.settings.optimiser;
    let size = (settings.prompts_per_step, settings.rollouts_per_prompt);
    let mut groups = sample_groups(problem, policy, step, size);
    for rollout in groups.iter_mut().flat_map(|group| &mut group.rollouts) {
        rollout.advantage = signal(problem, rollout);
    }
    (method.advantages)(&mut groups, problem);
    groups
}

/// r, less beta ln(pi / pi_ref) if the penalty stands in the reward.
fn signal(problem: &Problem, rollout: &Rollout) -> f64 {
    match problem.settings.optimiser.kl_penalty {
        KlPenalty::Loss => rollout.reward,
        KlPenalty::Reward => {
            let log_ratio = rollout.log_probability - rollout.log_reference;
            rollout.reward - problem.settings.policy.kl_strength * log_ratio
        }
    }
}

/// Gradient of the clipped surrogate, and of -beta k3 if the penalty stands in the loss, where
/// k3 = pi_ref / pi - ln(pi_ref / pi) - 1.
fn gradient(problem: &Problem, method: &Method, policy: &Policy, groups: &[Group]) -> DMatrix<f64> {
    let in_loss = match problem.settings.optimiser.kl_penalty {
        KlPenalty::Reward => 0.0,
        KlPenalty::Loss => problem.settings.policy.kl_strength,
    };
    mean_score(policy, groups, |rollout, log_probability| {
        let ratio = libm::exp(log_probability - rollout.log_probability);
        let surrogate = surrogate_weight(ratio, rollout.advantage, method.clip_range);
        if in_loss == 0.0 {
            return surrogate;
        }
        surrogate + in_loss * libm::expm1(rollout.log_reference - log_probability)
    })
}

/// Derivative of min(rho A, clip(rho, 1 - epsilon, 1 + epsilon) A) by ln pi: rho A, or 0 where a response has already
/// moved further than epsilon in the direction of its advantage.
///
/// Source: Schulman et al. 2017, arXiv 1707.06347, eq. 7.
pub fn surrogate_weight(ratio: f64, advantage: f64, clip_range: f64) -> f64 {
    let beyond = if advantage > 0.0 { ratio > 1.0 + clip_range } else { ratio < 1.0 - clip_range };
    if beyond { 0.0 } else { ratio * advantage }
}

#[cfg(test)]
mod tests {
    use super::*;

    // By hand; a response that moved against its advantage is never clipped.
    #[test]
    fn only_changes_in_the_direction_of_the_advantage_are_clipped() {
        assert_eq!(surrogate_weight(1.0, 2.0, 0.2), 2.0);
        assert_eq!(surrogate_weight(1.3, 2.0, 0.2), 0.0);
        assert_eq!(surrogate_weight(0.5, 2.0, 0.2), 1.0);
        assert_eq!(surrogate_weight(0.5, -2.0, 0.2), 0.0);
        assert_eq!(surrogate_weight(1.5, -2.0, 0.2), -3.0);
    }
}
