//! Many histories on all cores: design points, each in one or more versions on common random numbers, replicated.
//!
//! A history is looked up before it is simulated, so that an interrupted or repeated analysis continues where it was.
//! A point that fails is an error in its own place and does not end the others.

use super::family::{RoundDone, rounds_of_family, run_family};
use crate::measure::table::{Column, Entry, Row, Table, Values};
use crate::measure::{RoundMeasures, review_row, round_row};
use crate::parallel::map_whole;
use crate::population::Population;
use crate::random::replicate_seed;
use crate::scenario::{Scenario, Settings};
use crate::simulation::{Simulation, SimulationError};
use sha2::{Digest, Sha256};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Histories that are known already, by content.
pub trait Store: Sync {
    /// The history of that key, if it is there and whole.
    fn get(&self, key: &str) -> Option<Table>;
    /// Keeps a history. A store that cannot is slower later, not wrong, so there is no error here.
    fn put(&self, key: &str, history: &Table);
}

/// A store that keeps nothing.
pub struct NoStore;

impl Store for NoStore {
    fn get(&self, _: &str) -> Option<Table> {
        None
    }
    fn put(&self, _: &str, _: &Table) {}
}

/// How far an analysis is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rounds done so far, warm-up included, those that were known already too.
    pub rounds_done: u64,
    /// Those that were known already.
    pub rounds_known: u64,
    /// Rounds that all of it takes.
    pub rounds_total: u64,
    /// Replicates of design points finished.
    pub families_done: u64,
    /// Replicates of design points wanted.
    pub families_total: u64,
    /// Conversations simulated.
    pub conversations: u64,
}

/// What was made of the histories, by design point and replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct Ensemble<R> {
    /// `[point][replicate]`; `None` where it was not reached.
    pub results: Vec<Vec<Option<Result<R, SimulationError>>>>,
    /// Whether the observer stopped it before its end.
    pub interrupted: bool,
    /// How far it came.
    pub progress: Progress,
}

/// Design points to simulate.
#[derive(Clone, Copy)]
pub struct Design<'a> {
    /// How many there are.
    pub points: usize,
    /// The versions of a point, all of the same length. Made when they are needed: a million points do not fit in memory.
    pub versions: &'a (dyn Fn(usize) -> Vec<Scenario> + Sync),
    /// Histories of each version.
    pub replicates: u32,
}

/// Memory that users take at its peak: in each of the families that run at a time on so many threads the version that runs,
/// a copy while it is forked, and the rounds that several versions share.
pub fn bytes_needed(scenario: &Scenario, (versions, families): (usize, usize), threads: usize) -> u64 {
    let at_a_time = if families < threads { 1 } else { threads };
    let populations = if versions > 1 { 3 } else { 2 };
    Population::bytes_needed(scenario.settings_in(0)).saturating_mul((populations * at_a_time) as u64)
}

/// Simulates every replicate of every point and makes of the histories of its versions what `reduce` does.
/// `observe` is called after every round, from any thread, and may stop it; what is finished by then is kept.
pub fn evaluate<R: Send>(
    design: Design<'_>,
    store: &dyn Store,
    observe: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
    reduce: &(dyn Fn(&[Table]) -> R + Sync),
) -> Ensemble<R> {
    let replicates = design.replicates as usize;
    let run = Run::new(design, store, observe);
    let mut found = map_whole(design.points * replicates, |family| {
        // Versions take time to make; a million of them are not made for nothing.
        if run.stopped.load(Ordering::SeqCst) {
            return None;
        }
        let (point, replicate) = (family / replicates, (family % replicates) as u32);
        let histories = run.family(&(design.versions)(point), replicate)?;
        Some(histories.map(|histories| reduce(&histories)))
    })
    .into_iter();
    let results = (0..design.points).map(|_| found.by_ref().take(replicates).collect()).collect();
    Ensemble { results, interrupted: run.stopped.load(Ordering::SeqCst), progress: run.progress() }
}

struct Run<'a> {
    store: &'a dyn Store,
    observe: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
    stopped: AtomicBool,
    rounds_done: AtomicU64,
    rounds_known: AtomicU64,
    rounds_total: u64,
    families_done: AtomicU64,
    families_total: u64,
    conversations: AtomicU64,
}

