//! Nodes and quantiles of the laws that users' traits and conversations follow.

use crate::scenario::Segment;
use crate::statistics::normal_quantile;

/// Standard normal values of equal weight: midpoints of `count` quantile intervals, scaled to variance one.
pub fn normal_nodes(count: usize) -> Vec<f64> {
    let raw: Vec<f64> = (0..count).map(|i| normal_quantile((i as f64 + 0.5) / count as f64)).collect();
    let variance = raw.iter().map(|x| x * x).sum::<f64>() / count as f64;
    raw.iter().map(|x| x / libm::sqrt(variance)).collect()
}

/// A density on equally spaced points, as quantile function.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    first: f64,
    step: f64,
    /// Cumulative probability at the right end of each cell.
    cumulative: Vec<f64>,
}

impl Quantiles {
    /// Of masses in cells of width `step`, the first of which is centred at `first`.
    pub fn new(masses: &[f64], first: f64, step: f64) -> Self {
        let total: f64 = masses.iter().sum();
        let mut sum = 0.0;
        let mut add = |mass: &f64| {
            sum += mass / total;
            sum
        };
        Self { first, step, cumulative: masses.iter().map(&mut add).collect() }
    }

    /// The value below which a share `u` lies, linear within a cell.
    pub fn at(&self, u: f64) -> f64 {
        let cell = self.cumulative.partition_point(|&sum| sum <= u).min(self.cumulative.len() - 1);
        let below = if cell == 0 { 0.0 } else { self.cumulative[cell - 1] };
        let mass = (self.cumulative[cell] - below).max(1e-300);
        let within = ((u - below) / mass).clamp(0.0, 1.0);
        self.first + self.step * (cell as f64 - 0.5 + within)
    }
}

const CELLS: usize = 4000;

/// Expertise: Beta with the segment's mean and standard deviation.
pub fn expertise(segment: &Segment) -> Quantiles {
    let (mean, variance) = (segment.expertise, segment.expertise_sd * segment.expertise_sd);
    let concentration = mean * (1.0 - mean) / variance.max(1e-12) - 1.0;
    if concentration > 1e6 {
        return Quantiles::new(&[1.0], mean, 1e-12);
    }
    let (a, b) = (mean * concentration, (1.0 - mean) * concentration);
    let step = 1.0 / CELLS as f64;
    let log_density = |i: usize| {
        let x = (i as f64 + 0.5) * step;
        (a - 1.0) * libm::log(x) + (b - 1.0) * libm::log(1.0 - x)
    };
    let logs: Vec<f64> = (0..CELLS).map(log_density).collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let masses: Vec<f64> = logs.iter().map(|log| libm::exp(log - largest)).collect();
    Quantiles::new(&masses, 0.5 * step, step)
}

/// Cringe: log-normal with the segment's mean and standard deviation, at quantile `u`.
pub fn cringe(segment: &Segment, u: f64) -> f64 {
    if segment.cringe <= 0.0 {
        return 0.0;
    }
    let variation = segment.cringe_sd / segment.cringe;
    let variance = libm::log1p(variation * variation);
    libm::exp(libm::log(segment.cringe) - 0.5 * variance + libm::sqrt(variance) * normal_quantile(u))
}

/// P(rate): the mean over a segment's propensities.
pub fn rating_probability(segment: &Segment) -> f64 {
    let nodes = normal_nodes(400);
    let rate =
        |x: &f64| crate::feedback::logistic(segment.rating_propensity + segment.rating_propensity_sd * x);
    nodes.iter().map(rate).sum::<f64>() / nodes.len() as f64
}
