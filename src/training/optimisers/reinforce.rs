//! REINFORCE: the score function, weighted by the reward or by how much it exceeds that of the other responses.
//!
//! Source: Williams 1992; leave-one-out baseline: Ahmadian et al. 2024, arXiv 2402.14740. The penalised
//! reward is constant within a context at the KL tilt, so that with the baseline the gradient there is free of noise.

use super::Problem;
use super::policy_gradient::Method;
use super::rollout::Group;

/// One unclipped step per batch.
pub(super) fn method(problem: &Problem) -> Method {
    let without: fn(&mut [Group], &Problem) = |_, _| {};
    let advantages = if problem.settings.optimiser.baseline { leave_one_out } else { without };
    Method { advantages, epochs: 1, clip_range: f64::INFINITY }
}

/// Less the mean of the other responses to the same prompt: n / (n - 1) times what exceeds the mean of all.
fn leave_one_out(groups: &mut [Group], _: &Problem) {
    for group in groups {
        let count = group.rollouts.len() as f64;
        let mean = group.mean_advantage();
        for rollout in &mut group.rollouts {
            rollout.advantage = (rollout.advantage - mean) * count / (count - 1.0);
        }
    }
}