impl<'a> Run<'a> {
    fn new(
        design: Design<'_>,
        store: &'a dyn Store,
        observe: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
    ) -> Self {
        let families_total = design.points as u64 * u64::from(design.replicates);
        let first = if design.points > 0 { (design.versions)(0) } else { Vec::new() };
        let rounds = if first.is_empty() { 0 } else { rounds_of_family(&first.iter().collect::<Vec<_>>()) };
        Self {
            store,
            observe,
            stopped: AtomicBool::new(false),
            rounds_done: AtomicU64::new(0),
            rounds_known: AtomicU64::new(0),
            rounds_total: rounds * families_total,
            families_done: AtomicU64::new(0),
            families_total,
            conversations: AtomicU64::new(0),
        }
    }

    /// The histories of one replicate of a point; `None` if it was stopped.
    fn family(&self, versions: &[Scenario], replicate: u32) -> Option<Result<Vec<Table>, SimulationError>> {
        let seed = replicate_seed(versions[0].settings_in(0).run.seed, replicate);
        let keys: Vec<String> = versions.iter().map(|version| history_key(version, seed)).collect();
        let mut histories: Vec<Option<Table>> = keys.iter().map(|key| self.store.get(key)).collect();
        let missing: Vec<usize> = (0..versions.len()).filter(|&it| histories[it].is_none()).collect();
        let wanted: Vec<&Scenario> = missing.iter().map(|&it| &versions[it]).collect();
        self.skip(versions, &wanted);
        match self.simulate(&wanted, seed) {
            Ok(None) => return None,
            Err(error) => return Some(Err(error)),
            Ok(Some(new)) => {
                for (&it, history) in missing.iter().zip(new) {
                    self.store.put(&keys[it], &history);
                    histories[it] = Some(history);
                }
            }
        }
        self.families_done.fetch_add(1, Ordering::Relaxed);
        Some(Ok(histories.into_iter().flatten().collect()))
    }

    /// Counts the rounds that need not be simulated.
    fn skip(&self, versions: &[Scenario], wanted: &[&Scenario]) {
        let rounds =
            |versions: &[&Scenario]| if versions.is_empty() { 0 } else { rounds_of_family(versions) };
        let known = rounds(&versions.iter().collect::<Vec<_>>()) - rounds(wanted);
        if known > 0 {
            self.rounds_known.fetch_add(known, Ordering::Relaxed);
            self.rounds_done.fetch_add(known, Ordering::Relaxed);
            // A stop is noticed by whoever simulates the next round.
            let _ = self.tell();
        }
    }

    /// One history per version; `None` if it was stopped.
    fn simulate(&self, versions: &[&Scenario], seed: u64) -> Result<Option<Vec<Table>>, SimulationError> {
        let mut histories = vec![Table::default(); versions.len()];
        if versions.is_empty() {
            return Ok(Some(histories));
        }
        let flow = run_family(versions, seed, &mut |done| {
            let RoundDone { members, measures, simulation } = done;
            if measures.round > 0 {
                let row = history_row(measures, simulation.scenario().settings_in(measures.round as u32));
                members.iter().for_each(|&member| histories[member].push(row.clone()));
            }
            self.rounds_done.fetch_add(1, Ordering::Relaxed);
            let conversations = measures.served.total().conversations() as u64;
            self.conversations.fetch_add(conversations, Ordering::Relaxed);
            self.tell()
        })?;
        Ok(flow.is_continue().then_some(histories))
    }

    fn tell(&self) -> ControlFlow<()> {
        let flow = (self.observe)(self.progress());
        if flow.is_break() {
            self.stopped.store(true, Ordering::SeqCst);
        }
        if self.stopped.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { flow }
    }

    fn progress(&self) -> Progress {
        Progress {
            rounds_done: self.rounds_done.load(Ordering::Relaxed),
            rounds_known: self.rounds_known.load(Ordering::Relaxed),
            rounds_total: self.rounds_total,
            families_done: self.families_done.load(Ordering::Relaxed),
            families_total: self.families_total,
            conversations: self.conversations.load(Ordering::Relaxed),
        }
    }
}

/// The columns of a history of `scenario`, without rows: what can be asked for. Taken from a round of a handful of users,
/// so that what a row holds is said in one place.
///
/// # Errors
/// If that round fails.
pub fn history_columns(scenario: &Scenario) -> Result<Vec<Column>, SimulationError> {
    let mut smallest = scenario.clone();
    for phase in &mut smallest.phases {
        let run = &mut phase.settings.run;
        (phase.settings.population.users, run.measure_rows) = (16, 16);
        (run.warm_up_rounds, run.rounds) = (0, 1);
        phase.settings.checks.clear();
    }
    let measures = Simulation::new(&smallest, 1).run_round()?;
    let mut table = Table::default();
    table.push(history_row(&measures, smallest.settings_in(1)));
    let empty = |column: Column| Column { values: Values::Number(Vec::new()), ..column };
    let numbers = table.columns.into_iter().filter(|column| !matches!(column.values, Values::Text(_)));
    Ok(numbers.map(empty).collect())
}

