//! Law: a reference refitted to n of its own samples, without selection, keeps 1 - 1/n of its variance in expectation.
//! Source: Wright 1931, Fisher 1930 (loss of heterozygosity by drift); for models, Shumailov et al. 2024 (collapse).
//! Assumptions: `fresh_data_refits_spread`, no prior, so that the fit has the sample's mean and (1 / n) variance.
//! Statistic: variance after one and after five rounds over variance before, mean of replicates.
//! Tolerance: z = 4 standard errors over replicates.

use crate::laboratory::{Z, draws, mean_sd_se, settings};
use thumbscale::policy::{Demonstration, Feature, Policy, Refit, refit_reference};
use thumbscale::random::Draws;

fn variance(policy: &Policy) -> f64 {
    let moments = policy.probabilities(0, &[1.0]).moments();
    moments.mean_square - moments.mean * moments.mean
}

fn resampled(policy: &Policy, n: usize, draws: &mut Draws) -> Policy {
    let rows: Vec<Demonstration> = (0..n)
        .map(|_| {
            let response = policy.sample_response(&[1.0], || draws.uniform());
            Demonstration {
                phi: vec![1.0],
                levels: vec![policy.level(usize::from(response[0]))],
                weight: 1.0,
            }
        })
        .collect();
    refit_reference(policy, &rows, Refit { share: 1.0, prior: 1e-9, spread: true }).expect("finite").policy
}

/// Share of variance kept, its standard error.
fn kept(n: usize, rounds: usize, replicates: usize) -> (f64, f64) {
    let settings = settings("", &["policy.features=['bias']", "policy.levels=12"]);
    let mut start = Policy::from_scenario(&settings, &Feature::list(&settings));
    start.behaviours = 1;
    start.weights = nalgebra::DMatrix::from_column_slice(2, 1, &[0.5 / 0.04, -0.5 / 0.04]);
    let mut draws = draws(1, 60 + n as u32);
    let shares: Vec<f64> = (0..replicates)
        .map(|_| {
            let last = (0..rounds).fold(start.clone(), |policy, _| resampled(&policy, n, &mut draws));
            variance(&last) / variance(&start)
        })
        .collect();
    let (mean, _, error) = mean_sd_se(&shares);
    (mean, error)
}

#[test]
fn one_round_loses_one_in_n() {
    let (mean, error) = kept(10, 1, 2000);
    assert!((mean - 0.9).abs() < Z * error, "{mean} +- {error}");
    // Negative control: nothing lost.
    assert!((mean - 1.0).abs() > Z * error);
}

#[test]
fn losses_compound() {
    let (mean, error) = kept(20, 5, 600);
    assert!((mean - 0.95f64.powi(5)).abs() < Z * error, "{mean} +- {error}");
    // Negative control: one round's loss only.
    assert!((mean - 0.95).abs() > Z * error);
}
