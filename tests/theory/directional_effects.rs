//! Law: raise one setting and one measure must move the way that the model's equations say (the table below).
//! Source: docs/model.md, sections 2 to 6: the sign of a derivative. Assumptions: the rest stays as in the baseline.
//! Statistic: the measure in the last of six rounds, settings low and high, same seeds (common random numbers).
//! Tolerance: the mean difference over twelve seeds has the sign and exceeds four of its standard errors.
//! Negative control: a setting that does nothing moves no measure.

use crate::laboratory::{Z, mean_sd_se, run, scenario};
use thumbscale::measure::{RoundMeasures, round_row, table::Cell};
use thumbscale::scenario::Scenario;

/// Setting, low, high, measure, whether it must rise, and what else is set.
type Effect = (&'static str, &'static str, &'static str, &'static str, bool, &'static [&'static str]);

const MEMORY: &[&str] = &["memory.enabled=true"];
const LOOP: &[&str] =
    &["memory.enabled=true", "signals.thumbs.weight=0.7", "segments.general.rating_propensity=-1"];
/// The same with more users: what the anchor does is seen through the noise of fits.
const MANY: &[&str] = &[
    "memory.enabled=true",
    "signals.thumbs.weight=0.7",
    "segments.general.rating_propensity=-1",
    "population.users=4000",
    "signals.thumbs.rows=1000",
];
const THUMBS: &[&str] = &["signals.thumbs.weight=3", "segments.general.rating_propensity=0"];

const OF_LEARNING: &[Effect] = &[
    // What thumbs reward.
    ("behaviours.flattery.dislike", "0.2", "1.5", "mean_flattery", false, THUMBS),
    ("segments.general.cringe", "0.5", "2.5", "mean_flattery", false, THUMBS),
    ("behaviours.flattery.liking", "0.2", "1.0", "mean_flattery", true, THUMBS),
    ("segments.general.expertise", "0.1", "0.9", "mean_deference_visible", false, THUMBS),
    ("signals.thumbs.weight", "0.0", "2.0", "sycophancy_index", true, RATED),
    ("policy.fresh_data", "0.0", "1.0", "kl_from_reference_nats", true, MANY),
    // What raters reward, and how hard the policy is optimised.
    ("signals.raters.cringe", "0.3", "3.0", "mean_flattery", false, COMPARED),
    ("signals.raters.sharpness", "0.3", "3.0", "kl_from_reference_nats", true, COMPARED),
    ("policy.kl_strength", "0.06", "0.5", "kl_from_reference_nats", false, &[]),
    ("policy.learning_rate", "0.05", "0.5", "kl_from_reference_nats", true, &[]),
];

const OF_MEMORY_AND_USERS: &[Effect] = &[
    // Memory.
    ("memory.retention_days", "5.0", "500.0", "memory_known_share", true, MEMORY),
    ("memory.opt_out_share", "0.0", "0.6", "memory_known_share", false, MEMORY),
    ("memory.write", "0.1", "0.9", "visible_share", true, MEMORY),
    ("memory.capacity", "1", "4", "visible_share", true, MEMORY),
    ("memory.enabled", "false", "true", "effective_deference", true, COMPARED),
    ("memory.personal", "0.0", "2.0", "approval", true, MEMORY),
    // Users.
    (
        "approval.reference",
        "-0.5",
        "0.2",
        "thumbs_up_share",
        false,
        &["segments.general.rating_propensity=0"],
    ),
    ("approval.surprise", "0.2", "2.0", "rating_share", true, &[]),
    ("world.stance_noise_stated", "0.1", "2.0", "approval", false, &[]),
    ("world.model_error_sd", "0.1", "0.8", "user_benefit", false, &[]),
    ("world.stance_renewal", "0.0", "0.5", "mean_abs_stance_error", true, &[]),
    ("consequences.belief_rate", "0.0", "0.5", "mean_abs_stance_error", false, &[]),
    ("consequences.hardening", "0.0", "0.8", "mean_abs_stance_error", true, &[]),
    ("consequences.discovery", "0.0", "1.0", "discoveries_per_million", true, &[]),
    ("consequences.trust_loss", "0.0", "1.0", "mean_trust", false, &["world.model_error_sd=1.0"]),
    ("consequences.leaving", "0.0", "0.2", "active_users", false, &[]),
    ("consequences.complaint_rate", "0.0", "1.0", "complaints_per_million", true, SHAMELESS),
    ("clock.usage_at_zero_trust", "0.0", "1.0", "conversations", true, &[]),
];
const RATED: &[&str] = &[
    "memory.enabled=true",
    "segments.general.rating_propensity=0",
    "population.users=3000",
    "signals.thumbs.rows=2000",
];
/// Enough comparisons that their noise is small.
const COMPARED: &[&str] = &["population.users=3000", "signals.raters.rows=2000"];
const SHAMELESS: &[&str] = &["behaviours.flattery.complaint_level=0.1"];

fn number(measures: &RoundMeasures, scenario: &Scenario, name: &str) -> f64 {
    let row = round_row(measures, scenario.settings_in(1));
    let entry = row.into_iter().find(|entry| entry.name == name);
    match entry.unwrap_or_else(|| panic!("there is no measure {name}")).cell {
        Cell::Number(value) => value,
        Cell::Integer(value) => value as f64,
        Cell::Text(_) => panic!("{name} is no number"),
    }
}

/// Mean difference high minus low over seeds, and its standard error.
fn difference((key, low, high, measure, _, others): &Effect) -> (f64, f64) {
    let with = |value: &str| {
        let own = format!("{key}={value}");
        let sets = ["population.users=1500", "run.rounds=6", "run.measure_rows=100"];
        let rows = ["signals.raters.window=2", "signals.thumbs.window=2", "signals.thumbs.rows=400"];
        scenario("", &[&sets[..], &rows, others, &[own.as_str()]].concat())
    };
    let (low, high) = (with(low), with(high));
    let gaps: Vec<f64> = (1..=12)
        .map(|seed| {
            let last = |scenario: &Scenario| {
                let (_, rounds) = run(scenario, seed);
                number(rounds.last().expect("six rounds"), scenario, measure)
            };
            last(&high) - last(&low)
        })
        .collect();
    let (mean, _, error) = mean_sd_se(&gaps);
    (mean, error)
}

fn assert_right_way(effects: &[Effect]) {
    let wrong: Vec<String> = effects
        .iter()
        .filter_map(|effect| {
            let (mean, error) = difference(effect);
            let rise = if effect.4 { mean } else { -mean };
            (rise <= Z * error).then(|| format!("{} -> {}: {mean} +- {error}", effect.0, effect.3))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_rewarded_is_learned() {
    assert_right_way(OF_LEARNING);
}

#[test]
fn memory_and_users_move_the_right_way() {
    assert_right_way(OF_MEMORY_AND_USERS);
}

#[test]
fn a_setting_that_does_nothing_moves_nothing() {
    let idle: Effect = ("population.real_users", "1000.0", "5000.0", "sycophancy_index", true, LOOP);
    assert_eq!(difference(&idle), (0.0, 0.0));
}
