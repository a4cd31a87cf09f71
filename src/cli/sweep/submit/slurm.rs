//! Submits to Slurm through its own commands.

use super::Options;
use crate::cli::exit::{Exit, UsageError};
use crate::cli::talk::{Talk, print};
use crate::output::write_atomic;
use crate::sweep::Sweep;
use crate::sweep::engine::Work;
use crate::sweep::engine::slurm::{Array, SlurmOptions, arrays, job_id, merge_script, most_index};
use anyhow::{Context, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Submits arrays and the job that merges, or prints their scripts.
pub fn submit(sweep: &Sweep, mut work: Work, options: &Options, talk: Talk) -> anyhow::Result<Exit> {
    let slurm = SlurmOptions {
        partition: options.partition.clone(),
        account: options.account.clone(),
        most_running: options.max_running,
        options: options.options.clone(),
    };
    let name = job_name(sweep);
    if !options.again {
        leave_out_queued(&mut work, &name, talk);
    }
    if work.shards.is_empty() {
        talk.say("nothing to submit: all that is missing is in the queue (--again submits it all the same)");
        return Ok(Exit::Fine);
    }
    let (folder, first) = (work.folder.join("submit"), next_number(&work.folder.join("submit")));
    let path = |nth: usize| folder.join(format!("{:04}", first + nth));
    let limit =
        if options.dry_run { most_index(&config().unwrap_or_default()) } else { most_index(&config()?) };
    let list = |nth: usize| path(nth).with_extension("list").to_string_lossy().into_owned();
    let arrays = arrays(&work, &slurm, (&name, limit), &list);
    if options.dry_run {
        return show(&arrays, &work, &slurm, &name, options);
    }
    let ids = submit_arrays(&arrays, &path, &folder)?;
    if !options.no_merge {
        let script = path(arrays.len()).with_extension("sh");
        write_atomic(&script, merge_script(&work, &slurm, &format!("{name}-merge"), &ids).as_bytes())?;
        print(&(sbatch(&script)? + "\n"))?;
    }
    talk.say(&format!(
        "{} shards in {} arrays; thumbscale sweep status {}",
        work.shards.len(),
        ids.len(),
        sweep.folder.display()
    ));
    Ok(Exit::Fine)
}

fn submit_arrays(
    arrays: &[Array],
    path: &dyn Fn(usize) -> PathBuf,
    folder: &Path,
) -> anyhow::Result<Vec<String>> {
    for needed in [folder, &folder.with_file_name("logs")] {
        fs::create_dir_all(needed).with_context(|| format!("cannot create `{}`", needed.display()))?;
    }
    let mut ids = Vec::new();
    for (nth, array) in arrays.iter().enumerate() {
        let script = path(nth).with_extension("sh");
        write_atomic(&path(nth).with_extension("list"), array.list.as_bytes())?;
        write_atomic(&script, array.script.as_bytes())?;
        let id = sbatch(&script).with_context(|| {
            let (done, left) = (nth, arrays.len() - nth);
            format!("{done} arrays were submitted, {left} were not; submit again when there is room")
        })?;
        // At once, so that what was submitted is known even if the next is refused.
        print(&(id.clone() + "\n"))?;
        ids.push(id);
    }
    Ok(ids)
}

fn show(
    arrays: &[Array],
    work: &Work,
    slurm: &SlurmOptions,
    name: &str,
    options: &Options,
) -> anyhow::Result<Exit> {
    for array in arrays {
        print(&array.script)?;
        let shards: Vec<String> = array.shards.iter().map(u32::to_string).collect();
        print(&format!("# list: {}\n\n", shards.join(" ")))?;
    }
    if !options.no_merge {
        let after: Vec<String> = (1..=arrays.len()).map(|nth| format!("ARRAY_{nth}")).collect();
        print(&merge_script(work, slurm, &format!("{name}-merge"), &after))?;
    }
    Ok(Exit::Fine)
}

/// Unlike the ids of jobs, which a cluster may give out again, this name belongs to one sweep.
fn job_name(sweep: &Sweep) -> String {
    format!("ts-{}-{}", sweep.study().name, &sweep.generations[0].1[..8])
}

/// The number of the next script.
fn next_number(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let number = |name: String| name.split('.').next()?.parse::<usize>().ok();
    entries
        .filter_map(|entry| number(entry.file_name().to_string_lossy().into_owned()))
        .max()
        .map_or(1, |last| last + 1)
}

/// Shards that wait in the queue are submitted already. The queue is only a hint: if it cannot be asked, or has forgotten a
/// job, a shard is submitted twice, which costs time and changes nothing.
fn leave_out_queued(work: &mut Work, name: &str, talk: Talk) {
    let Ok(queue) = output("squeue", &["--noheader", "--array", "--name", name, "--format", "%o %K"]) else {
        return;
    };
    let lists = |line: &str| {
        let (script, task) = line.trim().rsplit_once(' ')?;
        let list = fs::read_to_string(Path::new(script).with_extension("list")).ok()?;
        list.lines().nth(task.parse::<usize>().ok()?.checked_sub(1)?)?.parse::<u32>().ok()
    };
    let queued: Vec<u32> = queue.lines().filter_map(lists).collect();
    let before = work.shards.len();
    work.shards.retain(|shard| !queued.contains(shard));
    let left_out = before - work.shards.len();
    if left_out > 0 {
        talk.say(&format!(
            "{left_out} shards are in the queue already and are left out (--again submits them too)"
        ));
    }
}

fn config() -> anyhow::Result<String> {
    output("scontrol", &["show", "config"])
}

fn sbatch(script: &Path) -> anyhow::Result<String> {
    let printed = output("sbatch", &["--parsable", &script.to_string_lossy()])?;
    match job_id(&printed) {
        Some(id) => Ok(id),
        None => bail!(
            "sbatch gave no number of a job but {printed:?}, so nothing is known of {}",
            script.display()
        ),
    }
}

/// What a command of Slurm prints.
fn output(command: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let found = Command::new(command).args(arguments).output().map_err(|error| {
        UsageError(format!(
            "cannot run {command} ({error}): submit where the commands of Slurm are, such as a login node, or look at the scripts with --dry-run"
        ))
    })?;
    if !found.status.success() {
        bail!("{command} refused: {}", String::from_utf8_lossy(&found.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&found.stdout).into_owned())
}
