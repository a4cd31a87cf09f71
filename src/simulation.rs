//! THE ROUND. Serve -> collect feedback -> fit reward models and train a candidate -> review -> launch or hold ->
//! the world moves on -> measure. Everything else in this library is a part of one of these steps.

use crate::conversation::{SampleSizes, Served, conversation_rate};
use crate::launch::{
    Baseline, DayCounts, InService, Launched, Reviewing, Rivals, Stretch, World, live_through_launch, review,
    sampled_index,
};
use crate::measure::{RoundMeasures, mean_sycophancy_index, measure_offline, measure_policy, measure_users};
use crate::memory::update_forgetting;
use crate::policy::{Feature, FeatureList, Policy, as_served, with_patch};
use crate::population::{Population, update_between_rounds, update_social_influence};
use crate::scenario::{Scenario, Settings, SignalKind};
use crate::training::Trainer;
use std::borrow::Cow;

/// A run that cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SimulationError {
    /// A quantity became infinite or undefined.
    #[error(
        "round {round}: {quantity} is not a finite number ({value}); check for extreme weights, a tiny policy.kl_strength, or a window without feedback"
    )]
    NotFinite {
        /// Round, from 1.
        round: i64,
        /// What is not finite.
        quantity: &'static str,
        /// Its value.
        value: f64,
    },
}

/// A policy with the reference it was trained against: what is stored at a launch and can be gone back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// The policy.
    pub policy: Policy,
    /// The reference policy.
    pub reference: Policy,
}

/// A launch at the end of the round before.
#[derive(Clone, Debug, PartialEq)]
struct Launch {
    replaced: Release,
    before: Baseline,
}

/// A run between two rounds: everything that the next round depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    scenario: Scenario,
    seed: u64,
    features: FeatureList,
    /// Users and what the assistant remembers of them.
    pub population: Population,
    /// The policy in service.
    pub deployed: Policy,
    /// The reference policy as it was before the first round.
    pub original: Policy,
    /// Reward models and the current reference.
    pub trainer: Trainer,
    /// Rounds done, warm-up included; the address of random draws counts from here.
    pub rounds_done: u32,
    first_day: u64,
    rating_share: f64,
    /// The launch that the next round begins with, if there was one.
    launch: Option<Launch>,
    /// Whether the deployed policy runs with a patched system prompt.
    patched: bool,
    /// Whether an incident was noticed, so that training is to change.
    noticed: bool,
    /// Sycophancy index in round 1, above which rises are counted.
    start_index: Option<f64>,
}

/// What serving a round left behind.
struct RoundServed {
    served: Served,
    stretches: Vec<Stretch>,
    /// Which policy is in service at the end.
    which: InService,
    /// The policy that the deployed one replaced, as served, if the round began with a launch.
    previous: Option<Policy>,
    noticed: Option<u32>,
}

impl Simulation {
    /// Users as they are before the first round, served by the reference policy.
    pub fn new(scenario: &Scenario, seed: u64) -> Self {
        let settings = scenario.settings_in(0);
        let features = Feature::list(settings);
        let reference = Policy::from_scenario(settings, &features);
        Self {
            scenario: scenario.clone(),
            seed,
            population: Population::sample(settings, seed),
            deployed: reference.clone(),
            trainer: Trainer::new(settings, &reference),
            original: reference,
            features,
            rounds_done: 0,
            first_day: 0,
            rating_share: 0.01,
            launch: None,
            patched: false,
            noticed: false,
            start_index: None,
        }
    }

