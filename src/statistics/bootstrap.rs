//! Bootstrap confidence intervals for anything that is computed from replicates.

use super::{normal_cumulative, normal_quantile};
use crate::random::{Address, Stream};

/// Resamples of an interval: its ends then move by less than a tenth of its width from seed to seed.
pub const RESAMPLES: u32 = 2000;
/// Half of what lies outside a 95 % interval.
const TAIL: f64 = 0.025;

/// How often each of `count` replicates is drawn in resample `number`: `count` draws with replacement.
pub fn resample(count: usize, number: u32) -> Vec<f64> {
    let address = Address { stream: Stream::Bootstrap, round: 0, day: 0, event: 0, user: number };
    let mut draws = address.draws(count as u64);
    let mut times = vec![0.0; count];
    for _ in 0..count {
        times[(draws.uniform() * count as f64) as usize] += 1.0;
    }
    times
}

/// The bias-corrected and accelerated 95 % interval of a statistic (Efron 1987, "Better bootstrap confidence intervals",
/// eq. 2.3 with the acceleration of eq. 6.6). NaN if the statistic is undefined or there are fewer than two replicates.
///
/// `estimate`: the statistic of all replicates; `resampled`: of resamples; `left_out`: with each replicate left out.
pub fn bca_interval(estimate: f64, resampled: &[f64], left_out: &[f64]) -> (f64, f64) {
    let mut sorted: Vec<f64> = resampled.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let known = sorted.len();
    // Where many resamples have no value, those that do are no picture of the rest.
    if !estimate.is_finite() || left_out.len() < 2 || 20 * known < 19 * resampled.len() || known == 0 {
        return (f64::NAN, f64::NAN);
    }
    if sorted[0] == sorted[known - 1] {
        return (sorted[0], sorted[0]);
    }
    let below = sorted.partition_point(|&value| value < estimate) as f64;
    let ties = sorted.partition_point(|&value| value <= estimate) as f64 - below;
    // Half of the ties count as below: a discrete statistic is not biased for being discrete.
    let share = ((below + 0.5 * ties) / known as f64).clamp(0.5 / known as f64, 1.0 - 0.5 / known as f64);
    let (bias, acceleration) = (normal_quantile(share), acceleration(left_out));
    let end = |tail: f64| {
        let z = bias + normal_quantile(tail);
        let adjusted = normal_cumulative(bias + z / (1.0 - acceleration * z));
        sorted[((adjusted * known as f64) as usize).min(known - 1)]
    };
    (end(TAIL), end(1.0 - TAIL))
}

/// Skewness of the jackknife values over six.
fn acceleration(left_out: &[f64]) -> f64 {
    let centre = left_out.iter().sum::<f64>() / left_out.len() as f64;
    let (mut squares, mut cubes) = (0.0, 0.0);
    for value in left_out {
        let apart = centre - value;
        squares += apart * apart;
        cubes += apart * apart * apart;
    }
    if squares > 0.0 { cubes / (6.0 * squares * squares.sqrt()) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Address, Stream};

    fn mean(values: &[f64], times: &[f64]) -> f64 {
        let sum: f64 = values.iter().zip(times).map(|(value, times)| value * times).sum();
        sum / times.iter().sum::<f64>()
    }

    fn interval_of_mean(values: &[f64], resamples: u32) -> (f64, f64) {
        let count = values.len();
        let ones = vec![1.0; count];
        let resampled: Vec<f64> = (0..resamples).map(|it| mean(values, &resample(count, it))).collect();
        let without = |out: usize| (0..count).map(|it| f64::from(u8::from(it != out))).collect::<Vec<_>>();
        let left_out: Vec<f64> = (0..count).map(|out| mean(values, &without(out))).collect();
        bca_interval(mean(values, &ones), &resampled, &left_out)
    }

    #[test]
    fn a_resample_draws_as_many_as_there_are() {
        for number in 0..50 {
            assert_eq!(resample(7, number).iter().sum::<f64>(), 7.0);
        }
        assert_ne!(resample(20, 0), resample(20, 1));
    }

    #[test]
    fn too_little_has_no_interval_and_certainty_has_a_point() {
        assert!(interval_of_mean(&[1.0], 100).0.is_nan());
        assert_eq!(interval_of_mean(&[3.0, 3.0, 3.0], 100), (3.0, 3.0));
        assert!(bca_interval(f64::NAN, &[1.0, 2.0], &[1.0, 2.0]).0.is_nan());
        assert!(bca_interval(1.0, &[1.0, f64::NAN], &[1.0, 2.0]).0.is_nan());
    }

    // 1,000 samples of 20 from an exponential law, mean 1. The BCa interval of the mean should cover in about 92-95 %;
    // its own error at this size is about 2 points (Efron and Tibshirani 1993, section 14.3), the binomial error of the
    // count is 0.7 points, z = 4. The interval of a wrong value, 1.5, must not cover that often.
    #[test]
    fn intervals_cover_a_skewed_mean_nearly_as_often_as_they_say() {
        let (mut covered, mut covered_wrong) = (0, 0);
        for sample in 0..1000 {
            let address = Address { stream: Stream::Traits, round: 1, day: 0, event: 0, user: sample };
            let mut draws = address.draws(9);
            let values: Vec<f64> = (0..20).map(|_| -libm::log(1.0 - draws.uniform())).collect();
            let (low, high) = interval_of_mean(&values, 400);
            covered += i32::from((low..=high).contains(&1.0));
            covered_wrong += i32::from((low..=high).contains(&1.5));
        }
        assert!((900..=980).contains(&covered), "{covered}");
        assert!(covered_wrong < 600, "{covered_wrong}");
    }
}
