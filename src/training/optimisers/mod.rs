//! How a candidate is improved on a given reward: exactly, or from sampled responses as it is done where no sum over
//! responses can be taken.
//!
//! All aim at `E[r] - beta KL(pi || pi_ref)` or at what their authors put in its place. Where they end is described in
//! `docs/model.md`, section 6.

mod adam;
mod best_of_n;
mod dpo;
mod grpo;
mod kto;
mod policy_gradient;
mod ppo;
mod reinforce;
mod rollout;

pub use adam::Adam;
pub use policy_gradient::surrogate_weight;
pub use rollout::{Group, Rollout, sample_groups};

use crate::policy::{self, Fitted, Policy};
use crate::scenario::{OptimiserKind, Settings};
use crate::statistics::FitError;
use nalgebra::DMatrix;

/// One training iteration's task: a policy to improve on a reward.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The reference policy that the KL penalty pulls to.
    pub reference: &'a Policy,
    /// The candidate so far.
    pub start: &'a Policy,
    /// Total reward in the policy's span, (2 J) x F, log-odds.
    pub reward: &'a DMatrix<f64>,
    /// phi of a uniform sample of the prompts served.
    pub contexts: &'a [Vec<f64>],
    /// `policy` and `optimiser` are read.
    pub settings: &'a Settings,
    /// The run's seed.
    pub seed: u64,
    /// Update round.
    pub round: u32,
    /// Training iteration within it; below 2^10.
    pub iteration: u32,
}

/// The improved candidate. Without contexts there is nothing to sample, and all but `exact` return the start. Only `dpo` and
/// `best_of_n` search for a fit that could fail to converge.
///
/// # Errors
/// If what `dpo` or `best_of_n` fit has no result, or a weight of the candidate is not finite.
pub fn improve(problem: &Problem) -> Result<Fitted, FitError> {
    let policy = match problem.settings.policy.optimiser {
        OptimiserKind::Exact => exact(problem),
        _ if problem.contexts.is_empty() => problem.start.clone(),
        OptimiserKind::Reinforce => policy_gradient::climb(problem, &reinforce::method(problem)),
        OptimiserKind::Ppo => policy_gradient::climb(problem, &ppo::method(problem)),
        OptimiserKind::Grpo => policy_gradient::climb(problem, &grpo::method(problem)),
        OptimiserKind::Kto => kto::climb(problem),
        OptimiserKind::Dpo => return finite(dpo::improve(problem)?),
        OptimiserKind::BestOfN => return finite(best_of_n::improve(problem)?),
    };
    finite(Fitted { policy, converged: true })
}

fn finite(found: Fitted) -> Result<Fitted, FitError> {
    FitError::check("a weight of the candidate policy", found.policy.weights.as_slice())?;
    Ok(found)
}

/// The gradient that the chosen optimiser would climb at its start, from the responses of step `step`; zero for those
/// that take no gradient.
pub fn first_gradient(problem: &Problem, step: u32) -> DMatrix<f64> {
    match problem.settings.policy.optimiser {
        OptimiserKind::Reinforce => policy_gradient::first(problem, &reinforce::method(problem), step),
        OptimiserKind::Ppo => policy_gradient::first(problem, &ppo::method(problem), step),
        OptimiserKind::Grpo => policy_gradient::first(problem, &grpo::method(problem), step),
        OptimiserKind::Kto => kto::gradient(problem, problem.start, step),
        _ => DMatrix::zeros(problem.reward.nrows(), problem.reward.ncols()),
    }
}

/// A share `learning_rate` of the way to the optimum.
fn exact(problem: &Problem) -> Policy {
    let settings = &problem.settings.policy;
    let optimum = policy::optimum(problem.reference, problem.reward, settings.kl_strength);
    policy::step_towards(problem.start, &optimum, settings.learning_rate)
}
