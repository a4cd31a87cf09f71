//! Settings at the ends of their ranges, one or a few at a time: a run has finite and plausible numbers, or the scenario is
//! refused with the key, or the run ends with the round and the quantity. Nothing panics and no number is quietly bent.

use std::ops::ControlFlow;
use thumbscale::analysis::study::{Study, Variant, run_study};
use thumbscale::measure::table::{Column, Table, Values};
use thumbscale::population::TO_NEAREST;
use thumbscale::scenario::{Scenario, preset_loader};
use thumbscale::simulation::{Simulation, SimulationError};

/// What must become of a case.
#[derive(Clone, Copy, Debug)]
enum Ends {
    /// All numbers are finite and plausible, or missing where nothing was counted.
    Well,
    /// The same, without a single conversation.
    Silent,
    /// The scenario is refused, and this key is named.
    Refused(&'static str),
    /// The run stops, and the error says all of this.
    Stops(&'static [&'static str]),
}
use Ends::{Refused, Silent, Stops, Well};

/// TOML laid over `all-three`, values as by `--set`, and what must become of it.
type Case = (&'static str, &'static [&'static str], Ends);

/// Few users and two rounds.
const SMALL: [&str; 8] = [
    "population.users=300",
    "run.rounds=2",
    "run.warm_up_rounds=1",
    "run.measure_rows=64",
    "run.replicates=1",
    "signals.raters.rows=256",
    "signals.thumbs.rows=256",
    "clock.conversations_per_day=1.0",
];

/// All three factors from the first round on.
const ALL: &str =
    "factors.thumbs.from_round = 1\nfactors.memory.from_round = 1\nfactors.fresh_data.from_round = 1\n";
/// Without that of thumbs.
const TWO: &str = "active_factors = ['memory', 'fresh_data']\nfactors.thumbs = false\n\
    factors.memory.from_round = 1\nfactors.fresh_data.from_round = 1\n";

/// One behaviour, kind of prompt and segment.
const ONE_OF_EACH: &str = "[behaviours]\nflattery = false\namplification = false\nsubstance = false\n\
    [prompts]\nadvice = false\nfeedback = false\nemotional = false\nfactual.share = 1.0\n\
    [segments]\nexpert = false\nvulnerable = false\nflattery-averse = false\ngeneral.share = 1.0\n";
const NO_BEHAVIOURS: &str =
    "[behaviours]\ndeference = false\nflattery = false\namplification = false\nsubstance = false\n";
const STRONG_RULE: &str = "[signals.wish]\nkind = 'rule'\nweight = 1e6\nlinear = { flattery = 1e6 }\n";

#[rustfmt::skip]
const WEIGHTS: &[Case] = &[
    ("", &[], Well),
    ("", &["factors.thumbs.set.signals.thumbs.weight=0"], Well),
    ("", &["signals.raters.weight=0", "factors.thumbs.set.signals.thumbs.weight=0"], Refused("signals")),
    ("", &["signals.raters.weight=0", "factors.thumbs.set.signals.thumbs.weight=0", "policy.learning_rate=0.0"], Well),
    ("", &["signals.raters.weight=1e6"], Well),
    ("", &["signals.raters.weight=1e6", "policy.normalise_weights=false"], Well),
    ("", &["signals.raters.weight=1e7"], Refused("signals.raters.weight")),
    ("", &["signals.raters.weight=nan"], Refused("signals.raters.weight")),
    (STRONG_RULE, &["policy.normalise_weights=false", "policy.kl_strength=1e-9"], Well),
    ("[signals]\nraters = false\n", &[], Refused("signals")),
    ("", &["policy.kl_strength=1e-9"], Well),
    ("", &["policy.kl_strength=1e6"], Well),
    ("", &["policy.kl_strength=0"], Refused("policy.kl_strength")),
    ("", &["policy.kl_strength=inf"], Refused("policy.kl_strength")),
];

#[rustfmt::skip]
const FEEDBACK: &[Case] = &[
    ("", &["signals.raters.rows=1", "signals.thumbs.rows=1"], Well),
    ("", &["signals.raters.rows=0"], Refused("signals.raters.rows")),
    ("", &["signals.raters.l2=1e-9", "signals.thumbs.l2=1e-9"], Well),
    ("", &["signals.raters.l2=1e9", "signals.thumbs.l2=1e9"], Well),
    ("", &["signals.raters.sharpness=50.0", "signals.raters.l2=1e-9"], Well),
    ("", &["signals.thumbs.inverse_propensity=true", "segments.general.rating_propensity=-20.0"], Well),
    ("", &["signals.thumbs.kind=scores", "signals.thumbs.score_noise_sd=1e6"], Well),
    // With two levels a and its square are the same, and only a penalty that rounding eats could tell them apart.
    ("", &["signals.thumbs.kind=scores", "signals.thumbs.l2=1e-9", "policy.levels=2", "signals.thumbs.rows=100000", "clock.conversations_per_day=50.0", "signals.thumbs.window=6", "policy.training_iterations=6"],
        Stops(&["round 1,", "`thumbs`", "rows", "singular", "raise signals.thumbs.l2"])),
    ("", &["policy.fresh_data_prior=1e-6", "policy.fresh_data_refits_spread=true", "factors.fresh_data.set.policy.fresh_data=1.0"], Well),
    ("", &["segments.general.rating_propensity=-20.0"], Well),
    ("", &["segments.general.rating_propensity=20.0"], Well),
];

#[rustfmt::skip]
const SIZES: &[Case] = &[
    ("", &["population.users=1"], Well),
    ("", &["population.users=0"], Refused("population.users")),
    ("", &["run.rounds=1"], Well),
    ("", &["run.rounds=0"], Refused("run.rounds")),
    ("", &["run.replicates=0"], Refused("run.replicates")),
    ("", &["policy.levels=2"], Well),
    ("", &["policy.levels=32"], Well),
    ("", &["policy.levels=1"], Refused("policy.levels")),
    (ONE_OF_EACH, &["world.topics=1"], Well),
    (ONE_OF_EACH, &["world.topics=1", "population.users=1", "policy.levels=2", "run.rounds=1"], Well),
    (NO_BEHAVIOURS, &[], Refused("behaviours")),
    ("", &["memory.capacity=0"], Well),
    ("", &["memory.capacity=16", "world.topics=16"], Well),
    ("", &["clock.conversations_per_day=0"], Silent),
    ("", &["clock.conversations_per_day=50.0", "clock.days_per_round=30"], Well),
    ("", &["clock.conversations_per_day=50.0", "clock.days_per_round=3650", "population.users=3"], Well),
    ("", &["clock.conversations_per_day=51.0"], Refused("clock.conversations_per_day")),
    ("", &["clock.turns_per_conversation=100"], Well),
];

#[rustfmt::skip]
const WORLD: &[Case] = &[
    ("", &["world.stance_limit=0.1"], Well),
    ("", &["world.stance_limit=100.0", "world.stance_sd=10.0", "consequences.hardening=1.0"], Well),
    ("", &["world.stance_sd=0.0", "world.model_error_sd=0.0", "world.stance_noise_stated=0.0"], Well),
    ("", &["world.belief_rule=bayesian", "evidence.reliability=0.999", "world.stance_limit=100.0"], Well),
    ("", &["approval.reference=20.0"], Well),
    ("", &["approval.reference=-20.0"], Well),
    ("", &["approval.sharpness=50.0", "approval.surprise=20.0", "approval.accuracy=20.0"], Well),
    ("", &["behaviours.flattery.reference_sd=0.01", "behaviours.deference.reference_sd=10.0"], Well),
    ("", &["consequences.leaving=1.0", "consequences.returning=0.0", "population.arrival_rate=0.0"], Well),
    ("", &["checks.ab_test.role=blocking", "checks.ab_test.threshold=1.0"], Well),
    ("", &["checks.ab_test.role=blocking", "checks.ab_test.threshold=-1.0"], Refused("checks.ab_test.threshold")),
    ("", &["checks.offline_eval.role=blocking", "checks.offline_eval.threshold=0.0"], Well),
    ("", &["monitoring.watch_days=7", "monitoring.complaints=true", "monitoring.rollback=true"], Well),
];

#[rustfmt::skip]
const OPTIMISERS: &[Case] = &[
    ("", &["policy.optimiser=reinforce", "optimiser.steps=5", "optimiser.step_size=1000.0"], Well),
    ("", &["policy.optimiser=ppo", "optimiser.steps=5", "policy.kl_strength=1e9"], Well),
    ("", &["policy.optimiser=grpo", "optimiser.steps=5", "optimiser.kl_penalty=loss", "policy.kl_strength=1e6"], Well),
    ("", &["policy.optimiser=kto", "optimiser.steps=5", "policy.kl_strength=1e6", "optimiser.step_size=1000.0"], Well),
    ("", &["policy.optimiser=dpo", "optimiser.pairs=200", "policy.kl_strength=1e-9", "optimiser.l2=1e-9"], Well),
    ("", &["policy.optimiser=best_of_n", "optimiser.best_of=200", "optimiser.prior=1e-6"], Well),
    ("", &["policy.optimiser=reinforce", "clock.conversations_per_day=0"], Silent),
];

fn scenario(text: &str, sets: &[&str]) -> Result<Scenario, String> {
    let factors = if text.contains("factors.thumbs = false") { "" } else { ALL };
    let text = format!("base = 'all-three.toml'\n{factors}{text}");
    let sets: Vec<String> = SMALL.iter().chain(sets).map(|set| set.to_string()).collect();
    Scenario::from_toml("extreme.toml", &text, &preset_loader, &sets)
        .map_err(|errors| errors.0.iter().map(|it| format!("[{}] {}\n", it.key, it.message)).collect())
}

fn run(scenario: Scenario) -> Result<Study, SimulationError> {
    let only = [Variant { name: "all".into(), scenario }];
    run_study(&only, |_| ControlFlow::Continue(()))
}

/// What became of a case, if it is not what must become of it.
fn complaint(&(text, sets, ends): &Case) -> Option<String> {
    let found = scenario(text, sets).map(run);
    match (ends, found) {
        (Well, Ok(Ok(study))) => implausible(&study, false),
        (Silent, Ok(Ok(study))) if study.conversations == 0 => implausible(&study, true),
        (Refused(key), Err(errors)) => {
            (!errors.contains(&format!("[{key}]"))).then(|| format!("does not name {key}: {errors}"))
        }
        (Stops(words), Ok(Err(error))) => {
            let said = error.to_string();
            words.iter().find(|word| !said.contains(**word)).map(|word| format!("no {word:?} in: {said}"))
        }
        (_, Ok(Ok(study))) => Some(format!("ran, with {} conversations", study.conversations)),
        (_, Ok(Err(error))) => Some(format!("stopped: {error}")),
        (_, Err(errors)) => Some(format!("was refused: {errors}")),
    }
}

/// A number that is not finite though something was counted, or that cannot be.
fn implausible(study: &Study, silent: bool) -> Option<String> {
    let tables = &study.tables;
    let rounds = tables.rounds.columns.iter().filter(|_| !silent);
    let counted = rounds.chain(&tables.checks.columns);
    let missing = counted.filter(|column| !may_miss(&column.name)).find(|column| has(column, f64::is_nan));
    let all = [&tables.rounds, &tables.segments, &tables.reward_models, &tables.checks, &tables.days];
    let outside = |x: f64| x.is_finite() && !(-1e-9..=1.0 + 1e-9).contains(&x);
    let bent = all
        .into_iter()
        .flat_map(|table| &table.columns)
        .find(|column| has(column, f64::is_infinite) || is_share(column) && has(column, outside));
    let found = missing.or(bent).map(|column| format!("{}: {:?}", column.name, column.values));
    found.or_else(|| beyond_counting(&tables.rounds))
}

/// Means of what need not occur: targeting compares two segments, thumbs need ratings, substance needs a useful behaviour,
/// a standard error needs two values.
fn may_miss(column: &str) -> bool {
    let reasons = ["targeting_", "thumbs_up", "offline_substance", "_se", "_visible"];
    reasons.iter().any(|part| column.contains(part))
}

fn has(column: &Column, odd: impl Fn(f64) -> bool) -> bool {
    matches!(&column.values, Values::Number(values) if values.iter().any(|&value| odd(value)))
}

/// Whether a column holds shares, levels or probabilities, which lie in [0, 1].
fn is_share(column: &Column) -> bool {
    let difference = ["targeting_", "ab_effect_", "calibration_error"];
    ["share", "level", "probability"].contains(&column.unit)
        && !difference.iter().any(|part| column.name.starts_with(part))
        && !column.name.ends_with("_se")
}

fn beyond_counting(rounds: &Table) -> Option<String> {
    let kl = rounds.numbers("kl_from_reference_nats").unwrap_or_default();
    kl.iter().find(|kl| **kl < -1e-9).map(|kl| format!("KL is {kl}"))
}

fn check(cases: &[Case]) {
    let complaints: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{:?} {:?} {}", case.0, case.1, complaint(case)?)))
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn extreme_weights_and_penalties() {
    check(WEIGHTS);
    check(&[(TWO, &["signals.thumbs=false"], Well)]);
}

#[test]
fn little_much_and_useless_feedback() {
    check(FEEDBACK);
}

#[test]
fn one_and_very_many_of_everything() {
    check(SIZES);
}

#[test]
fn extreme_worlds_and_thresholds() {
    check(WORLD);
}

#[test]
fn optimisers_far_from_their_defaults() {
    check(OPTIMISERS);
}

// The table is able to complain.
#[test]
fn negative_control() {
    let cases: [Case; 4] = [
        ("", &["run.rounds=1"], Refused("run.rounds")),
        ("", &["run.rounds=0"], Well),
        ("", &["run.rounds=1"], Silent),
        ("", &["run.rounds=1"], Stops(&["round"])),
    ];
    assert!(cases.iter().all(|case| complaint(case).is_some()));
}

/// A way to put a number that is none into the state of a run.
type Poison = fn(&mut Simulation, f64);

/// With the words by which the error must name it.
const POISONS: [(&str, Poison); 8] = [
    ("a weight of the policy in service", |it, x| it.service.deployed.weights[(0, 0)] = x),
    ("the KL from the current reference", |it, x| it.trainer.reference.weights[(0, 0)] = x),
    ("the sum of proxy rewards", |it, x| it.original.weights[(0, 0)] = x),
    ("the sum of proxy rewards", |it, x| it.trainer.reward[(0, 0)] = x),
    ("a stance error", |it, x| it.population.blocks[0].stance_error.set(0, 7, x as f32, TO_NEAREST)),
    ("trust", |it, x| it.population.blocks[0].trust.set(0, 7, x as f32, TO_NEAREST)),
    ("satisfaction", |it, x| it.population.blocks[0].satisfaction.set(0, 7, x as f32, TO_NEAREST)),
    ("habituation", |it, x| it.population.blocks[0].habituation.set(0, 7, x as f32, TO_NEAREST)),
];

/// What a user has.
const STATES: [&str; 4] = ["a stance error", "trust", "satisfaction", "habituation"];

// Wherever a number that is none gets in, the round in which it acts ends with an error that names both.
#[test]
fn a_number_that_is_none_ends_the_round_with_an_error() {
    for (what, poison) in POISONS {
        let of_user = ["a stance error", "trust", "satisfaction", "habituation"].contains(&what);
        // One who talks passes it on to all of these.
        let talk = format!("clock.conversations_per_day={:?}", if of_user { 0.0 } else { 0.2 });
        let scenario = scenario("", &["run.warm_up_rounds=0", "run.state='wide'", &talk]).expect("valid");
        let mut simulation = Simulation::new(&scenario, 1);
        simulation.run_round().expect("nothing is wrong yet");
        poison(&mut simulation, f64::NAN);
        let error = simulation.run_round().err().unwrap_or_else(|| panic!("{what} went on"));
        let said = error.to_string();
        println!("{said}");
        // Within a round one state of a user spreads to the others.
        let of_users = |words: &str| STATES.iter().any(|state| words.contains(state));
        let named = said.contains(what) || of_users(what) && of_users(&said);
        assert!(said.starts_with("round 2") && named, "{what}: {said}");
    }
}
