//! Paired differences round by round.

use super::Candidate;
use crate::analysis::signal_by_signal::Spread;
use std::collections::BTreeMap;

/// A measure of a run minus that of another in the rounds that both have, aligned by their number: mean over the
/// replicates that both have, with its 95 % confidence interval.
pub fn differences_over_rounds(
    first: &Candidate<'_>,
    other: &Candidate<'_>,
    measure: &str,
) -> Vec<(i64, Spread)> {
    let base = values(first, measure);
    let mut by_round: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for ((round, replicate), value) in values(other, measure) {
        if let Some(before) = base.get(&(round, replicate)) {
            by_round.entry(round).or_default().push(value - before);
        }
    }
    by_round.into_iter().map(|(round, values)| (round, Spread::confidence_interval(&values))).collect()
}

/// Values by round and replicate.
fn values(run: &Candidate<'_>, measure: &str) -> BTreeMap<(i64, i64), f64> {
    let column = |name: &str| run.rounds.numbers(name).unwrap_or_default();
    let (rounds, replicates, values) = (column("round"), column("replicate"), column(measure));
    let place = |row: usize| (rounds[row] as i64, replicates[row] as i64);
    run.rows().filter(|&row| row < values.len()).map(|row| (place(row), values[row])).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{candidate, table};
    use super::*;

    // Replicate 1 lies 0.5 above replicate 0, but each rises by 0.1 in round 1 and by 0.2 in round 2; round 3 has no partner.
    #[test]
    fn rounds_are_paired_by_number_and_replicate() {
        let a = table(&[(0, 1, 0.0), (1, 1, 0.5), (0, 2, 0.0), (1, 2, 0.5)]);
        let b = table(&[(0, 1, 0.1), (1, 1, 0.6), (0, 2, 0.2), (1, 2, 0.7), (0, 3, 9.0), (2, 2, 9.0)]);
        let found = differences_over_rounds(&candidate("a", &a), &candidate("b", &b), "sycophancy_index");
        assert_eq!(found.iter().map(|(round, _)| *round).collect::<Vec<_>>(), [1, 2]);
        for ((_, spread), expected) in found.iter().zip([0.1, 0.2]) {
            assert!((spread.mean - expected).abs() < 1e-12 && spread.high - spread.low < 1e-12);
        }
        assert!(differences_over_rounds(&candidate("a", &a), &candidate("b", &b), "unknown").is_empty());
    }
}
