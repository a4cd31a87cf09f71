//! The four ways to vary parameters.

use super::{DesignError, Matrix, grid, latin_hypercube, saltelli, trajectories};
use crate::scenario::Law;
use serde::Serialize;

/// How parameters are varied and what is asked of the outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Shares of the outcome's variance (Sobol' 2001).
    Sobol,
    /// Elementary effects: a cheap screening of many parameters (Morris 1991).
    Morris,
    /// Rank correlations over a Latin hypercube (Marino et al. 2008).
    LatinHypercube,
    /// A phase diagram of two parameters.
    Grid,
}

impl Method {
    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Method::Sobol => "sobol",
            Method::Morris => "morris",
            Method::LatinHypercube => "latin-hypercube",
            Method::Grid => "grid",
        }
    }

    /// The method with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Method::Sobol, Method::Morris, Method::LatinHypercube, Method::Grid]
            .into_iter()
            .find(|method| method.word() == word)
    }

    /// Samples unless asked for otherwise: base samples, trajectories, rows, or steps of each parameter.
    pub fn usual_samples(self) -> usize {
        match self {
            Method::Sobol => 256,
            Method::Morris => 20,
            Method::LatinHypercube => 200,
            Method::Grid => 11,
        }
    }
}

/// The values of every parameter at every point.
///
/// # Errors
/// If the design is empty, too large, or of a kind that the parameters do not fit.
pub fn design(
    method: Method,
    laws: &[Law],
    samples: usize,
    second_order: bool,
    seed: u64,
) -> Result<Matrix, DesignError> {
    let quantile = |column: usize, u: f64| laws[column].quantile(u);
    Ok(match method {
        Method::Sobol => saltelli(laws.len(), samples, second_order, seed)?.map(quantile),
        Method::LatinHypercube => latin_hypercube(laws.len(), samples, seed)?.map(quantile),
        Method::Morris => {
            trajectories(laws.len(), samples, seed)?.map(|column, level| laws[column].at_level(level))
        }
        Method::Grid => grid(laws, samples)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn designs_hold_values_of_the_laws() {
        let laws = [Law::Range { low: 10.0, high: 20.0 }, Law::Values(vec![1.0, 7.0])];
        for (method, rows) in
            [(Method::Sobol, 32), (Method::Morris, 24), (Method::LatinHypercube, 8), (Method::Grid, 16)]
        {
            let design = design(method, &laws, 8, false, 1).unwrap();
            assert_eq!(design.rows(), rows, "{method:?}");
            assert!(design.column(0).iter().all(|value| (10.0..=20.0).contains(value)), "{method:?}");
            assert!(design.column(1).iter().all(|value| [1.0, 7.0].contains(value)), "{method:?}");
            assert_eq!(Method::from_word(method.word()), Some(method));
        }
    }
}
