//! Seconds per update round: serving, logging of feedback, training, review and every measure.

use divan::Bencher;
use divan::counter::ItemsCount;
use thumbscale::scenario::Scenario;
use thumbscale::simulation::Simulation;

fn main() {
    divan::main();
}

/// The second round of the scenario with all three signals, on all cores; items are conversations.
#[divan::bench(args = [100_000, 1_000_000], sample_count = 5, sample_size = 1)]
fn run_round(bencher: Bencher, users: u64) {
    let sets = [format!("population.users={users}"), "run.warm_up_rounds=0".to_string()];
    let scenario = Scenario::preset("all-three", &sets).unwrap();
    let mut simulation = Simulation::new(&scenario, 1);
    simulation.run_round().unwrap();
    let held = simulation.clone().run_round().unwrap().served.total().conversations();
    bencher
        .counter(ItemsCount::new(held as u64))
        .with_inputs(|| simulation.clone())
        .bench_local_refs(|simulation| simulation.run_round().unwrap());
}
