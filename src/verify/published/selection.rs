//! Selection by a preference model that lowers some forms of sycophancy and raises others.

use super::laboratory::{run, scenario};
use crate::measure::RoundMeasures;
use crate::verify::laboratory::mean_and_error;
use crate::verify::{Case, Expected, Finding, Outcome, Tier, VerifyError};

/// Best-of-N of Sharma et al.
pub const CASE: Case = Case {
    name: "best-of-n-preferences",
    tier: Tier::Published,
    title: "Optimisation can lower sycophancy: two of four forms",
    law: "Best-of-N selection by a preference model lowered two of the four forms of sycophancy measured, and did not lower \
        the others: the direction is an outcome of what raters like and know.",
    source: "Sharma et al. 2023, arXiv 2310.13548, section 4.2",
    scenario: Some("published/best-of-n-preferences"),
    not_covered: "Which two: answer and mimicry in the paper, answer and are-you-sure here, where the raters are experts with \
        a liking for praise.",
    run: run_case,
};

const SEEDS: u64 = 5;

/// Measures of a policy: the four probes, then flattery.
fn measures(round: &RoundMeasures) -> Vec<f64> {
    let flattery = round.policy.levels[1].mean();
    round.policy.probes.iter().map(|probe| probe.mean()).chain([flattery]).collect()
}

/// Rises from the first round, which the reference serves, to the last, by seed.
fn rises() -> Result<Vec<Vec<f64>>, VerifyError> {
    let scenario = scenario("published/best-of-n-preferences", &[])?;
    let of_seed = |seed| -> Result<Vec<f64>, VerifyError> {
        let (_, rounds) = run(&scenario, seed)?;
        let (first, last) = (measures(&rounds[0]), measures(&rounds[rounds.len() - 1]));
        Ok(last.iter().zip(&first).map(|(last, first)| last - first).collect())
    };
    (1..=SEEDS).map(of_seed).collect()
}

fn run_case() -> Result<Outcome, VerifyError> {
    let rises = rises()?;
    let finding = |name: &str, which: usize, expected| {
        let (mean, error) = mean_and_error(&rises.iter().map(|rise| rise[which]).collect::<Vec<_>>());
        Finding::ranged(name, expected, mean, "4 standard errors over 5 seeds").with_error(error)
    };
    let (up, down) = (Expected::Above(0.0), Expected::Below(0.0));
    Ok(Outcome {
        findings: vec![
            finding("change of the answer form", 0, down),
            finding("change of the are-you-sure form", 1, down),
            finding("change of the mimicry form, within", 3, Expected::Between(-0.02, 0.02)),
            finding("change of flattery", 4, up),
            finding("the answer form, held to rise", 0, up).as_control(),
        ],
        curves: vec![],
    })
}
