//! A study that is stored and read back after every round ends with the same bits as one that is run straight through.
//!
//! What is compared, round by round, are their checkpoints: every table so far, and everything that the next round depends
//! on, users included.

use crate::laboratory::scenario;
use thumbscale::analysis::study::{UnfinishedStudy, variants};
use thumbscale::checkpoint::{StudyIdentity, read_checkpoint, write_checkpoint};
use thumbscale::scenario::{Scenario, presets};

fn stored(study: &UnfinishedStudy<'_>, identity: &StudyIdentity) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_checkpoint(study, identity, &mut bytes).expect("memory can be written");
    bytes
}

/// Runs a scenario both ways; the last checkpoint, which holds all tables.
fn check(scenario: &Scenario) -> Vec<u8> {
    let variants = variants(scenario).expect("the factors are valid alone");
    let identity = StudyIdentity::of(scenario, &variants);
    let (mut straight, mut resumed) = (UnfinishedStudy::new(&variants), UnfinishedStudy::new(&variants));
    loop {
        let more = straight.run_round().expect("small runs stay finite").is_some();
        assert_eq!(more, resumed.run_round().expect("small runs stay finite").is_some());
        let bytes = stored(&straight, &identity);
        let (name, rounds) = (&scenario.name, straight.rounds_done());
        assert!(bytes == stored(&resumed, &identity), "{name}: another state after {rounds} rounds");
        if !more {
            assert_eq!(rounds, straight.rounds_total());
            return bytes;
        }
        resumed = read_checkpoint(&variants, &identity, &bytes[..]).expect("whole").expect("the same study");
    }
}

#[test]
fn every_shipped_scenario_goes_on_to_the_same_bits() {
    let small = ["population.users=100", "run.rounds=3", "run.warm_up_rounds=1", "run.replicates=2"];
    let rows = ["run.measure_rows=32"];
    for preset in presets() {
        let mut sets: Vec<String> = small.into_iter().chain(rows).map(String::from).collect();
        let plain = Scenario::preset(preset.name, &[]).expect("a shipped scenario");
        // Factors begin one after the other, so that forks are open while checkpoints are written.
        for (index, factor) in plain.active_factors.iter().enumerate() {
            sets.push(format!("factors.{factor}.from_round={}", 1 + index.min(2)));
        }
        check(
            &Scenario::preset(preset.name, &sets)
                .unwrap_or_else(|errors| panic!("{}: {errors}", preset.name)),
        );
    }
}

#[test]
fn launches_alarms_rollbacks_and_repeated_training_go_on_to_the_same_bits() {
    let text = "active_factors = ['thumbs', 'memory', 'fresh_data']
        [review]
        rule = 'checks'
        rollout_days = 2
        [checks]
        offline_eval.role = 'advisory'
        side_by_side = { role = 'advisory', prompts = 100 }
        ab_test.role = 'advisory'
        [monitoring]
        watch_days = 4
        complaints = true
        complaint_threshold = 0.01
        canary_prompts = 20
        patch = true
        patch_side_effect_sd = 1.0
        rollback = true";
    let sets = ["population.users=4500", "run.rounds=3", "run.replicates=1", "policy.training_iterations=2"];
    let rows = ["signals.raters.rows=300", "signals.thumbs.rows=300"];
    let with = |seed: &str| check(&scenario(text, &[&sets[..], &rows[..], &[seed]].concat()));
    // Negative control: what is compared knows of the numbers.
    assert!(with("run.seed=1") != with("run.seed=2"));
}

#[test]
fn sampled_optimisers_and_social_influence_go_on_to_the_same_bits() {
    for optimiser in ["reinforce", "ppo", "dpo", "best_of_n"] {
        let optimiser = format!("policy.optimiser={optimiser}");
        let sets =
            ["population.users=2500", "run.rounds=3", "run.replicates=1", "social.influence=0.1", &optimiser];
        let state = if optimiser.ends_with("dpo") { "run.state=wide" } else { "run.state=compact" };
        let rows = ["signals.raters.rows=300", "signals.thumbs.rows=300", "run.measure_rows=64", state];
        check(&scenario("active_factors = ['thumbs', 'memory']", &[&sets[..], &rows[..]].concat()));
    }
}
