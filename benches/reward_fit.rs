//! Time of one fit of a reward model to a full window of feedback, from nothing.

use divan::Bencher;
use nalgebra::DMatrix;
use thumbscale::conversation::{SampleSizes, Serving, serve};
use thumbscale::feedback::Interaction;
use thumbscale::policy::{Feature, Policy};
use thumbscale::population::Population;
use thumbscale::reward::{Example, fit_logistic};
use thumbscale::scenario::{Scenario, Signal};

fn main() {
    divan::main();
}

/// The default window of a thumbs signal: its batches, less the tenth that is held out.
fn window() -> usize {
    let signal = Signal::default();
    signal.window as usize * signal.rows as usize * 9 / 10
}

/// Served conversations as a thumbs signal sees them: (1, a, a^2) and the context.
fn examples() -> Vec<Example> {
    let scenario = Scenario::preset("all-three", &[]).unwrap();
    let settings = scenario.settings_in(1);
    let features = Feature::list(settings);
    let policy = Policy::from_scenario(settings, &features);
    let sizes = SampleSizes {
        rated_rows: 1,
        uniform_rows: window(),
        expected_conversations: 50_000.0,
        expected_rating_share: 0.02,
    };
    let serving = Serving::new(settings, &policy, 1, 1, sizes);
    let served = serve(&mut Population::sample(settings, 1), &serving);
    let example = |row: &Interaction| {
        let levels = Interaction::levels_of(&row.response[..policy.behaviours], policy.levels);
        let squares = levels.iter().map(|a| a * a);
        let z = std::iter::once(1.0).chain(levels.iter().copied()).chain(squares).collect();
        Example { z, phi: row.phi.to_vec(), yes: row.up, weight: 1.0 }
    };
    served.sample.uniform.iter().map(example).collect()
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn default_window(bencher: Bencher) {
    let examples = examples();
    let rows: Vec<&Example> = examples.iter().collect();
    assert_eq!(rows.len(), window());
    let start = DMatrix::zeros(examples[0].z.len(), examples[0].phi.len());
    bencher.bench_local(|| fit_logistic(&rows, 1.0, &start).unwrap());
}
