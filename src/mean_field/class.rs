//! For which scenarios the map is exact.

use crate::scenario::{BeliefRule, CheckRole, OptimiserKind, Scenario, Settings, SignalKind};

/// One key that stands in the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstacle {
    /// The key, with the value that would do.
    pub set: String,
    /// Why another value does not.
    pub why: &'static str,
}

/// A scenario whose infinitely many users are not described by the law of their beliefs.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", in_words(.0))]
pub struct NotMeanField(pub Vec<Obstacle>);

fn in_words(obstacles: &[Obstacle]) -> String {
    let lines: String = obstacles.iter().map(|it| format!("\n  --set {:42} {}", it.set, it.why)).collect();
    format!("this scenario has no mean-field map; what stands in the way, and what to set instead:{lines}")
}

const TRUST: &str = "trust would depend on all topics at once, and so would beliefs";
const SATISFACTION: &str = "satisfaction is a second state that every conversation moves";
const REVIEW: &str = "checks and watching let single users live through single days";
const MEMORY: &str = "memory is a state of its own for every user";

/// Refuses a scenario in any phase of which something else than beliefs moves and matters.
pub fn check(scenario: &Scenario) -> Result<(), NotMeanField> {
    let mut obstacles: Vec<Obstacle> = Vec::new();
    for phase in &scenario.phases {
        for obstacle in obstacles_in(&phase.settings) {
            if !obstacles.contains(&obstacle) {
                obstacles.push(obstacle);
            }
        }
    }
    if obstacles.is_empty() { Ok(()) } else { Err(NotMeanField(obstacles)) }
}

fn obstacles_in(settings: &Settings) -> Vec<Obstacle> {
    let (it, consequences) = (settings, &settings.consequences);
    let watched = it.monitoring.watch_days > 0 || it.review.rollout_days > 0;
    let mut rules = vec![
        (
            it.world.belief_rule != BeliefRule::Pull,
            "world.belief_rule=\"pull\"".into(),
            "only the pull rule has a kernel here",
        ),
        (
            it.clock.turns_per_conversation > 1,
            "clock.turns_per_conversation=1".into(),
            "only one turn has a kernel here",
        ),
        (it.memory.enabled || it.memory.from_history, "memory.enabled=false".into(), MEMORY),
        (it.memory.from_history, "memory.from_history=false".into(), MEMORY),
        (consequences.trust_gain != 0.0, "consequences.trust_gain=0".into(), TRUST),
        (consequences.trust_loss != 0.0, "consequences.trust_loss=0".into(), TRUST),
        (consequences.leaving != 0.0, "consequences.leaving=0".into(), SATISFACTION),
        (it.approval.surprise != 0.0, "approval.surprise=0".into(), SATISFACTION),
        (
            it.approval.participation != 0.0,
            "approval.participation=0".into(),
            "who rates would depend on the response",
        ),
        (
            it.social.influence != 0.0,
            "social.influence=0".into(),
            "a random graph has no mean field of this kind",
        ),
        (
            it.knowledge.enabled,
            "knowledge.enabled=false".into(),
            "what users learn for themselves is a state of its own",
        ),
        (
            it.system_prompt.side_effect_sd != 0.0,
            "system_prompt.side_effect_sd=0".into(),
            "one draw for everybody never averages out",
        ),
        (
            it.policy.optimiser != OptimiserKind::Exact,
            "policy.optimiser=\"exact\"".into(),
            "the others learn from samples",
        ),
        (watched, "monitoring.watch_days=0 and review.rollout_days=0".into(), REVIEW),
    ];
    for (name, behaviour) in &it.behaviours {
        rules.push((
            behaviour.habituation != 0.0,
            format!("behaviours.{name}.habituation=0"),
            "habits are a state of their own",
        ));
    }
    for (name, signal) in it.signals.iter().filter(|(_, signal)| signal.weight > 0.0) {
        let known = [SignalKind::Raters, SignalKind::Thumbs, SignalKind::DelayedOutcome, SignalKind::Rule];
        let why = "only raters, thumbs, delayed outcomes and rules are known to it";
        rules.push((!known.contains(&signal.kind), format!("signals.{name}.weight=0"), why));
        let why = "weights from estimated propensities are not part of it";
        rules.push((signal.inverse_propensity, format!("signals.{name}.inverse_propensity=false"), why));
    }
    for (name, _) in it.checks.iter().filter(|(_, check)| check.role != CheckRole::Off) {
        rules.push((true, format!("checks.{name}.role=\"off\""), REVIEW));
    }
    for feature in it.policy.features.iter().filter(|word| word.starts_with("segment:")) {
        rules.push((
            true,
            format!("policy.features without \"{feature}\""),
            "beliefs would depend on a user's cue",
        ));
    }
    rules.into_iter().filter(|rule| rule.0).map(|(_, set, why)| Obstacle { set, why }).collect()
}
