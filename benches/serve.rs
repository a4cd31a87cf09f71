//! Conversations per second of the serving kernel, by number of users and threads.
//!
//! `plain`, the reference round one user at a time in double precision, belongs beside these once it exists.

use divan::Bencher;
use divan::counter::ItemsCount;
use thumbscale::conversation::{SampleSizes, Serving, serve};
use thumbscale::policy::{Feature, Policy};
use thumbscale::population::Population;
use thumbscale::scenario::Scenario;

const SEED: u64 = 1;

fn main() {
    divan::main();
}

/// One round of the scenario with all three signals: memory is read and written.
#[divan::bench(args = [10_000, 100_000, 1_000_000], consts = [1, 2], sample_count = 5, sample_size = 1)]
fn conversations<const THREADS: usize>(bencher: Bencher, users: u64) {
    let scenario = Scenario::preset("all-three", &[format!("population.users={users}")]).unwrap();
    let settings = scenario.settings_in(1);
    let policy = Policy::from_scenario(settings, &Feature::list(settings));
    let sizes = SampleSizes {
        rated_rows: 4096,
        uniform_rows: 4096,
        expected_conversations: users as f64,
        expected_rating_share: 0.02,
    };
    let serving = Serving::new(settings, &policy, SEED, 1, sizes);
    let population = Population::sample(settings, SEED);
    let held = serve(&mut population.clone(), &serving).total().conversations();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    bencher
        .counter(ItemsCount::new(held as u64))
        .with_inputs(|| population.clone())
        .bench_local_refs(|population| pool.install(|| serve(population, &serving)));
}
