//! Job arrays for Slurm, each within the cluster's limit on array indices, and a job that merges.

use super::{Work, quoted};
use std::fmt::Write;

/// Seconds before its time is over that a job is told, so that it keeps what it has.
const WARNING: u32 = 60;

/// Where jobs run and under which conditions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SlurmOptions {
    /// Partition, the cluster's default without one.
    pub partition: Option<String>,
    /// Account that pays.
    pub account: Option<String>,
    /// Jobs that run at a time, all without a limit.
    pub most_running: Option<u32>,
    /// Further options of `sbatch`, as they are.
    pub options: Vec<String>,
}

/// A job array.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Its script.
    pub script: String,
    /// The shards in the order of indices, one a line.
    pub list: String,
    /// The shards.
    pub shards: Vec<u32>,
}

/// Arrays of at most `most_index` tasks that run the shards of `work`; the n-th script reads the list at `list_path(n)`.
pub fn arrays(
    work: &Work,
    options: &SlurmOptions,
    (job_name, most_index): (&str, u32),
    list_path: &dyn Fn(usize) -> String,
) -> Vec<Array> {
    let chunk = |(nth, shards): (usize, &[u32])| {
        let list: String = shards.iter().map(|shard| format!("{shard}\n")).collect();
        let script = array_script(work, options, job_name, shards.len(), &list_path(nth));
        Array { script, list, shards: shards.to_vec() }
    };
    work.shards.chunks(most_index.max(1) as usize).enumerate().map(chunk).collect()
}

fn array_script(work: &Work, options: &SlurmOptions, job_name: &str, tasks: usize, list: &str) -> String {
    let at_a_time = options.most_running.map_or(String::new(), |most| format!("%{most}"));
    let mut text = header(work, options, job_name);
    let mut line = |option: String| writeln!(text, "#SBATCH {option}").is_ok();
    line(format!("--array=1-{tasks}{at_a_time}"));
    line(format!("--cpus-per-task={}", work.cores));
    line(format!("--time={}", time(work.minutes)));
    line(format!("--mem={}M", work.memory_mb));
    // A task that is run again goes on from its finished runs, so running it again is always right.
    line("--requeue".into());
    line(format!("--signal=B:TERM@{WARNING}"));
    text += &own_options(options);
    let _ = write!(
        text,
        "# Line n of the list is the shard of task n.\nshard=$(sed -n \"${{SLURM_ARRAY_TASK_ID}}p\" {}) || exit 1\nexec {} --quiet sweep run {} --shard \"$shard\" --threads {}\n",
        quoted(list),
        quoted(&work.program.to_string_lossy()),
        quoted(&work.folder.to_string_lossy()),
        work.cores,
    );
    text
}

/// The job that merges once all arrays `after` are over, however they ended: it says itself what is missing.
pub fn merge_script(work: &Work, options: &SlurmOptions, job_name: &str, after: &[String]) -> String {
    let mut text = header(work, options, job_name);
    let mut line = |option: String| writeln!(text, "#SBATCH {option}").is_ok();
    if !after.is_empty() {
        line(format!("--dependency=afterany:{}", after.join(":")));
        line("--kill-on-invalid-dep=yes".into());
    }
    line("--time=60".into());
    line("--mem=1000M".into());
    text += &own_options(options);
    let _ = writeln!(
        text,
        "exec {} --quiet sweep merge {}",
        quoted(&work.program.to_string_lossy()),
        quoted(&work.folder.to_string_lossy())
    );
    text
}

/// All tasks of an array write to one log, since a file for each is too much for a shared file system.
fn header(work: &Work, options: &SlurmOptions, job_name: &str) -> String {
    let mut text = "#!/bin/bash\n".to_string();
    let mut line = |option: String| writeln!(text, "#SBATCH {option}").is_ok();
    line(format!("--job-name={job_name}"));
    line(format!("--output={}", quoted(&work.folder.join("logs").join("%A.log").to_string_lossy())));
    line("--open-mode=append".into());
    let given = [("partition", &options.partition), ("account", &options.account)];
    for (name, value) in given.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
        line(format!("--{name}={}", quoted(value)));
    }
    text
}

/// What people add comes last, where Slurm lets it win.
fn own_options(options: &SlurmOptions) -> String {
    options.options.iter().map(|option| format!("#SBATCH {option}\n")).collect()
}

/// Minutes as Slurm writes a time.
fn time(minutes: u64) -> String {
    format!("{}-{:02}:{:02}:00", minutes / 1440, minutes / 60 % 24, minutes % 60)
}

/// The largest index of an array, from what `scontrol show config` prints; Slurm's own default if it does not say.
pub fn most_index(config: &str) -> u32 {
    let line = config.lines().find(|line| line.trim_start().starts_with("MaxArraySize"));
    let size = line.and_then(|line| line.split('=').nth(1)?.trim().parse::<u32>().ok());
    // The limit is on the index, which is below it.
    size.unwrap_or(1001).saturating_sub(1)
}

/// The id that `sbatch --parsable` printed: `17`, or `17;cluster`.
pub fn job_id(printed: &str) -> Option<String> {
    let id = printed.trim().split(';').next()?.trim();
    (!id.is_empty() && id.bytes().all(|it| it.is_ascii_digit())).then(|| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::engine::example as work;

    #[test]
    fn arrays_stay_within_the_limit_of_indices() {
        let found = arrays(&work(25), &SlurmOptions::default(), ("ts", 10), &|nth| format!("/l/{nth}"));
        assert_eq!(found.iter().map(|it| it.shards.len()).collect::<Vec<_>>(), [10, 10, 5]);
        assert!(found[2].script.contains("--array=1-5\n") && found[2].script.contains("/l/2"));
        assert_eq!(found[1].list.lines().next(), Some("11"));
        assert_eq!((most_index("MaxArraySize            = 11\n"), most_index("nothing")), (10, 1000));
    }

    #[test]
    fn a_script_reads_as_expected() {
        let options = SlurmOptions {
            partition: Some("main".into()),
            most_running: Some(4),
            options: vec!["--qos=low".into()],
            ..SlurmOptions::default()
        };
        let found =
            arrays(&work(3), &options, ("ts-phases", 1000), &|_| "/shared/my sweep/submit/1.list".into());
        insta::assert_snapshot!(found[0].script);
        insta::assert_snapshot!(merge_script(
            &work(3),
            &options,
            "ts-phases-merge",
            &["7".into(), "8".into()]
        ));
    }

    #[test]
    fn only_numbers_are_ids_of_jobs() {
        assert_eq!(job_id("17\n").as_deref(), Some("17"));
        assert_eq!(job_id("17;cluster\n").as_deref(), Some("17"));
        assert_eq!((job_id(""), job_id("error: no")), (None, None));
    }
}
