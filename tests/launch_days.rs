//! Launch, days after it, and going back, on the whole simulation: what is restored and what is not, and that every day
//! and conversation is accounted for.

#![allow(clippy::disallowed_methods, reason = "the laboratory compares with the system's functions")]

#[path = "laboratory/mod.rs"]
mod laboratory;

use laboratory::scenario;
use thumbscale::launch::{Activity, Event, InService};
use thumbscale::measure::RoundMeasures;
use thumbscale::scenario::Scenario;
use thumbscale::simulation::Simulation;

/// Training pushes towards deference and flattery. From round 2 on nobody can pass review: an improvement by a whole share
/// is required.
const STRICT: &str = "
    active_factors = ['strict']
    [factors.strict]
    meaning = 'Review that nothing passes.'
    from_round = 2
    [factors.strict.set]
    checks.ab_test = { role = 'blocking', requires = 'improvement', threshold = 1.0, share = 0.5, days = 2 }
    [review]
    rule = 'checks'
    [policy]
    fresh_data = 0.4
    [signals]
    raters.weight = 0.0
    push = { kind = 'rule', weight = 1.0, linear = { deference = 2.0, flattery = 2.0 } }
    [segments]
    general.rating_propensity = -1.0
    [clock]
    conversations_per_day = 1.0
";

/// A canary that sings at any rise of the sampled index.
const JUMPY: &str = "
    [monitoring]
    watch_days = 7
    canary_prompts = 50
    canary_threshold = 0.0
";

fn lab(text: &str, sets: &[&str]) -> Simulation {
    let small = ["population.users=2500", "run.rounds=3"];
    Simulation::new(&strict_scenario(text, &[&small[..], sets].concat()), 1)
}

fn strict_scenario(text: &str, sets: &[&str]) -> Scenario {
    scenario(&format!("{STRICT}{text}"), sets)
}

fn events(measures: &RoundMeasures) -> Vec<Event> {
    measures.stretches.iter().flat_map(|stretch| stretch.events.clone()).collect()
}

#[test]
fn after_a_rollback_the_policy_is_the_old_one_bit_for_bit_and_users_are_not() {
    let rollback =
        format!("{JUMPY}patch = true\nrollback = true\nrollback_after_days = 1\nrollback_days = 1\n");
    let mut simulation = lab(&rollback, &[]);
    let (old_policy, old_reference) =
        (simulation.service.deployed.clone(), simulation.trainer.reference.clone());
    assert!(simulation.run_round().unwrap().review.decision.launched);
    assert!(simulation.service.deployed != old_policy && simulation.trainer.reference != old_reference);
    let second = simulation.run_round().unwrap();
    let seen = events(&second);
    for event in
        [Event::Noticed, Event::PromptPatched, Event::RollbackBegins, Event::RollbackComplete, Event::Held]
    {
        assert!(seen.contains(&event), "{event:?} is missing in {seen:?}");
    }
    assert_eq!(simulation.service.deployed, old_policy);
    assert_eq!(simulation.trainer.reference, old_reference);
    // The same users, had nothing been launched.
    let mut quiet = lab("", &["factors.strict.from_round=1"]);
    quiet.run_round().unwrap();
    quiet.run_round().unwrap();
    assert_eq!(quiet.service.deployed, old_policy);
    assert!(simulation.population != quiet.population, "users live on with what they were told");
}

// Noticed on the only watched day (0), back from day 1 over one day: complete on day 2, which is not lived singly.
#[test]
fn a_rollback_that_ends_after_the_watch_is_in_the_calendar() {
    let mut simulation = lab(&format!("{JUMPY}rollback = true\n"), &["monitoring.watch_days=1"]);
    simulation.run_round().unwrap();
    let measures = simulation.run_round().unwrap();
    let last =
        measures.stretches.iter().find(|it| it.activity == Activity::Serving).expect("a rest of the round");
    assert_eq!((last.first_day, last.events.as_slice()), (2, &[Event::RollbackComplete][..]));
}

#[test]
fn a_held_candidate_leaves_policy_and_reference_alone() {
    let mut simulation = lab("", &["factors.strict.from_round=1"]);
    for _ in 0..3 {
        let measures = simulation.run_round().unwrap();
        assert!(!measures.review.decision.launched);
        assert_eq!(measures.review.decision.stopped_by, ["ab_test"]);
        assert_eq!(simulation.service.deployed, simulation.original);
        assert_eq!(simulation.trainer.reference, simulation.original);
    }
}

