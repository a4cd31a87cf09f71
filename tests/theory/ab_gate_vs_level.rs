//! Law: a candidate equal to the incumbent fails the no-harm test, and passes the improvement test, with the stated level.
//! Source: Deng, Knoblich and Lu 2018, arXiv 1803.06336 (users sampled, ratios by the delta method).
//! Assumptions: users differ in rate and share (Gamma, Beta); 300 users per arm, so the normal law holds.
//! Statistic: share of 10,000 A/A experiments with that verdict.
//! Tolerance: 4 binomial standard errors (0.009 at 5 %); the normal law's own error at 300 users is below half of that.

// Draws of the tests' own decide no result.
#![allow(clippy::disallowed_types)]

use crate::laboratory::{Z, draws, z_of_share};
use rand_distr::{Beta, Binomial, Distribution, Gamma, Poisson};
use thumbscale::launch::compare_arms;
use thumbscale::random::Draws;
use thumbscale::scenario::{Check, Metric, Requires};
use thumbscale::statistics::RatioMoments;

const EXPERIMENTS: u32 = 10_000;
const USERS_PER_ARM: u32 = 300;

/// Ratings and ratings up of a user: mean rate 4, varying; mean share 0.7, varying.
fn user(draws: &mut Draws) -> (f64, f64) {
    let rate: f64 = Gamma::new(2.0, 2.0).unwrap().sample(draws);
    let rated: f64 = Poisson::new(rate.max(1e-9)).unwrap().sample(draws);
    let share: f64 = Beta::new(3.5, 1.5).unwrap().sample(draws);
    let up = Binomial::new(rated as u64, share).unwrap().sample(draws);
    (up as f64, rated)
}

fn arm(draws: &mut Draws) -> Vec<(f64, f64)> {
    (0..USERS_PER_ARM).map(|_| user(draws)).collect()
}

/// Each user is one sample.
fn by_user(arm: &[(f64, f64)]) -> RatioMoments {
    let mut moments = RatioMoments::default();
    arm.iter().for_each(|&(x, n)| moments.push(x, n));
    moments
}

/// Each rating is one sample, as if a user's ratings had nothing in common.
fn by_rating(arm: &[(f64, f64)]) -> RatioMoments {
    let mut moments = RatioMoments::default();
    for &(x, n) in arm {
        (0..n as u32).for_each(|i| moments.push(f64::from(u8::from(f64::from(i) < x)), 1.0));
    }
    moments
}

/// How often an A/A experiment (fails no harm, passes improvement, fails no harm if taken by rating).
fn verdicts(level: f64, test: u32) -> [f64; 3] {
    let check = |requires| Check { metric: Metric::ThumbsUp, requires, level, ..Check::default() };
    let (no_harm, improvement) = (check(Requires::NoHarm), check(Requires::Improvement));
    let mut counts = [0.0; 3];
    for experiment in 0..EXPERIMENTS {
        let mut draws = draws(u64::from(test), experiment);
        let (new, old) = (arm(&mut draws), arm(&mut draws));
        let passed = |check: &Check, count: fn(&[(f64, f64)]) -> RatioMoments| {
            compare_arms("ab", check, count(&new), count(&old)).passed
        };
        counts[0] += f64::from(u8::from(!passed(&no_harm, by_user)));
        counts[1] += f64::from(u8::from(passed(&improvement, by_user)));
        counts[2] += f64::from(u8::from(!passed(&no_harm, by_rating)));
    }
    counts
}

#[test]
fn an_equal_candidate_fails_and_passes_with_the_stated_level() {
    for (test, level) in [(401, 0.05), (402, 0.2)] {
        let [failed, passed, by_rating] = verdicts(level, test);
        let n = f64::from(EXPERIMENTS);
        assert!(z_of_share(failed, n, level).abs() < Z, "{level}: fails {failed} of {n}");
        assert!(z_of_share(passed, n, level).abs() < Z, "{level}: passes {passed} of {n}");
        // Negative control: a user's ratings are alike, so counting each as a sample overstates what is known.
        assert!(z_of_share(by_rating, n, level) > Z, "{level}: by rating {by_rating} of {n}");
    }
}
