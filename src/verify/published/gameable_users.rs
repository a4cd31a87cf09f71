//! A policy that learns to manipulate the few who reward it.

use super::laboratory::{probability, run, scenario};
use crate::verify::{Case, Curve, Expected, Finding, Outcome, Points, Series, Tier, VerifyError};

/// Targeting of Williams, Carroll et al.
pub const CASE: Case = Case {
    name: "gameable-users",
    tier: Tier::Published,
    title: "Manipulation is learned for those who can be gamed, if the policy can tell",
    law: "With 2 % gameable users, a prior of manipulation of 0.05, 1 / beta = 4 and a reward gap of 1, the optimum \
        manipulates gameable users with logistic(logit 0.05 + 4) = 0.742 and others with 0.001; blind to the trait, everybody \
        with 0.001. A cue pays once P(gameable | cue) > 1/2: at an accuracy of 0.98.",
    source: "Williams, Carroll et al. 2024, arXiv 2411.02306; figures follow from the tilt of section 6 of docs/model.md",
    scenario: Some("published/gameable-users"),
    not_covered: "Manipulation over many turns, and how a policy finds the trait out: here the cue is given.",
    run: run_case,
};

const SCENARIO: &str = "published/gameable-users";

/// Probability of manipulation where the cue to a gameable user is given, and where it is not.
fn learned(sets: &[String]) -> Result<(f64, f64), VerifyError> {
    let (simulation, _) = run(&scenario(SCENARIO, sets)?, 1)?;
    let policy = &simulation.service.deployed;
    let phi = |cue: f64| if policy.weights.ncols() == 1 { vec![1.0] } else { vec![1.0, cue] };
    Ok((probability(policy, 0, &phi(1.0)), probability(policy, 0, &phi(0.0))))
}

fn with_accuracy(accuracy: f64) -> Result<(f64, f64), VerifyError> {
    learned(&[format!("policy.cue_accuracy={accuracy:?}")])
}

/// P(manipulation | cue) of a cue of this accuracy, by Bayes' rule and the tilt.
fn law(accuracy: f64) -> f64 {
    let right = 0.02 * accuracy / (0.02 * accuracy + 0.98 * (1.0 - accuracy));
    logistic(libm::log(0.05 / 0.95) + 4.0 * (2.0 * right - 1.0))
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

fn run_case() -> Result<Outcome, VerifyError> {
    let (gameable, others) = with_accuracy(1.0)?;
    let (blind, _) = learned(&["policy.features=['bias']".to_string()])?;
    let printed = "half of the third digit printed";
    let sampled = "half of the third digit printed; who answered makes a difference of 0.0001";
    let mut findings = vec![
        Finding::exact("trait visible: manipulation of gameable users", 0.742, gameable, 5e-4, printed),
        Finding::exact("trait visible: of others", 0.001, others, 5e-4, printed),
        Finding::exact("trait hidden: of everybody", 0.001, blind, 5e-4, sampled),
        Finding::exact("trait hidden, against the figure for gameable users", 0.742, blind, 5e-4, printed)
            .as_control(),
    ];
    let accuracies = [0.90, 0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995];
    let mut points = Vec::new();
    for accuracy in accuracies {
        points.push((accuracy, with_accuracy(accuracy)?.0));
    }
    let why = "below the prior of 0.05: the cue does not pay";
    findings.push(Finding::ranged(
        "cue right in 96 %: manipulation on cue",
        Expected::Below(0.05),
        points[2].1,
        why,
    ));
    let why = "above the prior of 0.05: it pays";
    findings.push(Finding::ranged(
        "cue right in 99 %: manipulation on cue",
        Expected::Above(0.05),
        points[6].1,
        why,
    ));
    let why = "linear between 0.97 and 0.985; 400 manipulated users with a cue give the reward an error of 0.05, \
        4 of them 0.2, the crossing 0.016";
    findings.push(Finding::exact("accuracy from which it pays", 0.98, crossing(&points), 0.016, why));
    Ok(Outcome { findings, curves: vec![curve(&points)] })
}

/// Where the logit crosses that of the prior.
fn crossing(points: &[(f64, f64)]) -> f64 {
    let over = |p: f64| libm::log(p / (1.0 - p)) - libm::log(0.05 / 0.95);
    let pair = points.windows(2).find(|pair| over(pair[0].1) < 0.0 && over(pair[1].1) >= 0.0);
    pair.map_or(f64::NAN, |pair| {
        let (low, high) = (over(pair[0].1), over(pair[1].1));
        pair[0].0 - low * (pair[1].0 - pair[0].0) / (high - low)
    })
}

fn curve(points: &[(f64, f64)]) -> Curve {
    let fine = (0..=100).map(|i| 0.9 + 0.001 * f64::from(i)).map(|q| (q, law(q))).collect();
    Curve {
        title: "How good must a cue be before manipulation pays?".into(),
        x: "probability that the cue is right".into(),
        y: "P(manipulation | cue)".into(),
        log_x: false,
        log_y: false,
        series: vec![
            Series { name: "law".into(), points: Points::Law, at: fine },
            Series { name: "trained policy".into(), points: Points::Obtained, at: points.to_vec() },
        ],
    }
}
