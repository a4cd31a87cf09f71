//! A reference refitted to samples of itself.

use crate::policy::{Demonstration, Policy, Refit, refit_reference};
use crate::random::Draws;
use crate::statistics::FitError;
use crate::verify::laboratory::{draws, line, mean_and_error, points, settings};
use crate::verify::{Case, Curve, Finding, Outcome, Tier, VerifyError};
use nalgebra::DMatrix;

/// Loss of diversity.
pub const CASE: Case = Case {
    name: "wright-fisher",
    tier: Tier::Exact,
    title: "Refitting on own samples loses diversity",
    law: "Refitting a policy on n samples of its own output, without selection, keeps a share 1 - 1/n of its variance a round.",
    source: "Wright 1931; Fisher 1930 (genetic drift); as model collapse: Shumailov et al. 2024, Nature 631, 755",
    scenario: None,
    not_covered: "Selection of what is refitted to; a share of outside data stops the loss.",
    run,
};

fn start() -> Result<Policy, VerifyError> {
    let plain = crate::verify::laboratory::reference_policy(&settings(
        "",
        &["policy.features=['bias']", "policy.levels=12"],
    )?);
    let weights = DMatrix::from_column_slice(2, 1, &[0.5 / 0.04, -0.5 / 0.04]);
    Ok(Policy { behaviours: 1, weights, ..plain })
}

fn variance(policy: &Policy) -> f64 {
    let moments = policy.probabilities(0, &[1.0]).moments();
    moments.mean_square - moments.mean * moments.mean
}

fn resampled(policy: &Policy, n: usize, draws: &mut Draws) -> Result<Policy, FitError> {
    let row = |_| {
        let response = policy.sample_response(&[1.0], || draws.uniform());
        Demonstration { phi: vec![1.0], levels: vec![policy.level(usize::from(response[0]))], weight: 1.0 }
    };
    let rows: Vec<Demonstration> = (0..n).map(row).collect();
    Ok(refit_reference(policy, &rows, Refit { share: 1.0, prior: 1e-9, spread: true })?.policy)
}

/// Share of variance kept after each round, by replicate.
fn kept(n: usize, rounds: usize, replicates: u32, case: u32) -> Result<Vec<Vec<f64>>, VerifyError> {
    let start = start()?;
    let history = |replicate| {
        let (mut draws, mut policy) = (draws(case, replicate), start.clone());
        let mut round = || {
            policy = resampled(&policy, n, &mut draws)?;
            Ok(variance(&policy) / variance(&start))
        };
        (0..rounds).map(|_| round()).collect()
    };
    (0..replicates).map(history).collect()
}

fn run() -> Result<Outcome, VerifyError> {
    let (ten, twenty) = (kept(10, 1, 1500, 60)?, kept(20, 6, 500, 61)?);
    let after = |histories: &[Vec<f64>], round: usize| {
        mean_and_error(&histories.iter().map(|history| history[round - 1]).collect::<Vec<_>>())
    };
    let why = "4 standard errors over replicates";
    let (one, one_error) = after(&ten, 1);
    let (six, six_error) = after(&twenty, 6);
    let law = |round: f64| libm::pow(0.95, round);
    let course = (1..=6).map(|round| (round as f64, after(&twenty, round).0)).collect();
    let curve = Curve {
        title: "How much variety is left, refitting on 20 samples a round?".into(),
        x: "round".into(),
        y: "share of the variance".into(),
        log_x: false,
        log_y: false,
        series: vec![
            line("law", (0..=6).map(|round| (f64::from(round), law(f64::from(round)))).collect()),
            points("refitted", course),
        ],
    };
    Ok(Outcome {
        findings: vec![
            Finding::random("share kept in a round, n = 10", 0.9, one, one_error, why),
            Finding::random("share kept in six rounds, n = 20", law(6.0), six, six_error, why),
            Finding::random("n = 10, held to lose nothing", 1.0, one, one_error, why).as_control(),
        ],
        curves: vec![curve],
    })
}
