//! Rank correlations: how monotonely an outcome follows a parameter, plainly and with the other parameters held.

use super::{DesignError, Matrix};
use crate::statistics::{student_quantile, student_two_sided};
use nalgebra::DMatrix;
use serde::Serialize;

/// Probability at which a correlation is called different from zero.
pub const LEVEL: f64 = 0.05;

/// The correlations of one parameter with the outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankCorrelation {
    /// Spearman's rank correlation.
    pub spearman: f64,
    /// Partial rank correlation: of what the ranks of all other parameters leave unexplained. NaN if these decide it.
    pub partial: f64,
    /// Probability of a partial correlation as far from zero by chance.
    pub probability: f64,
    /// Whether it differs from zero at 5 % on its own.
    pub differs: bool,
    /// Whether it still does when all parameters were tested at once (Holm 1979).
    pub differs_among_all: bool,
}

/// The correlations of all parameters with one outcome.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RankCorrelations {
    /// One per parameter.
    pub parameters: Vec<RankCorrelation>,
    /// A Spearman correlation beyond this differs from zero at 5 %.
    pub critical_spearman: f64,
    /// A partial correlation beyond this differs from zero at 5 %.
    pub critical_partial: f64,
    /// Parameters expected beyond it by chance alone, were none of them to matter.
    pub expected_by_chance: f64,
    /// Rows used.
    pub samples: usize,
    /// Rows left out because they have no outcome.
    pub dropped: usize,
}

/// Correlations of every column of `design` with the outcomes. With R the matrix of rank correlations of all parameters
/// and the outcome y, and P its inverse, the partial correlation of parameter j is -P_jy / sqrt(P_jj P_yy); with n rows
/// and k parameters, t = r sqrt(f / (1 - r^2)) has f = n - 1 - k degrees of freedom (n - 2 for Spearman's).
///
/// # Errors
/// If fewer than three rows have an outcome.
///
/// Source: Marino et al. 2008, J. Theor. Biol. 254, 178, section 2.2.
pub fn rank_correlations(design: &Matrix, outcomes: &[f64]) -> Result<RankCorrelations, DesignError> {
    let kept: Vec<usize> = (0..outcomes.len()).filter(|&row| outcomes[row].is_finite()).collect();
    if kept.len() < 3 {
        return Err(DesignError::TooFew { kept: kept.len(), blocks: outcomes.len(), least: 3 });
    }
    let of = |all: &[f64]| ranks(&kept.iter().map(|&row| all[row]).collect::<Vec<_>>());
    let (n, k) = (kept.len(), design.columns());
    let mut ranked: Vec<Vec<f64>> = (0..k).map(|column| of(&design.column(column))).collect();
    ranked.push(of(outcomes));
    let correlations = DMatrix::from_fn(k + 1, k + 1, |i, j| correlation(&ranked[i], &ranked[j]));
    let partial = partial_correlations(&correlations);
    let degrees = n.saturating_sub(1 + k);
    let found = (0..k).map(|j| {
        let probability = chance(partial[j], degrees);
        RankCorrelation {
            spearman: correlations[(j, k)],
            partial: partial[j],
            probability,
            differs: probability < LEVEL,
            differs_among_all: false,
        }
    });
    Ok(RankCorrelations {
        parameters: holm(found.collect()),
        critical_spearman: critical(n.saturating_sub(2)),
        critical_partial: critical(degrees),
        expected_by_chance: LEVEL * k as f64,
        samples: n,
        dropped: outcomes.len() - n,
    })
}

/// Ranks from 1; equal values share the mean of their ranks.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let before = order.iter().position(|it| *it == group[0]).unwrap_or(0);
        let mean = before as f64 + (group.len() as f64 + 1.0) / 2.0;
        group.iter().for_each(|&row| ranks[row] = mean);
    }
    ranks
}

/// Pearson's correlation; NaN where one of the two is constant.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let products = |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum()
    };
    let scale = (products(a, mean_a, a, mean_a) * products(b, mean_b, b, mean_b)).sqrt();
    products(a, mean_a, b, mean_b) / if scale > 0.0 { scale } else { f64::NAN }
}

