//! Law: conversations per user and round are Poisson with mean rate (z + (1 - z) trust).
//! Source: docs/model.md, section 0; the sum of independent Poisson numbers is Poisson.
//! Assumptions: one user per address, so that draws are independent.
//! Statistic: Pearson's chi-square over 20,000 users, cells expecting at least 20 (Wilson-Hilferty to normal).
//! Tolerance: z = 4.

use crate::laboratory::{Z, settings, z_of_chi_square};
use thumbscale::conversation::sample_conversations;

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

fn z(rate: f32, trust: f32, supposed_mean: f64) -> f64 {
    let settings = settings("", &["clock.usage_at_zero_trust=0.4"]);
    let mut observed = vec![0.0; 200];
    for user in 0..USERS {
        observed[sample_conversations(&settings, rate, trust, 7, 1, user) as usize] += 1.0;
    }
    let expected: Vec<f64> = poisson(supposed_mean).iter().map(|p| p * f64::from(USERS)).collect();
    let (observed, expected) = pooled(&observed, &expected);
    z_of_chi_square(&observed, &expected)
}

#[test]
fn usage_is_poisson_whatever_the_mean() {
    for (rate, trust) in [(1.4f32, 1.0f32), (1.4, 0.0), (7.0, 0.5), (8.0, 1.0), (30.0, 0.25), (100.0, 0.9)] {
        let mean = f64::from(rate) * (0.4 + 0.6 * f64::from(trust));
        assert!(z(rate, trust, mean).abs() < Z, "{rate} {trust}: {}", z(rate, trust, mean));
        // Negative control: a mean that is 8 % larger.
        assert!(z(rate, trust, 1.08 * mean) > Z, "{rate} {trust}: {}", z(rate, trust, 1.08 * mean));
    }
}

#[test]
fn fixed_usage_is_the_same_for_all() {
    let settings = settings("", &["clock.usage='fixed'"]);
    assert!((0..100).all(|user| sample_conversations(&settings, 1.4, 0.1, 7, 1, user) == 1));
    assert!((0..100).all(|user| sample_conversations(&settings, 2.6, 0.1, 7, 1, user) == 3));
}
