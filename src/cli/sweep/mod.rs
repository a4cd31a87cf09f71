//! `thumbscale sweep`: many runs of one scenario, here or on a cluster.

mod extend;
mod merge;
mod plan;
mod progress;
mod retry;
mod run;
mod status;
mod submit;
mod worker;

use super::exit::Exit;
use super::talk::Talk;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Plan, run, submit, watch and merge many runs of one scenario
///
/// A sweep is planned once, from a sweep file into a folder. Whoever sees that folder may run any part of it, in any order and
/// as often as they like: this machine, or the jobs of a scheduler. Results are the same bits whoever computes them.
#[derive(Args)]
#[command(after_help = "\
Example: thumbscale sweep run scenarios/sweeps/phase-diagram.toml       plan, run and merge on this machine
         thumbscale sweep plan my-sweep.toml --out /shared/my-sweep     what will it cost?
         thumbscale sweep submit /shared/my-sweep --on slurm
         thumbscale sweep status /shared/my-sweep")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Plan(plan::Arguments),
    Run(run::Arguments),
    Submit(submit::Arguments),
    Status(status::Arguments),
    Retry(retry::Arguments),
    Merge(merge::Arguments),
    Extend(extend::Arguments),
}

pub fn sweep(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    match &arguments.command {
        Command::Plan(arguments) => plan::plan(arguments, talk),
        Command::Run(arguments) => run::run(arguments, talk),
        Command::Submit(arguments) => submit::submit(arguments, talk),
        Command::Status(arguments) => status::status(arguments),
        Command::Retry(arguments) => retry::retry(arguments, talk),
        Command::Merge(arguments) => merge::merge(arguments, talk),
        Command::Extend(arguments) => extend::extend(arguments, talk),
    }
}

/// The folder of a planned sweep.
#[derive(Args)]
struct Folder {
    /// Folder of a planned sweep
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}
