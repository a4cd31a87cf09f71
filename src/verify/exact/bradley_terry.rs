//! Preferences fitted by logistic regression.

use crate::feedback::logistic;
use crate::random::Draws;
use crate::reward::{Example, LogisticFit, fit_logistic};
use crate::statistics::FitError;
use crate::verify::laboratory::{draws, share_and_error};
use crate::verify::{Case, Expected, Finding, Outcome, Tier, VerifyError};
use nalgebra::DMatrix;

/// Consistency and coverage.
pub const CASE: Case = Case {
    name: "bradley-terry",
    tier: Tier::Exact,
    title: "A reward model recovers the logit of a preference, and knows how well",
    law: "The maximum-likelihood logit of n answered pairs has standard error 1 / sqrt(n p (1 - p)): 0.0164 for 15,000 pairs at a \
        true logit of 0.24116; its 95 % interval covers the truth in 95 % of replications.",
    source: "Bradley and Terry 1952; Bishop 2006, section 4.3.3",
    scenario: None,
    not_covered: "Intervals under the L2 penalty of real signals, which is a prior.",
    run,
};

const LOGIT: f64 = 0.241_16;
const REPLICATIONS: u32 = 1000;

fn fitted(pairs: usize, draws: &mut Draws) -> Result<LogisticFit, FitError> {
    let mut pair = || {
        let difference = if draws.uniform() < 0.5 { 1.0 } else { -1.0 };
        let yes = draws.uniform() < logistic(LOGIT * difference);
        Example { z: vec![difference], phi: vec![1.0], yes, weight: 1.0 }
    };
    let rows: Vec<Example> = (0..pairs).map(|_| pair()).collect();
    fit_logistic(&rows.iter().collect::<Vec<_>>(), 1e-9, &DMatrix::zeros(1, 1))
}

fn run() -> Result<Outcome, VerifyError> {
    let fit = fitted(15_000, &mut draws(30, 0))?;
    let (estimate, error) = (fit.theta[(0, 0)], fit.standard_error[(0, 0)]);
    let (mut covered, mut shifted) = (0.0, 0.0);
    for replication in 0..REPLICATIONS {
        let fit = fitted(400, &mut draws(31, replication))?;
        let covers = |truth: f64| (fit.theta[(0, 0)] - truth).abs() < 1.96 * fit.standard_error[(0, 0)];
        covered += f64::from(u8::from(covers(LOGIT)));
        shifted += f64::from(u8::from(covers(LOGIT + 0.1)));
    }
    let n = f64::from(REPLICATIONS);
    let range = Expected::Between(0.93, 0.97);
    let why = "1,000 replications of 400 pairs: 95 % within three binomial standard errors";
    let (covered, _) = share_and_error(covered, n, 0.95);
    Ok(Outcome {
        findings: vec![
            Finding::random("logit from 15,000 pairs", LOGIT, estimate, 0.0164, "4 x 0.0164"),
            Finding::exact("its standard error", 0.0164, error, 0.0002, "the printed digits"),
            Finding::ranged("share of 95 % intervals that cover the truth", range, covered, why),
            Finding::ranged("the same, of another truth, one standard error off", range, shifted / n, why)
                .as_control(),
        ],
        curves: vec![],
    })
}
