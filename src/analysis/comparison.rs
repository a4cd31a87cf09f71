//! Runs side by side: headline measures in the last round, and their paired differences to the first run.

mod holm;
mod over_rounds;
mod tables;

use super::signal_by_signal::Spread;
use crate::measure::table::Table;
use crate::statistics::student_two_sided;
use holm::holm;
pub use over_rounds::differences_over_rounds;
use serde::Serialize;
use std::collections::BTreeMap;
pub use tables::{all_rounds, comparison_table};

/// Chance of calling any difference clear after correction that is none.
pub const LEVEL: f64 = 0.05;

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

impl Candidate<'_> {
    /// Rows of its variant in the `rounds` table.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        let variants = self.rounds.words("variant").unwrap_or_default();
        (0..variants.len()).filter(|&row| variants[row] == self.variant)
    }

    /// Its last round; 0 without any.
    pub fn last_round(&self) -> i64 {
        let rounds = self.rounds.numbers("round").unwrap_or_default();
        self.rows().map(|row| rounds[row] as i64).max().unwrap_or(0)
    }
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
    /// Two-sided p-value of no difference, paired t-test; `None` for the first run, NaN below two replicates.
    pub p_value: Option<f64>,
    /// Whether the difference is clear of zero after Holm's correction for all differences of the comparison: every
    /// measure of every run but the first. `None` for the first run and without a p-value.
    pub clear_after_holm: Option<bool>,
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
    let names = names.chain(tail.iter().map(|name| name.to_string()));
    let mut measures: Vec<MeasureComparison> =
        names.filter_map(|name| compare_measure(&name, runs)).collect();
    correct(&mut measures);
    measures
}

/// The number of differences that [`compare`] corrects for: those with a p-value.
pub fn differences_tested(measures: &[MeasureComparison]) -> usize {
    let outcomes = measures.iter().flat_map(|measure| &measure.runs);
    outcomes.filter(|outcome| outcome.clear_after_holm.is_some()).count()
}

fn correct(measures: &mut [MeasureComparison]) {
    let mut outcomes: Vec<&mut Outcome> =
        measures.iter_mut().flat_map(|measure| measure.runs.iter_mut()).collect();
    let p_values: Vec<f64> = outcomes.iter().map(|it| it.p_value.unwrap_or(f64::NAN)).collect();
    for ((outcome, p_value), clear) in outcomes.iter_mut().zip(&p_values).zip(holm(&p_values, LEVEL)) {
        outcome.clear_after_holm = (!p_value.is_nan()).then_some(clear);
    }
}

fn compare_measure(measure: &str, runs: &[Candidate<'_>]) -> Option<MeasureComparison> {
    runs.first()?.rounds.column(measure)?;
    // Tables read from CSV know neither meanings nor units; another run may.
    let columns = || runs.iter().filter_map(|run| run.rounds.column(measure));
    let values: Vec<BTreeMap<i64, f64>> = runs.iter().map(|run| last_values(run, measure)).collect();
    let outcomes = runs.iter().zip(&values).enumerate().map(|(index, (run, own))| {
        let pairs = (index > 0).then(|| paired(&values[0], own));
        Outcome {
            run: run.label.clone(),
            value: Spread::of(&own.values().copied().collect::<Vec<f64>>()),
            difference: pairs.as_deref().map(Spread::confidence_interval),
            p_value: pairs.as_deref().map(p_value),
            clear_after_holm: None,
        }
    });
    Some(MeasureComparison {
        measure: measure.to_string(),
        meaning: columns().map(|it| it.meaning.clone()).find(|it| !it.is_empty()).unwrap_or_default(),
        unit: columns().map(|it| it.unit).find(|it| !it.is_empty()).unwrap_or_default(),
        runs: outcomes.collect(),
    })
}

/// Differences within the replicates that both runs have.
fn paired(first: &BTreeMap<i64, f64>, other: &BTreeMap<i64, f64>) -> Vec<f64> {
    let pairs = other.iter().filter_map(|(replicate, value)| Some(value - first.get(replicate)?));
    pairs.filter(|difference| !difference.is_nan()).collect()
}

/// Two-sided, by the paired t-test. Differences that are all zero speak for no difference: 1.
fn p_value(differences: &[f64]) -> f64 {
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    match standard_error(differences, mean) {
        _ if differences.len() < 2 => f64::NAN,
        0.0 if mean == 0.0 => 1.0,
        error => student_two_sided(mean / error, differences.len() - 1),
    }
}

/// Of the mean; squares are taken around it, so that large levels cost no digits.
fn standard_error(values: &[f64], mean: f64) -> f64 {
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let count = values.len() as f64;
    libm::sqrt(squares / (count * (count - 1.0)))
}

/// Values in the last round by replicate.
fn last_values(run: &Candidate<'_>, measure: &str) -> BTreeMap<i64, f64> {
    let column = |name: &str| run.rounds.numbers(name).unwrap_or_default();
    let (rounds, replicates, values) = (column("round"), column("replicate"), column(measure));
    let last = run.last_round();
    run.rows()
        .filter(|&row| row < values.len() && rounds[row] as i64 == last)
        .map(|row| (replicates[row] as i64, values[row]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::table::Entry;

    pub(super) fn table(rows: &[(i64, i64, f64)]) -> Table {
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

    pub(super) fn candidate<'a>(label: &str, rounds: &'a Table) -> Candidate<'a> {
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

    // Differences 0.1, 0.2, 0.3: mean 0.2, standard error 0.1 / sqrt(3), t = 3.4641 on two degrees of freedom.
    #[test]
    fn p_values_are_those_of_the_paired_t_test() {
        let p = p_value(&[0.1, 0.2, 0.3]);
        assert!((p - 0.074180).abs() < 1e-5, "{p}");
        assert!(p_value(&[0.1]).is_nan() && p_value(&[]).is_nan());
        assert_eq!((p_value(&[0.0, 0.0]), p_value(&[0.5, 0.5])), (1.0, 0.0));
    }

    // The same difference is clear as the only one and not among many, most of them noise.
    #[test]
    fn a_difference_must_be_clearer_among_many() {
        let first = table(&[(0, 1, 0.0), (1, 1, 0.0), (2, 1, 0.0)]);
        let clear = table(&[(0, 1, 0.1), (1, 1, 0.12), (2, 1, 0.09)]);
        let noise = table(&[(0, 1, 0.1), (1, 1, -0.12), (2, 1, 0.09)]);
        let among = |others: usize| {
            let mut runs = vec![candidate("first", &first), candidate("clear", &clear)];
            runs.extend((0..others).map(|_| candidate("noise", &noise)));
            let measures = compare(&runs);
            assert_eq!(differences_tested(&measures), others + 1);
            measures[0].runs[1].clear_after_holm
        };
        assert_eq!((among(0), among(9)), (Some(true), Some(false)));
    }

    #[test]
    fn nothing_compares_to_nothing() {
        assert_eq!(compare(&[]), []);
    }
}
