//! Runs many histories on a pool of threads, with progress, a polite Ctrl-C, and what is known from before.

use super::interrupt;
use super::memory::refuse_too_large_for;
use super::progress::{SharedReporter, Steps};
use super::talk::Talk;
use crate::analysis::ensemble::{Design, Ensemble, NoStore, Progress, Store, bytes_needed, evaluate};
use crate::measure::table::Table;
use crate::output::HistoryStore;
use crate::scenario::Scenario;
use clap::Args;
use rayon::ThreadPool;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Where finished histories are kept, below the folder of all results.
const FOLDER: &str = ".histories";

/// What is done with finished histories.
#[derive(Args)]
pub struct Kept {
    /// Simulate everything, and keep nothing for the next time
    ///
    /// Otherwise every finished history is kept in DIR/.histories by its content, so that a command that was interrupted, or
    /// asks for the same again, does not simulate it twice. That folder may be deleted at any time.
    #[arg(long)]
    no_cache: bool,
}

/// Simulates a design on the threads of `pool`; `what` is a replicate of a point, in the plural. `scenario` is one like
/// all others in size.
pub fn simulate_design<R: Send>(
    design: Design<'_>,
    scenario: &Scenario,
    kept: (&Kept, &Path),
    manner: (&ThreadPool, Talk, &'static str),
    reduce: &(dyn Fn(&[Table]) -> R + Sync),
) -> anyhow::Result<Ensemble<R>> {
    let (pool, ..) = manner;
    let families = design.points * design.replicates as usize;
    let versions = if design.points > 0 { (design.versions)(0).len() } else { 0 };
    let needed = bytes_needed(scenario, (versions, families), pool.current_num_threads());
    refuse_too_large_for(scenario, needed)?;
    with_store(kept, manner, |store, observe| evaluate(design, store, observe, reduce))
}

/// Does work with a store of what is known from before, and something to tell of progress to.
pub fn with_store<R: Send>(
    (kept, root): (&Kept, &Path),
    (pool, talk, what): (&ThreadPool, Talk, &'static str),
    work: impl FnOnce(&dyn Store, &(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> R + Send,
) -> anyhow::Result<R> {
    interrupt::listen(talk)?;
    let reporter = SharedReporter::new(talk);
    let last = Mutex::new(Progress::default());
    let observe = |progress: Progress| {
        reporter.tell(&steps(&progress, what));
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.rounds_done > last.rounds_done {
            *last = progress;
        }
        if interrupt::requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let store = HistoryStore::new(&root.join(FOLDER));
    let used: &dyn Store = if kept.no_cache { &NoStore } else { &store };
    let found = pool.install(|| work(used, &observe));
    reporter.finish();
    tell(talk, &last.into_inner().unwrap_or_else(PoisonError::into_inner), kept.no_cache);
    if let Some(trouble) = store.trouble() {
        talk.say(&format!("warning: finished histories could not be kept for the next time: {trouble}"));
    }
    Ok(found)
}

fn steps(progress: &Progress, what: &'static str) -> Steps {
    Steps {
        rounds_done: progress.rounds_done,
        rounds_known: progress.rounds_known,
        rounds_total: progress.rounds_total,
        parts_done: progress.families_done,
        parts_total: progress.families_total,
        what,
        conversations: progress.conversations,
    }
}

fn tell(talk: Talk, progress: &Progress, no_cache: bool) {
    if progress.rounds_known > 0 {
        let (known, done) = (progress.rounds_known, progress.rounds_done);
        talk.say(&format!("{known} of {done} rounds were known from before (--no-cache simulates all)"));
    }
    if interrupt::requested() {
        let kept = if no_cache { "nothing is kept" } else { "the same command goes on from there" };
        let (done, total) = (progress.families_done, progress.families_total);
        talk.say(&format!("interrupted with {done} of {total} parts done; {kept}"));
    }
}
