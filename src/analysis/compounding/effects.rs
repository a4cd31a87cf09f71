//! Effects of every order with bootstrap intervals over replicates.

use super::transforms::{contrasts, dividends, shapley_values};
use crate::analysis::signal_by_signal::Spread;
use crate::statistics::{RESAMPLES, bca_interval, resample};
use serde::Serialize;

/// What a set of factors does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// The set, as bits in declared order.
    #[serde(skip)]
    pub subset: u32,
    /// Outcome with exactly these factors on, above that with none.
    pub rise: Spread,
    /// What they add together beyond everything that their parts add.
    pub dividend: Spread,
    /// Average change when their product changes sign, over all settings of the others (Walsh-Hadamard contrast).
    pub contrast: Spread,
}

/// The factorial of one outcome. Intervals are 95 % BCa bootstrap intervals of means over replicates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactorialEffects {
    /// Outcome with no factor on.
    pub baseline: Spread,
    /// One entry per set of factors but the empty one, numbered by bits.
    pub effects: Vec<Effect>,
    /// Shapley value of each factor.
    pub shapley: Vec<Spread>,
    /// Rise with all factors on.
    pub joint: Spread,
    /// Sum of the rises of single factors.
    pub sum_of_singles: Spread,
    /// Joint rise minus that sum.
    pub excess: Spread,
    /// Joint rise divided by that sum: ratio of means.
    pub compounding_ratio: Spread,
}

/// Everything that is computed from the mean outcomes of all combinations, in one row of numbers.
struct Statistics {
    values: Vec<f64>,
}

impl Statistics {
    fn of(means: &[f64]) -> Self {
        let (terms, count) = (dividends(means), means.len());
        let joint = means[count - 1] - means[0];
        let singles: f64 = (0..count.trailing_zeros()).map(|factor| terms[1 << factor]).sum();
        let mut values = vec![means[0]];
        values.extend(means[1..].iter().map(|mean| mean - means[0]));
        values.extend(&terms[1..]);
        values.extend(&contrasts(means)[1..]);
        values.extend(shapley_values(&terms));
        values.extend([joint, singles, joint - singles, joint / singles]);
        Self { values }
    }
}

/// The effects of `outcomes[replicate][combination]`; combinations are numbered by the bits of their factors. Replicates
/// with a missing outcome are left out.
///
/// Resamples draw whole replicates, so that what combinations share on common random numbers stays together.
pub fn factorial_effects(outcomes: &[Vec<f64>]) -> FactorialEffects {
    let known: Vec<&Vec<f64>> =
        outcomes.iter().filter(|replicate| replicate.iter().all(|value| value.is_finite())).collect();
    let combinations = outcomes.first().map_or(1, Vec::len);
    let statistics = |times: &[f64]| Statistics::of(&weighted_means(&known, times, combinations)).values;
    let count = known.len();
    let estimate = statistics(&vec![1.0; count]);
    let without = |out: usize| (0..count).map(|it| f64::from(u8::from(it != out))).collect::<Vec<_>>();
    let (mut resampled, mut left_out) = (Vec::new(), Vec::new());
    if count > 1 {
        resampled = (0..RESAMPLES).map(|number| statistics(&resample(count, number))).collect();
        left_out = (0..count).map(|out| statistics(&without(out))).collect();
    }
    let mut spreads = estimate.iter().enumerate().map(|(index, &mean)| {
        let column = |rows: &[Vec<f64>]| rows.iter().map(|row| row[index]).collect::<Vec<f64>>();
        let (low, high) = bca_interval(mean, &column(&resampled), &column(&left_out));
        Spread { mean, low, high }
    });
    collect(&mut spreads, combinations)
}

fn weighted_means(replicates: &[&Vec<f64>], times: &[f64], combinations: usize) -> Vec<f64> {
    let mut means = vec![0.0; combinations];
    let total: f64 = times.iter().sum();
    for (replicate, times) in replicates.iter().zip(times).filter(|(_, times)| **times > 0.0) {
        for (mean, value) in means.iter_mut().zip(replicate.iter()) {
            *mean += times * value;
        }
    }
    // Of no replicate: nothing over nothing, not a number.
    means.into_iter().map(|sum| sum / total).collect()
}

/// The row of numbers of [`Statistics`], named.
fn collect(spreads: &mut dyn Iterator<Item = Spread>, combinations: usize) -> FactorialEffects {
    let unknown = Spread { mean: f64::NAN, low: f64::NAN, high: f64::NAN };
    let mut next = || spreads.next().unwrap_or(unknown.clone());
    let (sets, factors) = (combinations - 1, combinations.trailing_zeros());
    let baseline = next();
    let mut list = |count: usize| (0..count).map(|_| next()).collect::<Vec<_>>();
    let (rises, dividends, contrasts) = (list(sets), list(sets), list(sets));
    let shapley = list(factors as usize);
    let parts = (1..).zip(rises.into_iter().zip(dividends.into_iter().zip(contrasts)));
    FactorialEffects {
        baseline,
        effects: parts
            .map(|(subset, (rise, (dividend, contrast)))| Effect { subset, rise, dividend, contrast })
            .collect(),
        shapley,
        joint: next(),
        sum_of_singles: next(),
        excess: next(),
        compounding_ratio: next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // y = replicate + 2 a + 3 b + 5 a b: replicates differ in their level only, so effects are certain.
    #[test]
    fn what_replicates_share_cancels() {
        let outcomes: Vec<Vec<f64>> =
            (0..5).map(|level| [0.0, 2.0, 3.0, 10.0].map(|y| y + f64::from(level)).to_vec()).collect();
        let found = factorial_effects(&outcomes);
        let [a, b, both] = found.effects.as_slice() else { panic!("three sets") };
        assert_eq!((a.rise.mean, b.rise.mean, both.rise.mean), (2.0, 3.0, 10.0));
        assert!((both.dividend.mean - 5.0).abs() < 1e-12);
        assert!((both.dividend.high - both.dividend.low).abs() < 1e-12);
        assert!((found.compounding_ratio.mean - 2.0).abs() < 1e-12);
        assert!((found.shapley[0].mean - 4.5).abs() < 1e-12 && (found.shapley[1].mean - 5.5).abs() < 1e-12);
        assert!((found.excess.mean - 5.0).abs() < 1e-12 && found.baseline.mean == 2.0);
        assert!(found.baseline.low < 2.0 && found.baseline.high > 2.0);
    }

    #[test]
    fn one_replicate_has_effects_without_intervals() {
        let found = factorial_effects(&[vec![0.0, 1.0, 1.0, 4.0]]);
        assert_eq!(found.joint.mean, 4.0);
        assert!(!found.joint.has_interval());
    }

    #[test]
    fn replicates_with_a_gap_are_left_out() {
        let whole = vec![vec![0.0, 1.0], vec![0.5, 2.0]];
        let gap = [whole.clone(), vec![vec![f64::NAN, 3.0]]].concat();
        assert_eq!(factorial_effects(&gap), factorial_effects(&whole));
        assert!(factorial_effects(&[vec![f64::NAN, 1.0]]).joint.mean.is_nan());
    }
}
