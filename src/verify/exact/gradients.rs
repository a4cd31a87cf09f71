//! Gradients of the fits and of the sampled optimisers.

use crate::policy::{MAX_BEHAVIOURS, Policy};
use crate::reward::{Example, fit_logistic, log_loss};
use crate::statistics::FitError;
use crate::training::optimisers::{Problem, first_gradient};
use crate::verify::laboratory::{draws, mean_and_error, settings};
use crate::verify::{Case, Expected, Finding, Outcome, Tier, VerifyError};
use nalgebra::DMatrix;

/// Mean and variance of REINFORCE, and the stationarity of a fit.
pub const CASE: Case = Case {
    name: "gradients",
    tier: Tier::Exact,
    title: "Sampled gradients have the exact mean, and the variance derived for them",
    law: "For a behaviour that is 0 or 1 with probability p, at the reference, the gradient of E[r] is r p (1 - p). One sample \
        (a - p) r a has the variance r^2 p (1 - p)^3; a leave-one-out baseline leaves the mean and lowers the variance. At the \
        maximum of a likelihood finite differences vanish.",
    source: "Williams 1992; Ahmadian et al. 2024, arXiv 2402.14740 (leave-one-out baseline)",
    scenario: None,
    not_covered: "Gradients of ppo and grpo away from their start; tests/theory/optimisers_vs_gradients.rs.",
    run,
};

const P: f64 = 0.3;
const REWARD: f64 = 2.0;
const GROUP: f64 = 8.0;
const PROMPTS: f64 = 64.0;
const BATCHES: u32 = 600;

/// Gradients of many batches with respect to the linear weight.
fn gradients(baseline: bool) -> Result<Vec<f64>, VerifyError> {
    let word = format!("optimiser.baseline={baseline}");
    let sets = ["policy.optimiser='reinforce'", "policy.kl_strength=0.5", &word];
    let settings = settings("", &sets)?;
    let weights = DMatrix::from_row_slice(2, 1, &[libm::log(P / (1.0 - P)), 0.0]);
    let coin = Policy { behaviours: 1, levels: 2, weights, allowed: [2; MAX_BEHAVIOURS] };
    let (reward, contexts) = (DMatrix::from_row_slice(2, 1, &[REWARD, 0.0]), vec![vec![1.0]; 10]);
    let problem = Problem {
        reference: &coin,
        start: &coin,
        reward: &reward,
        contexts: &contexts,
        settings: &settings,
        seed: 3,
        round: 1,
        iteration: 0,
    };
    Ok((0..BATCHES).map(|step| first_gradient(&problem, step)[(0, 0)]).collect())
}

fn variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0)
}

/// Finite-difference slope of the penalised loss at the fitted coefficient.
fn slope_at_fit() -> Result<f64, FitError> {
    let mut draws = draws(40, 0);
    let mut row =
        || Example { z: vec![draws.uniform()], phi: vec![1.0], yes: draws.uniform() < 0.6, weight: 1.0 };
    let rows: Vec<Example> = (0..500).map(|_| row()).collect();
    let rows: Vec<&Example> = rows.iter().collect();
    let theta = fit_logistic(&rows, 1.0, &DMatrix::zeros(1, 1))?.theta[(0, 0)];
    let loss =
        |theta: f64| 500.0 * log_loss(&rows, &DMatrix::from_element(1, 1, theta)) + 0.5 * theta * theta;
    Ok((loss(theta + 1e-4) - loss(theta - 1e-4)) / 2e-4)
}

fn run() -> Result<Outcome, VerifyError> {
    let (with, without) = (gradients(true)?, gradients(false)?);
    let exact = REWARD * P * (1.0 - P);
    let samples = GROUP * PROMPTS;
    // One sample is (a - p) r a: r (1 - p) with probability p, else 0.
    let single = REWARD * REWARD * (1.0 - P) * (1.0 - P) * P * (1.0 - P);
    // With the mean of the other n - 1 responses as baseline: (a - p) r (a - mean). Its variance over a prompt's group is the
    // U-statistic's: the sample covariance of a with itself, r s^2 with s^2 the unbiased variance of n coins.
    let (q, fourth) = (P * (1.0 - P), P * (1.0 - P) * (1.0 - 3.0 * P * (1.0 - P)));
    let centred = REWARD * REWARD * (fourth / GROUP - q * q * (GROUP - 3.0) / (GROUP * (GROUP - 1.0)));
    // A variance of n normal numbers errs by sqrt(2 / (n - 1)) of itself.
    let relative = libm::sqrt(2.0 / f64::from(BATCHES - 1));
    let why = "4 standard errors over 600 batches";
    let spread = "4 standard errors of a variance, sqrt(2 / 599) of it each";
    let (mean, error) = mean_and_error(&with);
    let (plain, plain_error) = mean_and_error(&without);
    let (expected, lowered) = (single / samples, centred / PROMPTS);
    Ok(Outcome {
        findings: vec![
            Finding::random("mean with baseline", exact, mean, error, why),
            Finding::random("mean without", exact, plain, plain_error, why),
            Finding::random(
                "variance without baseline",
                expected,
                variance(&without),
                expected * relative,
                spread,
            ),
            Finding::random("variance with baseline", lowered, variance(&with), lowered * relative, spread),
            Finding::ranged(
                "ratio of variances, with over without",
                Expected::Below(1.0),
                variance(&with) / variance(&without),
                "the baseline pays",
            ),
            Finding::exact(
                "slope of the penalised loss at a logistic fit",
                0.0,
                slope_at_fit()?,
                1e-4,
                "central differences of step 1e-4 on a sum of 500 losses",
            ),
            Finding::random("mean, held against 5 % more", 1.05 * exact, mean, error, why).as_control(),
        ],
        curves: vec![],
    })
}
