//! Who takes part depends on how pleased they are, and what weighing by propensity makes of it.

use crate::simulation::Simulation;
use crate::verify::laboratory::{mean_and_error, scenario};
use crate::verify::{Case, Expected, Finding, Outcome, Tier, VerifyError};

/// Horvitz and Thompson on ratings.
pub const CASE: Case = Case {
    name: "participation",
    tier: Tier::Exact,
    title: "Ratings of those who are pleased, and the correction for it",
    law: "If pleased users rate more often, the thumbs-up share among ratings overstates that among all conversations. \
        Weighted by the inverse of P(rated | response, context), which is a logistic law of the response here, the rated \
        share is unbiased for the share among all.",
    source: "Horvitz and Thompson 1952; Schnabel et al. 2016, arXiv 1602.05352, section 3",
    scenario: None,
    not_covered: "Participation that depends on what nobody logs, such as surprise: then the correction is incomplete.",
    run,
};

/// Approval depends on the response alone, and participation on approval.
const TEXT: &str = "
[run]
rounds = 1
warm_up_rounds = 0
measure_rows = 15000
[population]
users = 15000
[clock]
usage = 'fixed'
days_per_round = 1
conversations_per_day = 1.0
[approval]
accuracy = 0.0
surprise = 0.0
participation = 3.0
[segments]
general = { share = 1.0, taste_sd = 0.0, cringe_sd = 0.0, rating_propensity = -1.5, rating_propensity_sd = 0.0 }
expert = false
vulnerable = false
'flattery-averse' = false
[behaviours]
flattery = { liking = 1.5, reference_sd = 1.0 }
[prompts]
factual = false
advice = { share = 1.0 }
feedback = false
emotional = false
[signals]
thumbs = { kind = 'thumbs', weight = 1.0, rows = 15000, window = 1 }
";

/// Rated share of thumbs up minus that among all conversations, by seed.
fn gaps(corrected: bool) -> Result<Vec<f64>, VerifyError> {
    let correction = format!("signals.thumbs.inverse_propensity={corrected}");
    let scenario = scenario(TEXT, &[&correction])?;
    let gap = |seed| -> Result<f64, VerifyError> {
        let mut simulation = Simulation::new(&scenario, seed);
        let round = simulation.run_round()?;
        let all = &round.served.sample.uniform;
        let pleased = all.iter().filter(|row| row.up).count() as f64 / all.len() as f64;
        let models = scenario
            .settings_in(1)
            .signals
            .get_index_of("thumbs")
            .map(|index| &simulation.trainer.models[index]);
        let rated = models.and_then(Option::as_ref).map_or(f64::NAN, |model| model.statistics.yes_share);
        Ok(rated - pleased)
    };
    (1..=8).map(gap).collect()
}

fn run() -> Result<Outcome, VerifyError> {
    let (naive, naive_error) = mean_and_error(&gaps(false)?);
    let (corrected, error) = mean_and_error(&gaps(true)?);
    let why = "4 standard errors over 8 seeds of 15,000 conversations";
    let zero = "share among ratings, weighted, minus that among all";
    Ok(Outcome {
        findings: vec![
            Finding::ranged("share among ratings minus that among all", Expected::Above(0.0), naive, why)
                .with_error(naive_error),
            Finding::random(zero, 0.0, corrected, error, why),
            Finding::random("the same without weights", 0.0, naive, naive_error, why).as_control(),
        ],
        curves: vec![],
    })
}
