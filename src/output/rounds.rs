//! Reading tidy tables by variant and measure: what summary, figures and report have in common.

use crate::analysis::signal_by_signal::Spread;
use crate::measure::table::Table;
use std::collections::BTreeMap;

/// The variant with every declared factor on.
pub const JOINT: &str = "all";
/// The variant with none on.
pub const BASELINE: &str = "none";

/// A measure in one round: mean over replicates and a band around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Round, from 1.
    pub round: i64,
    /// Mean with its band; no band if neither replicates nor a standard error are known.
    pub spread: Spread,
}

/// What bands stand for in figures of this run, for captions.
pub fn band_meaning(replicates: usize) -> String {
    match replicates {
        0 | 1 => "Bands: ± 2 Monte-Carlo standard errors where the estimate has one (one run).".to_string(),
        n => format!("Lines: means of {n} runs with different seeds. Bands: the middle 95 % of those runs."),
    }
}

/// Distinct words of a text column, in order of appearance.
pub fn distinct(table: &Table, column: &str) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for word in table.words(column).unwrap_or_default() {
        if !seen.contains(word) {
            seen.push(word.clone());
        }
    }
    seen
}

/// Number of replicates in a table (at least 1).
pub fn replicates(table: &Table) -> usize {
    let numbers = table.numbers("replicate").unwrap_or_default();
    let distinct: std::collections::BTreeSet<i64> = numbers.iter().map(|&number| number as i64).collect();
    distinct.len().max(1)
}

/// Names of behaviours: every `mean_<name>` that has a twin `mean_<name>_visible`.
pub fn behaviours(table: &Table) -> Vec<String> {
    let names = table.columns.iter().filter_map(|column| column.name.strip_prefix("mean_"));
    names.filter(|name| table.column(&format!("mean_{name}_visible")).is_some()).map(str::to_string).collect()
}

/// Variants in reading order: baseline, single factors, all together.
pub fn variants(table: &Table) -> Vec<String> {
    let mut names = distinct(table, "variant");
    names.sort_by_key(|name| match name.as_str() {
        BASELINE => 0,
        JOINT => 2,
        _ => 1,
    });
    names
}

/// The variant that the story is about: all factors together, or else the last one.
pub fn main_variant(table: &Table) -> String {
    let names = variants(table);
    names.last().cloned().unwrap_or_else(|| JOINT.to_string())
}

/// The replicates of `measure` by round, in rows whose text columns equal `filters`.
pub fn samples(table: &Table, filters: &[(&str, &str)], measure: &str) -> BTreeMap<i64, Vec<f64>> {
    let mut by_round: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    let (Some(rounds), Some(values)) = (table.numbers("round"), table.numbers(measure)) else {
        return by_round;
    };
    for row in matching_rows(table, filters) {
        by_round.entry(rounds[row] as i64).or_default().push(values[row]);
    }
    by_round
}

fn matching_rows(table: &Table, filters: &[(&str, &str)]) -> Vec<usize> {
    let columns: Vec<_> = filters.iter().map(|(name, wanted)| (table.words(name), *wanted)).collect();
    let matches = |row: usize| columns.iter().all(|(words, wanted)| words.is_some_and(|w| w[row] == *wanted));
    (0..table.rows()).filter(|&row| matches(row)).collect()
}

/// `measure` over rounds with its bands. Rounds without a value are left out.
pub fn series(table: &Table, filters: &[(&str, &str)], measure: &str) -> Vec<Point> {
    let errors = samples(table, filters, &format!("{measure}_se"));
    let by_round = samples(table, filters, measure);
    let points = by_round.into_iter().map(|(round, values)| {
        let mut spread = Spread::of(&values);
        if let (1, Some([error])) = (values.len(), errors.get(&round).map(Vec::as_slice)) {
            spread =
                Spread { mean: spread.mean, low: spread.mean - 2.0 * error, high: spread.mean + 2.0 * error };
        }
        Point { round, spread }
    });
    points.filter(|point| point.spread.mean.is_finite()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::table::Entry;

    fn table(replicates: i64) -> Table {
        let mut table = Table::default();
        for (variant, replicate, round) in
            (0..replicates).flat_map(|r| [("all", r, 1), ("all", r, 2), ("none", r, 1)])
        {
            table.push(vec![
                Entry::text("variant", "", variant),
                Entry::integer("replicate", "", "", replicate),
                Entry::integer("round", "", "", round),
                Entry::number("x", "", "", (round + replicate) as f64),
                Entry::number("x_se", "", "", 0.25),
            ]);
        }
        table
    }

    #[test]
    fn one_run_has_bands_of_two_standard_errors() {
        let points = series(&table(1), &[("variant", "all")], "x");
        assert_eq!(points.len(), 2);
        assert_eq!(points[1].spread, Spread { mean: 2.0, low: 1.5, high: 2.5 });
    }

    #[test]
    fn several_runs_have_bands_over_runs() {
        let points = series(&table(2), &[("variant", "all")], "x");
        assert_eq!(points[0].spread.mean, 1.5);
        assert!((points[0].spread.low - 1.025).abs() < 1e-12);
    }

    #[test]
    fn the_baseline_comes_first_and_the_joint_variant_last() {
        assert_eq!(variants(&table(1)), ["none", "all"]);
        assert_eq!(main_variant(&table(1)), "all");
    }

    #[test]
    fn unknown_measures_give_no_points() {
        assert!(series(&table(1), &[("variant", "all")], "y").is_empty());
    }
}
