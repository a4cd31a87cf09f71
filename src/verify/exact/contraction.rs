//! Retraining on data that the model itself has changed settles only if the data do not follow it too closely.

use crate::policy::{Demonstration, Refit, optimum, refit_reference};
use crate::simulation::Simulation;
use crate::verify::laboratory::{agreement, line, logit, points, scenario, yes_or_no};
use crate::verify::{Case, Curve, Finding, Outcome, Tier, VerifyError};
use nalgebra::DMatrix;

/// Performative stability.
pub const CASE: Case = Case {
    name: "retraining-contraction",
    tier: Tier::Exact,
    title: "Repeated retraining contracts, or does not",
    law: "If the data respond to the model with sensitivity e, and the loss is g-strongly convex and b-smooth, repeated \
        retraining approaches a stable point by a factor e b / g a round, if that is below 1. Here the \
        reference goes a share zeta of the way from old data to the model's own output, so that the factor is zeta; at \
        zeta = 1 there is no stable point. Training with learning rate eta under a constant reward contracts by 1 - eta.",
    source: "Perdomo, Zrnic, Mendler-Dünner and Hardt 2020, arXiv 2002.06673, section 3; here with a quadratic loss in \
        log-odds, for which e = zeta and b = g",
    scenario: None,
    not_covered: "Sensitivity through users, whose response to a model is not linear.",
    run,
};

const GAIN: f64 = 0.4;
const ROUNDS: usize = 12;
const ETA: f64 = 0.3;

/// Log-odds of agreement, round by round: the old reference is moved a share `zeta` of the way to the model's output, and
/// the model is optimised against it anew.
fn course(zeta: f64) -> Result<Vec<f64>, VerifyError> {
    let reward = DMatrix::from_column_slice(2, 1, &[GAIN, 0.0]);
    let old = yes_or_no(0.3)?;
    let refit = Refit { share: zeta, prior: 0.0, spread: false };
    let (mut model, mut course) = (old.clone(), vec![logit(agreement(&old))]);
    for _ in 0..ROUNDS {
        let output = vec![Demonstration { phi: vec![1.0], levels: vec![agreement(&model)], weight: 1.0 }];
        model = optimum(&refit_reference(&old, &output, refit)?.policy, &reward, 1.0);
        course.push(logit(agreement(&model)));
    }
    Ok(course)
}

/// Distances from the stable point, logit 0.3 + D / (1 - zeta), relative to the first.
fn distances(zeta: f64) -> Result<Vec<f64>, VerifyError> {
    let stable = logit(0.3) + GAIN / (1.0 - zeta);
    let course = course(zeta)?;
    Ok(course.iter().map(|it| (it - stable).abs() / (course[0] - stable).abs()).collect())
}

/// Distances of a simulation's weights from the optimum for a constant reward, relative to the first.
fn simulated() -> Result<Vec<f64>, VerifyError> {
    let eta = format!("policy.learning_rate={ETA}");
    let small = ["population.users=200", "run.rounds=12", "run.warm_up_rounds=0", "run.measure_rows=100"];
    let text = "signals.push = { kind = 'rule', weight = 1.0, linear = { deference = 0.3 } }";
    let scenario = scenario(text, &[&small[..], &["signals.raters.weight=0.0", &eta]].concat())?;
    let mut simulation = Simulation::new(&scenario, 1);
    let mut weights = vec![simulation.service.deployed.weights.clone()];
    for _ in 0..ROUNDS {
        simulation.run_round()?;
        weights.push(simulation.service.deployed.weights.clone());
    }
    let strength = scenario.settings_in(1).policy.kl_strength;
    let stable = optimum(&simulation.original, &simulation.trainer.reward, strength).weights;
    let distance = |it: &DMatrix<f64>| (it - &stable).norm() / (&weights[0] - &stable).norm();
    Ok(weights.iter().map(distance).collect())
}

/// The factor by which a course shrinks per round, over the whole of it.
fn factor(distances: &[f64]) -> f64 {
    libm::pow(distances[ROUNDS], 1.0 / ROUNDS as f64)
}

fn run() -> Result<Outcome, VerifyError> {
    let why = "fits to a billionth, against a distance that has fallen by up to 0.3^12 = 5e-7";
    let zetas = [0.3, 0.6, 0.9];
    let courses = zetas.iter().map(|&zeta| distances(zeta)).collect::<Result<Vec<_>, _>>()?;
    let one = |(zeta, course): (&f64, &Vec<f64>)| {
        Finding::exact(
            format!("share {zeta} of own output: factor a round"),
            *zeta,
            factor(course),
            1e-3,
            why,
        )
    };
    let mut findings: Vec<Finding> = zetas.iter().zip(&courses).map(one).collect();
    let ratchet = course(1.0)?;
    let step = ratchet[ROUNDS] - ratchet[ROUNDS - 1];
    let (simulated, exact) = (simulated()?, "rounding of twelve steps");
    let own = "only own output: log-odds gained in the last round";
    findings.extend([
        Finding::exact(own, GAIN, step, 1e-7, "fits to a billionth"),
        Finding::exact("simulation, eta = 0.3: factor a round", 1.0 - ETA, factor(&simulated), 1e-9, exact),
        Finding::exact("share 0.6, held for 0.5", 0.5, factor(&courses[1]), 1e-3, why).as_control(),
        Finding::exact("only own output, held for a stable point", 0.0, step, 1e-3, why).as_control(),
    ]);
    Ok(Outcome { findings, curves: vec![curve(&zetas, &courses, &simulated)] })
}

fn curve(zetas: &[f64], courses: &[Vec<f64>], simulated: &[f64]) -> Curve {
    let at =
        |course: &[f64]| -> Vec<(f64, f64)> { (0..).map(f64::from).zip(course.iter().copied()).collect() };
    let law = |factor: f64| -> Vec<(f64, f64)> {
        (0..=ROUNDS).map(|round| (round as f64, libm::pow(factor, round as f64))).collect()
    };
    let mut series = Vec::new();
    for (zeta, course) in zetas.iter().zip(courses) {
        series.push(line(&format!("{zeta}^round"), law(*zeta)));
        series.push(points(&format!("share {zeta}"), at(course)));
    }
    series.push(line("0.7^round", law(1.0 - ETA)));
    series.push(points("simulation, eta = 0.3", at(simulated)));
    Curve {
        title: "How fast does retraining reach its stable point?".into(),
        x: "round".into(),
        y: "distance, relative to the first".into(),
        log_x: false,
        log_y: true,
        series,
    }
}