    /// Runs the next round. Rounds of the warm-up are numbered up to 0, then they count from 1; in the warm-up every
    /// candidate is launched and nothing is watched.
    ///
    /// # Errors
    /// If a number stops being finite; the message names it.
    pub fn run_round(&mut self) -> Result<RoundMeasures, SimulationError> {
        let scenario = self.scenario.clone();
        let round = self.rounds_done + 1;
        let number = i64::from(round) - i64::from(scenario.settings_in(0).run.warm_up_rounds);
        let settings = scenario.settings_in(number.max(0) as u32);

        // 1. Serve: users ask, the policy in service answers, users react. After a launch day by day, watched.
        let launched = as_served(&self.deployed, settings, self.seed);
        let RoundServed { mut served, mut stretches, which, previous, noticed } =
            self.serve_round(&launched, settings, round);
        let in_service = self.as_served(settings);

        // 2. Measure the policy that the round began with (and the reward models that made it).
        let rows =
            &served.sample.uniform[..served.sample.uniform.len().min(settings.run.measure_rows as usize)];
        let policy = measure_policy(
            &launched,
            &self.original,
            &self.trainer.reference,
            &self.trainer.reward,
            rows,
            &self.features,
            settings,
        );
        let offline = measure_offline(&launched, &self.features, settings);

        // 3. Train a candidate on the feedback: reward models refitted, policy stepped, reference refitted.
        let release = Release { policy: self.deployed.clone(), reference: self.trainer.reference.clone() };
        let training = self.training_settings(settings);
        let candidate =
            self.trainer.train_candidate(&self.deployed, &served.sample, &training, self.seed, round);

        // 4. Review it: checks at the desk and with users, then the rule.
        let as_served = as_served(&candidate, settings, self.seed);
        let reviewing = Reviewing {
            rivals: Rivals { candidate: &as_served, incumbent: &in_service, which },
            rows: &served.sample.uniform,
            first_day: settings.clock.days_per_round,
        };
        let reviewed_settings = if number > 0 { Cow::Borrowed(settings) } else { without_review(settings) };
        let mut world = self.world(&reviewed_settings, round);
        let (mut reviewed, in_review) = review(&mut world, reviewing);
        let before = self.baseline(&served, &in_service, settings, round);

        // 5. Launch or hold.
        if reviewed.decision.launched {
            self.deployed = candidate;
            self.launch = (number > 0).then_some(Launch { replaced: release, before });
            self.patched = false;
        } else {
            self.trainer.reference = release.reference;
        }

        // 6. The world moves on: users talk to each other, questions are new, memories fade, people come and go.
        let users = measure_users(&self.population, settings);
        let days = settings.clock.days_per_round + reviewed.days;
        update_social_influence(&mut self.population, settings, self.seed);
        update_between_rounds(&mut self.population, settings, self.seed, round);
        update_forgetting(&mut self.population, settings, self.seed, round, days);

        // 7. Measure what was in service on each day, and close the round.
        let index = policy.sycophancy_index.mean();
        if number > 0 && self.start_index.is_none() {
            self.start_index = Some(index);
        }
        let candidate_index = mean_sycophancy_index(&as_served, rows, &self.features, settings);
        let mean_index = |policy: &Policy| mean_sycophancy_index(policy, rows, &self.features, settings);
        let patched = with_patch(&launched, settings, self.seed, round);
        let index_of =
            [index, mean_index(&patched), previous.as_ref().map_or(f64::NAN, mean_index), candidate_index];
        let alarm_level = self.start_index.unwrap_or(index) + settings.monitoring.alarm_rise;
        in_review.into_iter().for_each(|part| served.extend(part));
        stretches.append(&mut reviewed.stretches);
        stretches.iter_mut().for_each(|stretch| stretch.measure_index(&index_of, alarm_level));
        let total = served.total();
        if total.rated > 0 {
            self.rating_share = total.rated as f64 / total.conversations();
        }
        let first_day = self.first_day;
        if number > 0 {
            self.first_day += u64::from(days);
        }
        self.rounds_done = round;
        let measures = RoundMeasures {
            round: number,
            first_day,
            policy,
            offline,
            served,
            users,
            review: reviewed,
            candidate_index,
            stretches,
            noticed,
        };
        check_finite(&measures, &self.deployed)?;
        Ok(measures)
    }

    /// Serves a round. If it begins with a launch that is rolled out or watched, its first days are lived one by one.
    fn serve_round(&mut self, launched: &Policy, settings: &Settings, round: u32) -> RoundServed {
        let launch = self.launch.take();
        let day_by_day = settings.monitoring.watch_days > 0 || settings.review.rollout_days > 0;
        let Some(launch) = launch.filter(|_| day_by_day) else {
            let in_service = self.as_served(settings);
            let which = self.which();
            let (served, stretch) = self.world(settings, round).serve_rest(0, which, &in_service);
            return RoundServed { served, stretches: vec![stretch], which, previous: None, noticed: None };
        };
        let previous = as_served(&launch.replaced.policy, settings, self.seed);
        let patched = with_patch(launched, settings, self.seed, round);
        let policies = Launched { previous: &previous, current: launched, patched: &patched };
        let mut lived = live_through_launch(&mut self.world(settings, round), policies, launch.before);
        self.patched = lived.patched && !lived.rolled_back;
        self.noticed |= lived.noticed.is_some();
        if lived.rolled_back {
            self.deployed = launch.replaced.policy;
            self.trainer.reference = launch.replaced.reference;
        }
        let day = lived.stretches.len() as u32;
        let which = if lived.rolled_back { InService::Previous } else { self.which() };
        if day < settings.clock.days_per_round {
            let in_service = self.as_served(settings);
            let (served, stretch) = self.world(settings, round).serve_rest(day, which, &in_service);
            lived.served.extend(served);
            lived.stretches.push(stretch);
        }
        RoundServed {
            served: lived.served.in_order(self.sample_sizes(settings)),
            stretches: lived.stretches,
            which,
            previous: Some(previous),
            noticed: lived.noticed,
        }
    }

