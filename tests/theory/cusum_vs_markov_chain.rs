//! Law: the mean time to an alarm of a CUSUM on a lattice is e_0 (I - Q)^-1 1, Q the chain of its states below the limit.
//! Source: Brook and Evans 1972, "An approach to the probability distribution of CUSUM run length", Biometrika 59.
//! Assumptions: Poisson counts with rates such that k = (mu1 - mu0) / ln(mu1 / mu0) is whole, so the chain is exact.
//! Statistic: mean days to the alarm of the complaints' watch over 20,000 runs, before and after a change.
//! Tolerance: 4 standard errors of that mean.

// Draws of the tests' own decide no result.
#![allow(clippy::disallowed_types)]

use crate::laboratory::{Z, draws, mean_sd_se};
use nalgebra::{DMatrix, DVector};
use rand_distr::{Distribution, Poisson};
use thumbscale::launch::{Baseline, Cusum, DayCounts, Monitor, Watched, poisson_evidence};
use thumbscale::scenario::Monitoring;

const RUNS: u32 = 20_000;
const RATIO: f64 = 2.0;
/// Lucas's reference value.
const K: u32 = 3;
/// Counts above the reference value at which the alarm is raised.
const H: usize = 6;

/// mu0 with (mu1 - mu0) / ln(mu1 / mu0) = K.
fn mean_before() -> f64 {
    f64::from(K) * RATIO.ln() / (RATIO - 1.0)
}

/// From state i a count x leads to max(0, i + x - k); states from H on are the alarm.
fn mean_days_of_chain(mean: f64, k: u32) -> f64 {
    let mass = |x: usize| {
        let factorial: f64 = (1..=x).map(|i| i as f64).product();
        (-mean).exp() * mean.powi(x as i32) / factorial
    };
    let mut staying = DMatrix::<f64>::identity(H, H);
    for from in 0..H {
        for x in 0..H + k as usize {
            let to = (from + x).saturating_sub(k as usize);
            if to < H {
                staying[(from, to)] -= mass(x);
            }
        }
    }
    staying.lu().solve(&DVector::from_element(H, 1.0)).expect("an alarm comes")[0]
}

/// The limit lies between two states, so that rounding decides nothing.
fn limit() -> f64 {
    (H as f64 - 0.5) * RATIO.ln()
}

fn monitor() -> Monitor {
    let watch = Monitoring {
        complaints: true,
        complaint_ratio: RATIO,
        complaint_threshold: limit(),
        ..Monitoring::default()
    };
    let before = Baseline { complaint_rate: mean_before() / 1000.0, thumbs_up_share: 0.7, canary: 0.2 };
    Monitor::new(&watch, before)
}

fn days_to_alarm(mean: f64, test: u32, run: u32) -> f64 {
    let mut draws = draws(u64::from(test), run);
    let law = Poisson::new(mean).unwrap();
    let mut monitor = monitor();
    for day in 1.. {
        let complaints = law.sample(&mut draws);
        let counts = DayCounts { conversations: 1000.0, complaints, rated: 0, up: 0, canary: None };
        if let Some(alarm) = monitor.observe_day(&counts) {
            assert_eq!(alarm.signal, Watched::Complaints);
            return f64::from(day);
        }
    }
    unreachable!("the loop ends with an alarm")
}

#[test]
fn the_mean_time_to_an_alarm_is_that_of_the_markov_chain() {
    for (test, mean) in [(421, mean_before()), (422, RATIO * mean_before())] {
        let days: Vec<f64> = (0..RUNS).map(|run| days_to_alarm(mean, test, run)).collect();
        let (found, _, se) = mean_sd_se(&days);
        let expected = mean_days_of_chain(mean, K);
        assert!((found - expected).abs() < Z * se, "{found} against {expected} +- {se}");
        // Negative control: a reference value one higher gives another chain.
        let wrong = mean_days_of_chain(mean, K + 1);
        assert!((found - wrong).abs() > Z * se, "{found} against {wrong} +- {se}");
    }
}

// Lorden 1971, theorem 2: without a change the mean time to an alarm is at least e^h; here h = 5.5 ln 2 = 3.8 nats,
// 45 days. The negative control: after the change it is far below.
#[test]
fn without_a_change_an_alarm_takes_at_least_e_to_the_limit_days() {
    let bound = limit().exp();
    assert!(mean_days_of_chain(mean_before(), K) > bound, "{bound}");
    assert!(mean_days_of_chain(RATIO * mean_before(), K) < bound);
}

// Two roads: evidence in nats, and Lucas's counts above k.
#[test]
fn evidence_in_nats_is_a_count_above_the_reference_value() {
    let mut cusum = Cusum::new(limit());
    let mut lucas = 0.0f64;
    let mut draws = draws(423, 0);
    let law = Poisson::new(mean_before()).unwrap();
    for _ in 0..1000 {
        let count = law.sample(&mut draws);
        cusum.update(poisson_evidence(count, mean_before(), RATIO));
        lucas = (lucas + count - f64::from(K)).max(0.0);
        assert!((cusum.statistic - lucas * RATIO.ln()).abs() < 1e-9);
    }
}
