//! Several settings of a scenario, each with its loop gain.

use super::forecast::{Fate, foretold, observed};
use super::study::{LoopGain, Options, loop_gain, loop_gain_key};
use super::table::{from_table, to_table};
use crate::analysis::ensemble::{Progress, Store};
use crate::parallel::map_whole;
use crate::population::Population;
use crate::scenario::Scenario;
use crate::simulation::SimulationError;
use serde::Serialize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A setting: a combination of factors, or the scanned keys with their values.
#[derive(Clone, Debug)]
pub struct Setting {
    /// What it is called.
    pub label: String,
    /// Values of the scanned keys, in their order.
    pub values: Vec<String>,
    /// The scenario.
    pub scenario: Scenario,
}

/// What was measured of a setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// What it is called.
    pub label: String,
    /// Values of the scanned keys.
    pub values: Vec<String>,
    /// Its loop gain, and what that foretells.
    #[serde(flatten)]
    pub found: LoopGain,
    /// What gain and drive foretell of the horizon.
    pub foretold: Fate,
    /// What the run without a push then did; none if it was not followed.
    pub observed: Option<Fate>,
}

/// Rounds that a forecast looks ahead where no horizon is given.
const AHEAD: u32 = 40;

/// Measures every setting, each on a core of its own where there are enough. Those that `store` has are not measured
/// again. `observe` is called from any thread, and may stop it; what is finished then is kept. `[setting]`, `None` where
/// it was not reached.
pub fn measure_settings(
    settings: &[Setting],
    options: Options,
    store: &dyn Store,
    observe: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Vec<Option<Result<Measured, SimulationError>>> {
    // Freezing paths takes four times as long as the rest, and is asked of the last setting: all factors on.
    let of = |place: usize| Options { paths: options.paths && place + 1 == settings.len(), ..options };
    let rounds = |place: usize| rounds_of(&settings[place].scenario, &of(place));
    let rounds_total = (0..settings.len()).map(rounds).sum();
    let (done, known, finished) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let stopped = AtomicBool::new(false);
    let tell = |rounds: u64, from_before: bool| {
        let rounds_known = known.fetch_add(if from_before { rounds } else { 0 }, Ordering::Relaxed);
        let progress = Progress {
            rounds_done: done.fetch_add(rounds, Ordering::Relaxed) + rounds,
            rounds_known: rounds_known + if from_before { rounds } else { 0 },
            rounds_total,
            families_done: finished.load(Ordering::Relaxed),
            families_total: settings.len() as u64,
            conversations: 0,
        };
        if observe(progress).is_break() {
            stopped.store(true, Ordering::SeqCst);
        }
        if stopped.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    map_whole(settings.len(), |place| {
        let (setting, options) = (&settings[place], of(place));
        if stopped.load(Ordering::SeqCst) {
            return None;
        }
        let key = loop_gain_key(&setting.scenario, &options);
        let found = match store.get(&key).and_then(|table| from_table(&table)) {
            Some(found) => {
                let _ = tell(rounds(place), true);
                found
            }
            None => match loop_gain(&setting.scenario, options, &|rounds| tell(rounds, false)) {
                Ok(found) => found.inspect(|found| store.put(&key, &to_table(found)))?,
                Err(error) => return Some(Err(error)),
            },
        };
        finished.fetch_add(1, Ordering::Relaxed);
        Some(Ok(measured(setting, found, &options)))
    })
}

fn measured(setting: &Setting, found: LoopGain, options: &Options) -> Measured {
    let ahead = if options.horizon > 0 { options.horizon } else { AHEAD };
    let course = found.course.iter().map(|it| it.mean).collect();
    Measured {
        label: setting.label.clone(),
        values: setting.values.clone(),
        foretold: foretold(found.gain().mean, found.drive.mean, ahead),
        observed: (options.horizon > 0).then(|| observed(&course)),
        found,
    }
}

/// Memory that users take at its peak: of each replicate of a setting the users after every round that a push is followed
/// through, and of each setting that is measured at a time two histories that run.
pub fn bytes_needed(scenario: &Scenario, options: &Options, settings: usize, threads: usize) -> u64 {
    let at_a_time = if settings < threads { 1 } else { threads } as u64;
    let kept = u64::from(scenario.settings_in(0).run.replicates) * u64::from(options.hold + options.span + 1);
    Population::bytes_needed(scenario.settings_in(0)).saturating_mul(at_a_time * (kept + 2))
}

/// Rounds that the measurement of one setting simulates.
fn rounds_of(scenario: &Scenario, options: &Options) -> u64 {
    let run = &scenario.settings_in(0).run;
    let followed = options.hold + options.span;
    let length = followed.max(options.horizon);
    let responses = options.directions * if options.paths { 5 } else { 1 };
    u64::from(run.replicates)
        * u64::from(run.warm_up_rounds + options.before + length + 2 * followed * responses)
}
