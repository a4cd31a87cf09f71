//! Paths of many users against the map for infinitely many.

use crate::mean_field::{MeanField, MeanFieldRound};
use crate::measure::RoundMeasures;
use crate::parallel;
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::verify::laboratory::{line, points};
use crate::verify::{Case, Curve, Expected, Finding, Outcome, Tier, VerifyError};

/// The N^(-1/2) law.
pub const CASE: Case = Case {
    name: "mean-field",
    tier: Tier::Exact,
    title: "Paths of N users close in on the map for infinitely many as N^(-1/2)",
    law: "The distance between the measures of N simulated users and the deterministic round map falls as N^(-1/2), learners' \
        samples growing in proportion to N.",
    source: "Sznitman 1991, Topics in propagation of chaos, section 1; map: docs/mean-field.md",
    scenario: Some("mean-field"),
    not_covered: "Memory, trust that changes, habits and review: with them the law of beliefs is not all there is to know.",
    run,
};

const ROUNDS: u32 = 4;
const SIZES: [u64; 4] = [500, 2000, 8000, 32_000];
const SEEDS: [u64; 4] = [24, 16, 10, 6];

/// Conversations, samples and penalties in proportion to `users`; beyond the largest size, samples of that size.
fn scenario(users: u64, sets: &[&str]) -> Result<Scenario, VerifyError> {
    let rows = users / 4;
    let share = rows as f64 / 4096.0;
    let own = [
        format!("population.users={users}"),
        format!("run.rounds={ROUNDS}"),
        format!("run.measure_rows={}", users.max(16)),
        format!("signals.raters.rows={rows}"),
        format!("signals.thumbs.rows={rows}"),
        format!("signals.raters.l2={share:?}"),
        format!("signals.thumbs.l2={share:?}"),
        format!("policy.fresh_data_prior={:?}", 200.0 * share),
    ];
    let sets: Vec<String> = own.into_iter().chain(sets.iter().map(|set| set.to_string())).collect();
    Ok(Scenario::preset("mean-field", &sets)?)
}

/// What is compared, all of it smooth in the law of users: approval, benefit, effective deference, |b|, flattery.
fn of_users(round: &RoundMeasures) -> [f64; 5] {
    let total = round.served.total();
    let (deference, stance) = (total.effective_deference.mean(), round.users.0.mean_abs_stance_error());
    [total.approval.mean(), total.benefit.mean(), deference, stance, round.policy.levels[1].mean()]
}

fn of_map(round: &MeanFieldRound) -> [f64; 5] {
    let flattery = round.policy.levels[1].mean();
    [round.approval, round.benefit, round.effective_deference, round.mean_abs_stance_error, flattery]
}

fn map(sets: &[&str]) -> Result<[f64; 5], VerifyError> {
    let rounds = MeanField::new(&scenario(SIZES[3], sets)?)?.run()?;
    Ok(of_map(&rounds[rounds.len() - 1]))
}

/// Measures of the last round, by seed.
fn paths(users: u64, seeds: u64) -> Result<Vec<[f64; 5]>, VerifyError> {
    let scenario = scenario(users, &[])?;
    let path = |seed: usize| -> Result<[f64; 5], VerifyError> {
        let mut simulation = Simulation::new(&scenario, seed as u64 + 1);
        let mut last = [f64::NAN; 5];
        for _ in 0..ROUNDS {
            last = of_users(&simulation.run_round()?);
        }
        Ok(last)
    };
    parallel::map_whole(seeds as usize, path).into_iter().collect()
}

/// Root mean square distance of each measure from the map.
fn distances(paths: &[[f64; 5]], map: [f64; 5]) -> [f64; 5] {
    std::array::from_fn(|k| {
        let squares = paths.iter().map(|path| (path[k] - map[k]) * (path[k] - map[k]));
        libm::sqrt(squares.sum::<f64>() / paths.len() as f64)
    })
}

/// Least-squares slope of the mean log distance over measures against log N.
fn slope(distances: &[[f64; 5]]) -> f64 {
    let x: Vec<f64> = SIZES.iter().map(|&n| libm::log(n as f64)).collect();
    let y: Vec<f64> =
        distances.iter().map(|it| it.iter().map(|d| libm::log(*d)).sum::<f64>() / 5.0).collect();
    let (mx, my) = (x.iter().sum::<f64>() / 4.0, y.iter().sum::<f64>() / 4.0);
    let (xy, xx) =
        x.iter().zip(&y).fold((0.0, 0.0), |s, (x, y)| (s.0 + (x - mx) * (y - my), s.1 + (x - mx) * (x - mx)));
    xy / xx
}

fn run() -> Result<Outcome, VerifyError> {
    let (right, wrong) = (map(&[])?, map(&["consequences.belief_rate=0.2", "approval.accuracy=1.4"])?);
    let paths: Vec<Vec<[f64; 5]>> =
        SIZES.iter().zip(SEEDS).map(|(&users, seeds)| paths(users, seeds)).collect::<Result<_, _>>()?;
    let from = |map: [f64; 5]| -> Vec<[f64; 5]> { paths.iter().map(|paths| distances(paths, map)).collect() };
    let (near, far) = (from(right), from(wrong));
    let range = Expected::Between(-0.6, -0.4);
    let why = "-0.5 +- 0.1: a log distance over 6 to 24 seeds errs by 0.14 to 0.29, less for the mean of five measures";
    let mut findings = vec![
        Finding::ranged(
            "slope of log distance against log N, mean of five measures",
            range,
            slope(&near),
            why,
        ),
        Finding::ranged(
            "the same from a map with another pull of beliefs and another weight of accuracy",
            range,
            slope(&far),
            why,
        )
        .as_control(),
    ];
    for (k, name) in ["approval", "benefit", "effective deference", "|b|", "flattery"].iter().enumerate() {
        let last: Vec<f64> = paths[3].iter().map(|path| path[k]).collect();
        let (mean, error) = crate::verify::laboratory::mean_and_error(&last);
        let why = "4 standard errors over 6 seeds of 32,000 users, and 0.002 for bias of order 1 / N and quadrature";
        let plain = Finding::random(
            format!("{name} in round {ROUNDS}, mean of 32,000 users"),
            right[k],
            mean,
            error,
            why,
        );
        findings.push(Finding { tolerance: plain.tolerance + 0.002, ..plain });
    }
    Ok(Outcome { findings, curves: vec![curve(&near)] })
}

fn curve(distances: &[[f64; 5]]) -> Curve {
    let mean = |it: &[f64; 5]| libm::exp(it.iter().map(|d| libm::log(*d)).sum::<f64>() / 5.0);
    let at: Vec<(f64, f64)> = SIZES.iter().zip(distances).map(|(&n, it)| (n as f64, mean(it))).collect();
    let (middle, level) = (
        at.iter().map(|p| libm::log(p.0)).sum::<f64>() / 4.0,
        at.iter().map(|p| libm::log(p.1)).sum::<f64>() / 4.0,
    );
    let law =
        SIZES.iter().map(|&n| (n as f64, libm::exp(level - 0.5 * (libm::log(n as f64) - middle)))).collect();
    Curve {
        title: "How fast do paths of N users close in on the map?".into(),
        x: "users N".into(),
        y: "distance, geometric mean of five measures".into(),
        log_x: true,
        log_y: true,
        series: vec![line("slope -1/2", law), points("simulated", at)],
    }
}
