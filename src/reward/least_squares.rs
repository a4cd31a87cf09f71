//! L2-regularised least squares on z(a) (x) phi(x), for answers on a scale.

use crate::parallel;
use crate::statistics::{FitError, factor};
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

const CHUNK: usize = 512;

/// One answer on a scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Functions of the response.
    pub z: Vec<f64>,
    /// phi(x).
    pub phi: Vec<f64>,
    /// The score.
    pub score: f64,
}

/// Coefficients and their standard errors, z x phi.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreFit {
    /// Coefficients in units of the score.
    pub theta: DMatrix<f64>,
    /// Standard errors, from the residual variance.
    pub standard_error: DMatrix<f64>,
}

impl Scored {
    /// z (x) phi, phi running fastest.
    fn product(&self) -> DVector<f64> {
        let terms = self.z.iter().flat_map(|z| self.phi.iter().map(move |x| z * x));
        DVector::from_iterator(self.z.len() * self.phi.len(), terms)
    }
}

/// Minimises sum (score - theta . x)^2 + l2 |theta|^2; `None` without answers.
///
/// Source: Hoerl and Kennard 1970, equation 2.1 (ridge regression).
///
/// # Errors
/// If a number is not finite, or the penalty is too small beside the answers to tell all coefficients apart.
pub fn fit_scores(rows: &[&Scored], l2: f64) -> Result<Option<ScoreFit>, FitError> {
    let Some((z, features)) = rows.first().map(|row| (row.z.len(), row.phi.len())) else { return Ok(None) };
    let size = z * features;
    let parts = parallel::map_chunks(rows, CHUNK, |rows| {
        let (mut gram, mut moment, mut squares) = (DMatrix::zeros(size, size), DVector::zeros(size), 0.0);
        for row in rows {
            let x = row.product();
            gram.ger(1.0, &x, &x, 1.0);
            moment.axpy(row.score, &x, 1.0);
            squares += row.score * row.score;
        }
        (gram, moment, squares)
    });
    let (mut gram, mut moment, mut squares) = (DMatrix::identity(size, size) * l2, DVector::zeros(size), 0.0);
    for part in parts {
        gram += part.0;
        moment += part.1;
        squares += part.2;
    }
    FitError::check("a score", &[squares])?;
    let factor = factor(gram)?;
    let theta = factor.solve(&moment);
    let residual = (squares - theta.dot(&moment)).max(0.0) / rows.len() as f64;
    let error = factor.inverse().diagonal().map(|v| libm::sqrt(v * residual));
    FitError::check("a coefficient", theta.as_slice())?;
    FitError::check("a standard error", error.as_slice())?;
    let shaped = |values: &DVector<f64>| DMatrix::from_row_slice(z, features, values.as_slice());
    Ok(Some(ScoreFit { theta: shaped(&theta), standard_error: shaped(&error) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    // score = 1 + 2 a x exactly: two coefficients found, the other two zero.
    #[test]
    fn a_linear_score_is_found() {
        let rows: Vec<Scored> = (0..40)
            .map(|i| {
                let (a, x) = (f64::from(i % 5), f64::from(i / 5));
                Scored { z: vec![1.0, a], phi: vec![1.0, x], score: 1.0 + 2.0 * a * x }
            })
            .collect();
        let fit =
            fit_scores(&rows.iter().collect::<Vec<_>>(), 1e-9).expect("regular").expect("forty answers");
        let expected = DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.0, 2.0]);
        assert!((fit.theta - expected).amax() < 1e-6);
    }

    #[test]
    fn nothing_is_learned_from_nothing() {
        assert_eq!(fit_scores(&[], 1.0), Ok(None));
    }

    #[test]
    fn scores_that_are_no_numbers_and_penalties_that_rounding_eats_are_refused() {
        let row = |a: f64, score| Scored { z: vec![a, a], phi: vec![1.0], score };
        let fit = |rows: &[Scored], l2| fit_scores(&rows.iter().collect::<Vec<_>>(), l2);
        let infinite = FitError::NotFinite { quantity: "a score" };
        assert_eq!(fit(&[row(1.0, f64::INFINITY)], 1.0), Err(infinite));
        assert_eq!(fit(&[row(1.0, 1.0), row(1.0, 0.0)], 1e-30), Err(FitError::Singular));
        assert!(fit(&[row(1.0, 1.0), row(1.0, 0.0)], 1e-9).is_ok(), "negative control");
    }
}
