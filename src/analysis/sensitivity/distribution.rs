//! The law of a varied parameter: from a uniform number to a value.

use crate::scenario::Law;
use crate::statistics::{normal_cumulative, normal_quantile};

/// A normal law has no ends, so a design that goes to the ends of a law stops at these quantiles.
const NORMAL_ENDS: (f64, f64) = (0.005, 0.995);

impl Law {
    /// The value below which a share `u` in (0, 1) of the law lies.
    ///
    /// | law | quantile |
    /// |---|---|
    /// | range | low + u (high - low) |
    /// | log-range | low (high / low)^u |
    /// | normal, cut to [low, high] | mean + sd z(F(low) + u (F(high) - F(low))), z the normal quantile |
    /// | whole numbers | low + floor(u (high - low + 1)) |
    /// | values | the floor(u n)th |
    pub fn quantile(&self, u: f64) -> f64 {
        match self {
            Law::Range { low, high } => low + u * (high - low),
            Law::LogRange { low, high } => (low * libm::pow(high / low, u)).clamp(*low, *high),
            Law::Normal { mean, sd, low, high } => {
                let below = |end: f64| normal_cumulative((end - mean) / sd);
                let share = below(*low) + u * (below(*high) - below(*low));
                (mean + sd * normal_quantile(share)).clamp(*low, *high)
            }
            Law::Whole { low, high } => (low + (u * (high - low + 1.0)).floor()).min(*high),
            Law::Values(values) => values[((u * values.len() as f64) as usize).min(values.len() - 1)],
        }
    }

    /// The value at a level in [0, 1] between the ends of the law, both included.
    pub fn at_level(&self, level: f64) -> f64 {
        match self {
            Law::Normal { .. } => {
                let (first, last) = NORMAL_ENDS;
                self.quantile(first + level * (last - first))
            }
            law => law.quantile(level),
        }
    }

    /// Whether its axis is logarithmic.
    pub fn is_logarithmic(&self) -> bool {
        matches!(self, Law::LogRange { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12 * expected.abs().max(1.0), "{found} for {expected}");
    }

    #[test]
    fn quantiles_are_those_of_the_law() {
        close(Law::Range { low: -1.0, high: 3.0 }.quantile(0.25), 0.0);
        close(Law::LogRange { low: 0.01, high: 100.0 }.quantile(0.75), 10.0);
        let whole = Law::Whole { low: 2.0, high: 4.0 };
        assert_eq!([0.01, 0.34, 0.67, 0.999, 1.0].map(|u| whole.quantile(u)), [2.0, 3.0, 4.0, 4.0, 4.0]);
        let values = Law::Values(vec![5.0, 1.0]);
        assert_eq!([0.1, 0.49, 0.5, 1.0].map(|u| values.quantile(u)), [5.0, 5.0, 1.0, 1.0]);
    }

    // R 4: qnorm(0.975, 1, 2); and of a normal law cut at its mean, the median is the 75 % quantile of the whole.
    #[test]
    fn a_normal_law_may_be_cut() {
        let whole = Law::Normal { mean: 1.0, sd: 2.0, low: f64::NEG_INFINITY, high: f64::INFINITY };
        close(whole.quantile(0.975), 4.919927969080108);
        let cut = Law::Normal { mean: 0.0, sd: 1.0, low: 0.0, high: f64::INFINITY };
        close(cut.quantile(0.5), 0.674_489_750_196_081_7);
        assert!(cut.quantile(1e-9) >= 0.0);
    }

    #[test]
    fn levels_reach_the_ends() {
        let range = Law::Range { low: 2.0, high: 8.0 };
        assert_eq!([0.0, 1.0].map(|level| range.at_level(level)), [2.0, 8.0]);
        let log = Law::LogRange { low: 0.05, high: 0.5 };
        assert_eq!([0.0, 1.0].map(|level| log.at_level(level)), [0.05, 0.5]);
        let normal = Law::Normal { mean: 0.0, sd: 1.0, low: f64::NEG_INFINITY, high: f64::INFINITY };
        close(normal.at_level(1.0), 2.575_829_303_548_901);
    }
}
