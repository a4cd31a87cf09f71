//! Law: an A/B test with n users per arm finds an effect d with probability Phi(d / (sd sqrt(2 / n)) - z_(1 - level)).
//! Source: Chow, Shao and Wang 2008, "Sample size calculations in clinical research", section 3.2.
//! Assumptions: one normal value per user, same standard deviation in both arms, 200 users or more per arm.
//! Statistic: share of 10,000 simulated experiments in which the required improvement is found.
//! Tolerance: 4 binomial standard errors; estimating the standard deviation from 200 users changes power by less than 0.002.

use crate::laboratory::{Z, draws, z_of_share};
use thumbscale::launch::{compare_arms, power, users_for_power};
use thumbscale::random::Draws;
use thumbscale::scenario::{Check, Metric, Requires};
use thumbscale::statistics::RatioMoments;

const EXPERIMENTS: u32 = 10_000;
const SD: f64 = 2.0;

fn arm(mean: f64, users: u32, draws: &mut Draws) -> RatioMoments {
    let mut arm = RatioMoments::default();
    (0..users).for_each(|_| arm.push(mean + SD * draws.normal(), 1.0));
    arm
}

fn found(effect: f64, users: u32, level: f64, test: u32) -> f64 {
    let check = Check { metric: Metric::Outcome, requires: Requires::Improvement, level, ..Check::default() };
    let experiments = (0..EXPERIMENTS).filter(|&experiment| {
        let mut draws = draws(u64::from(test), experiment);
        let (new, old) = (arm(1.0 + effect, users, &mut draws), arm(1.0, users, &mut draws));
        compare_arms("ab", &check, new, old).passed
    });
    experiments.count() as f64
}

#[test]
fn experiments_find_effects_as_often_as_the_textbook_says() {
    for (test, effect, users, level) in
        [(411, 0.3, 200, 0.05), (412, 0.5, 200, 0.05), (413, 0.5, 200, 0.01), (414, 0.3, 550, 0.05)]
    {
        let count = found(effect, users, level, test);
        let expected = power(effect, SD, f64::from(users), level);
        assert!(z_of_share(count, f64::from(EXPERIMENTS), expected).abs() < Z, "{count} against {expected}");
        // Negative control: the power of one arm of known mean, for which the factor 2 is missing.
        let wrong = power(effect, SD, 2.0 * f64::from(users), level);
        assert!(z_of_share(count, f64::from(EXPERIMENTS), wrong).abs() > Z, "{count} against {wrong}");
    }
}

#[test]
fn the_number_of_users_has_the_power_asked_for() {
    let users = users_for_power(0.3, SD, 0.05, 0.8);
    assert_eq!(users, 550.0);
    let count = found(0.3, users as u32, 0.05, 415);
    let expected = power(0.3, SD, users, 0.05);
    assert!((0.8..0.801).contains(&expected));
    assert!(z_of_share(count, f64::from(EXPERIMENTS), expected).abs() < Z, "{count}");
}
