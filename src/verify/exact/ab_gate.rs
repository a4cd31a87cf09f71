//! An A/B test under no effect and under a known one.

use crate::launch::{compare_arms, power};
use crate::scenario::{Check, Metric, Requires};
use crate::statistics::RatioMoments;
use crate::verify::laboratory::{draws, line, points, share_and_error};
use crate::verify::{Case, Curve, Finding, Outcome, Tier, VerifyError};

/// Level and power.
pub const CASE: Case = Case {
    name: "ab-gate",
    tier: Tier::Exact,
    title: "An A/B check launches a null change with its level, and finds an effect with its power",
    law: "A check at level alpha that requires an improvement passes a candidate without effect with frequency alpha; with effect d \
        and n users per arm with probability Phi(d / (sd sqrt(2 / n)) - z_(1 - alpha)).",
    source: "Chow, Shao and Wang 2008, Sample size calculations in clinical research, section 3.2",
    scenario: None,
    not_covered: "Spill-over between arms; ratings of one user that are alike: tests/theory/ab_gate_vs_level.rs.",
    run,
};

const EXPERIMENTS: u32 = 4000;
const SD: f64 = 2.0;
const USERS: u32 = 200;

/// Share of experiments in which the improvement is found.
fn found(effect: f64, level: f64, case: u32) -> f64 {
    let check = Check { metric: Metric::Outcome, requires: Requires::Improvement, level, ..Check::default() };
    let passed = (0..EXPERIMENTS).filter(|&experiment| {
        let mut draws = draws(case, experiment);
        let mut arm = |mean: f64| {
            let mut arm = RatioMoments::default();
            (0..USERS).for_each(|_| arm.push(mean + SD * draws.normal(), 1.0));
            arm
        };
        let (new, old) = (arm(1.0 + effect), arm(1.0));
        compare_arms("ab", &check, new, old).passed
    });
    passed.count() as f64
}

fn run() -> Result<Outcome, VerifyError> {
    let n = f64::from(EXPERIMENTS);
    let why = "4 binomial standard errors over 4,000 experiments";
    let (mut findings, mut obtained) = (Vec::new(), Vec::new());
    for (case, level) in [(50, 0.05), (51, 0.2)] {
        let (share, error) = share_and_error(found(0.0, level, case), n, level);
        findings.push(Finding::random(
            format!("null change passes at level {level}"),
            level,
            share,
            error,
            why,
        ));
    }
    for (case, effect) in [(52, 0.15), (53, 0.3), (54, 0.5), (55, 0.7)] {
        let expected = power(effect, SD, f64::from(USERS), 0.05);
        let (share, error) = share_and_error(found(effect, 0.05, case), n, expected);
        obtained.push((effect, share));
        findings.push(Finding::random(format!("power at effect {effect}"), expected, share, error, why));
    }
    let wrong = power(0.3, SD, 2.0 * f64::from(USERS), 0.05);
    let (share, error) = share_and_error(obtained[1].1 * n, n, wrong);
    findings.push(
        Finding::random("power at 0.3, held against one arm of known mean", wrong, share, error, why)
            .as_control(),
    );
    let law =
        (0..=45).map(|i| 0.02 * f64::from(i)).map(|d| (d, power(d, SD, f64::from(USERS), 0.05))).collect();
    let curve = Curve {
        title: "Which effects does an A/B test of 200 users per arm find?".into(),
        x: "effect, units of the metric (sd 2)".into(),
        y: "probability".into(),
        log_x: false,
        log_y: false,
        series: vec![line("textbook power", law), points("simulated experiments", obtained)],
    };
    Ok(Outcome { findings, curves: vec![curve] })
}
