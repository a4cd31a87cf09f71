//! The smallest penalty that undoes amplification.

use crate::feedback::Sample;
use crate::policy::Policy;
use crate::training::{Held, Trainer};
use crate::verify::laboratory::{line, points, reference_policy, settings};
use crate::verify::{Case, Curve, Finding, Outcome, Tier, VerifyError};

/// Theorem 6 of Shapira, Benade and Procaccia.
pub const CASE: Case = Case {
    name: "minimal-correction",
    tier: Tier::Exact,
    title: "The penalty on agreement that restores the base rate",
    law: "The reward r - lambda A with lambda* = beta ln(m_1 / m_0), m_a the mean of exp(r / beta) over base responses with \
        agreement a, restores base agreement.",
    source: "Shapira, Benade and Procaccia 2026, arXiv 2602.01002, theorem 6",
    scenario: None,
    not_covered: "Penalties on what a classifier takes for agreement; here agreement is known.",
    run,
};

const BETA: f64 = 0.7;

/// Base policy and the one trained on a wish for both behaviours, less a penalty on deference.
fn trained(penalty: f64) -> Result<(Policy, Policy), VerifyError> {
    let settings = settings(
        &format!(
            "[behaviours]\namplification = false\nsubstance = false\n\
             deference = {{ reference_mean = 0.4, reference_sd = 0.5 }}\n\
             [segments]\nexpert = {{ taste = {{ flattery = 0.7 }} }}\n\
             [signals.raters]\nweight = 0.0\n\
             [signals.wish]\nkind = 'rule'\nweight = 1.0\nlinear = {{ deference = 0.6, flattery = 0.3 }}\n\
             [signals.sycophancy_penalty]\nkind = 'rule'\nweight = 1.0\nlinear = {{ deference = {:?} }}\n\
             [policy]\nlevels = 2\nkl_strength = {BETA}\nlearning_rate = 1.0\nnormalise_weights = false\n",
            -penalty
        ),
        &[],
    )?;
    let base = reference_policy(&settings);
    let mut trainer = Trainer::new(&settings, &base);
    let trained = trainer.train_candidate(&base, &Sample::default(), &settings, Held::default(), (1, 1))?;
    Ok((base, trained))
}

fn agreement(policy: &Policy) -> f64 {
    let mut phi = vec![0.0; policy.weights.ncols()];
    phi[0] = 1.0;
    policy.probabilities(0, &phi).moments().mean
}

fn run() -> Result<Outcome, VerifyError> {
    let (base, drifted) = trained(0.0)?;
    let base = agreement(&base);
    // Flattery is independent of deference and cancels: m_1 / m_0 = exp(0.6 / beta).
    let least = BETA * libm::log(libm::exp(0.6 / BETA));
    let corrected = agreement(&trained(least)?.1);
    let why = "rounding of a ratio of exponentials";
    let mut course = Vec::new();
    for i in 0..=12 {
        let penalty = 0.1 * f64::from(i);
        course.push((penalty, agreement(&trained(penalty)?.1)));
    }
    let law = |penalty: f64| {
        let odds = base / (1.0 - base) * libm::exp((0.6 - penalty) / BETA);
        odds / (1.0 + odds)
    };
    Ok(Outcome {
        findings: vec![
            Finding::exact("agreement with the minimal penalty", base, corrected, 1e-9, why),
            Finding::exact(
                "the same, penalty 1 % smaller",
                base,
                agreement(&trained(0.99 * least)?.1),
                1e-9,
                why,
            )
            .as_control(),
            Finding::exact(
                "agreement without it",
                law(0.0),
                agreement(&drifted),
                1e-9,
                "the tilt: logit + 0.6 / beta",
            ),
        ],
        curves: vec![Curve {
            title: "Which penalty restores the base rate of agreement?".into(),
            x: "penalty on agreement".into(),
            y: "P(agree)".into(),
            log_x: false,
            log_y: false,
            series: vec![
                line("law", (0..=60).map(|i| 0.02 * f64::from(i)).map(|x| (x, law(x))).collect()),
                line("base rate", vec![(0.0, base), (1.2, base)]),
                points("trained", course),
            ],
        }],
    })
}
