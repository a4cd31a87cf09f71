//! Law: conversations per user and round are Poisson with mean rate (z + (1 - z) trust); with fixed usage they come every
//! 1 / rate, from a phase on that is uniform over users.
//! Source: docs/model.md, section 0; the sum of independent Poisson numbers is Poisson.
//! Assumptions: one user per address, so that draws are independent.
//! Statistic: Pearson's chi-square over 20,000 users, cells expecting at least 20 (Wilson-Hilferty to normal); of fixed usage
//! the share of users with one conversation more, binomial.
//! Tolerance: z = 4.

use crate::laboratory::{Z, fill, reference_policy, settings, z_of_chi_square};
use std::ops::Range;
use thumbscale::conversation::{Arm, SampleSizes, Serving, Span, sample_conversations};
use thumbscale::population::{Block, Population};

const USERS: u32 = 20_000;

/// Probabilities of 0, 1, ... up to far beyond the mean.
fn poisson(mean: f64) -> Vec<f64> {
    let mut probability = (-mean).exp();
    (0..200)
        .map(|n| {
            let this = probability;
            probability *= mean / f64::from(n + 1);
            this
        })
        .collect()
}

/// Cells that expect at least 20: the tails are pooled.
fn pooled(observed: &[f64], expected: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut cells, mut open) = (vec![], (0.0, 0.0));
    for (o, e) in observed.iter().zip(expected) {
        open = (open.0 + o, open.1 + e);
        if open.1 >= 20.0 {
            cells.push(open);
            open = (0.0, 0.0);
        }
    }
    let last = cells.last_mut().expect("some cell expects 20");
    *last = (last.0 + open.0, last.1 + open.1);
    cells.into_iter().unzip()
}

/// Conversations of users who all trust alike, at `rate` conversations a day, in the days given.
fn conversations(users: u32, rate: f32, trust: f32, usage: &str, days: Range<u32>) -> Vec<u32> {
    let sets = [
        format!("population.users={users}"),
        format!("clock.conversations_per_day={rate}"),
        format!("clock.usage='{usage}'"),
        "clock.usage_at_zero_trust=0.4".to_string(),
    ];
    let settings = settings("", &sets.each_ref().map(String::as_str));
    let sizes = SampleSizes {
        rated_rows: 1,
        uniform_rows: 1,
        expected_conversations: 1.0,
        expected_rating_share: 1.0,
    };
    let policy = reference_policy(&settings);
    let span = Span { round: 1, first_day: days.start, days: days.len() as u32 };
    let serving = Serving::of_days(&settings, &[Arm { policy: &policy, share: 1.0 }], 7, span, sizes);
    let mut population = Population::sample(&settings, 1);
    let of_block = |block: &mut Block| {
        fill(&mut block.trust, block.users, trust);
        let mut counts = sample_conversations(block, &serving);
        counts.truncate(block.users);
        counts
    };
    population.blocks.iter_mut().flat_map(of_block).collect()
}

fn z(rate: f32, trust: f32, supposed_mean: f64) -> f64 {
    let mut observed = vec![0.0; 200];
    for count in conversations(USERS, rate, trust, "poisson", 0..1) {
        observed[count as usize] += 1.0;
    }
    let expected: Vec<f64> = poisson(supposed_mean).iter().map(|p| p * f64::from(USERS)).collect();
    let (observed, expected) = pooled(&observed, &expected);
    z_of_chi_square(&observed, &expected)
}

#[test]
fn usage_is_poisson_whatever_the_mean() {
    for (rate, trust) in [(1.4f32, 1.0f32), (1.4, 0.0), (7.0, 0.5), (8.0, 1.0), (30.0, 0.25), (50.0, 0.9)] {
        let mean = f64::from(rate) * (0.4 + 0.6 * f64::from(trust));
        assert!(z(rate, trust, mean).abs() < Z, "{rate} {trust}: {}", z(rate, trust, mean));
        // Negative control: a mean that is 8 % larger.
        assert!(z(rate, trust, 1.08 * mean) > Z, "{rate} {trust}: {}", z(rate, trust, 1.08 * mean));
    }
}

#[test]
fn fixed_usage_is_the_same_for_all_where_it_comes_out_even() {
    assert_eq!(conversations(100, 2.0, 0.1, "fixed", 0..1), [2; 100]);
    assert_eq!(conversations(100, 0.125, 0.1, "fixed", 8..16), [1; 100]);
    // One in 51 days, as a decimal fraction and in single precision.
    assert_eq!(conversations(100, 1.0 / 51.0, 0.1, "fixed", 0..51), [1; 100]);
}

#[test]
fn fixed_usage_comes_at_regular_intervals_whatever_stretches_it_is_served_in() {
    let rate = 0.3;
    let of = |days| conversations(USERS, rate, 0.1, "fixed", days);
    let stretches = [of(0..4), of(4..5), of(5..11)];
    let summed: Vec<u32> =
        (0..USERS as usize).map(|user| stretches.iter().map(|counts| counts[user]).sum()).collect();
    assert_eq!(summed, of(0..11));
    for days in [0..4, 4..5, 5..11, 0..11] {
        let expected = f64::from(rate) * days.len() as f64;
        let counts = of(days);
        assert!(counts.iter().all(|&count| (f64::from(count) - expected).abs() < 1.0));
        let more = counts.iter().filter(|&&count| f64::from(count) > expected).count() as f64;
        let (share, users) = (expected.fract(), f64::from(USERS));
        let z = |share: f64| (more - share * users) / (share * (1.0 - share) * users).sqrt();
        assert!(z(share).abs() < Z, "{expected}: {}", z(share));
        // Negative control: a share that is 4 percentage points larger.
        assert!(z(share + 0.04).abs() > Z, "{expected}: {}", z(share + 0.04));
    }
}