/// Partial correlations of all but the last with the last; NaN if the matrix has no inverse.
fn partial_correlations(correlations: &DMatrix<f64>) -> Vec<f64> {
    let last = correlations.nrows() - 1;
    let inverse = correlations.clone().cholesky().map(|it| it.inverse());
    let partial = |j: usize| {
        let inverse = inverse.as_ref()?;
        Some(-inverse[(j, last)] / (inverse[(j, j)] * inverse[(last, last)]).sqrt())
    };
    (0..last).map(|j| partial(j).map_or(f64::NAN, |it| it.clamp(-1.0, 1.0))).collect()
}

fn chance(correlation: f64, degrees: usize) -> f64 {
    student_two_sided(correlation * (degrees as f64 / (1.0 - correlation * correlation)).sqrt(), degrees)
}

/// The correlation that has a probability of 5 %; NaN without degrees of freedom.
fn critical(degrees: usize) -> f64 {
    let t = student_quantile(degrees);
    t / (degrees as f64 + t * t).sqrt()
}

/// Marks those that differ among all: in order of probability, up to the first above 5 % / (tests not yet done).
fn holm(mut found: Vec<RankCorrelation>) -> Vec<RankCorrelation> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|&a, &b| found[a].probability.total_cmp(&found[b].probability));
    for (nth, index) in order.into_iter().enumerate() {
        let left = (found.len() - nth) as f64;
        let probability = found[index].probability;
        if probability.is_nan() || probability >= LEVEL / left {
            break;
        }
        found[index].differs_among_all = true;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::latin_hypercube;
    use super::*;

    #[test]
    fn equal_values_share_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    // Of three variables: r_xy.z = (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2) (1 - r_yz^2)).
    #[test]
    fn partial_correlations_are_those_of_the_textbook() {
        let (xy, xz, yz) = (0.5, 0.3, -0.2);
        let matrix = DMatrix::from_row_slice(3, 3, &[1.0, xz, xy, xz, 1.0, yz, xy, yz, 1.0]);
        let expected = (xy - xz * yz) / ((1.0f64 - xz * xz) * (1.0 - yz * yz)).sqrt();
        assert!((partial_correlations(&matrix)[0] - expected).abs() < 1e-12);
    }

    // Tables of Pearson's correlation: 0.632 for n = 10, 0.197 for n = 100 (8 and 98 degrees of freedom).
    #[test]
    fn critical_values_are_the_published_ones() {
        assert!((critical(8) - 0.632).abs() < 5e-4 && (critical(98) - 0.197).abs() < 5e-4);
        assert!(critical(0).is_nan());
    }

    // Smallest first: 0.01 < 0.05 / 3, 0.02 < 0.05 / 2, 0.06 > 0.05.
    #[test]
    fn holm_tests_the_most_certain_first() {
        let with = |probability: f64| RankCorrelation {
            spearman: 0.0,
            partial: 0.0,
            probability,
            differs: probability < LEVEL,
            differs_among_all: false,
        };
        let marked = |probabilities: [f64; 3]| {
            holm(probabilities.map(with).to_vec()).iter().map(|it| it.differs_among_all).collect::<Vec<_>>()
        };
        assert_eq!(marked([0.02, 0.06, 0.01]), [true, false, true]);
        assert_eq!(marked([0.02, 0.03, 0.04]), [false, false, false]);
    }

    #[test]
    fn missing_outcomes_and_constant_parameters_are_no_correlations() {
        let design = latin_hypercube(2, 20, 1).unwrap();
        let mut outcomes = design.column(0);
        outcomes[3] = f64::NAN;
        let found = rank_correlations(&design, &outcomes).unwrap();
        assert_eq!((found.samples, found.dropped, found.parameters[0].spearman), (19, 1, 1.0));
        let constant = rank_correlations(&design.map(|_, _| 1.0), &outcomes).unwrap();
        assert!(constant.parameters[0].spearman.is_nan() && !constant.parameters[0].differs);
        assert!(rank_correlations(&design, &[f64::NAN; 20]).is_err());
    }
}
