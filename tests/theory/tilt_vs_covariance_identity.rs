//! Law: E_pi*[g] - E_base[g] = Cov_base(g, e^(r / beta)) / Z for any quantity g of the response.
//! Source: Shapira, Benade and Procaccia 2026, arXiv 2602.01002, theorem 1.
//! Assumptions: pi* is the KL-tilted base policy.
//! Statistic: both sides, and the printed number for base agreement 0.2, reward gap 0.5, 1 / beta = 1.
//! Tolerance: 1e-12, rounding of sums of a few terms; the printed number has six digits, so half of the last.

use crate::laboratory::{draws, reference_policy, settings};
use thumbscale::policy::{Policy, optimum};

/// One behaviour, "deference", that is 0 (disagree) or 1 (agree) with the given probability of agreement.
pub fn yes_or_no(agreement: f64) -> Policy {
    let mut policy = reference_policy(&settings(
        "[behaviours]\nflattery = false\namplification = false\nsubstance = false\n\
         [segments]\nexpert = false\nvulnerable = false\n\"flattery-averse\" = false\ngeneral = { share = 1.0 }\n\
         [policy]\nlevels = 2\nfeatures = ['bias']\n",
        &[],
    ));
    policy.weights[(0, 0)] = (agreement / (1.0 - agreement)).ln();
    policy.weights[(1, 0)] = 0.0;
    policy
}

fn agreement(policy: &Policy) -> f64 {
    policy.probabilities(0, &[1.0]).moments().mean
}

#[test]
fn agreement_rises_to_the_printed_number() {
    let base = yes_or_no(0.2);
    let reward = nalgebra::DMatrix::from_column_slice(2, 1, &[0.5, 0.0]);
    let tilted = agreement(&optimum(&base, &reward, 1.0));
    assert!((tilted - 0.291_875).abs() < 5e-7, "{tilted}");
    let (up, z) = (0.5f64.exp(), 0.8 + 0.2 * 0.5f64.exp());
    let covariance = 0.2 * up - 0.2 * z;
    assert!((tilted - 0.2 - covariance / z).abs() < 1e-12);
    // Negative control: a reward gap of 0.501.
    let reward = nalgebra::DMatrix::from_column_slice(2, 1, &[0.501, 0.0]);
    assert!((agreement(&optimum(&base, &reward, 1.0)) - 0.291_875).abs() > 1e-4);
}

#[test]
fn the_identity_holds_for_any_quantity_of_the_response() {
    let base = reference_policy(&settings("", &["policy.levels=12", "policy.features=['bias']"]));
    let mut draws = draws(1, 10);
    for _ in 0..50 {
        let reward = nalgebra::DMatrix::from_fn(8, 1, |_, _| draws.normal());
        let g: Vec<f64> = (0..12).map(|_| draws.normal()).collect();
        let beta = 0.2 + draws.uniform();
        let tilted = optimum(&base, &reward, beta);
        for j in 0..4 {
            let law = base.probabilities(j, &[1.0]);
            let expect = |h: &dyn Fn(usize) -> f64| -> f64 {
                law.as_slice().iter().enumerate().map(|(l, p)| p * h(l)).sum()
            };
            let weight = |l: usize| {
                let a = base.level(l);
                ((reward[(j, 0)] * a + reward[(4 + j, 0)] * a * a) / beta).exp()
            };
            let z = expect(&weight);
            let covariance = expect(&|l| g[l] * weight(l)) - expect(&|l| g[l]) * z;
            let tilted: f64 =
                tilted.probabilities(j, &[1.0]).as_slice().iter().zip(&g).map(|(p, g)| p * g).sum();
            assert!((tilted - expect(&|l| g[l]) - covariance / z).abs() < 1e-12);
        }
    }
}
