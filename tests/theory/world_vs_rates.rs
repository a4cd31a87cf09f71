//! Law: between rounds stances are renewed, memories fade, users leave, return and are replaced with stated chances;
//! a memory survives n rounds with probability exp(-n days / retention). Source: docs/model.md, sections 3 and 4.
//! Assumptions: users and topics are independent.
//! Statistic: shares over 20,000 users (80,000 stances).
//! Tolerance: z = 4.

use crate::laboratory::{Z, active, fill, numbers, numbers_of, settings, z_of_count, z_of_share};
use thumbscale::population::{Marks, Population, update_between_rounds};
use thumbscale::scenario::Settings;

const USERS: f64 = 20_000.0;

fn lab(sets: &[&str]) -> (Settings, Population) {
    let settings = settings("", &[&["population.users=20000"][..], sets].concat());
    let population = Population::sample(&settings, 3);
    (settings, population)
}

fn count(population: &Population, of: impl Fn(&thumbscale::population::Block) -> usize) -> f64 {
    population.blocks.iter().map(of).sum::<usize>() as f64
}

fn remembered(population: &Population) -> f64 {
    let topics = |block: &thumbscale::population::Block| {
        block.remembered_topics[..block.users].iter().map(|bits| bits.count_ones() as usize).sum()
    };
    count(population, topics)
}

fn remember_all(population: &mut Population) {
    population.blocks.iter_mut().for_each(|block| block.remembered_topics.fill(0b1111));
}

#[test]
fn stances_are_renewed_and_their_memory_with_them() {
    let (settings, before) = lab(&["world.stance_renewal=0.08"]);
    let mut after = before.clone();
    remember_all(&mut after);
    update_between_rounds(&mut after, &settings, 3, 1, 0);
    let stances = |population: &Population| numbers_of(population, |block| &block.stance_error);
    let renewed = stances(&before).iter().zip(&stances(&after)).filter(|(a, b)| a != b).count();
    assert!(z_of_share(renewed as f64, 4.0 * USERS, 0.08).abs() < Z);
    assert!(z_of_share(renewed as f64, 4.0 * USERS, 0.09).abs() > Z);
    // A new stance may round to the old one, with a chance of 1 in 10,000.
    assert!((remembered(&after) - (4.0 * USERS - renewed as f64)).abs() <= 5.0);
    // New stances have the old spread: relative standard error of a variance, sqrt(2 / n), plus the segments' mix.
    let squares = |population: &Population| {
        let all: Vec<f64> = stances(population).into_iter().map(|b| f64::from(b).powi(2)).collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    assert!((squares(&after) / squares(&before) - 1.0).abs() < Z * (2.0 * 0.08 * 2.0 / (4.0 * USERS)).sqrt());
}

#[test]
fn memories_fade_exponentially() {
    let (settings, mut population) =
        lab(&["memory.retention_days=30.0", "world.stance_renewal=0", "consequences.leaving=0"]);
    remember_all(&mut population);
    for round in 1..=5 {
        update_between_rounds(&mut population, &settings, 3, round, settings.clock.days_per_round);
    }
    let survive = |days: f64| (-5.0 * days / 30.0).exp();
    assert!(z_of_share(remembered(&population), 4.0 * USERS, survive(7.0)).abs() < Z);
    assert!(z_of_share(remembered(&population), 4.0 * USERS, survive(6.8)).abs() > Z);
}

#[test]
fn users_leave_the_sooner_the_less_they_trust() {
    let (settings, before) = lab(&["consequences.leaving=0.2"]);
    let mut after = before.clone();
    update_between_rounds(&mut after, &settings, 3, 1, 7);
    let gone = count(&after, |block| block.users - active(block));
    // Satisfaction starts at the reference, where the factor 2 logistic(0) is 1.
    let trusts = numbers_of(&before, |block| &block.trust).into_iter().map(f64::from).collect::<Vec<_>>();
    let z = |leaving: f64| z_of_count(gone, trusts.iter().map(move |t| leaving * (1.0 - t)));
    assert!(z(0.2).abs() < Z, "{}", z(0.2));
    assert!(z(0.25).abs() > Z);
}

#[test]
fn places_are_filled_by_those_who_return_and_by_newcomers() {
    let (settings, mut population) = lab(&["consequences.returning=0.1", "population.arrival_rate=0.3"]);
    for block in &mut population.blocks {
        block.marks.iter_mut().for_each(|marks| marks.set(Marks::ACTIVE, false));
        fill(&mut block.habituation, block.users, 1.0);
    }
    update_between_rounds(&mut population, &settings, 3, 1, 7);
    let active = count(&population, active);
    let new = count(&population, |block| {
        numbers(&block.habituation, block.users)[..block.users].iter().filter(|h| **h != 1.0).count()
    });
    assert!(z_of_share(active, USERS, 0.1 + 0.9 * 0.3).abs() < Z);
    assert!(z_of_share(new, USERS, 0.9 * 0.3).abs() < Z);
    // Negative control: newcomers only where nobody was asked to return.
    assert!(z_of_share(new, USERS, 0.3).abs() > Z);
}
