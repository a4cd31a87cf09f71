//! Whatever valid settings say, a run keeps the laws of counting, and its numbers are finite, or missing where there
//! is nothing to count, or the run ends with an error that says which number was not finite.

#![allow(clippy::disallowed_methods, reason = "tests compare with the system's functions within a tolerance")]

#[path = "laboratory/mod.rs"]
mod laboratory;

use laboratory::numbers;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use thumbscale::conversation::Tally;
use thumbscale::measure::table::{Cell, Row};
use thumbscale::measure::{RoundMeasures, reward_model_rows, round_row, segment_rows};
use thumbscale::population::Marks;
use thumbscale::scenario::{Behaviour, Scenario, Segment, Settings, Signal, SignalKind, Usage};
use thumbscale::simulation::Simulation;

/// Numbers of things, switches, shares in [0, 1] (often at the ends) and scales that are not negative.
#[derive(Clone, Debug)]
struct Recipe {
    users: u64,
    levels: u32,
    topics: u32,
    behaviours: usize,
    segments: usize,
    capacity: u32,
    iterations: u32,
    seed: u64,
    switches: [bool; 7],
    weights: [f64; 5],
    shares: [f64; 12],
    scales: [f64; 8],
}

fn share() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0f64]
}

fn scale() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.0..2.0f64, 2.0..10.0f64]
}

prop_compose! {
    fn recipe()(
        users in 50..300u64,
        levels in 2..=8u32,
        topics in 1..=16u32,
        behaviours in 1..=8usize,
        segments in 1..=6usize,
        capacity in 0..=16u32,
        iterations in 1..=2u32,
        seed in 0..1_000_000u64,
        switches in any::<[bool; 7]>(),
        weights in prop::array::uniform5(prop_oneof![Just(0.0), 0.01..2.0f64]),
        shares in prop::array::uniform12(share()),
        scales in prop::array::uniform8(scale()),
    ) -> Recipe {
        Recipe {
            users, levels, topics, behaviours, segments, capacity, iterations, seed, switches, weights, shares, scales,
        }
    }
}

impl Recipe {
    fn scenario(&self) -> Scenario {
        let mut scenario = Scenario::preset("baseline", &[]).expect("presets are valid");
        scenario.phases.truncate(1);
        let settings = &mut scenario.phases[0].settings;
        settings.run.warm_up_rounds = 0;
        settings.run.measure_rows = 40;
        settings.population.users = self.users;
        self.fill_lists(settings);
        self.fill_world(settings);
        self.fill_policy(settings);
        scenario
    }

    fn fill_lists(&self, settings: &mut Settings) {
        let (s, x) = (self.shares, self.scales);
        settings.behaviours.clear();
        settings.segments.clear();
        settings.signals.clear();
        for j in 0..self.behaviours {
            let behaviour = Behaviour {
                reference_mean: s[j],
                reference_sd: 0.05 + x[j % 8] / 10.0,
                moves_position: j % 3 == 0,
                scales_with_charge: j % 2 == 1,
                praise: j % 3 == 1,
                liking: x[(j + 1) % 8] / 5.0 - 0.5,
                dislike: x[(j + 2) % 8] / 5.0,
                harm: x[(j + 3) % 8] / 5.0,
                benefit: x[(j + 4) % 8] / 5.0 - 0.2,
                personal: s[(j + 1) % 12],
                habituation: s[(j + 2) % 12],
                complaint_level: s[(j + 3) % 12],
                ..Behaviour::default()
            };
            settings.behaviours.insert(format!("b{j}"), behaviour);
        }
        for k in 0..self.segments {
            let segment = Segment {
                share: 1.0 / self.segments as f64,
                rating_propensity: 1.0 - x[k % 8],
                cringe: x[(k + 1) % 8],
                stance_scale: x[(k + 2) % 8] / 4.0,
                ..Segment::default()
            };
            settings.segments.insert(format!("s{k}"), segment);
        }
        let kinds = [
            SignalKind::Raters,
            SignalKind::Thumbs,
            SignalKind::Engagement,
            SignalKind::DelayedOutcome,
            SignalKind::Rule,
        ];
        for (kind, weight) in kinds.into_iter().zip(self.weights) {
            let linear = [("b0".to_string(), x[0] - x[1])].into_iter().collect();
            let signal = Signal { kind, weight, rows: 60, linear, ..Signal::default() };
            settings.signals.insert(format!("{kind:?}"), signal);
        }
    }

    fn fill_world(&self, settings: &mut Settings) {
        let s = self.shares;
        let [memory, history, fixed, social, ..] = self.switches;
        settings.world.topics = self.topics;
        settings.world.stance_renewal = s[0];
        settings.memory.enabled = memory;
        settings.memory.from_history = history;
        settings.memory.capacity = self.capacity;
        settings.memory.opt_out_share = s[1];
        settings.memory.write = s[2];
        settings.memory.taste_rate = s[3];
        settings.consequences.leaving = s[4];
        settings.consequences.returning = s[5];
        settings.consequences.hardening = s[6];
        settings.consequences.belief_rate = s[7];
        settings.consequences.discovery = s[8];
        settings.population.arrival_rate = s[9];
        settings.clock.usage = if fixed { Usage::Fixed } else { Usage::Poisson };
        settings.clock.conversations_per_day = self.scales[1] / 10.0;
        settings.approval.sharpness = self.scales[2];
        settings.approval.surprise = self.scales[3];
        settings.social.influence = if social { 0.3 } else { 0.0 };
    }

