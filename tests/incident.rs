//! The ordinal facts of April 2025 that need no review, on small populations. Sources: OpenAI 2025-04-29 and
//! 2025-05-02. Seeds are fixed, so a test either holds or does not; margins are those of docs/scenarios.md.

use std::ops::ControlFlow;
use thumbscale::analysis::signal_by_signal::{OutcomeEffects, SignalBySignal};
use thumbscale::analysis::study::{Study, run_study, variants};
use thumbscale::scenario::Scenario;

fn study(name: &str, sets: &[&str]) -> Study {
    let sets: Vec<String> = sets.iter().map(|set| set.to_string()).collect();
    let scenario = Scenario::preset(name, &sets).expect("a shipped scenario is valid");
    let variants = variants(&scenario).expect("each factor alone is valid");
    run_study(&variants, |_| ControlFlow::Continue(())).expect("numbers stay finite")
}

fn outcome<'s>(effects: &'s SignalBySignal, measure: &str) -> &'s OutcomeEffects {
    effects.outcomes.iter().find(|outcome| outcome.measure == measure).expect("a compared outcome")
}

/// What both scenarios must show: harmless alone, harmful together, invisible to thumbs and offline tests.
fn assert_compounds(effects: &SignalBySignal, least_ratio: f64) {
    let index = outcome(effects, "sycophancy_index");
    for (factor, effect) in &index.singles {
        assert!(effect.mean < 0.06, "{factor} alone: {effect:?}");
    }
    assert!(index.joint.mean > least_ratio * index.sum_of_singles.mean, "{index:?}");
    assert!(outcome(effects, "thumbs_up_share").joint.mean > 0.03);
    assert!(outcome(effects, "mean_abs_stance_error").joint.mean > 0.005);
    assert_eq!(outcome(effects, "offline_accuracy").joint.mean, 0.0);
}

// Means over four histories: in one of ten thumbs alone cross the alarm as well (docs/scenarios.md).
#[test]
fn one_bundled_update_crosses_an_alarm_that_no_single_change_crosses() {
    let study = study("gpt4o-april-2025", &["run.replicates=4", "population.users=40000"]);
    let effects = study.signal_by_signal.as_ref().expect("three factors were compared");
    assert_compounds(effects, 1.2);
    let index = outcome(effects, "sycophancy_index");
    assert!(index.joint.mean >= 0.045, "{index:?}");
    assert!(index.singles.iter().all(|(_, effect)| effect.mean < 0.045), "{index:?}");
    assert_five_quiet_updates_and_a_liked_sixth(&study);
}

/// The five updates before leave the index where it was, and the comparison with users likes the sixth.
fn assert_five_quiet_updates_and_a_liked_sixth(study: &Study) {
    let rounds = &study.tables.rounds;
    let of_all = |measure: &str| -> Vec<f64> {
        let names = rounds.words("variant").expect("rounds name their variant");
        let values = rounds.numbers(measure).expect("a measured column");
        names.iter().zip(values).filter(|(name, _)| *name == "all").map(|(_, value)| value).collect()
    };
    let index = of_all("sycophancy_index");
    assert!(index[..6].iter().all(|s| (s - index[0]).abs() < 0.03), "{index:?}");
    let (effect, error) = (of_all("ab_effect_thumbs_up"), of_all("ab_effect_thumbs_up_se"));
    assert!(effect[5] > 4.0 * error[5], "{effect:?}");
    assert!(effect[..5].iter().all(|quiet| effect[5] > 2.0 * quiet.abs()), "{effect:?}");
}

// Negative control: without precise reading and personal praise the same three signals compound far less.
#[test]
fn three_signals_compound_over_many_rounds_and_less_without_what_memory_adds() {
    let sets = ["population.users=40000", "run.rounds=25"];
    let off = ["memory.personal=0.0", "memory.stance_noise_remembered=0.7"];
    let with = study("all-three", &sets).signal_by_signal.expect("three factors were compared");
    let without = study("all-three", &[sets[0], sets[1], off[0], off[1]]).signal_by_signal;
    assert_compounds(&with, 1.5);
    assert!(outcome(&with, "sycophancy_index").joint.mean > 0.1);
    let extra = |effects: &SignalBySignal| {
        let index = outcome(effects, "sycophancy_index");
        index.joint.mean - index.sum_of_singles.mean
    };
    let without = without.expect("three factors were compared");
    assert!(extra(&without) < 0.5 * extra(&with), "{} against {}", extra(&without), extra(&with));
}

#[test]
fn the_same_loop_lowers_sycophancy_in_an_honest_world() {
    let sets = ["population.users=30000", "run.rounds=20"];
    let effects = study("honest-world", &sets).signal_by_signal.expect("three factors were compared");
    assert!(outcome(&effects, "sycophancy_index").joint.mean < 0.0);
    assert!(outcome(&effects, "mean_flattery").joint.mean < -0.03);
}
