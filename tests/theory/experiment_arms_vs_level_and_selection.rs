//! Law: of equal candidates an A/B test fails `no_harm` with probability alpha; arms have their shares; volunteers differ
//! from others by their expertise only as much as the opt-in bias says.
//! Source: Deng, Knoblich and Lu 2018, arXiv 1803.06336, eq. 2; docs/model.md, section 7.
//! Assumptions: users are independent, and each is in one arm for all days.
//! Statistic: number of failures in 400 experiments on served users; users per arm; mean expertise.
//! Tolerance: z = 4.

use crate::laboratory::{Z, numbers_of, reference_policy, settings, z_of_share};
use thumbscale::conversation::{Arm, SampleSizes, Served, Serving, Span, serve};
use thumbscale::launch::compare_arms;
use thumbscale::policy::Policy;
use thumbscale::population::Population;
use thumbscale::scenario::{Check, Settings};

const SIZES: SampleSizes =
    SampleSizes { rated_rows: 0, uniform_rows: 0, expected_conversations: 1.0, expected_rating_share: 1.0 };

fn lab(users: u32) -> (Settings, Population, Policy) {
    let settings = settings(
        "",
        &[
            &format!("population.users={users}"),
            "clock.conversations_per_day=0.4",
            "segments.general.rating_propensity=-1",
        ],
    );
    let policy = reference_policy(&settings);
    (settings.clone(), Population::sample(&settings, 1), policy)
}

fn experiment(
    settings: &Settings,
    population: &mut Population,
    arms: &[(&Policy, f64)],
    division: u32,
    bias: Option<f64>,
) -> Served {
    let arms: Vec<Arm<'_>> = arms.iter().map(|&(policy, share)| Arm { policy, share }).collect();
    let span = Span { round: division, first_day: 0, days: 5 };
    let serving = Serving::of_days(settings, &arms, 3, span, SIZES).as_experiment(division, bias);
    serve(population, &serving)
}

/// Failures of `no_harm` on the thumbs-up share among experiments with this candidate.
fn failures(candidate: impl Fn(&Policy) -> Policy, level: f64, experiments: u32) -> f64 {
    let (settings, start, policy) = lab(3000);
    let candidate = candidate(&policy);
    let check = Check { level, ..Check::default() };
    let failed = (1..=experiments).filter(|&division| {
        let arms = [(&candidate, 0.5), (&policy, 0.5)];
        let served = experiment(&settings, &mut start.clone(), &arms, division, None);
        let [new, old] = [0, 1].map(|arm: usize| served.arms[arm].metrics.thumbs_up);
        !compare_arms("ab", &check, new, old).passed
    });
    failed.count() as f64
}

#[test]
fn equal_policies_fail_at_the_stated_level() {
    let experiments = 400;
    for level in [0.05, 0.2] {
        let failed = failures(Policy::clone, level, experiments);
        assert!(z_of_share(failed, f64::from(experiments), level).abs() < Z, "{failed} at {level}");
    }
}

// Negative control: a candidate that answers less of the question is worse, and found out far more often.
#[test]
fn a_worse_policy_fails_more_often() {
    let worse = |policy: &Policy| {
        let mut worse = policy.clone();
        worse.weights[(3, 0)] -= 15.0;
        worse
    };
    let failed = failures(worse, 0.05, 60);
    assert!(z_of_share(failed, 60.0, 0.05) > Z, "{failed}");
}

#[test]
fn every_user_is_in_one_arm_and_arms_have_their_shares() {
    let (settings, mut population, policy) = lab(20_000);
    let shares = [0.1, 0.25, 0.65];
    let served = experiment(&settings, &mut population, &shares.map(|share| (&policy, share)), 1, None);
    let users: Vec<f64> = served.arms.iter().map(|arm| arm.metrics.usage.users).collect();
    assert_eq!(users.iter().sum::<f64>(), 20_000.0);
    for (count, share) in users.iter().zip(shares) {
        assert!(z_of_share(*count, 20_000.0, share).abs() < Z, "{users:?}");
    }
    // The sums over users are those over conversations.
    let total = served.total();
    let (rated, up): (f64, f64) = served
        .arms
        .iter()
        .map(|arm| (arm.metrics.thumbs_up.n, arm.metrics.thumbs_up.x))
        .fold((0.0, 0.0), |sum, arm| (sum.0 + arm.0, sum.1 + arm.1));
    assert_eq!((rated as u64, up as u64), (total.rated, total.up));
}

#[test]
fn a_growing_share_keeps_its_users() {
    let (settings, start, policy) = lab(5000);
    // The candidate never defers: users who get it differ afterwards from users who do not.
    let mut other = policy.clone();
    other.weights[(0, 0)] -= 200.0;
    let after = |share: f64| {
        let mut population = start.clone();
        experiment(&settings, &mut population, &[(&other, share), (&policy, 1.0 - share)], 1, None);
        population
    };
    let (few, more, none) = (after(0.2), after(0.5), after(0.0));
    let changed = |population: &Population| -> Vec<usize> {
        let of = |population| numbers_of(population, |block| &block.satisfaction);
        let pairs = of(population).into_iter().zip(of(&none)).map(|(a, b)| a != b);
        pairs.enumerate().filter(|(_, differs)| *differs).map(|(user, _)| user).collect()
    };
    let (few, more) = (changed(&few), changed(&more));
    assert!(few.len() > 100 && more.len() > few.len());
    assert!(few.iter().all(|user| more.contains(user)));
}

// P(volunteer) = logistic(logit(0.1) + 3 e): an expert (e = 0.8) is 5 times as likely as a novice (e = 0.15).
#[test]
fn volunteers_are_as_biased_as_stated() {
    let (settings, mut population, policy) = lab(40_000);
    let expected: f64 = numbers_of(&population, |block| &block.expertise)
        .into_iter()
        .map(|e| {
            let odds = 0.1 / 0.9 * libm::exp(3.0 * f64::from(e));
            odds / (1.0 + odds)
        })
        .sum();
    let arms = [(&policy, 0.05), (&policy, 0.05), (&policy, 0.9)];
    let served = experiment(&settings, &mut population, &arms, 1, Some(3.0));
    let [first, second] = [0, 1].map(|arm: usize| served.arms[arm].metrics.usage.users);
    assert!(
        z_of_share(first + second, 40_000.0, expected / 40_000.0).abs() < Z,
        "{first} {second} {expected}"
    );
    assert!(z_of_share(first, first + second, 0.5).abs() < Z, "a coin decides between the arms");
    assert!(z_of_share(first + second, 40_000.0, 0.1) > Z, "negative control: without bias there are fewer");
}
