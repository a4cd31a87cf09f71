//! Checks in which users try the candidate: A/B test, long-term holdout, alpha, staged rollout.

use super::check::CheckResult;
use super::experiment::compare_arms;
use super::stretch::{Activity, InService, Stretch};
use super::world::{Share, World};
use crate::conversation::{Arm, ArmMetrics, SampleSizes, Served, Serving, Span, serve};
use crate::policy::Policy;
use crate::scenario::{Check, CheckKind, Metric};
use crate::statistics::RatioMoments;

/// Candidate and incumbent, as served.
#[derive(Clone, Copy, Debug)]
pub struct Rivals<'p> {
    /// The candidate.
    pub candidate: &'p Policy,
    /// The policy in service.
    pub incumbent: &'p Policy,
    /// Which one that is.
    pub which: InService,
}

/// What a check with users leaves behind.
pub struct Trial {
    /// What was found.
    pub result: CheckResult,
    /// The days that users lived through.
    pub stretches: Vec<Stretch>,
    /// Their conversations.
    pub served: Vec<Served>,
}

/// Nothing of an experiment enters the samples that training learns from.
const UNLOGGED: SampleSizes =
    SampleSizes { rated_rows: 0, uniform_rows: 0, expected_conversations: 1.0, expected_rating_share: 1.0 };

/// Largest share of users with the candidate in a stage: some must keep the incumbent for comparison.
const MOST_OF_A_STAGE: f64 = 0.99;

/// Lets users try the candidate from `first_day` of the round on. `division` tells experiments of a round apart: each
/// divides users anew.
pub fn try_with_users(
    world: &mut World<'_>,
    rivals: Rivals<'_>,
    name: &str,
    check: &Check,
    first_day: u32,
    division: u32,
) -> Trial {
    match check.kind {
        CheckKind::StagedRollout => staged_rollout(world, rivals, name, check, first_day, division),
        _ => two_arms(world, rivals, name, check, first_day, division),
    }
}

/// A share of users gets the candidate, the others keep the incumbent. In an alpha the share is one of volunteers, half of
/// whom, by a coin, keep the incumbent without knowing it; in the end both halves are asked.
fn two_arms(
    world: &mut World<'_>,
    rivals: Rivals<'_>,
    name: &str,
    check: &Check,
    first_day: u32,
    division: u32,
) -> Trial {
    let candidate = |share: f64| (InService::Candidate, rivals.candidate, share);
    let incumbent = |share: f64| (rivals.which, rivals.incumbent, share);
    let (shares, opt_in_bias) = match check.kind {
        CheckKind::Alpha => {
            let half = 0.5 * check.share;
            (vec![candidate(half), incumbent(half), incumbent(1.0 - check.share)], Some(check.opt_in_bias))
        }
        _ => (vec![candidate(check.share), incumbent(1.0 - check.share)], None),
    };
    let days = check.days.max(1);
    let (served, stretch) = experiment(world, (first_day, days), &shares, division, opt_in_bias);
    let result = compare(name, check, check.level, [served.arms[0].metrics, served.arms[1].metrics], days);
    Trial { result, stretches: vec![stretch], served: vec![served] }
}

/// The candidate goes to growing shares of users, the same ones and more; the first stage that fails ends it. Each of n
/// stages is tested at level / n, so that a harmless candidate fails with probability `level` at most (Bonferroni).
fn staged_rollout(
    world: &mut World<'_>,
    rivals: Rivals<'_>,
    name: &str,
    check: &Check,
    first_day: u32,
    division: u32,
) -> Trial {
    let days = (check.days / check.stages).max(1);
    let level = check.level / f64::from(check.stages);
    let (mut stretches, mut all) = (Vec::new(), Vec::new());
    let (mut stage, mut share) = (0, check.share);
    loop {
        let shares =
            [(InService::Candidate, rivals.candidate, share), (rivals.which, rivals.incumbent, 1.0 - share)];
        let span = (first_day + stage * days, days);
        let (served, stretch) = experiment(world, span, &shares, division, None);
        let result = compare(name, check, level, [served.arms[0].metrics, served.arms[1].metrics], days);
        stretches.push(stretch);
        all.push(served);
        stage += 1;
        share = (share * check.growth).min(MOST_OF_A_STAGE);
        if !result.passed || stage == check.stages {
            let result = CheckResult { days: stage * days, ..result };
            return Trial { result, stretches, served: all };
        }
    }
}

/// Serves the days as an experiment. With an opt-in bias the first two arms are volunteers.
fn experiment(
    world: &mut World<'_>,
    (first_day, days): (u32, u32),
    shares: &[Share<'_>],
    division: u32,
    opt_in_bias: Option<f64>,
) -> (Served, Stretch) {
    let span = Span { round: world.round, first_day, days };
    let arms: Vec<Arm<'_>> = shares.iter().map(|&(_, policy, share)| Arm { policy, share }).collect();
    let serving = Serving::of_days(world.settings, &arms, world.seed, span, UNLOGGED);
    let beliefs = world.population.knowledge.as_ref().map(|knowledge| knowledge.model.clone());
    let serving = serving.as_experiment(division, opt_in_bias).with_model_beliefs(beliefs);
    let served = serve(world.population, &serving);
    let stretch = world.stretch((first_day, days), Activity::Review, shares, &served);
    (served, stretch)
}

fn compare(
    name: &str,
    check: &Check,
    level: f64,
    [treatment, control]: [ArmMetrics; 2],
    days: u32,
) -> CheckResult {
    let at_level = Check { level, ..check.clone() };
    let metric = |arm: &ArmMetrics| metric_of(arm, check.metric, days);
    compare_arms(name, &at_level, metric(&treatment), metric(&control))
}

/// The sums of one metric; usage per day.
pub fn metric_of(arm: &ArmMetrics, metric: Metric, days: u32) -> RatioMoments {
    match metric {
        Metric::ThumbsUp => arm.thumbs_up,
        Metric::Returns => arm.returns,
        Metric::Outcome => arm.outcome,
        Metric::Complaints => arm.complaints,
        Metric::Usage => arm.usage.per(f64::from(days)),
    }
}
