//! The autopsy of April 2025 on few users: what holds the update, what does not, and that threads change nothing.
//!
//! Seeds are fixed, so a test either holds or does not. Fewer users than in the shipped scenario make experiments
//! weaker, so the long-term metric runs longer here; everything else is as shipped.

use std::ops::ControlFlow;
use thumbscale::analysis::autopsy::{Outcome, Progress, cases, outcomes, outcomes_table, replay};
use thumbscale::output::{AutopsySummary, to_csv};
use thumbscale::scenario::{Mitigation, Scenario, mitigation};

/// One harmless update, then the incident, then life with it.
const SHORT: [&str; 8] = [
    "run.warm_up_rounds=2",
    "run.rounds=3",
    "run.measure_rows=512",
    "signals.raters.rows=2048",
    "signals.hindsight.rows=2048",
    "factors.thumbs.from_round=2",
    "factors.memory.from_round=2",
    "factors.fresh_data.from_round=2",
];

fn incident(sets: &[&str]) -> Scenario {
    let sets: Vec<String> = SHORT.iter().chain(sets).map(|set| set.to_string()).collect();
    Scenario::preset("gpt4o-april-2025", &sets).unwrap_or_else(|errors| panic!("{errors}"))
}

fn shipped(name: &str) -> Mitigation {
    mitigation(name).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The shipped long-term metric with as many user-days as it has in the shipped scenario.
fn long_term_metric() -> Mitigation {
    let text = "from_round = 2\n[set.checks.long_term_holdout]\nrole = 'blocking'\nshare = 0.5\ndays = 120";
    Mitigation::from_toml("long-term-metric.toml", text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn outcomes_of(scenario: &Scenario, mitigations: &[Mitigation]) -> Vec<Outcome> {
    let cases = cases(scenario, mitigations).unwrap_or_else(|errors| panic!("{errors}"));
    let autopsy = replay(cases, |_| ControlFlow::Continue(())).expect("numbers stay finite");
    outcomes(&autopsy)
}

#[test]
fn what_looks_at_the_behaviour_holds_the_update_and_what_looks_at_thumbs_does_not() {
    let scenario = incident(&["population.users=5000", "run.replicates=10"]);
    let blind = ["more-spot-checks", "better-offline-evals"];
    let mitigations = [
        shipped("sycophancy-eval"),
        shipped("tester-veto"),
        long_term_metric(),
        shipped(blind[0]),
        shipped(blind[1]),
    ];
    let found = outcomes_of(&scenario, &mitigations);
    let told: Vec<String> =
        found.iter().map(|it| format!("{}: {:?} {:?}", it.mitigation, it.caught, it.caught_by)).collect();
    assert!(found.iter().all(|it| it.replicates == 10), "{told:#?}");
    assert!(found[0].caught.share <= 0.2, "as it was, it launches: {told:#?}");
    for it in &found[1..4] {
        assert!(it.caught.share >= 0.9, "{} stops it: {told:#?}", it.mitigation);
        assert!(it.exposure_avoided.low > 0.0, "{:?}", it.exposure_avoided);
    }
    for it in &found[4..] {
        assert!(it.caught.share <= 0.2, "{} does not stop it: {told:#?}", it.mitigation);
    }
    // Estimated, not assumed: one harmless update per history while the mitigation holds.
    assert!(
        found[..3].iter().all(|it| it.false_alarms.of == 10 && it.false_alarms.share <= 0.3),
        "{found:#?}"
    );
    assert_eq!(found[3].false_alarms.of, 0, "it begins with the incident");
    assert!(found[3].delay_days > 30.0 && found[1].delay_days == 0.0);
}

/// Everything that an autopsy prints and writes as numbers, on a number of threads.
fn printed(threads: usize) -> (String, Vec<u8>) {
    let scenario = incident(&["population.users=3000", "run.replicates=2", "clock.days_per_round=14"]);
    let mitigations = [shipped("hindsight"), shipped("memory-opt-out"), shipped("canary-monitoring")];
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
    let cases = cases(&scenario, &mitigations).unwrap_or_else(|errors| panic!("{errors}"));
    let autopsy = pool.install(|| replay(cases, |_: Progress| ControlFlow::Continue(()))).expect("finite");
    let summary = AutopsySummary::new(&scenario, &mitigations, &autopsy, Vec::new());
    let table =
        to_csv("autopsy", &outcomes_table(&outcomes(&autopsy))).expect("a table of numbers and words");
    (serde_json::to_string(&summary).expect("plain text and numbers"), table)
}

#[test]
fn one_thread_and_two_find_the_same_bits() {
    let (one, two) = (printed(1), printed(2));
    assert_eq!(one.0, two.0);
    assert_eq!(one.1, two.1);
}
