//! Which doubts launch review and the watch after a launch deserve.

use super::Warning;
use super::launches::{CheckRow, checks, days};
use super::results::Tables;
use super::rounds::main_variant;
use super::unseen::rises;
use crate::scenario::{Monitoring, Scenario};

/// Half of a 95 % confidence interval wider than this sees little of a share: effects of updates are a few points.
const WIDE_SHARE: f64 = 0.05;
/// Checks may err; one that stops more harmless updates than this is a cost.
const OFTEN: f64 = 0.1;

/// The doubts about checks, in the order of the scenario, then those about the watch.
pub fn about_launches(scenario: &Scenario, tables: &Tables) -> Vec<Warning> {
    let variant = main_variant(&tables.rounds);
    let rows = checks(&tables.checks, &variant);
    let watch = &scenario.settings_in(1).monitoring;
    let harmless: Vec<(i64, i64)> = rises(tables, &variant)
        .into_iter()
        .filter(|it| it.rise < 0.5 * watch.alarm_rise)
        .map(|it| (it.replicate, it.round))
        .collect();
    let mut found = Vec::new();
    for name in super::rounds::distinct(&tables.checks, "check") {
        let of_check: Vec<&CheckRow> = rows.iter().filter(|row| row.check == name).collect();
        found.extend(measured_nothing(&name, &of_check));
        found.extend(too_small(&name, &of_check));
        found.extend(failed_harmless(&name, &of_check, &harmless));
    }
    found.extend(about_watch(watch, tables, &variant));
    found
}

fn measured_nothing(name: &str, rows: &[&CheckRow]) -> Option<Warning> {
    let row = rows.iter().find(|row| !row.value.is_finite())?;
    Some(Warning::CheckMeasuredNothing { check: name.to_string(), round: row.round as u32 })
}

/// The margin of a comparison is its threshold; where that is zero, what updates usually move. Shares of people have
/// none.
fn too_small(name: &str, rows: &[&CheckRow]) -> Option<Warning> {
    let last = rows.last()?;
    let margin = match (last.threshold.abs(), last.unit.starts_with("share")) {
        _ if last.metric.starts_with("share") => return None,
        (margin, _) if margin > 0.0 => margin,
        (_, true) => WIDE_SHARE,
        _ => return None,
    };
    let halves =
        rows.iter().map(|row| 0.5 * (row.interval.1 - row.interval.0)).filter(|half| half.is_finite());
    let (count, sum) = halves.fold((0, 0.0), |(count, sum), half| (count + 1, sum + half));
    let half_width = sum / f64::from(count.max(1));
    (half_width > margin).then(|| Warning::CheckTooSmall { check: name.to_string(), half_width, margin })
}

fn failed_harmless(name: &str, rows: &[&CheckRow], harmless: &[(i64, i64)]) -> Option<Warning> {
    let checked = || rows.iter().filter(|row| harmless.contains(&(row.replicate, row.round)));
    let (failed, updates) = (checked().filter(|row| !row.passed).count(), checked().count());
    (failed as f64 > OFTEN * updates as f64).then(|| Warning::CheckFailedHarmless {
        check: name.to_string(),
        failed,
        updates,
    })
}

fn about_watch(watch: &Monitoring, tables: &Tables, variant: &str) -> Option<Warning> {
    if watch.watch_days == 0 {
        return None;
    }
    if !watch.complaints && !watch.thumbs && watch.canary_prompts == 0 {
        return Some(Warning::WatchSeesNothing);
    }
    let only_complaints = watch.complaints && !watch.thumbs && watch.canary_prompts == 0;
    let needed = days_to_alarm(watch, complaints_per_day(tables, variant)?);
    (only_complaints && needed > f64::from(watch.watch_days))
        .then_some(Warning::WatchTooSlow { days_needed: needed, watch_days: watch.watch_days })
}

/// Complaints on an average day before anything changed: that of the first round.
fn complaints_per_day(tables: &Tables, variant: &str) -> Option<f64> {
    let all = days(&tables.days, variant);
    let first = all.iter().map(|it| it.round).min()?;
    let of_first = || all.iter().filter(|it| it.round == first);
    let complaints: f64 = of_first().map(|it| it.complaints.0 * it.conversations / 1e6).sum();
    Some(complaints / of_first().map(|it| it.days as f64).sum::<f64>())
}

/// Expected days until the evidence reaches its threshold if complaints rise as much as the watch is tuned to:
/// threshold / (lambda (r ln r - r + 1)), the information of a Poisson count (Page 1954; Lorden 1971).
fn days_to_alarm(watch: &Monitoring, per_day: f64) -> f64 {
    let ratio = watch.complaint_ratio;
    watch.complaint_threshold / (per_day * (ratio * libm::log(ratio) - ratio + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(round: i64, value: f64, half: f64, passed: bool) -> CheckRow {
        CheckRow {
            replicate: 0,
            round,
            check: "ab".into(),
            kind: "ab_test".into(),
            blocking: true,
            metric: "rise of the thumbs-up share".into(),
            unit: "share of ratings".into(),
            value,
            interval: (value - half, value + half),
            threshold: 0.0,
            fails_above: false,
            passed,
            better: false,
            blind_to: String::new(),
        }
    }

    #[test]
    fn an_experiment_with_wide_intervals_is_too_small() {
        let of = |half| too_small("ab", &[&row(1, 0.0, half, true), &row(2, 0.01, half, true)]);
        assert_eq!(of(0.04), None);
        let expected = Warning::CheckTooSmall { check: "ab".into(), half_width: 0.07, margin: 0.05 };
        assert_eq!(of(0.07).map(|it| it.to_string()), Some(expected.to_string()));
    }

    #[test]
    fn a_check_that_measured_nothing_is_named() {
        let rows = [row(1, 0.0, 0.1, true), row(2, f64::NAN, f64::NAN, false)];
        let rows: Vec<&CheckRow> = rows.iter().collect();
        let expected = Warning::CheckMeasuredNothing { check: "ab".into(), round: 2 };
        assert_eq!(measured_nothing("ab", &rows), Some(expected));
    }

    // Two of three harmless updates fail; the fourth, which also failed, was not harmless.
    #[test]
    fn a_check_that_fails_harmless_updates_is_named() {
        let rows =
            [(1, false), (2, true), (3, false), (4, false)].map(|(round, it)| row(round, 0.0, 0.1, it));
        let rows: Vec<&CheckRow> = rows.iter().collect();
        let expected = Warning::CheckFailedHarmless { check: "ab".into(), failed: 2, updates: 3 };
        assert_eq!(failed_harmless("ab", &rows, &[(0, 1), (0, 2), (0, 3)]), Some(expected));
        assert_eq!(failed_harmless("ab", &rows, &[(0, 2)]), None);
    }

    // r ln r - r + 1 at r = 2 is 0.3863; ten complaints a day give 3.863 nats a day.
    #[test]
    fn a_watch_needs_threshold_over_information_days() {
        let watch = Monitoring { complaint_ratio: 2.0, complaint_threshold: 38.63, ..Monitoring::default() };
        assert!((days_to_alarm(&watch, 10.0) - 10.0).abs() < 0.001);
    }

    #[test]
    fn a_watch_that_looks_at_nothing_is_named() {
        let watch = Monitoring { watch_days: 14, ..Monitoring::default() };
        assert_eq!(about_watch(&watch, &Tables::default(), "all"), Some(Warning::WatchSeesNothing));
        assert_eq!(about_watch(&Monitoring::default(), &Tables::default(), "all"), None);
    }
}
