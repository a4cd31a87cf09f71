//! Why a candidate could not be trained.

use crate::statistics::FitError;

/// A training that has no result: which part of it, in which iteration, from how many rows, and what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainingError {
    /// The reward model of a signal could not be fitted.
    #[error(
        "training iteration {iteration}: the reward model of `{signal}` could not be fitted to {rows} rows: {source}; raise signals.{signal}.l2, or check signals.{signal} and the behaviours for extreme values"
    )]
    RewardModel {
        /// Name of the signal.
        signal: String,
        /// Training iteration, from 1.
        iteration: u32,
        /// Answers in its window.
        rows: usize,
        /// What failed.
        source: FitError,
    },
    /// Fresh data could not be fitted.
    #[error(
        "training iteration {iteration}: the reference policy could not be refitted to {rows} conversations: {source}; raise policy.fresh_data_prior or policy.kl_strength"
    )]
    Reference {
        /// Training iteration, from 1.
        iteration: u32,
        /// Conversations it was fitted to.
        rows: usize,
        /// What failed.
        source: FitError,
    },
    /// An optimiser that fits something could not.
    #[error(
        "training iteration {iteration}: the optimiser could not fit the policy: {source}; raise optimiser.l2, optimiser.prior or policy.kl_strength"
    )]
    Optimiser {
        /// Training iteration, from 1.
        iteration: u32,
        /// What failed.
        source: FitError,
    },
    /// What came out of a step of training is not a number.
    #[error(
        "training iteration {iteration}: {quantity} is not a finite number ({value}); lower the weights of signals or optimiser.step_size, or raise policy.kl_strength"
    )]
    NotFinite {
        /// Training iteration, from 1.
        iteration: u32,
        /// What is not finite.
        quantity: &'static str,
        /// Its value.
        value: f64,
    },
}

impl TrainingError {
    /// Refuses values that are not all finite.
    pub(crate) fn check(iteration: u32, quantity: &'static str, values: &[f64]) -> Result<(), Self> {
        match values.iter().find(|value| !value.is_finite()) {
            Some(&value) => Err(Self::NotFinite { iteration: iteration + 1, quantity, value }),
            None => Ok(()),
        }
    }
}
