//! A problem for optimisers that is small enough to be summed out: two behaviours, two features, three contexts.

use super::settings;
use nalgebra::DMatrix;
use thumbscale::policy::{MAX_BEHAVIOURS, Policy};
use thumbscale::scenario::Settings;
use thumbscale::training::optimisers::{Problem, first_gradient, improve};

/// What a [`Problem`] borrows.
pub struct SmallProblem {
    pub reference: Policy,
    pub start: Policy,
    pub reward: DMatrix<f64>,
    pub contexts: Vec<Vec<f64>>,
    pub settings: Settings,
}

/// A policy with these weights, (2 J) x F by rows.
pub fn policy(levels: usize, (rows, columns): (usize, usize), weights: &[f64]) -> Policy {
    let weights = DMatrix::from_row_slice(rows, columns, weights);
    Policy { behaviours: rows / 2, levels, weights, allowed: [levels; MAX_BEHAVIOURS] }
}

impl SmallProblem {
    /// Starts at the reference, with kl_strength 0.2; `sets` are keys of the scenario.
    pub fn new(optimiser: &str, sets: &[&str]) -> Self {
        let word = format!("policy.optimiser={optimiser:?}");
        let sets = [&[word.as_str(), "policy.kl_strength=0.2", "policy.learning_rate=1.0"], sets].concat();
        let reference = policy(6, (4, 2), &[3.0, 0.5, 4.0, -1.0, -5.0, 0.0, -6.0, 1.0]);
        let reward = DMatrix::from_row_slice(4, 2, &[0.3, 0.2, -0.2, 0.3, -0.1, 0.1, 0.1, -0.2]);
        let phi = [vec![1.0, 0.0], vec![1.0, 0.5], vec![1.0, 1.0]];
        let contexts = (0..1500).map(|row| phi[row % 3].clone()).collect();
        Self { start: reference.clone(), reference, reward, contexts, settings: settings("", &sets) }
    }

    /// One behaviour with two levels, one context: P(1) under the reference and at the start.
    pub fn coin(optimiser: &str, (reference, start): (f64, f64), reward: f64, sets: &[&str]) -> Self {
        let coin = |p: f64| policy(2, (2, 1), &[(p / (1.0 - p)).ln(), 0.0]);
        let reward = DMatrix::from_row_slice(2, 1, &[reward, 0.0]);
        let plain = Self::new(optimiser, sets);
        let (reference, start) = (coin(reference), coin(start));
        Self { reference, start, reward, contexts: vec![vec![1.0]; 4000], ..plain }
    }

    /// The problem under a seed.
    pub fn problem(&self, seed: u64) -> Problem<'_> {
        Problem {
            reference: &self.reference,
            start: &self.start,
            reward: &self.reward,
            contexts: &self.contexts,
            settings: &self.settings,
            seed,
            round: 1,
            iteration: 0,
        }
    }

    /// The improved policies of seeds 1 to `seeds`.
    pub fn improved(&self, seeds: u64) -> Vec<Policy> {
        (1..=seeds).map(|seed| improve(&self.problem(seed)).expect("finite").policy).collect()
    }

    /// The gradients at the start of `batches` batches.
    pub fn gradients(&self, batches: u32) -> Vec<DMatrix<f64>> {
        (0..batches).map(|step| first_gradient(&self.problem(1), step)).collect()
    }

    /// Mean over contexts of `vector`(phi) (x) phi, with `vector` of length 2 J.
    pub fn over_contexts(&self, vector: impl Fn(&[f64]) -> Vec<f64>) -> DMatrix<f64> {
        let mut sum = DMatrix::zeros(self.reward.nrows(), self.reward.ncols());
        let distinct = &self.contexts[..3];
        for phi in distinct {
            for (row, value) in vector(phi).into_iter().enumerate() {
                phi.iter().enumerate().for_each(|(f, x)| sum[(row, f)] += value * x / 3.0);
            }
        }
        sum
    }

    /// theta . (t (x) phi).
    pub fn reward_of(&self, t: &[f64], phi: &[f64]) -> f64 {
        (0..t.len()).map(|k| (0..phi.len()).map(|f| t[k] * self.reward[(k, f)] * phi[f]).sum::<f64>()).sum()
    }
}

/// Every response in a context: t = (a, a^2) and probability.
pub fn responses(policy: &Policy, phi: &[f64]) -> Vec<(Vec<f64>, f64)> {
    let mut all = vec![(Vec::new(), 1.0)];
    for j in 0..policy.behaviours {
        let law = policy.probabilities(j, phi);
        let longer = |(levels, p): &(Vec<f64>, f64)| -> Vec<(Vec<f64>, f64)> {
            let one = |(index, q): (usize, &f64)| ([&levels[..], &[policy.level(index)]].concat(), p * q);
            law.as_slice().iter().enumerate().map(one).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    let with_squares =
        |levels: Vec<f64>| levels.iter().copied().chain(levels.iter().map(|a| a * a)).collect();
    all.into_iter().map(|(levels, p)| (with_squares(levels), p)).collect()
}

/// E_pi[t].
pub fn mean_t(policy: &Policy, phi: &[f64]) -> Vec<f64> {
    let mut mean = vec![0.0; 2 * policy.behaviours];
    for (t, p) in responses(policy, phi) {
        mean.iter_mut().zip(t).for_each(|(mean, t)| *mean += p * t);
    }
    mean
}

/// Cov_pi(t, g) for a function g(t, probability) of the response.
pub fn covariance(policy: &Policy, phi: &[f64], g: impl Fn(&[f64], f64) -> f64) -> Vec<f64> {
    let mean = mean_t(policy, phi);
    let mut sum = vec![0.0; mean.len()];
    for (t, p) in responses(policy, phi) {
        let value = g(&t, p);
        sum.iter_mut().zip(t).zip(&mean).for_each(|((sum, t), mean)| *sum += p * (t - mean) * value);
    }
    sum
}
