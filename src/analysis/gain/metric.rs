//! What shifts of a policy amount to: in divergence, and in sycophancy.

use crate::measure::Probes;
use crate::policy::{FeatureList, Policy, as_served, sufficient_statistics};
use crate::scenario::Settings;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// Step of the finite differences: the index is smooth and of order 1, so their error is of order 1e-8.
const STEP: f64 = 1e-4;

/// The Fisher information F of a policy over contexts: KL(pi_W || pi_(W + d)) = d F d / 2 + O(d^3), in nats per
/// conversation. Behaviours are independent given the context, so it has one block for each.
///
/// Source: Amari 1998, "Natural gradient works efficiently in learning", eq. 6.
pub struct Metric {
    blocks: Vec<DMatrix<f64>>,
    factors: Vec<Cholesky<f64, Dyn>>,
}

impl Metric {
    /// The information of `policy` in the contexts `phis`.
    pub fn new(policy: &Policy, phis: &[Vec<f64>]) -> Self {
        let blocks: Vec<DMatrix<f64>> = (0..policy.behaviours).map(|j| block(policy, j, phis)).collect();
        // Features that never vary carry no information; the ridge leaves them where they are.
        let factor = |block: &DMatrix<f64>| {
            let ridge = 1e-9 * (1e-12 + block.diagonal().amax());
            Cholesky::new(block + DMatrix::identity(block.nrows(), block.ncols()) * ridge)
                .expect("a ridge makes the information positive definite")
        };
        Self { factors: blocks.iter().map(factor).collect(), blocks }
    }

    /// a F b.
    pub fn dot(&self, a: &DMatrix<f64>, b: &DMatrix<f64>) -> f64 {
        let of_block = |(j, block): (usize, &DMatrix<f64>)| part(a, j).dot(&(block * part(b, j)));
        self.blocks.iter().enumerate().map(of_block).sum()
    }

    /// Length of a shift: the square root of twice the KL divergence that it makes.
    pub fn length(&self, shift: &DMatrix<f64>) -> f64 {
        self.dot(shift, shift).max(0.0).sqrt()
    }

    /// The natural gradient F^-1 g: the shift that raises a quantity with gradient g most per nat.
    pub fn raise(&self, gradient: &DMatrix<f64>) -> DMatrix<f64> {
        let mut raised = gradient * 0.0;
        for (j, factor) in self.factors.iter().enumerate() {
            put(&mut raised, j, &factor.solve(&part(gradient, j)));
        }
        raised
    }
}

fn block(policy: &Policy, j: usize, phis: &[Vec<f64>]) -> DMatrix<f64> {
    let features = policy.weights.ncols();
    let mut sum = DMatrix::zeros(2 * features, 2 * features);
    for phi in phis {
        let (_, covariance) = sufficient_statistics(policy, j, phi);
        for (a, b) in (0..2 * features).flat_map(|a| (0..2 * features).map(move |b| (a, b))) {
            let weight = covariance[a / features][b / features];
            sum[(a, b)] += weight * phi[a % features] * phi[b % features];
        }
    }
    sum / phis.len().max(1) as f64
}

/// The entries of behaviour j: w1 over features, then w2.
fn part(weights: &DMatrix<f64>, j: usize) -> DVector<f64> {
    let (behaviours, features) = (weights.nrows() / 2, weights.ncols());
    DVector::from_fn(2 * features, |a, _| weights[(j + behaviours * (a / features), a % features)])
}

fn put(weights: &mut DMatrix<f64>, j: usize, values: &DVector<f64>) {
    let (behaviours, features) = (weights.nrows() / 2, weights.ncols());
    for (a, value) in values.iter().enumerate() {
        weights[(j + behaviours * (a / features), a % features)] = *value;
    }
}

/// The sycophancy index of policies around one, to first order: a straight scale on which shifts are read, that does not
/// end where the index does.
pub struct Index {
    /// Index of the policy itself.
    pub value: f64,
    /// Its gradient in the policy's weights.
    pub gradient: DMatrix<f64>,
}