    fn fill_policy(&self, settings: &mut Settings) {
        let s = self.shares;
        let [.., few, spread, normalise] = self.switches;
        let policy = &mut settings.policy;
        if few {
            policy.features = ["bias", "known", "kind:advice"].map(String::from).to_vec();
        }
        let something = self.weights.iter().any(|weight| *weight > 0.0);
        policy.levels = self.levels;
        policy.learning_rate = if something { s[10] } else { 0.0 };
        policy.kl_strength = 0.03 + s[11];
        policy.fresh_data = s[0];
        policy.fresh_data_prior = 0.1 + 10.0 * self.scales[0];
        policy.fresh_data_refits_spread = spread;
        policy.normalise_weights = normalise;
        policy.training_iterations = self.iterations;
    }
}

/// A number may be missing only if nothing was counted; a share of nothing and a spread of one are nothing.
fn check_row(row: &Row, counted: f64) -> Result<(), TestCaseError> {
    for entry in row {
        if let Cell::Number(value) = entry.cell {
            let may_miss = counted < 2.0
                || [
                    "targeting_",
                    "thumbs_up_share",
                    "_visible",
                    "offline_",
                    "_log_loss",
                    "calibration",
                    "_se",
                ]
                .iter()
                .any(|part| entry.name.contains(part));
            prop_assert!(value.is_finite() || may_miss && value.is_nan(), "{} is {value}", entry.name);
        }
    }
    Ok(())
}

fn check_tally(tally: &Tally, behaviours: usize) -> Result<(), TestCaseError> {
    let n = tally.conversations() as u64;
    prop_assert!(tally.up <= tally.rated && tally.rated <= n);
    prop_assert!(tally.visible <= n && tally.known <= n && tally.returned <= n);
    prop_assert!(tally.discoveries <= n && tally.complaints <= n);
    prop_assert!(tally.effective_deference.sum <= tally.visible as f64 + 1e-6);
    for (all, visible) in tally.levels.iter().zip(&tally.visible_levels).take(behaviours) {
        prop_assert!(visible.sum <= all.sum && visible.squares <= all.squares);
        // A level index is at most 31, and no square is below its root.
        prop_assert!(all.sum <= all.squares && all.squares <= 31 * all.sum);
        prop_assert!(all.sum <= 31 * n && visible.sum <= 31 * tally.visible);
    }
    Ok(())
}

fn check_round(measures: &RoundMeasures, settings: &Settings) -> Result<(), TestCaseError> {
    let total = measures.served.total();
    let (all, parts) = &measures.users;
    prop_assert_eq!(all.active + all.left, settings.population.users);
    prop_assert_eq!(parts.iter().map(|part| part.active).sum::<u64>(), all.active);
    let segments = &measures.served.segments;
    prop_assert_eq!(segments.iter().map(|part| part.rated).sum::<u64>(), total.rated);
    prop_assert_eq!(segments.iter().map(Tally::conversations).sum::<f64>(), total.conversations());
    let approval: f64 = segments.iter().map(|part| part.approval.sum).sum();
    prop_assert!((approval - total.approval.sum).abs() <= 1e-9 * (1.0 + approval.abs()));
    check_tally(&total, settings.behaviours.len())?;
    segments.iter().try_for_each(|part| check_tally(part, settings.behaviours.len()))?;
    for probe in &measures.policy.probes {
        prop_assert!(probe.count == 0.0 || (0.0..=1.0 + 1e-12).contains(&probe.mean()));
    }
    prop_assert!(measures.policy.kl_from_reference.sum >= -1e-9);
    let counted = total.conversations().min(all.active as f64).min(measures.policy.sycophancy_index.count);
    check_row(&round_row(measures, settings), counted)?;
    for ((row, tally), users) in segment_rows(measures, settings).iter().zip(segments).zip(parts) {
        check_row(row, tally.conversations().min(users.active as f64))?;
    }
    Ok(())
}

/// Sums in lists are within their bounds whatever happened to the users.
fn check_users(simulation: &Simulation, settings: &Settings) -> Result<(), TestCaseError> {
    let (limit, topics) = (settings.world.stance_limit as f32, settings.world.topics);
    for block in &simulation.population.blocks {
        let all = |column| numbers(column, block.users).into_iter();
        // Fixed point ends at the limit, up to the rounding of its step.
        prop_assert!(all(&block.stance_error).all(|b| b.abs() <= limit * (1.0 + f32::EPSILON)));
        prop_assert!(all(&block.trust).all(|t| (0.0..=1.0 + f32::EPSILON).contains(&t)));
        let mut kept = all(&block.satisfaction).chain(all(&block.remembered_stance));
        prop_assert!(kept.all(|x| x.is_finite()));
        let taste = thumbscale::memory::TASTE_LIMIT * (1.0 + f32::EPSILON);
        prop_assert!(all(&block.remembered_taste).all(|x| x.abs() <= taste));
        let most = settings.memory.capacity.min(topics);
        prop_assert!(block.remembered_topics.iter().all(|bits| bits.count_ones() <= most));
        let mut opted_out = (0..block.users).filter(|&i| block.marks[i].has(Marks::OPTED_OUT));
        let unknown = |i: usize| block.remembered_topics[i] == 0 && !block.marks[i].has(Marks::TASTE_KNOWN);
        prop_assert!(opted_out.all(unknown));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_valid_settings_run(recipe in recipe()) {
        let scenario = recipe.scenario();
        let settings = scenario.settings_in(1);
        let mut simulation = Simulation::new(&scenario, recipe.seed);
        for _ in 0..3 {
            match simulation.run_round() {
                Ok(measures) => {
                    check_round(&measures, settings)?;
                    check_users(&simulation, settings)?;
                    for row in reward_model_rows(measures.round, &simulation.trainer.models, settings) {
                        check_row(&row, measures.served.total().conversations())?;
                    }
                }
                Err(error) => prop_assert!(false, "{error}"),
            }
        }
    }
}
