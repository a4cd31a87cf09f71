//! What each signal does alone, and what all of them do together.

use super::study::Variant;
use crate::measure::table::Table;
use crate::statistics::{jackknife_interval, student_quantile};
use serde::Serialize;

/// A mean over replicates with a 95 % interval: of the replicates ([`Spread::of`]) or of their mean
/// ([`Spread::confidence_interval`]).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// Mean over replicates.
    pub mean: f64,
    /// Lower end of the interval; NaN with one replicate.
    pub low: f64,
    /// Upper end of the interval; NaN with one replicate.
    pub high: f64,
}

/// Effects of the factors on one outcome in the last round.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OutcomeEffects {
    /// Column of the `rounds` table.
    pub measure: String,
    /// What that column is, in words.
    pub meaning: String,
    /// Value with no factor on (variant "none").
    pub baseline: Spread,
    /// Rise over the baseline with one factor on, by factor.
    pub singles: Vec<(String, Spread)>,
    /// Rise over the baseline with all factors on.
    pub joint: Spread,
    /// Sum of the single rises.
    pub sum_of_singles: Spread,
    /// Joint rise divided by the sum of the single rises.
    pub compounding_ratio: Spread,
}

/// The question that the incident leaves open: does each signal look harmless alone, and what do they do together?
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignalBySignal {
    /// Factors compared, in declared order.
    pub factors: Vec<String>,
    /// One entry per outcome, the most telling first.
    pub outcomes: Vec<OutcomeEffects>,
}

impl Spread {
    /// Mean and the middle 95 % (quantiles with linear interpolation) of replicates. NaN entries are left out.
    pub fn of(values: &[f64]) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        sorted.sort_by(f64::total_cmp);
        let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
        if sorted.len() < 2 {
            return Self { mean, low: f64::NAN, high: f64::NAN };
        }
        Self { mean, low: quantile(&sorted, 0.025), high: quantile(&sorted, 0.975) }
    }

    /// Mean and its 95 % confidence interval by Student's t, for values that are close to normal or many. NaN
    /// entries are left out.
    ///
    /// The interval says how well the mean is known and shrinks with more replicates; that of [`Spread::of`] says
    /// how much replicates differ and does not.
    pub fn confidence_interval(values: &[f64]) -> Self {
        let known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let count = known.len() as f64;
        let mean = known.iter().sum::<f64>() / count;
        let squares: f64 = known.iter().map(|value| (value - mean) * (value - mean)).sum();
        let standard_error = (squares / (count * (count - 1.0))).sqrt();
        let half = student_quantile(known.len().saturating_sub(1)) * standard_error;
        Self { mean, low: mean - half, high: mean + half }
    }

    /// Whether there is an interval at all.
    pub fn has_interval(&self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    /// Whether the interval, if there is one, lies on one side of zero.
    pub fn has_clear_sign(&self) -> bool {
        !self.has_interval() || self.low > 0.0 || self.high < 0.0
    }
}

/// The `share` quantile of sorted values, interpolated between neighbours.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let position = share * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// Outcomes compared, the most telling first.
pub const OUTCOMES: [&str; 7] = [
    "sycophancy_index",
    "effective_deference",
    "mean_flattery",
    "thumbs_up_share",
    "mean_abs_stance_error",
    "user_benefit",
    "offline_accuracy",
];

/// Effects of the factors in the last round, from the `rounds` table of a finished study with the variants
/// "none", one per factor, and "all".
pub fn effects(rounds: &Table, variants: &[Variant]) -> SignalBySignal {
    let singles: Vec<&str> =
        variants[1..variants.len() - 1].iter().map(|variant| variant.name.as_str()).collect();
    let outcomes = OUTCOMES.iter().filter_map(|measure| outcome_effects(rounds, measure, &singles));
    SignalBySignal {
        factors: singles.iter().map(|name| name.to_string()).collect(),
        outcomes: outcomes.collect(),
    }
}

