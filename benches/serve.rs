//! Conversations per second of the serving kernel, by number of users and threads, and of the plain reference round, one
//! user at a time in double precision.

use divan::Bencher;
use divan::counter::ItemsCount;
use thumbscale::conversation::{SampleSizes, Serving, serve};
use thumbscale::policy::{Feature, Policy};
use thumbscale::population::Population;
use thumbscale::reference;
use thumbscale::scenario::Scenario;

const SEED: u64 = 1;

fn main() {
    divan::main();
}

/// One conversation each, memory off: how fast the kernel runs where users lie side by side.
#[divan::bench(args = [1_000_000], sample_count = 5, sample_size = 1)]
fn one_conversation_each(bencher: Bencher, users: u64) {
    let sets = ["clock.usage=fixed", "clock.days_per_round=1", "clock.conversations_per_day=1.0"];
    let users = format!("population.users={users}");
    let sets: Vec<String> = sets.iter().map(|set| set.to_string()).chain([users]).collect();
    let scenario = Scenario::preset("baseline", &sets).unwrap();
    let settings = scenario.settings_in(0);
    let policy = Policy::from_scenario(settings, &Feature::list(settings));
    let users = settings.population.users;
    let serving = Serving::new(settings, &policy, SEED, 1, sizes(users));
    let population = Population::sample(settings, SEED);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    bencher
        .counter(ItemsCount::new(users))
        .with_inputs(|| population.clone())
        .bench_local_refs(|population| pool.install(|| serve(population, &serving)));
}

/// The same round as `conversations`, as it is written to be read.
#[divan::bench(args = [10_000], sample_count = 5, sample_size = 1)]
fn plain(bencher: Bencher, users: u64) {
    let scenario = Scenario::preset("all-three", &[format!("population.users={users}")]).unwrap();
    let settings = scenario.settings_in(1);
    let policy = Policy::from_scenario(settings, &Feature::list(settings));
    let population = Population::sample(settings, SEED);
    let held: f64 = reference::serve(&mut population.clone(), settings, &policy, SEED, 1)
        .iter()
        .map(|segment| segment.conversations())
        .sum();
    bencher
        .counter(ItemsCount::new(held as u64))
        .with_inputs(|| population.clone())
        .bench_local_refs(|population| reference::serve(population, settings, &policy, SEED, 1));
}

fn sizes(users: u64) -> SampleSizes {
    SampleSizes {
        rated_rows: 4096,
        uniform_rows: 4096,
        expected_conversations: users as f64,
        expected_rating_share: 0.02,
    }
}

/// One round of the scenario with all three signals: memory is read and written.
#[divan::bench(args = [10_000, 100_000, 1_000_000], consts = [1, 2], sample_count = 5, sample_size = 1)]
fn conversations<const THREADS: usize>(bencher: Bencher, users: u64) {
    let scenario = Scenario::preset("all-three", &[format!("population.users={users}")]).unwrap();
    let settings = scenario.settings_in(1);
    let policy = Policy::from_scenario(settings, &Feature::list(settings));
    let serving = Serving::new(settings, &policy, SEED, 1, sizes(users));
    let population = Population::sample(settings, SEED);
    let held = serve(&mut population.clone(), &serving).total().conversations();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    bencher
        .counter(ItemsCount::new(held as u64))
        .with_inputs(|| population.clone())
        .bench_local_refs(|population| pool.install(|| serve(population, &serving)));
}
