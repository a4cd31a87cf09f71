//! GRPO: advantages relative to the group of responses to the same prompt, clipped as in PPO.
//!
//! Source: Shao et al. 2024, arXiv 2402.03300, section 4.1.2 (outcome supervision); without the division by the
//! standard deviation: Liu et al. 2025, arXiv 2503.20783.

use super::Problem;
use super::policy_gradient::Method;
use super::rollout::Group;

/// Keeps groups of equal rewards at advantage zero, whatever rounding makes of them.
const SMALL: f64 = 1e-8;

/// Several clipped steps per batch.
pub(super) fn method(problem: &Problem) -> Method {
    let settings = &problem.settings.optimiser;
    Method { advantages: relative_to_group, epochs: settings.epochs, clip_range: settings.clip_range }
}

fn relative_to_group(groups: &mut [Group], problem: &Problem) {
    let scaled = problem.settings.optimiser.scale_advantages;
    for group in groups {
        let (count, mean) = (group.rollouts.len() as f64, group.mean_advantage());
        group.rollouts.iter_mut().for_each(|it| it.advantage -= mean);
        let squares: f64 = group.rollouts.iter().map(|it| it.advantage * it.advantage).sum();
        let scale = if scaled { 1.0 / ((squares / count).sqrt() + SMALL) } else { 1.0 };
        group.rollouts.iter_mut().for_each(|it| it.advantage *= scale);
    }
}
