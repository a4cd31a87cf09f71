//! Start-up: drawing all users before the first round.

use divan::Bencher;
use divan::counter::ItemsCount;
use thumbscale::population::Population;
use thumbscale::scenario::Scenario;

fn main() {
    divan::main();
}

#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 5, sample_size = 1)]
fn sample(bencher: Bencher, users: u64) {
    let scenario = Scenario::preset("baseline", &[format!("population.users={users}")]).unwrap();
    let settings = scenario.settings_in(0);
    bencher.counter(ItemsCount::new(users)).bench_local(|| Population::sample(settings, 1));
}
