//! L2-regularised least squares on z(a) (x) phi(x), for answers on a scale.

use crate::parallel;
use nalgebra::{Cholesky, DMatrix, DVector};
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

/// Minimises sum (score - theta . x)^2 + l2 |theta|^2; `None` without answers, or if they are not finite.
///
/// Source: Hoerl and Kennard 1970, equation 2.1 (ridge regression).
pub fn fit_scores(rows: &[&Scored], l2: f64) -> Option<ScoreFit> {
    let (z, features) = rows.first().map(|row| (row.z.len(), row.phi.len()))?;
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
    let factor = Cholesky::new(gram)?;
    let theta = factor.solve(&moment);
    let residual = (squares - theta.dot(&moment)).max(0.0) / rows.len() as f64;
    let error = factor.inverse().diagonal().map(|v| libm::sqrt(v * residual));
    let shaped = |values: &DVector<f64>| DMatrix::from_row_slice(z, features, values.as_slice());
    Some(ScoreFit { theta: shaped(&theta), standard_error: shaped(&error) })
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
        let fit = fit_scores(&rows.iter().collect::<Vec<_>>(), 1e-9).expect("forty answers");
        let expected = DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.0, 2.0]);
        assert!((fit.theta - expected).amax() < 1e-6);
    }

    #[test]
    fn nothing_is_learned_from_nothing() {
        assert_eq!(fit_scores(&[], 1.0), None);
    }
}
