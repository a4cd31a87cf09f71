//! Launch review: every check that the scenario asks for, then the rule.

use super::candidacy::Candidacy;
use super::check::CheckResult;
use super::comparison::compare_on_logged_prompts;
use super::expert_spot_check::expert_spot_check;
use super::offline_eval::offline_eval;
use super::rule::{Decision, decide};
use super::side_by_side::side_by_side;
use super::spec_adherence::spec_adherence;
use super::stretch::{Event, Stretch};
use super::sycophancy_eval::sycophancy_eval;
use super::trial::{Rivals, try_with_users};
use super::world::World;
use crate::conversation::Served;
use crate::feedback::{ApprovalModel, Interaction};
use crate::scenario::{Check, CheckKind, CheckRole};
use crate::statistics::Estimate;

/// What is reviewed, and on what.
#[derive(Clone, Copy, Debug)]
pub struct Reviewing<'a> {
    /// Candidate and incumbent, as served.
    pub rivals: Rivals<'a>,
    /// A uniform sample of logged conversations.
    pub rows: &'a [Interaction],
    /// First day of the review, counted within the round.
    pub first_day: u32,
}

/// What review found and decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Reviewed {
    /// Rise in the probability of a thumbs up, candidate against incumbent, on the same logged prompts: what side-by-side
    /// tests with very many users would find. Nobody decides by it.
    pub ab_effect: Estimate,
    /// What each check found, in the order of the scenario.
    pub results: Vec<CheckResult>,
    /// Launch or hold, and why.
    pub decision: Decision,
    /// Days that users lived through during the review.
    pub days: u32,
    /// Those days.
    pub stretches: Vec<Stretch>,
}

/// Runs the checks one after the other; users live through the days of those that involve them.
pub fn review(world: &mut World<'_>, reviewing: Reviewing<'_>) -> (Reviewed, Vec<Served>) {
    let settings = world.settings;
    let (mut results, mut stretches, mut served) = (Vec::new(), Vec::new(), Vec::new());
    let mut day = reviewing.first_day;
    let wanted = settings.checks.iter().enumerate().filter(|(_, (_, check))| check.role != CheckRole::Off);
    for (number, (name, check)) in wanted {
        if let Some(result) = at_the_desk(&candidacy(world, reviewing), name, check) {
            results.push(result);
            continue;
        }
        let trial = try_with_users(world, reviewing.rivals, name, check, day, number as u32 + 1);
        day += trial.stretches.iter().map(|it| it.days).sum::<u32>();
        results.push(trial.result);
        stretches.extend(trial.stretches);
        served.extend(trial.served);
    }
    let decision = decide(&results, &settings.review);
    if let Some(last) = stretches.last_mut() {
        last.events.push(if decision.launched { Event::Launched } else { Event::Held });
    }
    let ab_effect = logged_effect(world, reviewing);
    (Reviewed { ab_effect, results, decision, days: day - reviewing.first_day, stretches }, served)
}

fn candidacy<'c>(world: &'c World<'_>, reviewing: Reviewing<'c>) -> Candidacy<'c> {
    Candidacy {
        candidate: reviewing.rivals.candidate,
        incumbent: reviewing.rivals.incumbent,
        rows: reviewing.rows,
        features: world.features,
        settings: world.settings,
        seed: world.seed,
        round: world.round,
    }
}

/// The result of a check that needs no users; `None` for the others.
fn at_the_desk(candidacy: &Candidacy<'_>, name: &str, check: &Check) -> Option<CheckResult> {
    match check.kind {
        CheckKind::OfflineEval => Some(offline_eval(candidacy, name, check)),
        CheckKind::ExpertSpotCheck => Some(expert_spot_check(candidacy, name, check)),
        CheckKind::SideBySide => Some(side_by_side(candidacy, name, check)),
        CheckKind::SycophancyEval => Some(sycophancy_eval(candidacy, name, check)),
        CheckKind::SpecAdherence => Some(spec_adherence(candidacy, name, check)),
        CheckKind::AbTest | CheckKind::Alpha | CheckKind::StagedRollout | CheckKind::LongTermHoldout => None,
    }
}

fn logged_effect(world: &World<'_>, reviewing: Reviewing<'_>) -> Estimate {
    let approval = ApprovalModel::from_scenario(world.settings);
    let Rivals { candidate, incumbent, .. } = reviewing.rivals;
    compare_on_logged_prompts(candidate, incumbent, reviewing.rows, &approval, world.seed, world.round)
}
