//! Refuses runs that cannot fit in memory before anything is allocated.

use thumbscale::analysis::study::{Variant, bytes_needed};
use thumbscale::output::words::large;
use thumbscale::scenario::Scenario;

/// A run that needs more memory than there is.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} users need about {} of memory, and {} are free; give fewer users, which stand for as many real ones: --set population.users={suggested}",
    large(*users as f64), bytes(*needed), bytes(*free)
)]
pub struct TooLarge {
    users: u64,
    needed: u64,
    free: u64,
    suggested: u64,
}

/// Refuses a study whose users do not fit in the memory that is free, where the system says how much that is.
pub fn refuse_too_large(variants: &[Variant]) -> Result<(), TooLarge> {
    let users = variants.first().map_or(0, |variant| variant.scenario.settings_in(0).population.users);
    match free_memory() {
        Some(free) => refuse(users, bytes_needed(variants), free),
        None => Ok(()),
    }
}

/// Refuses other work on a scenario in the same way.
pub fn refuse_too_large_for(scenario: &Scenario, needed: u64) -> Result<(), TooLarge> {
    match free_memory() {
        Some(free) => refuse(scenario.settings_in(0).population.users, needed, free),
        None => Ok(()),
    }
}

fn refuse(users: u64, needed: u64, free: u64) -> Result<(), TooLarge> {
    if needed <= free {
        return Ok(());
    }
    // Half of what would fit leaves room for everything else, in one significant digit.
    let fitting = (users as f64 * (free as f64 / needed as f64) / 2.0).max(1.0);
    let magnitude = 10f64.powf(fitting.log10().floor());
    Err(TooLarge { users, needed, free, suggested: ((fitting / magnitude).floor() * magnitude) as u64 })
}

/// Memory that new work can have, by the Linux kernel's own estimate.
fn free_memory() -> Option<u64> {
    available(&std::fs::read_to_string("/proc/meminfo").ok()?)
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

fn bytes(count: u64) -> String {
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
        assert!(refuse(100, 1000, 1000).is_ok());
        let refusal = refuse(1_000_000_000, 184_000_000_000, 22_000_000_000).unwrap_err();
        assert_eq!(refusal.suggested, 50_000_000);
        let message = refusal.to_string();
        assert!(
            message.starts_with("1 billion users need about 184.0 GB of memory, and 22.0 GB"),
            "{message}"
        );
    }
}
