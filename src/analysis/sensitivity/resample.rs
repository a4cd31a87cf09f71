//! Confidence intervals from resamples of whole blocks (Efron 1979).

use crate::random::{Address, Stream, index_and_uniform};
use rand::rand_core::TryRng;
use serde::Serialize;

/// Resamples drawn for an interval.
pub const RESAMPLES: usize = 500;
/// Half of a 95 % interval in standard errors.
const Z: f64 = 1.959_963_984_540_054;

/// An estimate with its 95 % confidence interval, symmetric as SALib's: 1.96 standard deviations of the resamples to
/// either side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Estimate.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The interval of an estimate from what the same estimator gives for resamples.
    pub fn of(value: f64, resampled: &[f64]) -> Self {
        let n = resampled.len() as f64;
        let mean = resampled.iter().sum::<f64>() / n;
        let squares: f64 = resampled.iter().map(|it| (it - mean) * (it - mean)).sum();
        let half = Z * (squares / (n - 1.0)).sqrt();
        Self { value, low: value - half, high: value + half }
    }

    /// Whether it lies above zero altogether.
    pub fn is_positive(&self) -> bool {
        self.low > 0.0
    }
}

/// How often each of `blocks` blocks is in resample `number`.
pub fn weights(blocks: usize, number: usize, seed: u64) -> Vec<f64> {
    let address = Address { stream: Stream::Resample, round: 0, day: 0, event: number as u32, user: 0 };
    let mut draws = address.draws(seed);
    let mut weights = vec![0.0; blocks];
    for _ in 0..blocks {
        let Ok(word) = draws.try_next_u32();
        weights[index_and_uniform(word, blocks as u32).0 as usize] += 1.0;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resample_has_as_many_blocks_as_there_are() {
        let drawn = weights(50, 3, 1);
        assert_eq!(drawn.iter().sum::<f64>(), 50.0);
        assert_ne!(drawn, weights(50, 4, 1));
        assert_eq!(drawn, weights(50, 3, 1));
    }

    // The mean of 400 blocks, half of them 0 and half 1, has the standard error 0.025. Within 4 standard errors of a
    // standard deviation from 500 resamples: 4 / sqrt(2 * 499) = 13 %.
    #[test]
    fn the_interval_of_a_mean_is_that_of_the_textbook() {
        let mean = |weights: &[f64]| weights.iter().step_by(2).sum::<f64>() / 400.0;
        let resampled: Vec<f64> = (0..RESAMPLES).map(|number| mean(&weights(400, number, 7))).collect();
        let interval = Interval::of(0.5, &resampled);
        let half = (interval.high - interval.low) / 2.0;
        assert!((half / (1.96 * 0.025) - 1.0).abs() < 0.13, "{half}");
    }
}
