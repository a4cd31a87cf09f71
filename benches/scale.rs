//! Cost of a user at every size of population: one conversation of each, then the world moves on and everybody is measured.
//! Users are not reset between samples, so that the largest population is held in memory once (4 GB).

use divan::Bencher;
use divan::counter::ItemsCount;
use thumbscale::conversation::{SampleSizes, Serving, serve};
use thumbscale::measure::measure_users;
use thumbscale::policy::{Feature, Policy};
use thumbscale::population::{Population, update_between_rounds};
use thumbscale::scenario::Scenario;

const SEED: u64 = 1;

fn main() {
    divan::main();
}

#[divan::bench(args = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000], consts = [1, 2], sample_count = 3, sample_size = 1)]
fn users<const THREADS: usize>(bencher: Bencher, users: u64) {
    let sets = ["clock.usage=fixed", "clock.days_per_round=1", "clock.conversations_per_day=1.0"];
    let users = format!("population.users={users}");
    let sets: Vec<String> = sets.iter().map(|set| set.to_string()).chain([users]).collect();
    let scenario = Scenario::preset("baseline", &sets).unwrap();
    let settings = scenario.settings_in(0);
    let policy = Policy::from_scenario(settings, &Feature::list(settings));
    let sizes = SampleSizes {
        rated_rows: 4096,
        uniform_rows: 4096,
        expected_conversations: settings.population.users as f64,
        expected_rating_share: 0.02,
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap();
    let mut population = pool.install(|| Population::sample(settings, SEED));
    let mut round = 0;
    bencher.counter(ItemsCount::new(settings.population.users)).bench_local(|| {
        round += 1;
        pool.install(|| {
            let served = serve(&mut population, &Serving::new(settings, &policy, SEED, round, sizes));
            update_between_rounds(&mut population, settings, SEED, round, 1);
            (served.total(), measure_users(&population, settings))
        })
    });
}
