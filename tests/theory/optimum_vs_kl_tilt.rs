//! Law: the maximum of E[r] - beta KL(pi || pi_ref) is pi* = pi_ref exp(r / beta) / Z, its value is beta ln Z.
//! Source: Korbak et al. 2022, arXiv 2205.11275, eq. 4; Donsker and Varadhan 1975 for the value.
//! Assumptions: the reward lies in the policy's span; one context at a time.
//! Statistic: probabilities and value, against a sum over all joint responses that uses none of the policy's code.
//! Tolerance: 1e-9, because sums of about 100 terms of order 1 in double precision err by 1e-14.

use crate::laboratory::{draws, reactive_policy, settings};
use nalgebra::DMatrix;
use proptest::prelude::*;
use thumbscale::policy::{Policy, optimum, step_towards};
use thumbscale::random::Draws;

fn policy() -> Policy {
    reactive_policy(&settings("behaviours.substance = false\nbehaviours.amplification = false", &[]), 1)
}

fn matrix(policy: &Policy, draws: &mut Draws, scale: f64) -> DMatrix<f64> {
    DMatrix::from_fn(policy.weights.nrows(), policy.weights.ncols(), |_, _| scale * draws.normal())
}

fn context(policy: &Policy, draws: &mut Draws) -> Vec<f64> {
    (0..policy.weights.ncols()).map(|f| if f == 0 { 1.0 } else { draws.uniform() }).collect()
}

/// r(a, x) of a reward with the shape of the policy's weights.
fn reward_of(reward: &DMatrix<f64>, levels: &[f64], phi: &[f64]) -> f64 {
    let powers: Vec<f64> = levels.iter().copied().chain(levels.iter().map(|a| a * a)).collect();
    let at = |k: usize, f: usize| powers[k] * reward[(k, f)] * phi[f];
    (0..powers.len()).map(|k| (0..phi.len()).map(|f| at(k, f)).sum::<f64>()).sum()
}

/// All pairs of levels with their joint probability.
fn joint(policy: &Policy, phi: &[f64]) -> Vec<([f64; 2], f64)> {
    let laws = [policy.probabilities(0, phi), policy.probabilities(1, phi)];
    let pairs = (0..policy.levels).flat_map(|i| (0..policy.levels).map(move |k| (i, k)));
    pairs
        .map(|(i, k)| ([policy.level(i), policy.level(k)], laws[0].as_slice()[i] * laws[1].as_slice()[k]))
        .collect()
}

fn value(policy: &Policy, reference: &Policy, reward: &DMatrix<f64>, beta: f64, phi: &[f64]) -> f64 {
    let pairs = joint(policy, phi).into_iter().zip(joint(reference, phi));
    pairs.map(|((a, p), (_, q))| p * (reward_of(reward, &a, phi) - beta * (p / q).ln())).sum()
}

/// ln Z and the largest difference between a policy and the tilted reference.
fn tilt(policy: &Policy, reference: &Policy, reward: &DMatrix<f64>, beta: f64, phi: &[f64]) -> (f64, f64) {
    let raw: Vec<f64> =
        joint(reference, phi).iter().map(|(a, q)| q * (reward_of(reward, a, phi) / beta).exp()).collect();
    let z: f64 = raw.iter().sum();
    let gaps = joint(policy, phi).into_iter().zip(&raw).map(|((_, p), raw)| (p - raw / z).abs());
    (z.ln(), gaps.fold(0.0, f64::max))
}

#[test]
fn the_optimum_is_the_tilted_reference_and_worth_beta_log_z() {
    let (reference, mut draws) = (policy(), draws(1, 2));
    for beta in [0.12, 0.5, 3.0] {
        let reward = matrix(&reference, &mut draws, 0.5);
        let best = optimum(&reference, &reward, beta);
        for _ in 0..20 {
            let phi = context(&reference, &mut draws);
            let (log_z, gap) = tilt(&best, &reference, &reward, beta, &phi);
            assert!(gap < 1e-9, "{gap}");
            assert!((value(&best, &reference, &reward, beta, &phi) - beta * log_z).abs() < 1e-9);
            // Negative control: a penalty that is 1 % too strong.
            let other = optimum(&reference, &reward, 1.01 * beta);
            assert!(tilt(&other, &reference, &reward, beta, &phi).1 > 1e-6);
        }
    }
}

#[test]
fn no_other_policy_is_worth_more() {
    let (reference, mut draws) = (policy(), draws(1, 3));
    let reward = matrix(&reference, &mut draws, 0.5);
    let best = optimum(&reference, &reward, 0.5);
    for _ in 0..200 {
        let phi = context(&reference, &mut draws);
        let other = Policy { weights: &best.weights + matrix(&reference, &mut draws, 0.1), ..best.clone() };
        let worth = |policy: &Policy| value(policy, &reference, &reward, 0.5, &phi);
        assert!(worth(&other) < worth(&best) + 1e-12);
    }
}

// After k steps of rate eta, (1 - eta)^k of the way remains.
#[test]
fn steps_close_in_on_the_optimum_geometrically() {
    let (reference, mut draws) = (policy(), draws(1, 4));
    let best = optimum(&reference, &matrix(&reference, &mut draws, 0.5), 0.5);
    let mut policy = reference.clone();
    for _ in 0..10 {
        policy = step_towards(&policy, &best, 0.3);
    }
    let left = (&policy.weights - &best.weights).norm() / (&reference.weights - &best.weights).norm();
    assert!((left - 0.7f64.powi(10)).abs() < 1e-9);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    // Gibbs' inequality; the sum over behaviours equals the sum over joint responses (chain rule).
    #[test]
    fn kl_is_never_negative_and_zero_only_between_equals(seed in 0..u64::MAX, scale in 0.01..5.0f64) {
        let (reference, mut draws) = (policy(), draws(seed, 5));
        let phi = context(&reference, &mut draws);
        let other = Policy { weights: &reference.weights + matrix(&reference, &mut draws, scale), ..reference.clone() };
        let kl = other.kl_nats(&reference, &phi);
        let summed: f64 = joint(&other, &phi).into_iter().zip(joint(&reference, &phi))
            .map(|((_, p), (_, q))| if p > 0.0 { p * (p / q).ln() } else { 0.0 }).sum();
        prop_assert!(kl > 0.0);
        prop_assert!((kl - summed).abs() < 1e-9 * (1.0 + kl));
        prop_assert_eq!(reference.kl_nats(&reference, &phi), 0.0);
        let total: f64 = other.probabilities(0, &phi).as_slice().iter().sum();
        prop_assert!((total - 1.0).abs() < 1e-14);
    }
}
