//! A small liking for agreement in preference data, strongly optimised.

use super::laboratory::{probability, run, scenario, sets};
use crate::verify::{Case, Curve, Expected, Finding, Outcome, Points, Series, Tier, VerifyError};

/// The preference data of Sharma et al.
pub const CASE: Case = Case {
    name: "preference-data",
    tier: Tier::Published,
    title: "A small bias in preferences becomes a large one in behaviour",
    law: "Matching the user's beliefs is worth six points of preference (logit 0.241) among 23 features of a response. \
        Optimised at 1 / beta = 10 it takes agreement from 0.30 to 0.83, at 0.60 nats.",
    source: "Sharma et al. 2023, arXiv 2310.13548, section 4.1",
    scenario: Some("published/preference-data"),
    not_covered: "The effects of the other 22 features are assumed; features are independent under the base policy here, \
        and are not in text.",
    run: run_case,
};

const SCENARIO: &str = "published/preference-data";
const LOGIT: f64 = 0.24116;
const PAIRS: f64 = 150_000.0;

/// Standard error of the logit: pairs differ in the feature with probability 2 x 0.3 x 0.7, nine of ten are fitted, and
/// an answer with a probability near one half carries an information of up to one quarter, 0.2 with the other features.
fn error() -> f64 {
    1.0 / libm::sqrt(0.9 * PAIRS * 0.42 * 0.2)
}

fn run_case() -> Result<Outcome, VerifyError> {
    let (simulation, rounds) = run(&scenario(SCENARIO, &[])?, 1)?;
    let estimate = simulation.trainer.reward[(0, 0)] + simulation.trainer.reward[(23, 0)];
    let policy = &simulation.service.deployed;
    let agreement = probability(policy, 0, &[1.0]);
    let kl = policy.probabilities(0, &[1.0]).kl_nats(&simulation.original.probabilities(0, &[1.0]));
    let slope = 0.827 * 0.173 * 10.0;
    let why = "4 standard errors: 150,000 pairs, of which 42 % differ in the feature";
    let mut findings = vec![
        Finding::random("log-odds of being preferred for matching beliefs", LOGIT, estimate, error(), why),
        Finding::exact(
            "preference for matching beliefs, points",
            6.0,
            100.0 * (logistic(estimate) - 0.5),
            1.0,
            "printed as about 6",
        ),
        Finding::random(
            "agreement after optimisation",
            0.827,
            agreement,
            slope * error(),
            "the same error through the tilt: p (1 - p) / beta",
        ),
        Finding::random(
            "KL of agreement, nats",
            0.597,
            kl,
            1.9 * slope * error(),
            "the same error times the slope of the KL, ln of the odds ratio",
        ),
        Finding::exact(
            "agreement before",
            0.30,
            rounds[0].policy.levels[0].mean(),
            1e-5,
            "set by the scenario, to the digits given there",
        ),
    ];
    let mut points = Vec::new();
    for beta in [1.0, 0.5, 0.25, 0.15] {
        let (simulation, _) = run(
            &scenario(
                SCENARIO,
                &sets(&["population.users=30000"])
                    .into_iter()
                    .chain([format!("policy.kl_strength={beta:?}")])
                    .collect::<Vec<_>>(),
            )?,
            1,
        )?;
        points.push((1.0 / beta, probability(&simulation.service.deployed, 0, &[1.0])));
    }
    points.push((10.0, agreement));
    let why = "a quarter of the optimisation does not get there";
    findings.push(
        Finding::random("agreement at 1 / beta = 2", 0.827, points[1].1, slope * error(), why).as_control(),
    );
    findings.push(Finding::ranged(
        "rise of agreement from 1 / beta = 1 to 10",
        Expected::Above(0.4),
        points[4].1 - points[0].1,
        "strong optimisation, not the bias alone",
    ));
    Ok(Outcome { findings, curves: vec![curve(points)] })
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

fn curve(points: Vec<(f64, f64)>) -> Curve {
    let law = |strength: f64| logistic(libm::log(0.3 / 0.7) + strength * LOGIT);
    Curve {
        title: "How much agreement do six points of preference buy?".into(),
        x: "strength of optimisation 1 / beta".into(),
        y: "P(agree)".into(),
        log_x: false,
        log_y: false,
        series: vec![
            Series {
                name: "law".into(),
                points: Points::Law,
                at: (0..=48).map(|i| 0.25 * f64::from(i)).map(|x| (x, law(x))).collect(),
            },
            Series { name: "fitted and optimised".into(), points: Points::Obtained, at: points },
        ],
    }
}
