//! Users and a model that learn from each other.

use super::laboratory::scenario;
use crate::simulation::Simulation;
use crate::verify::{Case, Curve, Expected, Finding, Outcome, Points, Series, Tier, VerifyError};

/// Lock-in of Qiu et al.
pub const CASE: Case = Case {
    name: "lock-in",
    tier: Tier::Published,
    title: "Users and model that trust each other too much stop learning from the world",
    law: "N - 1 users with private evidence and one model that learns from them, each taking over a share l1 (of the \
        model) and l2 (of a user) of the other's confidence: beliefs tend to the truth if (N - 1) l1 l2 < 1; above 1 the \
        error of the first rounds is frozen. The error's standard deviation follows from a linear recursion.",
    source: "Qiu et al. 2025, arXiv 2506.06166 (threshold); recursion: src/population/knowledge.rs",
    scenario: Some("published/lock-in"),
    not_covered: "The paper's language-model experiments; networks other than a star; trust that changes.",
    run: run_case,
};

const USERS: f64 = 100.0;
const ROUNDS: usize = 200;
const TOPICS: f64 = 16.0;
const REPLICATES: u64 = 4;

/// Root mean square, over questions, of the mean belief's error after each round, for (N - 1) l1 l2 = `product`.
fn simulated(product: f64) -> Result<Vec<f64>, VerifyError> {
    let sets = [format!("knowledge.trust_in_users={:?}", product / (USERS * 0.1))];
    let scenario = scenario("published/lock-in", &sets)?;
    let mut squares = vec![0.0; ROUNDS];
    for seed in 1..=REPLICATES {
        let mut simulation = Simulation::new(&scenario, seed);
        for square in &mut squares {
            simulation.run_round()?;
            for block in &simulation.population.blocks {
                for topic in 0..block.stance_error.rows() {
                    let row = block.stance_error.row(topic, block.users);
                    let mean = row.map(f64::from).sum::<f64>() / block.users as f64;
                    *square += mean * mean / (TOPICS * REPLICATES as f64);
                }
            }
        }
    }
    Ok(squares.iter().map(|&square| libm::sqrt(square)).collect())
}

/// The same by the recursion. The mean belief is a weighted sum of the rounds' mean evidence, whose errors are independent
/// with variance 1 / N; `weights` and `model` hold those weights.
fn law(product: f64) -> Vec<f64> {
    let (l1, l2) = (0.1, product / (USERS * 0.1));
    let (mut weights, mut model) = (Vec::<f64>::new(), Vec::<f64>::new());
    let (mut user_precision, mut model_precision) = (0.0f64, 0.0f64);
    let mut course = Vec::new();
    for round in 1..=ROUNDS {
        let (own, borrowed) = (round as f64, l1 * model_precision);
        let heard = weights.clone();
        weights.resize(round, 0.0);
        for (k, weight) in weights.iter_mut().enumerate() {
            // n e times the mean of n pieces of evidence: each counts once.
            *weight = (1.0 + borrowed * model.get(k).copied().unwrap_or(0.0)) / (own + borrowed);
        }
        model_precision = USERS * l2 * user_precision;
        user_precision = own + borrowed;
        model = heard;
        course.push(libm::sqrt(weights.iter().map(|w| w * w).sum::<f64>() / USERS));
    }
    course
}

fn run_case() -> Result<Outcome, VerifyError> {
    let products = [0.5, 0.9, 1.5, 4.0];
    let (mut findings, mut series) = (Vec::new(), Vec::new());
    let mut courses = Vec::new();
    for product in products {
        let (course, law) = (simulated(product)?, law(product));
        let (last, expected) = (course[ROUNDS - 1], law[ROUNDS - 1]);
        // A root mean square of n normal errors has a relative error of 1 / sqrt(2 n).
        let error = expected / libm::sqrt(2.0 * TOPICS * REPLICATES as f64);
        let why = "4 standard errors of a root mean square over 16 questions and 4 replicates";
        findings.push(Finding::random(
            format!("error after 200 rounds, product {product}"),
            expected,
            last,
            error,
            why,
        ));
        let named = |name: String, points, course: &[f64], step: usize| Series {
            name,
            points,
            at: course.iter().enumerate().step_by(step).map(|(round, y)| (round as f64 + 1.0, *y)).collect(),
        };
        series.push(named(format!("product {product}: law"), Points::Law, &law, 1));
        series.push(named(format!("product {product}: simulated"), Points::Obtained, &course, 12));
        courses.push(course);
    }
    let ratio = |course: &[f64]| course[ROUNDS - 1] / course[ROUNDS / 4 - 1];
    let why = "evidence counts: the error falls as 1 / sqrt(rounds), by one half from round 50 to 200";
    findings.push(Finding::ranged(
        "product 0.5: error of round 200 over that of round 50",
        Expected::Between(0.3, 0.7),
        ratio(&courses[0]),
        why,
    ));
    let why = "evidence no longer counts";
    findings.push(Finding::ranged(
        "product 4: the same",
        Expected::Between(0.999, 1.001),
        ratio(&courses[3]),
        why,
    ));
    findings.push(
        Finding::ranged(
            "product 0.5 held to be frozen",
            Expected::Between(0.999, 1.001),
            ratio(&courses[0]),
            why,
        )
        .as_control(),
    );
    Ok(Outcome { findings, curves: vec![curve(series)] })
}

fn curve(series: Vec<Series>) -> Curve {
    Curve {
        title: "Does the error of what everybody believes go away?".into(),
        x: "round".into(),
        y: "root mean square error of the mean belief".into(),
        log_x: true,
        log_y: true,
        series,
    }
}
