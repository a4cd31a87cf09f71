//! How many conversations a user has in a round.

use crate::lanes;
use crate::random::{Address, Stream, uniform};
use crate::scenario::{Settings, Usage};

/// Largest Poisson mean drawn by inversion; larger means are sums of several draws.
const LARGEST_PART: f32 = 8.0;

/// Expected conversations per round at full trust.
pub fn conversation_rate(settings: &Settings) -> f64 {
    settings.clock.conversations_per_day * f64::from(settings.clock.days_per_round)
}

/// Conversations of an active user in `round`: Poisson(rate (z + (1 - z) trust)), or the rounded rate for all.
#[inline(always)]
pub fn sample_conversations(
    settings: &Settings,
    rate: f32,
    trust: f32,
    seed: u64,
    round: u32,
    user: u32,
) -> u32 {
    if settings.clock.usage == Usage::Fixed {
        return rate.round() as u32;
    }
    let floor = settings.clock.usage_at_zero_trust as f32;
    let mean = rate * (floor + (1.0 - floor) * trust);
    let parts = (mean / LARGEST_PART).ceil() as u32;
    let address = Address { stream: Stream::Usage, round, event: 0, user };
    (0..parts).map(|part| poisson(mean / parts as f32, uniform(address.words(seed, part)[0]))).sum()
}

/// The Poisson quantile of `u`: the smallest n whose cumulative probability exceeds it.
#[inline(always)]
fn poisson(mean: f32, u: f32) -> u32 {
    let mut probability = lanes::exp(-mean);
    let mut cumulative = probability;
    let mut n = 0;
    while u >= cumulative {
        n += 1;
        probability *= mean / n as f32;
        // Rounding may end the sum just below 1: the rest of the tail is lost to single precision.
        if cumulative + probability == cumulative {
            break;
        }
        cumulative += probability;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_poisson_probabilities_match_the_law() {
        // Mean 1: P(0) = 0.3679, P(<= 1) = 0.7358, P(<= 2) = 0.9197.
        assert_eq!(poisson(1.0, 0.367), 0);
        assert_eq!(poisson(1.0, 0.369), 1);
        assert_eq!(poisson(1.0, 0.735), 1);
        assert_eq!(poisson(1.0, 0.737), 2);
        assert_eq!(poisson(1.0, 0.921), 3);
        // The largest uniform number ends in the tail, not at a bound.
        assert!((8..=12).contains(&poisson(1.0, 1.0 - 1.0 / 16_777_216.0)));
    }

    // 20,000 users with mean 25 (four parts): mean within 4 standard errors (4 * 5 / 141 = 0.14) of 25,
    // variance within 4 standard errors (4 * 25 * sqrt(2 / 20,000) = 1.0) of 25.
    #[test]
    fn large_means_keep_mean_and_variance() {
        let settings = Settings::default();
        let counts: Vec<f64> = (0..20_000)
            .map(|user| f64::from(sample_conversations(&settings, 25.0, 1.0, 5, 1, user)))
            .collect();
        let mean = counts.iter().sum::<f64>() / 20_000.0;
        let variance = counts.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / 20_000.0;
        assert!((mean - 25.0).abs() < 0.14, "{mean}");
        assert!((variance - 25.0).abs() < 1.0, "{variance}");
    }
}
