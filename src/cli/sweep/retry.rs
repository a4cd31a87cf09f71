//! `thumbscale sweep retry`: what failed, again.

use super::super::exit::Exit;
use super::super::simulate::Threads;
use super::super::talk::Talk;
use super::Folder;
use super::run::run_shards;
use super::submit::{Engine, Options, submit_shards};
use crate::sweep::{Sweep, forget_failures};
use clap::Args;
use std::time::SystemTime;

/// Run again what failed: shards that were lost, failed or are damaged, and single runs with an error
///
/// Everything else that is missing is run with them. Finished runs stay.
#[derive(Args)]
#[command(after_help = "Example: thumbscale sweep retry /shared/phases --on slurm")]
pub struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// Submit to this scheduler instead of running here
    #[arg(long, value_name = "ENGINE")]
    on: Option<Engine>,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    threads: Threads,
}

pub fn retry(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let sweep = Sweep::open(&arguments.folder.folder)?;
    let forgotten = forget_failures(&sweep, SystemTime::now())?;
    talk.say(&format!("{} shards and {} single runs are tried again", forgotten.shards, forgotten.runs));
    match arguments.on {
        Some(engine) => submit_shards(&sweep, engine, &arguments.options, talk),
        None => run_shards(&sweep, &sweep.shards(), &arguments.threads, talk),
    }
}