fn outcome_effects(rounds: &Table, measure: &str, singles: &[&str]) -> Option<OutcomeEffects> {
    let meaning = rounds.column(measure)?.meaning.clone();
    let baseline = last_values(rounds, measure, "none")?;
    let rise = |variant: &str| -> Option<Vec<f64>> {
        let values = last_values(rounds, measure, variant)?;
        Some(values.iter().zip(&baseline).map(|(value, base)| value - base).collect())
    };
    let joint = rise("all")?;
    let alone: Vec<Vec<f64>> = singles.iter().map(|name| rise(name)).collect::<Option<_>>()?;
    let sum: Vec<f64> = (0..baseline.len()).map(|i| alone.iter().map(|values| values[i]).sum()).collect();
    Some(OutcomeEffects {
        measure: measure.to_string(),
        meaning,
        baseline: Spread::confidence_interval(&baseline),
        singles: singles
            .iter()
            .map(|name| name.to_string())
            .zip(alone.iter().map(|v| Spread::confidence_interval(v)))
            .collect(),
        compounding_ratio: ratio_of_means(&joint, &sum),
        joint: Spread::confidence_interval(&joint),
        sum_of_singles: Spread::confidence_interval(&sum),
    })
}

/// Last-round values of a measure by replicate.
fn last_values(rounds: &Table, measure: &str, variant: &str) -> Option<Vec<f64>> {
    let (names, round) = (rounds.words("variant")?, rounds.numbers("round")?);
    let (values, last) = (rounds.numbers(measure)?, round.iter().copied().fold(0.0, f64::max));
    let rows = names.iter().zip(&round).zip(values);
    Some(rows.filter(|((name, r), _)| *name == variant && **r == last).map(|(_, value)| value).collect())
}

/// Mean joint effect over mean sum of single effects, with a 95 % interval by the jackknife over replicates
/// (Efron and Tibshirani 1993, eq. 11.5) and Student's t.
fn ratio_of_means(joint: &[f64], sum: &[f64]) -> Spread {
    let ratio = |left_out: Option<usize>| {
        let total = |values: &[f64]| -> f64 {
            values.iter().enumerate().filter(|(i, _)| Some(*i) != left_out).map(|(_, v)| v).sum()
        };
        total(joint) / total(sum)
    };
    let count = joint.len();
    let left_out: Vec<f64> = (0..count).map(|replicate| ratio(Some(replicate))).collect();
    let mean = ratio(None);
    let (low, high) = jackknife_interval(mean, &left_out);
    Spread { mean, low, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_replicate_has_no_interval() {
        let spread = Spread::of(&[0.5]);
        assert_eq!(spread.mean, 0.5);
        assert!(!spread.has_interval());
    }

    #[test]
    fn two_replicates_span_nearly_their_range() {
        let spread = Spread::of(&[1.0, 0.0, f64::NAN]);
        assert_eq!(spread.mean, 0.5);
        assert!((spread.low - 0.025).abs() < 1e-12 && (spread.high - 0.975).abs() < 1e-12);
    }

    // 1, 2, 3: mean 2, standard error 1 / sqrt 3, two degrees of freedom.
    #[test]
    fn a_confidence_interval_is_that_of_the_mean() {
        let spread = Spread::confidence_interval(&[1.0, f64::NAN, 2.0, 3.0]);
        assert_eq!(spread.mean, 2.0);
        assert!((spread.high - (2.0 + 4.302653 / 3f64.sqrt())).abs() < 1e-6);
        assert!((spread.low + spread.high - 4.0).abs() < 1e-12);
        assert!(!Spread::confidence_interval(&[1.0]).has_interval());
        assert!(!Spread::confidence_interval(&[]).has_interval());
    }

    // Leave-one-out ratios 10 / 5 = 2, 8 / 4 = 2 and 6 / 3 = 2 of exactly proportional effects: no uncertainty. With
    // a constant denominator the jackknife is the standard error of the mean.
    #[test]
    fn a_ratio_of_means_has_a_jackknife_interval() {
        let exact = ratio_of_means(&[2.0, 4.0, 6.0], &[1.0, 2.0, 3.0]);
        assert!((exact.mean - 2.0).abs() < 1e-12 && (exact.high - exact.low).abs() < 1e-12);
        let (plain, ratio) =
            (Spread::confidence_interval(&[1.0, 2.0, 3.0]), ratio_of_means(&[1.0, 2.0, 3.0], &[1.0; 3]));
        assert!((plain.low - ratio.low).abs() < 1e-12 && (plain.high - ratio.high).abs() < 1e-12);
        assert!(!ratio_of_means(&[1.0], &[0.5]).has_interval());
    }

    #[test]
    fn a_sign_is_clear_when_the_interval_leaves_out_zero() {
        let spread = |low, high| Spread { mean: 1.0, low, high };
        assert!(spread(0.5, 1.5).has_clear_sign() && spread(f64::NAN, f64::NAN).has_clear_sign());
        assert!(!spread(-0.5, 2.5).has_clear_sign());
    }
}
