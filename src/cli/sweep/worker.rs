//! Who works on a sweep: names that no other process has, and a clock.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// This process.
pub struct Process {
    pub name: String,
    pub job: String,
    started: Instant,
}

impl Process {
    pub fn new() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // Numbers of processes are used again, so the start of this one belongs to its name.
        let name = format!("{}-{}-{:x}", host(), std::process::id(), since.as_millis());
        Self { name, job: job(), started: Instant::now() }
    }

    /// Seconds since the start of this process.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// The name of this machine as a part of file names. Schedulers may run several nodes on one machine.
fn host() -> String {
    let node = std::env::var("SLURMD_NODENAME").ok();
    let kernel = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = node.or_else(kernel).or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    let plain: String =
        name.trim().chars().filter(|it| it.is_ascii_alphanumeric() || *it == '-').take(40).collect();
    if plain.is_empty() { "here".into() } else { plain }
}

/// What a scheduler calls this job, for people who look for its log.
fn job() -> String {
    let of = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let array = || Some(format!("{}_{}", of("SLURM_ARRAY_JOB_ID")?, of("SLURM_ARRAY_TASK_ID")?));
    let hyperqueue = || Some(format!("{}@{}", of("HQ_JOB_ID")?, of("HQ_TASK_ID")?));
    array()
        .or_else(|| of("SLURM_JOB_ID"))
        .or_else(hyperqueue)
        .or_else(|| of("JOB_COMPLETION_INDEX"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_part_of_a_file_name() {
        let (first, second) = (Process::new(), Process::new());
        assert!(first.name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-'), "{}", first.name);
        assert!(first.name.contains(&std::process::id().to_string()) && second.seconds() >= 0.0);
    }
}
