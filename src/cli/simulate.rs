//! Runs a study on a pool of threads, with progress and a polite Ctrl-C.

use super::interrupt;
use super::progress::Reporter;
use super::talk::Talk;
use anyhow::Context;
use clap::Args;
use rayon::ThreadPool;
use std::ops::ControlFlow;
use thumbscale::analysis::study::{Study, Variant, run_study};

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

/// Runs all variants. Ctrl-C ends the study after the current round with what was computed.
pub fn simulate(variants: &[Variant], pool: &ThreadPool, talk: Talk) -> anyhow::Result<Study> {
    interrupt::listen(talk)?;
    let mut reporter = Reporter::new(talk);
    let study = pool.install(|| {
        run_study(variants, |progress| {
            reporter.round(&progress);
            if interrupt::requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    reporter.finish();
    Ok(study?)
}