    /// The deployed policy with its system prompt.
    fn as_served(&self, settings: &Settings) -> Policy {
        let served = as_served(&self.deployed, settings, self.seed);
        if self.patched { with_patch(&served, settings, self.seed, self.rounds_done + 1) } else { served }
    }

    fn which(&self) -> InService {
        if self.patched { InService::Patched } else { InService::Current }
    }

    fn world<'a>(&'a mut self, settings: &'a Settings, round: u32) -> World<'a> {
        let (sizes, seed) = (self.sample_sizes(settings), self.seed);
        World { population: &mut self.population, settings, features: &self.features, seed, round, sizes }
    }

    /// How things are before a launch: the round's complaints and thumbs, and the sampled index of the incumbent.
    fn baseline(
        &mut self,
        served: &Served,
        in_service: &Policy,
        settings: &Settings,
        round: u32,
    ) -> Baseline {
        let total = served.total();
        let day = settings.clock.days_per_round;
        let index = sampled_index(&self.world(settings, round), in_service, day);
        Baseline::from_counts(&DayCounts {
            conversations: total.conversations(),
            complaints: total.complaints as f64,
            rated: total.rated,
            up: total.up,
            canary: Some(index),
        })
    }

    /// The settings that training goes by: after an incident with the weights of `monitoring.fix_forward`.
    fn training_settings<'s>(&self, settings: &'s Settings) -> Cow<'s, Settings> {
        if !self.noticed || settings.monitoring.fix_forward.0.is_empty() {
            return Cow::Borrowed(settings);
        }
        let mut changed = settings.clone();
        for (name, signal) in &mut changed.signals {
            signal.weight = settings.monitoring.fix_forward.0.get(name).copied().unwrap_or(signal.weight);
        }
        Cow::Owned(changed)
    }

    /// Rows that this round's learners and measures may use.
    fn sample_sizes(&self, settings: &Settings) -> SampleSizes {
        let rows = |thumbs: bool| {
            let fitting =
                settings.signals.values().filter(|signal| (signal.kind == SignalKind::Thumbs) == thumbs);
            fitting.map(|signal| signal.rows as usize).max().unwrap_or(0)
        };
        let active: u64 =
            self.population.blocks.iter().flat_map(|block| &block.active).map(|&a| u64::from(a)).sum();
        SampleSizes {
            rated_rows: rows(true).max(1),
            uniform_rows: rows(false).max(settings.run.measure_rows as usize),
            expected_conversations: active as f64 * conversation_rate(settings) * 0.7,
            expected_rating_share: self.rating_share,
        }
    }

    /// The same run continued under another scenario, which must agree with this one on the rounds done.
    pub fn with_scenario(&self, scenario: &Scenario) -> Self {
        Self { scenario: scenario.clone(), ..self.clone() }
    }

    /// The scenario that is run.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }
}

/// The same settings without checks, for the warm-up.
fn without_review(settings: &Settings) -> Cow<'_, Settings> {
    let mut changed = settings.clone();
    changed.checks.clear();
    Cow::Owned(changed)
}

/// Refuses to go on with numbers that are not numbers. Means of nothing (a round without conversations) are no
/// error: they are reported as missing.
fn check_finite(measures: &RoundMeasures, deployed: &Policy) -> Result<(), SimulationError> {
    let total = measures.served.total();
    let checks = [
        ("a policy weight", deployed.weights.iter().copied().find(|w| !w.is_finite()).unwrap_or(0.0)),
        ("the sum of approval", total.approval.sum),
        ("the sum of benefit", total.benefit.sum),
        ("the sum of sycophancy indices", measures.policy.sycophancy_index.sum),
        ("the sum of proxy rewards", measures.policy.proxy_reward.sum),
    ];
    match checks.into_iter().find(|(_, value)| !value.is_finite()) {
        Some((quantity, value)) => Err(SimulationError::NotFinite { round: measures.round, quantity, value }),
        None => Ok(()),
    }
}
