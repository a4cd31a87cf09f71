//! Runs a study on a pool of threads, with progress and a polite Ctrl-C.

use super::checkpoint::Keeper;
use super::interrupt;
use super::progress::Reporter;
use super::talk::Talk;
use crate::analysis::study::{Study, UnfinishedStudy};
use anyhow::Context;
use clap::Args;
use rayon::ThreadPool;

/// How the work is done; no number depends on it.
#[derive(Args)]
pub struct Threads {
    /// Threads to use, all cores unless given; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl Threads {
    pub fn pool(&self) -> anyhow::Result<ThreadPool> {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(self.threads.map_or(0, usize::from));
        builder.build().context("cannot start the threads; try a smaller --threads")
    }
}

/// Runs a study to its end, with a checkpoint now and then. Ctrl-C ends it after the current round with a checkpoint and with
/// what was computed; a round that fails ends it with what was computed, too.
pub fn simulate(
    mut study: UnfinishedStudy<'_>,
    keeper: &mut Keeper,
    pool: &ThreadPool,
    talk: Talk,
) -> anyhow::Result<Study> {
    interrupt::listen(talk)?;
    let mut reporter = Reporter::new(talk).going_on_from(study.rounds_done(), study.conversations());
    pool.install(|| run_rounds(&mut study, keeper, &mut reporter));
    reporter.finish();
    Ok(study.finish())
}

fn run_rounds(study: &mut UnfinishedStudy<'_>, keeper: &mut Keeper, reporter: &mut Reporter) {
    // A round that fails is the last one; the study knows.
    while let Ok(Some(progress)) = study.run_round() {
        reporter.round(&progress);
        if interrupt::requested() && progress.rounds_done < progress.rounds_total {
            interrupt::saving();
            keeper.write(study);
            break;
        }
        keeper.after_round(study);
    }
}
