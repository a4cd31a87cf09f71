//! Runs side by side: headline measures in the last round, and their paired differences to the first run.

use super::signal_by_signal::Spread;
use crate::measure::table::Table;
use serde::Serialize;
use std::collections::BTreeMap;

/// A run to compare.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// What to call it.
    pub label: String,
    /// Its `rounds` table.
    pub rounds: &'a Table,
    /// Which of its variants.
    pub variant: String,
}

/// A measure in the last round of one run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The run's label.
    pub run: String,
    /// Mean and middle 95 % of replicates.
    pub value: Spread,
    /// Value minus that of the first run with the same replicate number: mean and its 95 % confidence interval;
    /// `None` for the first run itself.
    pub difference: Option<Spread>,
}

/// One measure in all runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasureComparison {
    /// Column of the `rounds` table.
    pub measure: String,
    /// What it is.
    pub meaning: String,
    /// Unit.
    pub unit: &'static str,
    /// One entry per run, in the order given.
    pub runs: Vec<Outcome>,
}

/// Measures compared, besides the mean level of every behaviour.
const MEASURES: [&str; 13] = [
    "sycophancy_index",
    "effective_deference",
    "thumbs_up_share",
    "offline_accuracy",
    "ab_effect_thumbs_up",
    "approval",
    "user_benefit",
    "goodhart_gap",
    "mean_abs_stance_error",
    "mean_trust",
    "active_users",
    "complaints_per_million",
    "kl_from_reference_nats",
];

/// Compares runs measure by measure. Runs on the same seed share their random draws, so that a difference within a
/// replicate is free of most of the noise. A measure that the first run lacks is left out; where another lacks it,
/// its value is NaN.
pub fn compare(runs: &[Candidate<'_>]) -> Vec<MeasureComparison> {
    let Some(first) = runs.first() else { return Vec::new() };
    let behaviours = first.rounds.columns.iter().filter_map(|column| {
        let name = column.name.strip_suffix("_visible")?;
        (name.starts_with("mean_") && first.rounds.column(name).is_some()).then(|| name.to_string())
    });
    let (head, tail) = MEASURES.split_at(2);
    let names = head.iter().map(|name| name.to_string()).chain(behaviours);
    names
        .chain(tail.iter().map(|name| name.to_string()))
        .filter_map(|name| compare_measure(&name, runs))
        .collect()
}

fn compare_measure(measure: &str, runs: &[Candidate<'_>]) -> Option<MeasureComparison> {
    let column = runs.first()?.rounds.column(measure)?;
    let values: Vec<BTreeMap<i64, f64>> = runs.iter().map(|run| last_values(run, measure)).collect();
    let outcomes = runs.iter().zip(&values).enumerate().map(|(index, (run, own))| Outcome {
        run: run.label.clone(),
        value: Spread::of(&own.values().copied().collect::<Vec<f64>>()),
        difference: (index > 0).then(|| paired_difference(&values[0], own)),
    });
    Some(MeasureComparison {
        measure: measure.to_string(),
        meaning: column.meaning.clone(),
        unit: column.unit,
        runs: outcomes.collect(),
    })
}

fn paired_difference(first: &BTreeMap<i64, f64>, other: &BTreeMap<i64, f64>) -> Spread {
    let pairs = other.iter().filter_map(|(replicate, value)| Some(value - first.get(replicate)?));
    Spread::confidence_interval(&pairs.collect::<Vec<f64>>())
}

/// Values in the last round by replicate.
fn last_values(run: &Candidate<'_>, measure: &str) -> BTreeMap<i64, f64> {
    let column = |name: &str| run.rounds.numbers(name).unwrap_or_default();
    let (rounds, replicates, values) = (column("round"), column("replicate"), column(measure));
    let variants = run.rounds.words("variant").unwrap_or_default();
    let own: Vec<usize> =
        (0..variants.len().min(values.len())).filter(|&row| variants[row] == run.variant).collect();
    let last = own.iter().map(|&row| rounds[row]).fold(0.0, f64::max);
    own.into_iter()
        .filter(|&row| rounds[row] == last)
        .map(|row| (replicates[row] as i64, values[row]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::table::Entry;

    fn table(rows: &[(i64, i64, f64)]) -> Table {
        let mut table = Table::default();
        for &(replicate, round, value) in rows {
            table.push(vec![
                Entry::text("variant", "", "all"),
                Entry::integer("replicate", "", "", replicate),
                Entry::integer("round", "", "", round),
                Entry::number("sycophancy_index", "", "Mean of the probes", value),
            ]);
        }
        table
    }

    fn candidate<'a>(label: &str, rounds: &'a Table) -> Candidate<'a> {
        Candidate { label: label.into(), rounds, variant: "all".into() }
    }

    // Replicates differ by 0.5 among themselves, but the second run is always 0.1 above the first.
    #[test]
    fn differences_are_taken_within_replicates() {
        let a = table(&[(0, 1, 9.0), (0, 2, 0.0), (1, 2, 0.5)]);
        let b = table(&[(1, 2, 0.6), (0, 2, 0.1)]);
        let compared = compare(&[candidate("a", &a), candidate("b", &b)]);
        assert_eq!(compared.len(), 1);
        let [first, second] = compared[0].runs.as_slice() else { panic!("two runs") };
        assert_eq!((first.value.mean, &first.difference), (0.25, &None));
        let difference = second.difference.as_ref().unwrap();
        assert!((difference.mean - 0.1).abs() < 1e-12);
        assert!((difference.high - difference.low).abs() < 1e-12, "no noise is left: {difference:?}");
    }

    #[test]
    fn replicates_without_a_partner_are_left_out() {
        let a = table(&[(0, 1, 0.2)]);
        let b = table(&[(0, 1, 0.3), (1, 1, 9.0)]);
        let compared = compare(&[candidate("a", &a), candidate("b", &b)]);
        let difference = compared[0].runs[1].difference.as_ref().unwrap();
        assert!((difference.mean - 0.1).abs() < 1e-12);
        assert!(!difference.has_interval());
    }

    #[test]
    fn nothing_compares_to_nothing() {
        assert_eq!(compare(&[]), []);
    }
}
