//! `thumbscale sweep status`: how far a sweep is, from its folder alone.

use super::super::exit::Exit;
use super::super::progress::duration;
use super::super::talk::{print, print_json};
use super::Folder;
use super::plan::Format;
use crate::output::words::large;
use crate::sweep::{MOST_ATTEMPTS, Status, Sweep};
use clap::Args;
use std::time::SystemTime;

/// Show how far a sweep is: done, running, failed and why, and how long it will take
///
/// Reads the files in the sweep's folder and asks no scheduler, so it also works while jobs run, and after they are forgotten.
#[derive(Args)]
#[command(after_help = "Example: thumbscale sweep status /shared/phases
         watch -n 30 thumbscale sweep status /shared/phases")]
pub struct Arguments {
    #[command(flatten)]
    folder: Folder,
    /// What to print on stdout
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// Shards and runs named one by one.
const NAMED: usize = 10;

pub fn status(arguments: &Arguments) -> anyhow::Result<Exit> {
    let sweep = Sweep::open_of_any_program(&arguments.folder.folder)?;
    let status = Status::of(&sweep, SystemTime::now())?;
    match arguments.format {
        Format::Human => print(&(in_words(&status, &arguments.folder.folder.display().to_string()) + "\n"))?,
        Format::Json => print_json(&status)?,
    }
    Ok(Exit::Fine)
}

fn in_words(status: &Status, folder: &str) -> String {
    let mut lines = vec![runs(status), shards(status)];
    lines.extend(pace(status));
    lines.extend(troubles(status));
    lines.extend(failed_runs(status));
    lines.extend(next(status, folder));
    lines.join("\n")
}

fn runs(status: &Status) -> String {
    let (done, total) = (status.runs.done, status.runs.total);
    let share = 100.0 * done as f64 / total.max(1) as f64;
    let failed =
        if status.runs.failed > 0 { format!(", {} failed", status.runs.failed) } else { String::new() };
    format!(
        "{}: {} of {} runs done ({share:.0} %){failed}",
        status.name,
        large(done as f64),
        large(total as f64)
    )
}

fn shards(status: &Status) -> String {
    let counts = &status.shards;
    let named = [
        (counts.running, "running"),
        (counts.waiting, "waiting"),
        (counts.failed, "failed"),
        (counts.lost, "lost"),
        (counts.damaged, "damaged"),
    ];
    let rest: Vec<String> =
        named.iter().filter(|it| it.0 > 0).map(|(count, word)| format!(", {count} {word}")).collect();
    format!("  shards  {} of {} done{}", counts.done, counts.total, rest.concat())
}

fn pace(status: &Status) -> Option<String> {
    let seconds = &status.seconds;
    let left = status
        .seconds_left
        .map(|left| format!("{:.1} runs/s, about {} left", status.runs_per_second, duration(left)));
    let slower = (seconds.planned_of_done > 0.0 && seconds.measured > 0.0).then(|| {
        let ratio = seconds.measured / seconds.planned_of_done;
        format!("{} of core time so far, {ratio:.2} times what was planned", duration(seconds.measured))
    });
    let parts: Vec<String> = left.into_iter().chain(slower).collect();
    (!parts.is_empty()).then(|| format!("  pace    {}", parts.join("; ")))
}

fn troubles(status: &Status) -> Vec<String> {
    let line = |it: &crate::sweep::Trouble| {
        let times = match it.attempts {
            0 | 1 => String::new(),
            times => format!(", {times} times"),
        };
        format!("  shard {} {}{times}: {}", it.shard, it.state, it.reason)
    };
    let mut lines: Vec<String> = status.troubles.iter().take(NAMED).map(line).collect();
    if status.troubles.len() > NAMED {
        lines.push(format!("  and {} more; --format json names all", status.troubles.len() - NAMED));
    }
    lines
}

fn failed_runs(status: &Status) -> Vec<String> {
    let line = |it: &crate::sweep::FailedRun| {
        format!("  point {}, replicate {} failed: {}", it.point, it.replicate, it.reason)
    };
    status.failed_runs.iter().take(3).map(line).collect()
}

fn next(status: &Status, folder: &str) -> Option<String> {
    let given_up = status.given_up().len();
    match () {
        () if given_up > 0 => Some(format!(
            "{given_up} shards failed {MOST_ATTEMPTS} times and are left alone: mend the cause, then thumbscale sweep retry {folder}"
        )),
        () if status.is_complete() => Some(format!("complete: thumbscale sweep merge {folder}")),
        () if status.shards.running == 0 => Some(format!(
            "nobody works on it: thumbscale sweep run {folder}, or sweep submit {folder} --on slurm"
        )),
        () => None,
    }
}
