//! `thumbscale sweep submit`: gives what is missing of a sweep to a scheduler.

mod files;
mod slurm;

use super::super::exit::Exit;
use super::super::talk::Talk;
use super::Folder;
use super::plan::positive;
use crate::sweep::engine::Work;
use crate::sweep::{Shard, Status, Sweep, shards_in_words};
use anyhow::Context;
use clap::{Args, ValueEnum};
use std::time::SystemTime;

/// Submit what is missing of a sweep to a scheduler
///
/// To Slurm it is submitted; for the others a file is written, and what to do with it is said. Which shards are missing is told by the files in the sweep's folder. Whatever happens to the jobs, submitting again
/// submits what is still missing.
#[derive(Args)]
#[command(after_help = "\
Example: thumbscale sweep submit /shared/phases --on slurm --partition short --option=--qos=low
         thumbscale sweep submit /shared/phases --on slurm --dry-run")]
pub struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// The scheduler
    #[arg(long, value_name = "ENGINE")]
    on: Engine,
    #[command(flatten)]
    options: Options,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Job arrays, submitted with sbatch
    Slurm,
    /// A Snakefile
    Snakemake,
    /// A Python script for a Dask cluster
    Dask,
    /// A script that calls hq submit
    Hyperqueue,
    /// An Indexed Job
    Kubernetes,
}

/// How jobs are run.
#[derive(Args)]
pub struct Options {
    /// Print what would be submitted, and submit nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Cores of a job
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=1024))]
    cpus: u32,
    /// Minutes after which a job is ended [default: three times what the longest shard should take, and five]
    #[arg(long, value_name = "MINUTES", value_parser = positive)]
    minutes: Option<f64>,
    /// Memory of a job in MB [default: what the largest run should take on every core, and 300]
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..))]
    memory: Option<u64>,
    /// Partition of the cluster (slurm)
    #[arg(long, value_name = "NAME")]
    pub partition: Option<String>,
    /// Account that pays (slurm)
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Jobs that run at a time (slurm, kubernetes)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_running: Option<u32>,
    /// A further option of sbatch (slurm), as in --option=--qos=low; may be given several times
    #[arg(long = "option", value_name = "OPTION", allow_hyphen_values = true)]
    pub options: Vec<String>,
    /// Image that holds thumbscale and a shell (kubernetes)
    #[arg(long, value_name = "IMAGE", default_value = "thumbscale")]
    image: String,
    /// Claim of the volume on which the sweep lies (kubernetes)
    #[arg(long, value_name = "NAME", default_value = "sweeps")]
    claim: String,
    /// Submit no job that merges at the end (slurm)
    #[arg(long)]
    pub no_merge: bool,
    /// Also submit shards that are still in the queue (slurm)
    #[arg(long)]
    pub again: bool,
}

pub fn submit(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let sweep = Sweep::open(&arguments.folder.folder)?;
    submit_shards(&sweep, arguments.on, &arguments.options, talk)
}

/// Submits all that is missing and did not fail too often.
pub fn submit_shards(sweep: &Sweep, engine: Engine, options: &Options, talk: Talk) -> anyhow::Result<Exit> {
    let status = Status::of(sweep, SystemTime::now())?;
    let given_up = status.given_up();
    if !given_up.is_empty() {
        let folder = sweep.folder.display();
        talk.say(&format!(
            "warning: {} failed too often and are left alone; mend the cause, then thumbscale sweep retry {folder}",
            shards_in_words(&given_up)
        ));
    }
    let shards = status.to_try();
    if shards.is_empty() {
        let running = status.shards.running;
        talk.say(&format!(
            "nothing to submit: {} of {} shards are done, {running} running",
            status.shards.done, status.shards.total
        ));
        return Ok(if status.is_complete() || running > 0 { Exit::Fine } else { Exit::Failed });
    }
    let work = work(sweep, &shards, options)?;
    match engine {
        Engine::Slurm => slurm::submit(sweep, work, options, talk),
        other => files::write(other, &work, options, talk),
    }
}

fn work(sweep: &Sweep, shards: &[Shard], options: &Options) -> anyhow::Result<Work> {
    let longest = shards.iter().map(|shard| sweep.planned_seconds(shard)).fold(0.0, f64::max);
    let usual = 3.0 * longest / 60.0 / f64::from(options.cpus) + 5.0;
    let run = sweep.generations.iter().map(|(it, _)| it.estimate.memory_bytes).max().unwrap_or(0);
    let usual_memory = 300 + u64::from(options.cpus) * run / 1_000_000;
    Ok(Work {
        name: sweep.study().name.clone(),
        program: std::env::current_exe().context("cannot tell where this program lies")?,
        folder: sweep.folder.canonicalize().context("cannot tell where the sweep lies")?,
        shards: shards.iter().map(|it| it.number).collect(),
        all_shards: sweep.shards().len() as u32,
        cores: options.cpus,
        minutes: options.minutes.unwrap_or(usual).ceil() as u64,
        memory_mb: options.memory.unwrap_or(usual_memory),
    })
}
