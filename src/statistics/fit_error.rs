//! Why a model could not be fitted.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinite_and_undefined_numbers_are_refused_wherever_they_stand() {
        assert_eq!(FitError::check("x", &[0.0, -1e300]), Ok(()));
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let refusal = FitError::check("x", &[0.0, bad, 1.0]).unwrap_err();
            assert_eq!(refusal.to_string(), "x is not a finite number");
        }
    }
}
