//! Sobol' indices: which share of an outcome's variance a parameter explains, alone and with all its interactions.

use super::resample::{Interval, RESAMPLES, weights};
use super::{Blocks, DesignError, block_rows, whole_blocks};
use serde::Serialize;

/// The indices of one parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SobolIndex {
    /// First-order index: share of the variance that the parameter explains alone.
    pub first: Interval,
    /// Total index: share that would remain if only this parameter were unknown.
    pub total: Interval,
}

/// The second-order index of a pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interaction {
    /// Number of the first parameter.
    pub first: usize,
    /// Number of the second.
    pub second: usize,
    /// Share of the variance that both explain together beyond what each does alone.
    pub index: Interval,
}

/// The indices of all parameters for one outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SobolIndices {
    /// One per parameter.
    pub parameters: Vec<SobolIndex>,
    /// One per pair, empty unless asked for.
    pub interactions: Vec<Interaction>,
    /// Base samples used.
    pub samples: usize,
    /// Base samples left out because a point of theirs has no outcome.
    pub dropped: usize,
}

/// Indices from outcomes in the row order of [`saltelli`](super::saltelli). With Y centred and scaled by all outcomes
/// and V the variance (over n) of those of A and B together:
///
/// | index | estimator | source |
/// |---|---|---|
/// | first | mean of Y_B (Y_ABj - Y_A) / V | Saltelli et al. 2010, table 2 (b) |
/// | total | mean of (Y_A - Y_ABj)^2 / 2 V | Jansen 1999; Saltelli et al. 2010, table 2 (f) |
/// | second | mean of (Y_BAj Y_ABk - Y_A Y_B) / V, less the first-order indices of j and k | Saltelli 2002 |
///
/// as SALib 1.5's `analyze.sobol` does. Intervals come from resamples of base samples. NaN where the outcome is constant.
///
/// # Errors
/// If the outcomes fill no whole number of blocks, or fewer than two blocks are whole; blocks with a missing outcome
/// are left out and counted.
pub fn sobol_indices(
    outcomes: &[f64],
    parameters: usize,
    second_order: bool,
    seed: u64,
) -> Result<SobolIndices, DesignError> {
    let rows = block_rows(parameters, second_order);
    let blocks = whole_blocks(outcomes, rows, 2, "base sample", parameters)?;
    let terms = Terms::new(&blocks, outcomes, parameters, second_order);
    let whole = terms.indices(&vec![1.0; blocks.kept.len()]);
    let resampled: Vec<Vec<f64>> =
        (0..RESAMPLES).map(|number| terms.indices(&weights(blocks.kept.len(), number, seed))).collect();
    let interval =
        |index: usize| Interval::of(whole[index], &resampled.iter().map(|it| it[index]).collect::<Vec<_>>());
    let index = |j: usize| SobolIndex { first: interval(2 * j), total: interval(2 * j + 1) };
    let pair = |(nth, &(first, second)): (usize, &(usize, usize))| Interaction {
        first,
        second,
        index: interval(2 * parameters + nth),
    };
    Ok(SobolIndices {
        parameters: (0..parameters).map(index).collect(),
        interactions: terms.pairs.iter().enumerate().map(pair).collect(),
        samples: blocks.kept.len(),
        dropped: blocks.dropped,
    })
}

/// What the estimators sum, by base sample, so that a resample is a weighted sum.
struct Terms {
    a: Vec<f64>,
    b: Vec<f64>,
    /// `[parameter][sample]`: Y_B (Y_ABj - Y_A).
    first: Vec<Vec<f64>>,
    /// `[parameter][sample]`: (Y_A - Y_ABj)^2 / 2.
    total: Vec<Vec<f64>>,
    /// `[pair][sample]`: Y_BAj Y_ABk - Y_A Y_B.
    second: Vec<Vec<f64>>,
    pairs: Vec<(usize, usize)>,
}

