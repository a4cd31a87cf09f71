//! Small scenarios and statistics for tests of the model.
#![allow(dead_code)]

pub mod small_problem;

use thumbscale::conversation::{SampleSizes, Served, Serving, serve};
use thumbscale::measure::RoundMeasures;
use thumbscale::policy::{Feature, Policy};
use thumbscale::population::{Block, Column, Marks, Population, TO_NEAREST};
use thumbscale::random::{Address, Draws, Stream};
use thumbscale::scenario::{Scenario, Settings, preset_loader};
use thumbscale::simulation::Simulation;

/// Every tolerance of a random quantity is this many standard errors.
pub const Z: f64 = 4.0;

/// The baseline changed by TOML `text`, with small samples so that a round takes milliseconds.
pub fn scenario(text: &str, sets: &[&str]) -> Scenario {
    let text = format!("base = 'baseline.toml'\n{text}");
    let small = ["run.measure_rows=200", "signals.raters.rows=400", "run.warm_up_rounds=0"];
    let sets: Vec<String> = small.iter().chain(sets).map(|set| set.to_string()).collect();
    match Scenario::from_toml("test.toml", &text, &preset_loader, &sets) {
        Ok(scenario) => scenario,
        Err(errors) => panic!("{}", errors.render(false)),
    }
}

/// All numbers of a column: those of the first row, then of the second.
pub fn numbers(column: &Column, users: usize) -> Vec<f32> {
    (0..column.rows()).flat_map(|row| column.row(row, users)).collect()
}

/// The numbers that a column of each block holds.
pub fn numbers_of(population: &Population, column: impl Fn(&Block) -> &Column) -> Vec<f32> {
    population.blocks.iter().flat_map(|block| numbers(column(block), block.users)).collect()
}

/// Sets all numbers of a column.
pub fn fill(column: &mut Column, users: usize, value: f32) {
    for (row, index) in (0..column.rows()).flat_map(|row| (0..users).map(move |index| (row, index))) {
        column.set(row, index, value, TO_NEAREST);
    }
}

/// Users of a block who have a mark.
pub fn marked(block: &Block, mark: u8) -> usize {
    block.marks[..block.users].iter().filter(|marks| marks.has(mark)).count()
}

/// Users who have not left.
pub fn active(block: &Block) -> usize {
    marked(block, Marks::ACTIVE)
}

/// The settings of [`scenario`] without factors.
pub fn settings(text: &str, sets: &[&str]) -> Settings {
    scenario(text, sets).settings_in(0).clone()
}

/// Numbers for tests, addressed like all others.
pub fn draws(seed: u64, test: u32) -> Draws {
    Address { stream: Stream::Replicate, round: 1, day: 0, event: 1, user: test }.draws(seed)
}

/// The reference policy of some settings.
pub fn reference_policy(settings: &Settings) -> Policy {
    Policy::from_scenario(settings, &Feature::list(settings))
}

/// A policy that reacts to every context feature.
pub fn reactive_policy(settings: &Settings, seed: u64) -> Policy {
    let mut policy = reference_policy(settings);
    let mut draws = draws(seed, 1);
    for row in 0..policy.weights.nrows() {
        for column in 0..policy.weights.ncols() {
            policy.weights[(row, column)] += draws.normal();
        }
    }
    policy
}

/// Serves one round and keeps every conversation.
pub fn serve_all(population: &mut Population, settings: &Settings, policy: &Policy, round: u32) -> Served {
    let sizes = SampleSizes {
        rated_rows: 1 << 30,
        uniform_rows: 1 << 30,
        expected_conversations: 1.0,
        expected_rating_share: 1.0,
    };
    serve(population, &Serving::new(settings, policy, settings.run.seed, round, sizes))
}

/// All rounds of a scenario.
pub fn run(scenario: &Scenario, seed: u64) -> (Simulation, Vec<RoundMeasures>) {
    let mut simulation = Simulation::new(scenario, seed);
    let run = &scenario.settings_in(0).run;
    let rounds = (0..run.warm_up_rounds + run.rounds)
        .map(|_| simulation.run_round().expect("small runs stay finite"))
        .collect();
    (simulation, rounds)
}

/// Mean, standard deviation and standard error of the mean.
pub fn mean_sd_se(values: &[f64]) -> (f64, f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, variance.sqrt(), (variance / n).sqrt())
}

/// Distance of a count from its expectation under independent events, in standard errors.
pub fn z_of_count(count: f64, probabilities: impl Iterator<Item = f64>) -> f64 {
    let (mut expected, mut variance) = (0.0, 0.0);
    for p in probabilities {
        expected += p;
        variance += p * (1.0 - p);
    }
    (count - expected) / variance.sqrt()
}

/// Distance of a share from a probability, in standard errors.
pub fn z_of_share(count: f64, n: f64, p: f64) -> f64 {
    (count - n * p) / (n * p * (1.0 - p)).sqrt()
}

/// Pearson's chi-square as a standard normal number (Wilson and Hilferty 1931).
pub fn z_of_chi_square(observed: &[f64], expected: &[f64]) -> f64 {
    assert!(expected.iter().all(|e| *e >= 5.0), "cells expect at least 5: {expected:?}");
    let statistic: f64 = observed.iter().zip(expected).map(|(o, e)| (o - e) * (o - e) / e).sum();
    let df = (observed.len() - 1) as f64;
    let variance = 2.0 / (9.0 * df);
    ((statistic / df).cbrt() - (1.0 - variance)) / variance.sqrt()
}