#[test]
fn every_day_and_conversation_is_in_one_stretch() {
    let rollback = format!("{JUMPY}rollback = true\n[review]\nrollout_days = 3\n")
        .replace("[review]\n", "\n[review]\nrule = 'checks'\n");
    let text = format!("{}{rollback}", STRICT.replace("    [review]\n    rule = 'checks'\n", ""));
    let mut simulation = Simulation::new(&scenario(&text, &["population.users=2500", "run.rounds=3"]), 1);
    for _ in 0..3 {
        let measures = simulation.run_round().unwrap();
        let total: f64 = measures.stretches.iter().map(|it| it.total.conversations()).sum();
        assert_eq!(total, measures.served.total().conversations());
        let thumbs: u64 = measures.stretches.iter().map(|it| it.total.rated).sum();
        assert_eq!(thumbs, measures.served.total().rated);
        let mut next = 0;
        for stretch in &measures.stretches {
            assert_eq!(stretch.first_day, next, "days follow each other");
            assert!((stretch.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(stretch.sycophancy_index.is_finite());
            next += stretch.days;
        }
        assert_eq!(next, 7 + measures.review.days);
    }
}

#[test]
fn without_watching_or_checks_a_round_is_one_stretch() {
    let mut simulation = Simulation::new(&scenario("", &["population.users=500", "run.rounds=2"]), 1);
    for _ in 0..2 {
        let measures = simulation.run_round().unwrap();
        assert_eq!(measures.stretches.len(), 1);
        assert_eq!(measures.stretches[0].activity, Activity::Serving);
        assert!(measures.review.results.is_empty() && measures.noticed.is_none());
    }
}

// The shift aims at flattery; it lowers the index, not to where it was, and moves what it did not aim at.
#[test]
fn a_patch_is_blunt_and_never_the_same_twice() {
    let text =
        format!("{JUMPY}patch = true\npatch_shift = {{ flattery = -3.0 }}\npatch_side_effect_sd = 1.0\n");
    let mut moved = Vec::new();
    for seed in 1..=6 {
        let mut simulation =
            Simulation::new(&strict_scenario(&text, &["population.users=2500", "run.rounds=3"]), seed);
        simulation.run_round().unwrap();
        let measures = simulation.run_round().unwrap();
        let patched = measures.stretches.iter().find(|it| share(it.shares, InService::Patched) == 1.0);
        let current = measures.stretches.iter().find(|it| share(it.shares, InService::Current) == 1.0);
        let (patched, current) = (patched.expect("patched"), current.expect("served before the patch"));
        moved.push(patched.sycophancy_index - current.sycophancy_index);
        // The patch stays until the next launch, which review does not let through here.
        let third = simulation.run_round().unwrap();
        assert!((third.policy.sycophancy_index.mean() - patched.sycophancy_index).abs() < 0.02);
    }
    let mean = moved.iter().sum::<f64>() / 6.0;
    assert!(moved.iter().any(|it| (it - mean).abs() > 0.002), "side effects differ: {moved:?}");
}

fn share(shares: [f64; 4], which: InService) -> f64 {
    shares[InService::ALL.iter().position(|it| *it == which).unwrap()]
}

#[test]
fn fix_forward_changes_what_training_learns_from() {
    let text = format!("{JUMPY}fix_forward = {{ raters = 1.0, push = 0.1 }}\n");
    let trained = |text: &str| {
        let mut simulation = lab(text, &["factors.strict.from_round=3"]);
        simulation.run_round().unwrap();
        simulation.run_round().unwrap();
        simulation.service.deployed
    };
    assert!(trained(&text) != trained(JUMPY));
}

// One conversation in 20 days: everybody has theirs within the round, a twentieth of users on any day, watched or in a trial.
// Counts of a day are binomial; five standard deviations.
#[test]
fn those_who_talk_rarely_are_met_on_watched_days_and_in_trials() {
    let rarely = ["clock.usage='fixed'", "clock.days_per_round=20", "clock.conversations_per_day=0.05"];
    let mut simulation = lab(JUMPY, &rarely);
    simulation.run_round().unwrap();
    let second = simulation.run_round().unwrap();
    let days = |activity| second.stretches.iter().filter(move |stretch| stretch.activity == activity);
    assert_eq!((days(Activity::Watching).count(), days(Activity::Review).count()), (7, 1));
    for stretch in &second.stretches {
        let (users, share) = (stretch.active_users as f64, 0.05 * f64::from(stretch.days));
        let beyond = (stretch.total.conversations() - share * users) / (share * (1.0 - share) * users).sqrt();
        assert!(
            beyond.abs() < 5.0,
            "{} conversations in {} days",
            stretch.total.conversations(),
            stretch.days
        );
    }
    let served = days(Activity::Watching).chain(days(Activity::Serving));
    let conversations: f64 = served.map(|stretch| stretch.total.conversations()).sum();
    assert_eq!(conversations, second.stretches[0].active_users as f64);
}
