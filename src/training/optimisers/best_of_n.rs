//! Best of n, distilled: of n responses of the reference the one of highest reward is imitated.
//!
//! The law of the best is at most ln n - (n - 1) / n nats from the reference, whatever the reward's scale: n takes the
//! place of the KL strength.
//! Source: Nakano et al. 2021, arXiv 2112.09332 (best of n); Sessa et al. 2024, arXiv 2407.14622 (distilled); Beirami et al. 2024,
//! arXiv 2401.01879 (the bound).

use super::Problem;
use super::rollout::{Group, Rollout, levels, sample_groups};
use crate::policy::{self, Demonstration, Fitted, Refit};
use crate::statistics::FitError;

/// A share `learning_rate` of the way to the maximum-likelihood fit of one best response per context.
pub(super) fn improve(problem: &Problem) -> Result<Fitted, FitError> {
    let settings = &problem.settings.optimiser;
    let size = (problem.contexts.len() as u32, settings.best_of);
    let groups = sample_groups(problem, problem.reference, 0, size);
    let rows: Vec<Demonstration> = groups.iter().map(|group| demonstrate(problem, group)).collect();
    let refit = Refit { share: 1.0, prior: settings.prior, spread: true };
    let fitted = policy::refit_reference(problem.reference, &rows, refit)?;
    let rate = problem.settings.policy.learning_rate;
    Ok(Fitted { policy: policy::step_towards(problem.start, &fitted.policy, rate), ..fitted })
}

fn demonstrate(problem: &Problem, group: &Group) -> Demonstration {
    let best = best(&group.rollouts);
    Demonstration { phi: group.phi.to_vec(), levels: levels(&best.response, problem.reference), weight: 1.0 }
}

/// The response of highest reward, the first of several.
fn best(rollouts: &[Rollout]) -> &Rollout {
    rollouts.iter().fold(&rollouts[0], |best, it| if it.reward > best.reward { it } else { best })
}
