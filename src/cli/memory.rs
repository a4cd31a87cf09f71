//! Refuses runs that cannot fit in memory before anything is allocated.

use crate::analysis::study::{Variant, bytes_needed};
use crate::output::words::large;
use crate::population::Population;
use crate::scenario::Scenario;
use crate::training;
use std::path::{Path, PathBuf};

/// A run that needs more memory than there is.
#[derive(Debug, thiserror::Error)]
pub enum TooLarge {
    #[error(
        "{} users need about {} of memory, and {} are free; give fewer users, which stand for as many real ones: --set population.users={suggested}",
        large(*users as f64), bytes(*needed), bytes(*free)
    )]
    Users { users: u64, needed: u64, free: u64, suggested: u64 },
    #[error(
        "feedback and sampled responses need about {} of memory, and {} are free; lower signals.NAME.rows, signals.NAME.window, run.measure_rows, or the batch of the optimiser (optimiser.pairs, optimiser.prompts_per_step)",
        bytes(*needed), bytes(*free)
    )]
    Rows { needed: u64, free: u64 },
}

/// Refuses a study whose users do not fit in the memory that is free, where the system says how much that is.
pub fn refuse_too_large(variants: &[Variant]) -> Result<(), TooLarge> {
    let Some((variant, free)) = variants.first().zip(free_memory()) else { return Ok(()) };
    let users = variant.scenario.settings_in(0).population.users;
    let rows = variants.iter().map(|it| training::bytes_needed(&it.scenario)).max().unwrap_or(0);
    refuse(users, bytes_needed(variants), rows, free)
}

/// Refuses other work on a scenario in the same way. `needed` is what its users take, in as many copies as there are at a
/// time; at most one copy per core is in training.
pub fn refuse_too_large_for(scenario: &Scenario, needed: u64) -> Result<(), TooLarge> {
    let Some(free) = free_memory() else { return Ok(()) };
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let copies = (needed / Population::bytes_needed(scenario.settings_in(0)).max(1)).clamp(1, cores);
    let rows = training::bytes_needed(scenario).saturating_mul(copies);
    refuse(scenario.settings_in(0).population.users, needed, rows, free)
}

fn refuse(users: u64, of_users: u64, of_rows: u64, free: u64) -> Result<(), TooLarge> {
    let needed = of_users.saturating_add(of_rows);
    if needed <= free {
        return Ok(());
    }
    if of_rows > of_users {
        return Err(TooLarge::Rows { needed: of_rows, free });
    }
    // Half of what would fit leaves room for everything else, in one significant digit.
    let fitting = (users as f64 * (free as f64 / needed as f64) / 2.0).max(1.0);
    let magnitude = 10f64.powf(fitting.log10().floor());
    let suggested = ((fitting / magnitude).floor() * magnitude) as u64;
    Err(TooLarge::Users { users, needed: of_users, free, suggested })
}

/// Memory that new work can have: by the Linux kernel's own estimate, or less where a container has a limit.
fn free_memory() -> Option<u64> {
    let read = |path: &Path| std::fs::read_to_string(path).ok();
    let machine = available(&read(Path::new("/proc/meminfo"))?)?;
    let limit = read(Path::new("/proc/self/cgroup")).and_then(|groups| left_in_group(&groups, read));
    Some(machine.min(limit.unwrap_or(machine)))
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// What the control group of this process has left (version 2, or else 1), caches of files not counted as used; `None` without
/// a limit.
fn left_in_group(groups: &str, read: impl Fn(&Path) -> Option<String>) -> Option<u64> {
    let of = |mark: &str| groups.lines().find_map(|line| line.split_once(mark)).map(|(_, path)| path);
    let places = [
        (of("0::"), "/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
        (
            of(":memory:"),
            "/sys/fs/cgroup/memory",
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
            "total_inactive_file",
        ),
    ];
    places.into_iter().find_map(|(group, root, limit, used, cache)| {
        let group = group?.trim_start_matches('/');
        // A container sees its own group as the root.
        [Path::new(root).join(group), PathBuf::from(root)].into_iter().find_map(|folder| {
            let number = |name: &str| read(&folder.join(name))?.trim().parse::<u64>().ok();
            let stat = read(&folder.join("memory.stat")).unwrap_or_default();
            let caches = stat.lines().find_map(|line| line.strip_prefix(cache)?.trim().parse::<u64>().ok());
            let used = number(used)?.saturating_sub(caches.unwrap_or(0));
            Some(number(limit)?.saturating_sub(used))
        })
    })
}

pub fn bytes(count: u64) -> String {
    match count as f64 {
        count if count >= 1e12 => format!("{:.1} TB", count / 1e12),
        count if count >= 1e9 => format!("{:.1} GB", count / 1e9),
        count => format!("{:.0} MB", (count / 1e6).ceil()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_table_is_read() {
        let meminfo = "MemTotal:       24000000 kB\nMemAvailable:   1000 kB\n";
        assert_eq!(available(meminfo), Some(1_024_000));
        assert_eq!(available("nothing of the kind"), None);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_would() {
        assert!(refuse(100, 900, 100, 1000).is_ok());
        let refusal = refuse(1_000_000_000, 184_000_000_000, 0, 22_000_000_000).unwrap_err();
        let message = refusal.to_string();
        assert!(message.ends_with("--set population.users=50000000"), "{message}");
        assert!(
            message.starts_with("1 billion users need about 184.0 GB of memory, and 22.0 GB"),
            "{message}"
        );
    }

    #[test]
    fn rows_that_do_not_fit_are_refused_by_their_own_keys() {
        let message = refuse(100, 1000, 5_000_000_000, 1_000_000_000).unwrap_err().to_string();
        assert!(message.starts_with("feedback and sampled responses need about 5.0 GB"), "{message}");
        assert!(message.contains("signals.NAME.rows"), "{message}");
    }

    #[test]
    fn the_limit_of_a_container_counts() {
        let files = |texts: &'static [(&str, &str)]| {
            move |path: &Path| {
                texts.iter().find(|(name, _)| Path::new(name) == path).map(|it| it.1.to_string())
            }
        };
        let second = files(&[
            ("/sys/fs/cgroup/a/memory.max", "1000\n"),
            ("/sys/fs/cgroup/a/memory.current", "600\n"),
            ("/sys/fs/cgroup/a/memory.stat", "anon 500\ninactive_file 100\n"),
        ]);
        assert_eq!(left_in_group("0::/a\n", second), Some(500));
        let first = files(&[
            ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1000"),
            ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "1200"),
        ]);
        assert_eq!(left_in_group("9:cpu:/\n4:memory:/b\n", first), Some(0));
        let without =
            files(&[("/sys/fs/cgroup/a/memory.max", "max"), ("/sys/fs/cgroup/a/memory.current", "1")]);
        assert_eq!(left_in_group("0::/a\n", without), None);
    }
}
