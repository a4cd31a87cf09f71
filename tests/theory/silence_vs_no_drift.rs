//! Law: without learning, or with a reward that says nothing, the policy never changes.
//! Source: docs/model.md, section 13; degenerate case of W += eta (W_ref + theta / beta - W).
//! Assumptions: none; users, memory, thumbs and fresh data may do what they like.
//! Statistic: the deployed policy's weights after every round.
//! Tolerance: none, the same bits.

use crate::laboratory::scenario;
use thumbscale::simulation::Simulation;

/// Whether the policy is the original one after each of four rounds.
fn stays(text: &str, sets: &[&str]) -> bool {
    let sets = [&["population.users=300", "run.rounds=4"][..], sets].concat();
    let mut simulation = Simulation::new(&scenario(text, &sets), 1);
    (0..4).all(|_| {
        simulation.run_round().expect("small runs stay finite");
        simulation.service.deployed == simulation.original
    })
}

const LIVELY: [&str; 3] =
    ["memory.enabled=true", "signals.thumbs.weight=1", "segments.general.rating_propensity=0"];

#[test]
fn nobody_learns() {
    assert!(stays("", &[&LIVELY[..], &["policy.learning_rate=0.0"]].concat()));
    assert!(stays("", &[&LIVELY[..], &["policy.learning_rate=0.0", "policy.fresh_data=1.0"]].concat()));
}

#[test]
fn a_reward_that_says_nothing() {
    let silent = "signals.nothing = { kind = 'rule', weight = 1.0 }";
    let sets = ["memory.enabled=true", "signals.raters.weight=0"];
    assert!(stays(silent, &sets));
    // Negative control: a whisper.
    let whisper = "signals.whisper = { kind = 'rule', weight = 1.0, linear = { flattery = 1e-6 } }";
    assert!(!stays(whisper, &sets));
}

// Negative control: the same with learning.
#[test]
fn learning_moves_the_policy() {
    assert!(!stays("", &LIVELY));
}
