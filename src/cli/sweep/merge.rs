//! `thumbscale sweep merge`: one tidy table of all shards.

use super::super::exit::Exit;
use super::super::progress::duration;
use super::super::talk::{Talk, print};
use super::Folder;
use crate::output::words::large;
use crate::sweep::{Merged, Sweep, merge as merge_shards, shards_in_words};
use clap::Args;
use std::time::Instant;

/// Merge all finished shards into one tidy table, and say what is missing
///
/// Writes Parquet files into FOLDER/results, a row for each run and round kept, with the values of its point. Fails if a run is
/// missing, unless --partial says that what is there will do.
#[derive(Args)]
#[command(after_help = "Example: thumbscale sweep merge /shared/phases
         duckdb -c \"select * from '/shared/phases/results/*.parquet' limit 5\"")]
pub struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// Merge what is there, even if runs are missing
    #[arg(long)]
    partial: bool,
}

pub fn merge(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let sweep = Sweep::open_of_any_program(&arguments.folder.folder)?;
    merge_and_tell(&sweep, arguments.partial, talk)
}

/// Merges and says what came of it.
pub fn merge_and_tell(sweep: &Sweep, partial: bool, talk: Talk) -> anyhow::Result<Exit> {
    let clock = Instant::now();
    let merged = merge_shards(sweep, partial, &|_, _| {})?;
    print(&(in_words(&merged) + "\n"))?;
    talk.say(&format!("merged in {}", duration(clock.elapsed().as_secs_f64())));
    Ok(Exit::Fine)
}

fn in_words(merged: &Merged) -> String {
    let (rows, runs) = (large(merged.rows as f64), large((merged.runs - merged.missing) as f64));
    let mut text = format!("{rows} rows of {runs} runs in {}", merged.folder.display());
    if merged.failed > 0 {
        text += &format!(
            "\n{} runs failed: their rows have round 0 and say why in the column error",
            merged.failed
        );
    }
    if merged.missing > 0 {
        let shards = shards_in_words(&merged.unfinished);
        text += &format!("\n{} of {} runs are missing, in {shards}", merged.missing, merged.runs);
    }
    text
}