/// How the names of columns on review begin.
const REVIEW: &str = "review_";

/// A round of a history: the row of `rounds`, then what review decided, its columns named `review_...`.
pub(crate) fn history_row(measures: &RoundMeasures, settings: &Settings) -> Row {
    let mut row = round_row(measures, settings);
    let review = review_row(measures, settings).into_iter().filter(|entry| entry.name != "round");
    row.extend(review.map(|entry| {
        let plain = entry.name.strip_prefix(REVIEW).unwrap_or(&entry.name);
        Entry { name: format!("{REVIEW}{plain}"), ..entry }
    }));
    row
}

/// Histories of one variant, by replicate, as the tables `rounds` and `review` of a run.
pub fn as_run_tables(variant: &str, histories: &[Table]) -> (Table, Table) {
    let (mut rounds, mut review) = (Table::default(), Table::default());
    for (replicate, history) in (0..).zip(histories) {
        for row in 0..history.rows() {
            let key = variant_key(variant, replicate);
            let (of_review, of_round): (Row, Row) =
                history.row(row).into_iter().partition(|entry| entry.name.starts_with(REVIEW));
            let round = of_round.iter().find(|entry| entry.name == "round").cloned();
            let plain = |entry: Entry| match entry.name.strip_prefix(REVIEW) {
                // The only column that is called so in `review` itself.
                Some(name) if name != "days" => Entry { name: name.to_string(), ..entry },
                _ => entry,
            };
            review.push(key.iter().cloned().chain(round).chain(of_review.into_iter().map(plain)).collect());
            rounds.push(key.into_iter().chain(of_round).collect());
        }
    }
    (rounds, review)
}

/// The columns that say which history of a study a row belongs to.
pub fn variant_key(variant: &str, replicate: i64) -> Row {
    vec![
        Entry::text("variant", "Which factors are on: all, none, or one", variant),
        Entry::integer("replicate", "", "Replicate, from 0", replicate),
    ]
}

/// SHA-256 of everything that a history depends on: the engine that computes it, the settings of every round, the seed.
/// What a scenario is called, and how many replicates are wanted, does not matter.
pub fn history_key(scenario: &Scenario, seed: u64) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("THUMBSCALE_ENGINE"));
    hash.update(seed.to_le_bytes());
    for phase in &scenario.phases {
        let mut settings = phase.settings.clone();
        (settings.run.replicates, settings.run.seed) = (1, 0);
        hash.update(phase.from_round.to_le_bytes());
        let json = serde_json::to_vec(&settings).expect("settings hold only text, numbers and lists of them");
        hash.update(json);
    }
    hexadecimal(hash)
}

/// SHA-256 of some words and the engine: a key for what is computed from histories.
pub fn key_of(words: &[&str]) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("THUMBSCALE_ENGINE"));
    words.iter().for_each(|word| hash.update(format!("{}:{word}", word.len())));
    hexadecimal(hash)
}

fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::study::{Variant, run_study};
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Memory(Mutex<BTreeMap<String, Table>>);

    impl Store for Memory {
        fn get(&self, key: &str) -> Option<Table> {
            self.0.lock().unwrap().get(key).cloned()
        }
        fn put(&self, key: &str, history: &Table) {
            self.0.lock().unwrap().insert(key.to_string(), history.clone());
        }
    }

    fn versions(point: usize) -> Vec<Scenario> {
        let renewal = format!("world.stance_renewal={}", 0.1 + 0.1 * point as f64);
        let sets = ["population.users=200", "run.warm_up_rounds=1", "run.rounds=2", "run.measure_rows=64"];
        let rows = ["signals.raters.rows=128", "factors.memory.from_round=2", &renewal];
        let sets: Vec<String> = sets.iter().chain(&rows).map(|set| set.to_string()).collect();
        let all = Scenario::preset("all-three", &sets).expect("a shipped scenario");
        let some = all.with_active_factors(&["memory"]).expect("declared");
        vec![all.with_active_factors(&[] as &[&str]).expect("none"), some]
    }

    const DESIGN: Design<'_> = Design { points: 3, versions: &versions, replicates: 2 };

    fn last_rounds(tables: &[Table]) -> Vec<f64> {
        let last =
            |table: &Table| *table.numbers("sycophancy_index").expect("a column").last().expect("a row");
        tables.iter().map(last).collect()
    }

    fn on(_: Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[test]
    fn results_do_not_depend_on_the_store_or_on_threads() {
        let (store, again) = (Memory::default(), &|found: &[Table]| last_rounds(found));
        let first = evaluate(DESIGN, &store, &on, again);
        // Warm-up and round 1 are shared by both versions: 1 + 1 + 2 rounds, for 3 points and 2 replicates.
        assert_eq!((first.progress.rounds_done, first.progress.rounds_total), (24, 24));
        assert_eq!((first.progress.rounds_known, first.progress.families_done), (0, 6));
        let second = evaluate(DESIGN, &store, &on, again);
        assert_eq!((second.progress.rounds_known, second.progress.conversations), (24, 0));
        assert_eq!(first.results, second.results);
        assert_eq!(first.results, evaluate(DESIGN, &NoStore, &on, again).results);
        #[cfg(feature = "parallel")]
        for threads in [1, 4] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            assert_eq!(first.results, pool.install(|| evaluate(DESIGN, &NoStore, &on, again)).results);
        }
    }

    #[test]
    fn a_stopped_ensemble_goes_on_from_its_store() {
        let store = Memory::default();
        let few = |it: Progress| if it.families_done >= 2 { ControlFlow::Break(()) } else { on(it) };
        let stopped = evaluate(DESIGN, &store, &few, &last_rounds);
        assert!(stopped.interrupted);
        let finished = stopped.results.iter().flatten().flatten().count();
        assert!((2..6).contains(&finished), "{finished}");
        let whole = evaluate(DESIGN, &store, &on, &last_rounds);
        assert_eq!(whole.progress.rounds_known, 4 * finished as u64);
        for (before, after) in stopped.results.iter().flatten().zip(whole.results.iter().flatten()) {
            assert!(before.is_none() || before == after);
        }
    }

    #[test]
    fn columns_are_those_of_a_history() {
        let columns = history_columns(&versions(0)[0]).expect("finite");
        let found =
            evaluate(Design { points: 1, ..DESIGN }, &NoStore, &on, &|tables: &[Table]| tables[0].clone());
        let history = found.results[0][0].clone().expect("reached").expect("finite");
        let numbers: Vec<&String> = history
            .columns
            .iter()
            .filter(|it| history.words(&it.name).is_none())
            .map(|it| &it.name)
            .collect();
        assert_eq!(columns.iter().map(|it| &it.name).collect::<Vec<_>>(), numbers);
        assert!(history.words("review_verdict").is_some());
    }

    // By the other road: a study of the same scenario.
    #[test]
    fn histories_are_the_tables_of_a_run() {
        let mut scenario = versions(0)[1].with_set(&["run.replicates=2"]).expect("valid");
        scenario.phases.iter_mut().for_each(|phase| phase.settings.run.seed = 7);
        let variant = Variant { name: "all".into(), scenario: scenario.clone() };
        let study = run_study(&[variant], |_| ControlFlow::Continue(())).expect("finite");
        let design = Design { points: 1, versions: &|_| vec![scenario.clone()], replicates: 2 };
        let found = evaluate(design, &NoStore, &on, &|tables: &[Table]| tables[0].clone());
        let histories: Vec<Table> =
            found.results[0].iter().map(|it| it.clone().expect("reached").expect("finite")).collect();
        let (rounds, review) = as_run_tables("all", &histories);
        // NaN differs from itself, so the tables are compared as they print.
        assert_eq!(format!("{rounds:?}"), format!("{:?}", study.tables.rounds));
        assert_eq!(format!("{review:?}"), format!("{:?}", study.tables.review));
    }

    // Fewer families than threads run one after the other.
    #[test]
    fn memory_is_counted_for_what_runs_at_a_time() {
        let scenario = &versions(0)[0];
        let one = Population::bytes_needed(scenario.settings_in(0));
        assert_eq!(bytes_needed(scenario, (1, 1), 8), 2 * one);
        assert_eq!(bytes_needed(scenario, (4, 1), 8), 3 * one);
        assert_eq!(bytes_needed(scenario, (4, 20), 8), 24 * one);
    }

    #[test]
    fn keys_tell_what_matters_and_nothing_else() {
        let (none, memory) = (&versions(0)[0], &versions(0)[1]);
        assert_ne!(history_key(none, 1), history_key(memory, 1));
        assert_ne!(history_key(none, 1), history_key(none, 2));
        assert_ne!(history_key(none, 1), history_key(&versions(1)[0], 1));
        let mut renamed = none.clone();
        renamed.name = "other".into();
        let replicated = none.with_set(&["run.replicates=9", "run.seed=4"]).expect("valid");
        assert_eq!(history_key(none, 1), history_key(&renamed, 1));
        assert_eq!(history_key(none, 1), history_key(&replicated, 1));
    }
}
