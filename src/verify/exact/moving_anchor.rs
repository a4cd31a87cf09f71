//! A reference that is refitted to the policy's own output.

use crate::policy::{Demonstration, Policy, Refit, optimum, refit_reference};
use crate::verify::laboratory::{agreement, line, logit, points, yes_or_no};
use crate::verify::{Case, Curve, Finding, Outcome, Tier, VerifyError};
use nalgebra::DMatrix;

/// A ratchet against a fixed anchor.
pub const CASE: Case = Case {
    name: "moving-anchor",
    tier: Tier::Exact,
    title: "A fixed reference holds, a moving one ratchets",
    law: "A reward D for agreement lifts its logit by D / beta once with a fixed reference, and by D / beta every round with one \
        refitted every round: with D = 0.241 and beta = 1, 0.30 becomes 0.353 and 0.982 in 20 rounds.",
    source: "Induction on the tilt, logit pi* = logit pi_ref + D / beta",
    scenario: None,
    not_covered: "Refits to liked answers only, and to samples; tests/theory/anchor_vs_accumulating_logit.rs.",
    run,
};

const GAIN: f64 = 0.241;
const ROUNDS: usize = 20;

/// Agreement round by round, the reference refitted to expected data.
fn course(refit: Refit) -> Result<Vec<(f64, f64)>, VerifyError> {
    let reward = DMatrix::from_column_slice(2, 1, &[GAIN, 0.0]);
    let mut reference: Policy = yes_or_no(0.3)?;
    let mut course = vec![(0.0, 0.3)];
    for round in 1..=ROUNDS {
        let policy = optimum(&reference, &reward, 1.0);
        let rows = [Demonstration { phi: vec![1.0], levels: vec![agreement(&policy)], weight: 1.0 }];
        reference = refit_reference(&reference, &rows, refit)?.policy;
        course.push((round as f64, agreement(&policy)));
    }
    Ok(course)
}

fn run() -> Result<Outcome, VerifyError> {
    let full = Refit { share: 1.0, prior: 0.0, spread: false };
    let (fixed, moving) = (course(Refit { share: 0.0, ..full })?, course(full)?);
    let slowed = course(Refit { prior: 0.1, ..full })?;
    let (held, walked) = (fixed[ROUNDS].1, moving[ROUNDS].1);
    let printed = "half of the third digit printed";
    let rounding = "the Newton search of a refit stops at a millionth of a millionth";
    let law = |steps: f64| {
        let odds = 0.3 / 0.7 * libm::exp(steps * GAIN);
        odds / (1.0 + odds)
    };
    let curve = Curve {
        title: "How far does agreement go in 20 rounds?".into(),
        x: "round".into(),
        y: "P(agree)".into(),
        log_x: false,
        log_y: false,
        series: vec![
            line("moving: law", (0..=ROUNDS).map(|k| (k as f64, law(k as f64))).collect()),
            points("moving: trained and refitted", moving.clone()),
            line("fixed: law", (0..=ROUNDS).map(|k| (k as f64, law((k as f64).min(1.0)))).collect()),
            points("fixed: trained", fixed.clone()),
        ],
    };
    Ok(Outcome {
        findings: vec![
            Finding::exact("fixed reference, 20 rounds", 0.353, held, 5e-4, printed),
            Finding::exact("moving reference, 20 rounds", 0.982, walked, 5e-4, printed),
            Finding::exact("logit gained, moving", 20.0 * GAIN, logit(walked) - logit(0.3), 1e-7, rounding),
            Finding::exact("logit gained, fixed", GAIN, logit(held) - logit(0.3), 1e-9, rounding),
            Finding::exact(
                "moving with a prior of a tenth, held to ratchet fully",
                20.0 * GAIN,
                logit(slowed[ROUNDS].1) - logit(0.3),
                1e-7,
                rounding,
            )
            .as_control(),
        ],
        curves: vec![curve],
    })
}
