//! `thumbscale sweep extend`: more points or replicates for a sweep, without doing anything twice.

use super::super::exit::Exit;
use super::super::talk::Talk;
use super::Folder;
use super::plan::{Cutting, Format, tell};
use crate::sweep::{Draft, Sweep};
use clap::Args;
use std::path::PathBuf;

/// Add points or replicates to a sweep; what is done is not done again
///
/// Writes a further manifest beside the first; `sweep run`, `submit`, `status` and `merge` then speak of both.
#[derive(Args)]
#[command(after_help = "\
Example: thumbscale sweep extend /shared/phases --replicates 10
         thumbscale sweep extend /shared/indices --samples 1024
         thumbscale sweep extend /shared/search --points next.csv")]
pub struct Arguments {
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    more: More,
    #[command(flatten)]
    cutting: Cutting,
    /// What to print on stdout
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct More {
    /// Samples of the larger design, whose first points are those of the sweep
    #[arg(long, value_name = "N")]
    samples: Option<u64>,
    /// Runs of every point in all
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: Option<u32>,
    /// A CSV or Parquet file of points, one column per parameter
    #[arg(long, value_name = "FILE")]
    points: Option<PathBuf>,
}

pub fn extend(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let folder = &arguments.folder.folder;
    let sweep = Sweep::open(folder)?;
    let draft = match &arguments.more {
        More { samples: Some(samples), .. } => Draft::more_samples(&sweep, *samples)?,
        More { replicates: Some(replicates), .. } => Draft::more_replicates(&sweep, *replicates)?,
        More { points: Some(file), .. } => Draft::more_points(&sweep, file)?,
        More { .. } => unreachable!("clap asks for one of them"),
    };
    let Some(manifest) = arguments.cutting.plan(&draft, folder, talk)? else { return Ok(Exit::Interrupted) };
    tell(&draft, &manifest, folder, arguments.format)?;
    talk.say(&format!("next: thumbscale sweep run {0}, or sweep submit {0} --on slurm", folder.display()));
    Ok(Exit::Fine)
}
