//! Seconds per update round of the engine: serving, logging of feedback, training, review and every measure. Items are
//! conversations. Rounds follow each other in one history; what a command adds (files, figures) is not in it.

use divan::Bencher;
use divan::counter::ItemsCount;
use thumbscale::scenario::Scenario;
use thumbscale::simulation::Simulation;

/// The program's: samples are given back and asked for again in every round.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 1;

fn main() {
    divan::main();
}

/// One conversation each and nothing on: what a round costs at the least.
#[divan::bench(args = [10_000, 100_000, 1_000_000, 10_000_000], consts = [1, 2], sample_count = 20, sample_size = 1)]
fn one_conversation_each<const THREADS: usize>(bencher: Bencher, users: u64) {
    let sets = ["clock.usage=fixed", "clock.days_per_round=1", "clock.conversations_per_day=1.0"];
    rounds::<THREADS>(bencher, "baseline", users, &sets);
}

/// A week of all three signals, as incidents are made of.
#[divan::bench(args = [10_000, 100_000, 1_000_000], consts = [1, 2], sample_count = 10, sample_size = 1)]
fn week_of_all_three<const THREADS: usize>(bencher: Bencher, users: u64) {
    rounds::<THREADS>(bencher, "all-three", users, &[]);
}

fn rounds<const THREADS: usize>(bencher: Bencher, preset: &str, users: u64, sets: &[&str]) {
    let always = [format!("population.users={users}"), "run.warm_up_rounds=0".to_string()];
    let sets: Vec<String> = sets.iter().map(|set| set.to_string()).chain(always).collect();
    let scenario = Scenario::preset(preset, &sets).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    let mut simulation = pool.install(|| Simulation::new(&scenario, SEED));
    let mut round = || pool.install(|| simulation.run_round().unwrap());
    // The first round has no history to learn from.
    let held = round().served.total().conversations();
    bencher.counter(ItemsCount::new(held as u64)).bench_local(round);
}
