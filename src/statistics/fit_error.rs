//! Why a model could not be fitted.

use nalgebra::{Cholesky, DMatrix, Dyn};

/// A fit without a result. Who asked for it says which fit it was, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// A number that the fit goes by is infinite or undefined.
    #[error("{quantity} is not a finite number")]
    NotFinite {
        /// Which.
        quantity: &'static str,
    },
    /// The answers do not tell all coefficients apart, and the penalty is too small beside them to decide.
    #[error("the curvature is singular, so that its coefficients cannot be told apart")]
    Singular,
}

impl FitError {
    /// Refuses values that are not all finite.
    ///
    /// # Errors
    /// If one of them is infinite or undefined.
    pub fn check(quantity: &'static str, values: &[f64]) -> Result<(), Self> {
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(()),
            false => Err(Self::NotFinite { quantity }),
        }
    }
}

/// Distinct entries of a symmetric matrix.
pub(crate) const fn triangle(size: usize) -> usize {
    size * (size + 1) / 2
}

/// The Cholesky factor of a curvature with its penalty.
///
/// # Errors
/// If it is not positive definite, or only by rounding: a pivot that lost all digits of its diagonal entry is noise.
pub(crate) fn factor(matrix: DMatrix<f64>) -> Result<Cholesky<f64, Dyn>, FitError> {
    FitError::check("the curvature", matrix.as_slice())?;
    let (diagonal, least) = (matrix.diagonal(), matrix.nrows() as f64 * f64::EPSILON);
    let factor = Cholesky::new(matrix).ok_or(FitError::Singular)?;
    let pivots = factor.l_dirty().diagonal();
    let lost = pivots.iter().zip(&diagonal).any(|(pivot, entry)| pivot * pivot < least * entry);
    if lost { Err(FitError::Singular) } else { Ok(factor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Two columns that are the same but for a penalty: it counts only if it is not lost in rounding.
    #[test]
    fn a_penalty_must_not_be_lost_in_rounding() {
        let twice = |l2: f64| DMatrix::from_row_slice(2, 2, &[1.0 + l2, 1.0, 1.0, 1.0 + l2]);
        assert!(factor(twice(1e-9)).is_ok());
        for l2 in [0.0, 1e-30, f64::EPSILON / 2.0, -1.0] {
            assert_eq!(factor(twice(l2)).err(), Some(FitError::Singular), "{l2}");
        }
        // Negative control: a small entry that is all there is of a column loses nothing.
        assert!(factor(DMatrix::from_row_slice(2, 2, &[1.0, 0.0, 0.0, 1e-30])).is_ok());
    }

    #[test]
    fn infinite_and_undefined_numbers_are_refused_wherever_they_stand() {
        assert_eq!(FitError::check("x", &[0.0, -1e300]), Ok(()));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let refusal = FitError::check("x", &[0.0, bad, 1.0]).unwrap_err();
            assert_eq!(refusal.to_string(), "x is not a finite number");
        }
    }
}