impl Index {
    /// The index around `policy`, as it is served, over users with the profiles `phis`.
    pub fn around(
        policy: &Policy,
        phis: &[Vec<f64>],
        features: &FeatureList,
        settings: &Settings,
        seed: u64,
    ) -> Self {
        let value = |policy: &Policy| {
            let served = as_served(policy, settings, seed);
            let probes = Probes::new(&served, features, settings);
            phis.iter().map(|phi| probes.of(phi).iter().sum::<f64>()).sum::<f64>() / (4 * phis.len()) as f64
        };
        let moved = |place: usize, step: f64| {
            let mut moved = policy.clone();
            moved.weights[place] += step;
            value(&moved)
        };
        let mut gradient = &policy.weights * 0.0;
        for place in 0..gradient.len() {
            gradient[place] = (moved(place, STEP) - moved(place, -STEP)) / (2.0 * STEP);
        }
        Self { value: value(policy), gradient }
    }

    /// Rise of the index by a shift of the deployed policy.
    pub fn rise(&self, shift: &DMatrix<f64>) -> f64 {
        self.gradient.dot(shift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Feature;
    use crate::scenario::Scenario;

    fn policy() -> (Policy, FeatureList, Scenario) {
        let scenario = Scenario::preset("all-three", &[]).expect("a shipped scenario");
        let features = Feature::list(scenario.settings_in(1));
        (Policy::from_scenario(scenario.settings_in(1), &features), features, scenario)
    }

    fn contexts(features: usize) -> Vec<Vec<f64>> {
        let value = |row: usize, f: usize| if f == 0 { 1.0 } else { ((7 * row + 3 * f) % 5) as f64 / 4.0 };
        (0..40).map(|row| (0..features).map(|f| value(row, f)).collect()).collect()
    }

    // KL by exact sums against the quadratic form, for a small shift of every weight: the difference is of third order.
    #[test]
    fn the_metric_is_the_divergence_of_small_shifts() {
        let (policy, features, _) = policy();
        let phis = contexts(features.len());
        let metric = Metric::new(&policy, &phis);
        let shift = policy.weights.map_with_location(|row, column, _| 1e-3 * ((row + 2 * column) % 3) as f64);
        let moved = Policy { weights: &policy.weights + &shift, ..policy.clone() };
        let exact: f64 = phis.iter().map(|phi| policy.kl_nats(&moved, phi)).sum::<f64>() / phis.len() as f64;
        assert!((metric.dot(&shift, &shift) / 2.0 / exact - 1.0).abs() < 0.01);
        let control = shift.map(|x| 2.0 * x);
        assert!((metric.dot(&control, &control) / 2.0 / exact - 1.0).abs() > 0.5);
    }

    #[test]
    fn the_natural_gradient_undoes_the_metric() {
        let (policy, features, _) = policy();
        let metric = Metric::new(&policy, &contexts(features.len()));
        let gradient =
            policy.weights.map_with_location(|row, column, _| if column == 0 { row as f64 } else { 0.5 });
        let raised = metric.raise(&gradient);
        // <raise(g), x> = g . x for every x that the contexts can see.
        let x = policy.weights.map_with_location(|row, column, _| ((row * 5 + column) % 4) as f64);
        let seen = metric.raise(&metric_of(&metric, &x));
        assert!((metric.dot(&raised, &seen) / gradient.dot(&seen) - 1.0).abs() < 1e-6);
    }

    fn metric_of(metric: &Metric, x: &DMatrix<f64>) -> DMatrix<f64> {
        let mut product = x * 0.0;
        for (j, block) in metric.blocks.iter().enumerate() {
            put(&mut product, j, &(block * part(x, j)));
        }
        product
    }

    #[test]
    fn the_index_is_straight_for_small_shifts() {
        let (policy, features, scenario) = policy();
        let phis = contexts(features.len());
        let around = |policy: &Policy| Index::around(policy, &phis, &features, scenario.settings_in(1), 1);
        let index = around(&policy);
        let shift = &index.gradient * 0.01;
        let moved = around(&Policy { weights: &policy.weights + &shift, ..policy.clone() });
        let rise = moved.value - index.value;
        assert!(rise > 0.0 && (index.rise(&shift) / rise - 1.0).abs() < 0.05);
    }
}
