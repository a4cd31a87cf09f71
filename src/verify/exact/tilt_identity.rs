//! What a KL-regularised optimisation does to any quantity of the response.

use crate::policy::{Policy, optimum};
use crate::verify::laboratory::{agreement, draws, reference_policy, settings, yes_or_no};
use crate::verify::{Case, Curve, Finding, Outcome, Points, Series, Tier, VerifyError};
use nalgebra::DMatrix;

/// Theorem 1 of Shapira, Benade and Procaccia.
pub const CASE: Case = Case {
    name: "tilt-identity",
    tier: Tier::Exact,
    title: "Optimisation moves what covaries with the reward",
    law: "E_pi*[g] - E_base[g] = Cov_base(g, exp(r / beta)) / Z for any quantity g of the response: agreement rises \
        exactly where, under the base policy, it covaries with the exponentiated reward.",
    source: "Shapira, Benade and Procaccia 2026, arXiv 2602.01002, theorem 1",
    scenario: None,
    not_covered: "Rewards outside the policy's span, and optimisers that do not reach the optimum.",
    run,
};

fn run() -> Result<Outcome, VerifyError> {
    let base = yes_or_no(0.2)?;
    let printed = "half of the sixth digit, which is the last that is printed";
    let findings = vec![
        Finding::exact("agreement 0.2, reward gap 0.5", 0.291_875, tilted(&base, 0.5), 5e-7, printed),
        Finding::exact("the same, reward gap 0.501", 0.291_875, tilted(&base, 0.501), 5e-7, printed)
            .as_control(),
        Finding::exact(
            "largest gap between both sides",
            0.0,
            largest_gap(1.0)?,
            1e-12,
            "rounding of sums of twelve terms of order one; 200 random rewards and quantities, 12 levels",
        ),
        Finding::exact(
            "the same, beta 1 % too large on one side",
            0.0,
            largest_gap(1.01)?,
            1e-12,
            "as above",
        )
        .as_control(),
    ];
    Ok(Outcome { findings, curves: vec![curve(&base)] })
}

fn tilted(base: &Policy, gap: f64) -> f64 {
    agreement(&optimum(base, &DMatrix::from_column_slice(2, 1, &[gap, 0.0]), 1.0))
}

/// The largest difference between the two sides over random rewards and quantities, the covariance taken at beta times
/// `off`.
fn largest_gap(off: f64) -> Result<f64, VerifyError> {
    let base = reference_policy(&settings("", &["policy.levels=12", "policy.features=['bias']"])?);
    let mut draws = draws(1, 0);
    let mut largest = 0.0f64;
    for _ in 0..50 {
        let reward = DMatrix::from_fn(8, 1, |_, _| draws.normal());
        let quantity: Vec<f64> = (0..12).map(|_| draws.normal()).collect();
        let beta = 0.2 + draws.uniform();
        let best = optimum(&base, &reward, beta);
        for j in 0..4 {
            let rise = mean(&best, j, |l| quantity[l]) - mean(&base, j, |l| quantity[l]);
            let right = covariance_over_z(&base, j, &quantity, &reward, beta * off);
            largest = largest.max((rise - right).abs());
        }
    }
    Ok(largest)
}

fn mean(policy: &Policy, j: usize, quantity: impl Fn(usize) -> f64) -> f64 {
    let law = policy.probabilities(j, &[1.0]);
    law.as_slice().iter().enumerate().map(|(level, p)| p * quantity(level)).sum()
}

/// Cov_base(g, exp(r / beta)) / Z for behaviour `j`.
fn covariance_over_z(base: &Policy, j: usize, g: &[f64], reward: &DMatrix<f64>, beta: f64) -> f64 {
    let weight = |level: usize| {
        let a = base.level(level);
        libm::exp((reward[(j, 0)] * a + reward[(4 + j, 0)] * a * a) / beta)
    };
    let z = mean(base, j, weight);
    (mean(base, j, |level| g[level] * weight(level)) - mean(base, j, |level| g[level]) * z) / z
}

fn curve(base: &Policy) -> Curve {
    let gaps: Vec<f64> = (-10..=10).map(|i| 0.2 * f64::from(i)).collect();
    let law = |gap: f64| 0.2 * libm::exp(gap) / (0.8 + 0.2 * libm::exp(gap));
    Curve {
        title: "Agreement after optimisation, by reward gap".into(),
        x: "reward of agreeing minus reward of disagreeing".into(),
        y: "P(agree)".into(),
        log_x: false,
        log_y: false,
        series: vec![
            Series {
                name: "law".into(),
                points: Points::Law,
                at: gaps.iter().map(|&gap| (gap, law(gap))).collect(),
            },
            Series {
                name: "exact optimiser".into(),
                points: Points::Obtained,
                at: gaps.iter().map(|&gap| (gap, tilted(base, gap))).collect(),
            },
        ],
    }
}
