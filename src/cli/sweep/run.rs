//! `thumbscale sweep run`: what is missing of a sweep, on this machine; or one shard, for whoever distributes them.

use super::super::exit::Exit;
use super::super::interrupt;
use super::super::memory::refuse_too_large_for;
use super::super::progress::duration;
use super::super::simulate::Threads;
use super::super::talk::Talk;
use super::merge::merge_and_tell;
use super::plan::{Cutting, Format, SweepChanges, SweepPlace, beside, is_same, tell};
use super::progress::RunReporter;
use super::worker::Process;
use crate::output::write_atomic;
use crate::scenario::sweeps;
use crate::sweep::{Draft, Manifest, Shard, Sweep, SweepError, WorkDone, Worker, shards_in_words, work};
use clap::Args;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Run what is missing of a sweep on all cores of this machine, or the shards named
///
/// Given a sweep file it is planned first and merged at the end. What is finished stays finished: after an interruption,
/// or together with others who run the same sweep, only what is missing is simulated.
#[derive(Args)]
#[command(after_help = "\
Example: thumbscale sweep run scenarios/sweeps/phase-diagram.toml
         thumbscale sweep run /shared/phases --shard 17      what schedulers call
         thumbscale sweep run /shared/phases --shard 2/8     the second of eight machines")]
pub struct Arguments {
    /// Folder of a planned sweep, a sweep file, or the name of a shipped sweep
    #[arg(value_name = "FOLDER|FILE|PRESET")]
    sweep: PathBuf,
    /// Only this shard, or the I-th of N equal parts of all shards; may be given several times
    #[arg(long = "shard", value_name = "I|I/N", value_parser = part)]
    parts: Vec<Part>,
    #[command(flatten)]
    changes: SweepChanges,
    #[command(flatten)]
    place: SweepPlace,
    #[command(flatten)]
    cutting: Cutting,
}

/// A part of all shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    One(u32),
    Of(u32, u32),
}

fn part(text: &str) -> Result<Part, String> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|it| *it > 0);
    let found = match text.split_once('/') {
        None => number(text).map(Part::One),
        Some((nth, of)) => {
            number(nth).zip(number(of)).filter(|(nth, of)| nth <= of).map(|(nth, of)| Part::Of(nth, of))
        }
    };
    found.ok_or_else(|| "expected the number of a shard, from 1, or I/N with I from 1 to N".to_string())
}

pub fn run(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let is_file = arguments.names_a_file();
    let folder = match is_file {
        true => match arguments.planned(talk)? {
            Some(folder) => folder,
            None => return Ok(Exit::Interrupted),
        },
        false => arguments.sweep.clone(),
    };
    let sweep = Sweep::open(&folder)?;
    let shards = chosen(&sweep, &arguments.parts)?;
    let exit = run_shards(&sweep, &shards, &arguments.cutting.threads, talk)?;
    if exit != Exit::Fine || !arguments.parts.is_empty() {
        return Ok(exit);
    }
    match is_file {
        true => merge_and_tell(&sweep, false, talk),
        false => {
            talk.say(&format!("next: thumbscale sweep merge {}", folder.display()));
            Ok(exit)
        }
    }
}

impl Arguments {
    /// Whether a sweep file is named, or a shipped sweep, and not the folder of a planned one.
    fn names_a_file(&self) -> bool {
        let is_toml = self.sweep.extension().is_some_and(|it| it == "toml");
        let is_shipped = sweeps().iter().any(|it| self.sweep.as_os_str() == it.name);
        !self.sweep.is_dir() && (is_toml || is_shipped)
    }

    /// The folder of the sweep in the file, planned unless it is already; `None` if that was interrupted.
    fn planned(&self, talk: Talk) -> anyhow::Result<Option<PathBuf>> {
        let file = self.changes.load(&self.sweep)?;
        let folder = self.place.folder(&file.name);
        let draft = Draft::new(&file, beside(&self.sweep))?;
        if Manifest::path(&folder, 1).exists() && !self.place.force && is_same(&folder, &draft)? {
            talk.say(&format!("going on with the sweep in {}", folder.display()));
            return Ok(Some(folder));
        }
        self.place.make_room(&folder)?;
        let Some(manifest) = self.cutting.plan(&draft, &folder, talk)? else { return Ok(None) };
        write_atomic(&folder.join("sweep.toml"), file.text.as_bytes())?;
        tell(&draft, &manifest, &folder, Format::Human)?;
        Ok(Some(folder))
    }
}

fn chosen(sweep: &Sweep, parts: &[Part]) -> Result<Vec<Shard>, SweepError> {
    let all = sweep.shards();
    let count = all.len() as u32;
    let is_in = |shard: &Shard, part: &Part| match part {
        Part::One(number) => shard.number == *number,
        Part::Of(nth, of) => (shard.number - 1) % of == nth - 1,
    };
    let missing = parts.iter().find_map(|part| match part {
        Part::One(number) if *number > count => Some(*number),
        _ => None,
    });
    match missing {
        Some(shard) => Err(SweepError::NoShard { shard, shards: count }),
        None if parts.is_empty() => Ok(all),
        None => Ok(all.into_iter().filter(|shard| parts.iter().any(|part| is_in(shard, part))).collect()),
    }
}

/// Runs what is missing of `shards` with progress and a polite Ctrl-C.
pub fn run_shards(sweep: &Sweep, shards: &[Shard], threads: &Threads, talk: Talk) -> anyhow::Result<Exit> {
    let pool = threads.pool()?;
    let memory = sweep.generations.iter().map(|(it, _)| it.estimate.memory_bytes).max().unwrap_or(0);
    refuse_too_large_for(&sweep.scenario, memory.saturating_mul(pool.current_num_threads() as u64))?;
    interrupt::listen(talk)?;
    let (process, reporter) = (Process::new(), RunReporter::new(talk));
    let clock = || process.seconds();
    let worker = Worker { name: &process.name, job: &process.job, clock: &clock };
    let observe = |progress| {
        reporter.tell(&progress);
        if interrupt::requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let done = pool.install(|| work(sweep, shards, worker, &observe));
    reporter.finish();
    let done = done?;
    tell_done(&done, sweep, process.seconds(), talk);
    Ok(if done.interrupted { Exit::Interrupted } else { Exit::Fine })
}

fn tell_done(done: &WorkDone, sweep: &Sweep, seconds: f64, talk: Talk) {
    if !done.replaced.is_empty() {
        talk.say(&format!("{} had a damaged file, which was replaced", shards_in_words(&done.replaced)));
    }
    let WorkDone { progress, failures, .. } = done;
    if progress.failed > 0 {
        talk.say(&format!("warning: {} runs failed; the column `error` says why", progress.failed));
        for (run, reason) in failures {
            talk.say(&format!("  point {}, replicate {}: {reason}", run.point + 1, run.replicate));
        }
    }
    let new = progress.runs_done - progress.runs_before;
    if done.interrupted {
        let (done, all, folder) = (progress.runs_done, progress.runs, sweep.folder.display());
        talk.say(&format!(
            "interrupted with {done} of {all} runs done; the same command goes on from there ({folder})"
        ));
    } else if new > 0 {
        talk.say(&format!("{new} runs in {}", duration(seconds)));
    } else {
        talk.say("nothing was missing");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbers_or_fractions() {
        assert_eq!((part("17"), part("2/8")), (Ok(Part::One(17)), Ok(Part::Of(2, 8))));
        for text in ["0", "x", "", "9/8", "0/8", "1/0", "1/2/3", "-1"] {
            assert!(part(text).is_err(), "{text}");
        }
    }
}