impl Terms {
    fn new(blocks: &Blocks, outcomes: &[f64], parameters: usize, second_order: bool) -> Self {
        let y = standardised(&blocks.outcomes(outcomes));
        let samples = blocks.kept.len();
        let row = |nth: usize| -> Vec<f64> { (0..samples).map(|it| y[it * blocks.rows + nth]).collect() };
        let (a, b) = (row(0), row(blocks.rows - 1));
        let ab: Vec<Vec<f64>> = (0..parameters).map(|j| row(1 + j)).collect();
        let by = |term: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..samples).map(term).collect() };
        let first = ab.iter().map(|ab| by(&|i| b[i] * (ab[i] - a[i]))).collect();
        let total = ab.iter().map(|ab| by(&|i| 0.5 * (a[i] - ab[i]) * (a[i] - ab[i]))).collect();
        let later = |j: usize| (j + 1..parameters).map(move |k| (j, k));
        let pairs: Vec<(usize, usize)> =
            if second_order { (0..parameters).flat_map(later).collect() } else { Vec::new() };
        let pair = |&(j, k): &(usize, usize)| {
            let ba = row(1 + parameters + j);
            by(&|i| ba[i] * ab[k][i] - a[i] * b[i])
        };
        let second = pairs.iter().map(pair).collect();
        Self { a, b, first, total, second, pairs }
    }

    /// First and total index of every parameter in turn, then the second-order indices; `weights` sum to the number of
    /// samples.
    fn indices(&self, weights: &[f64]) -> Vec<f64> {
        let n = weights.len() as f64;
        let mean =
            |terms: &[f64]| terms.iter().zip(weights).map(|(term, weight)| term * weight).sum::<f64>() / n;
        let variance = self.variance(&mean);
        let first: Vec<f64> = self.first.iter().map(|terms| mean(terms) / variance).collect();
        let total = self.total.iter().map(|terms| mean(terms) / variance);
        let mut indices: Vec<f64> = first.iter().copied().zip(total).flat_map(|(a, b)| [a, b]).collect();
        let pairs = self.second.iter().zip(&self.pairs);
        indices.extend(pairs.map(|(terms, &(j, k))| mean(terms) / variance - first[j] - first[k]));
        indices
    }

    /// Variance of A and B together; NaN if they are constant, so that indices are too.
    fn variance(&self, mean: &dyn Fn(&[f64]) -> f64) -> f64 {
        let centre = 0.5 * (mean(&self.a) + mean(&self.b));
        let squares = |values: &[f64]| -> Vec<f64> {
            values.iter().map(|value| (value - centre) * (value - centre)).collect()
        };
        let variance = 0.5 * (mean(&squares(&self.a)) + mean(&squares(&self.b)));
        if variance > 0.0 { variance } else { f64::NAN }
    }
}

/// Outcomes less their mean, in units of their standard deviation (over n); all zero if they are constant.
fn standardised(outcomes: &[f64]) -> Vec<f64> {
    let n = outcomes.len() as f64;
    let mean = outcomes.iter().sum::<f64>() / n;
    let squares: f64 = outcomes.iter().map(|y| (y - mean) * (y - mean)).sum();
    let constant = outcomes.iter().all(|&y| y == outcomes[0]);
    let scale = if constant { 0.0 } else { 1.0 / (squares / n).sqrt() };
    outcomes.iter().map(|y| (y - mean) * scale).collect()
}

#[cfg(test)]
mod tests {
    use super::super::saltelli;
    use super::*;

    fn of(samples: usize, second_order: bool, model: impl Fn(&[f64]) -> f64) -> SobolIndices {
        let design = saltelli(3, samples, second_order, 3).unwrap();
        let outcomes: Vec<f64> = (0..design.rows()).map(|row| model(design.row(row))).collect();
        sobol_indices(&outcomes, 3, second_order, 3).unwrap()
    }

    // y = 2 x1 + x2: variance (4 + 1) / 12, shares 0.8 and 0.2, no interaction.
    #[test]
    fn a_sum_has_the_shares_of_its_terms() {
        let found = of(1024, true, |x| 2.0 * x[0] + x[1]);
        for (index, expected) in found.parameters.iter().zip([0.8, 0.2, 0.0]) {
            assert!((index.first.value - expected).abs() < 0.02, "{index:?}");
            assert!((index.total.value - expected).abs() < 0.02, "{index:?}");
        }
        assert!(found.interactions.iter().all(|pair| pair.index.value.abs() < 0.05), "{found:?}");
        assert_eq!(found.parameters[2].total.value, 0.0);
    }

    #[test]
    fn a_constant_outcome_has_no_indices() {
        let found = of(8, false, |_| 0.1);
        assert!(found.parameters.iter().all(|it| it.first.value.is_nan() && !it.total.is_positive()));
    }

    #[test]
    fn a_missing_outcome_costs_its_base_sample() {
        let design = saltelli(2, 64, false, 3).unwrap();
        let mut outcomes: Vec<f64> = (0..design.rows()).map(|row| design.row(row)[0]).collect();
        outcomes[5] = f64::NAN;
        let found = sobol_indices(&outcomes, 2, false, 3).unwrap();
        assert_eq!((found.samples, found.dropped), (63, 1));
        assert!(sobol_indices(&outcomes[1..], 2, false, 3).is_err());
    }

    #[test]
    fn scale_and_shift_of_the_outcome_do_not_matter() {
        let plain = of(64, true, |x| x[0] * x[1] + x[2]);
        let moved = of(64, true, |x| 1e3 + 8.0 * (x[0] * x[1] + x[2]));
        for (a, b) in plain.parameters.iter().zip(&moved.parameters) {
            assert!(
                (a.first.value - b.first.value).abs() < 1e-9 && (a.total.high - b.total.high).abs() < 1e-9
            );
        }
    }
}
