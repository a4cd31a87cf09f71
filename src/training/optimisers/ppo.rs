//! PPO: a clipped surrogate, several steps per batch, advantages against a value function.
//!
//! The value function is linear in phi, fitted by least squares to the batch that it is then subtracted from. A response
//! is a single step, so there is nothing to discount.
//! Source: Schulman et al. 2017, arXiv 1707.06347; with the KL penalty in the reward: Ouyang et al. 2022,
//! arXiv 2203.02155, eq. 2.

use super::Problem;
use super::policy_gradient::Method;
use super::rollout::Group;
use nalgebra::{DMatrix, DVector};

/// Relative ridge that leaves a feature which never varies without a value.
const RIDGE: f64 = 1e-9;

/// Several clipped steps per batch.
pub(super) fn method(problem: &Problem) -> Method {
    let settings = &problem.settings.optimiser;
    Method { advantages: above_value, epochs: settings.epochs, clip_range: settings.clip_range }
}

fn above_value(groups: &mut [Group], _: &Problem) {
    let value = fit_value(groups);
    for group in groups {
        let expected: f64 = group.phi.iter().zip(value.iter()).map(|(x, v)| x * v).sum();
        group.rollouts.iter_mut().for_each(|it| it.advantage -= expected);
    }
}

/// Least squares of the signals on phi; groups are of equal size, so their means are enough.
fn fit_value(groups: &[Group]) -> DVector<f64> {
    let features = groups.first().map_or(0, |group| group.phi.len());
    let mut products = DMatrix::<f64>::zeros(features, features);
    let mut sums = DVector::zeros(features);
    for group in groups {
        let mean = group.mean_advantage();
        for (f, x) in group.phi.iter().enumerate() {
            sums[f] += x * mean;
            group.phi.iter().enumerate().for_each(|(g, y)| products[(f, g)] += x * y);
        }
    }
    let ridge = RIDGE * (1.0 + products.diagonal().amax());
    (0..features).for_each(|f| products[(f, f)] += ridge);
    products.cholesky().map_or_else(|| DVector::zeros(features), |factor| factor.solve(&sums))
}
