//! THE ROUND. Serve -> collect feedback -> fit reward models and train a candidate -> review -> launch or hold ->
//! the world moves on -> measure. Everything else in this library is a part of one of these steps.

mod finite;
mod parts;

pub use parts::Parts;

use crate::conversation::{SampleSizes, Served, conversation_rate};
use crate::feedback::Interaction;
use crate::launch::{Baseline, DayCounts, Reviewing, Rivals, Stretch, World, review, sampled_index};
use crate::measure::{RoundMeasures, mean_sycophancy_index, measure_offline, measure_policy, measure_users};
use crate::policy::{Feature, FeatureList, Policy, as_served};
use crate::population::{Population, update_between_rounds, update_knowledge, update_social_influence};
use crate::scenario::{Scenario, Settings, SignalKind};
use crate::service::{Policies, Release, RoundServed, Service};
use crate::training::{Held, Trainer, TrainingError};
use finite::{check_measures, check_policy, check_served, check_users};
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
    /// A candidate could not be trained.
    #[error("round {round}, {source}")]
    Training {
        /// Round, from 1; up to 0 in the warm-up.
        round: i64,
        /// Which part of training, why, and what to do.
        source: TrainingError,
    },
}

/// A run between two rounds: everything that the next round depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    scenario: Scenario,
    seed: u64,
    features: FeatureList,
    /// Users and what the assistant remembers of them.
    pub population: Population,
    /// The policy in service, and what it replaces.
    pub service: Service,
    /// The reference policy as it was before the first round.
    pub original: Policy,
    /// Reward models and the current reference.
    pub trainer: Trainer,
    /// Rounds done, warm-up included; the address of random draws counts from here.
    pub rounds_done: u32,
    first_day: u64,
    rating_share: f64,
    /// Sycophancy index in round 1, above which rises are counted.
    start_index: Option<f64>,
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
            service: Service::new(reference.clone()),
            trainer: Trainer::new(settings, &reference),
            original: reference,
            features,
            rounds_done: 0,
            first_day: 0,
            rating_share: 0.01,
            start_index: None,
        }
    }

    /// Runs the next round. Rounds of the warm-up are numbered up to 0, then they count from 1; in the warm-up every
    /// candidate is launched and nothing is watched.
    ///
    /// # Errors
    /// If a number stops being finite; the message names it.
    pub fn run_round(&mut self) -> Result<RoundMeasures, SimulationError> {
        self.run_round_holding(Held::default())
    }

    /// Runs the next round with a training that takes what is `held` from another history.
    ///
    /// # Errors
    /// As [`Simulation::run_round`].
    pub fn run_round_holding(&mut self, held: Held<'_>) -> Result<RoundMeasures, SimulationError> {
        let scenario = self.scenario.clone();
        let round = self.rounds_done + 1;
        let number = i64::from(round) - i64::from(scenario.settings_in(0).run.warm_up_rounds);
        let settings = scenario.settings_in(number.max(0) as u32);

        // 1. Serve: users ask, the policy in service answers, users react. After a launch day by day, watched.
        let active_users = self.population.active_users();
        let RoundServed { mut served, mut stretches, policies, rolled_back_to, noticed } =
            self.serve(settings, round, active_users);
        if let Some(release) = rolled_back_to {
            self.trainer.reference = release.reference;
        }

        check_policy(number, "a weight of the policy in service", &policies.current)?;
        check_users(number, &self.population)?;
        check_served(number, &served)?;

        // 2. Measure the policy that the round began with (and the reward models that made it).
        let rows =
            &served.sample.uniform[..served.sample.uniform.len().min(settings.run.measure_rows as usize)];
        let policy = measure_policy(
            &policies.current,
            &self.original,
            &self.trainer.reference,
            &self.trainer.reward,
            rows,
            &self.features,
            settings,
        );
        check_measures(number, &policy)?;
        let offline = measure_offline(&policies.current, &self.features, settings);

        // 3. Train a candidate on the feedback: reward models refitted, policy stepped, reference refitted.
        let stored =
            Release { policy: self.service.deployed.clone(), reference: self.trainer.reference.clone() };
        let training = self.training_settings(settings);
        let when = (self.seed, round);
        let candidate = self
            .trainer
            .train_candidate(&stored.policy, &served.sample, &training, held, when)
            .map_err(|source| SimulationError::Training { round: number, source })?;

        // 4. Review it: checks at the desk and with users, then the rule.
        let before = self.baseline(&served, policies.last(), settings, (round, active_users));
        let candidate_served = as_served(&candidate, settings, self.seed);
        let reviewing = Reviewing {
            rivals: Rivals {
                candidate: &candidate_served,
                incumbent: policies.last(),
                which: policies.at_the_end,
            },
            rows: &served.sample.uniform,
            first_day: settings.clock.days_per_round,
        };
        let checks = if number > 0 { Cow::Borrowed(settings) } else { without_checks(settings) };
        let (mut reviewed, in_review) = review(&mut self.world(&checks, round, active_users), reviewing);

        // 5. Launch or hold.
        match (reviewed.decision.launched, number > 0) {
            (true, true) => self.service.launch(candidate, stored, before),
            (true, false) => self.service.replace(candidate),
            (false, _) => self.trainer.reference = stored.reference,
        }

        // 6. The world moves on: users talk to each other, questions are new, memories fade, people come and go.
        let users = measure_users(&self.population, settings);
        let days = settings.clock.days_per_round + reviewed.days;
        update_social_influence(&mut self.population, settings, self.seed);
        update_knowledge(&mut self.population, settings, self.seed, round);
        update_between_rounds(&mut self.population, settings, self.seed, round, days);
        // All of their state: trials in review have served them since the last look.
        check_users(number, &self.population)?;

        // 7. Measure what was in service on each day, and close the round.
        let index = policy.sycophancy_index.mean();
        let candidate_index = mean_sycophancy_index(&candidate_served, rows, &self.features, settings);
        let index_of = self.index_of(index, &policies, candidate_index, rows, settings);
        stretches.append(&mut reviewed.stretches);
        self.measure_days(&mut stretches, &index_of, number, settings);
        in_review.into_iter().for_each(|part| served.extend(part));
        let first_day = self.first_day;
        self.close(&served, if number > 0 { days } else { 0 });
        Ok(RoundMeasures {
            round: number,
            first_day,
            policy,
            offline,
            served,
            users,
            review: reviewed,
            candidate_rise: candidate_index - index_of[policies.at_the_end.place()],
            stretches,
            noticed,
            unconverged: self.trainer.course.unconverged.clone(),
        })
    }

    fn serve(&mut self, settings: &Settings, round: u32, active_users: u64) -> RoundServed {
        let (sizes, seed) = (self.sample_sizes(settings, active_users), self.seed);
        let features = &self.features;
        self.service.serve_round(&mut World {
            population: &mut self.population,
            active_users,
            settings,
            features,
            seed,
            round,
            sizes,
        })
    }

    /// The index of every policy that users may have had, in the order of [`crate::launch::InService::ALL`].
    fn index_of(
        &self,
        current: f64,
        policies: &Policies,
        candidate: f64,
        rows: &[Interaction],
        settings: &Settings,
    ) -> [f64; 4] {
        let index = |policy: &Policy| mean_sycophancy_index(policy, rows, &self.features, settings);
        let previous = policies.previous.as_ref();
        // Only a round that begins with a launch may need the other two.
        let patched = previous.map_or(f64::NAN, |_| index(&policies.patched));
        [current, patched, previous.map_or(f64::NAN, index), candidate]
    }

    /// Fills in what was in service on each day; rises are counted from the first round.
    fn measure_days(
        &mut self,
        stretches: &mut [Stretch],
        index_of: &[f64; 4],
        number: i64,
        settings: &Settings,
    ) {
        if number > 0 && self.start_index.is_none() {
            self.start_index = Some(index_of[0]);
        }
        let alarm_level = self.start_index.unwrap_or(index_of[0]) + settings.monitoring.alarm_rise;
        stretches.iter_mut().for_each(|stretch| stretch.measure_index(index_of, alarm_level));
    }

    fn close(&mut self, served: &Served, days: u32) {
        let total = served.total();
        if total.rated > 0 {
            self.rating_share = total.rated as f64 / total.conversations();
        }
        self.first_day += u64::from(days);
        self.rounds_done += 1;
    }

    fn world<'a>(&'a mut self, settings: &'a Settings, round: u32, active_users: u64) -> World<'a> {
        let (sizes, seed) = (self.sample_sizes(settings, active_users), self.seed);
        let (population, features) = (&mut self.population, &self.features);
        World { population, active_users, settings, features, seed, round, sizes }
    }

    /// How things are before a launch: the round's complaints and thumbs, and the sampled index of the incumbent.
    fn baseline(
        &mut self,
        served: &Served,
        in_service: &Policy,
        settings: &Settings,
        (round, active_users): (u32, u64),
    ) -> Baseline {
        let total = served.total();
        let day = settings.clock.days_per_round;
        let index = sampled_index(&self.world(settings, round, active_users), in_service, day);
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
        if !self.service.noticed || settings.monitoring.fix_forward.0.is_empty() {
            return Cow::Borrowed(settings);
        }
        let mut changed = settings.clone();
        for (name, signal) in &mut changed.signals {
            signal.weight = settings.monitoring.fix_forward.0.get(name).copied().unwrap_or(signal.weight);
        }
        Cow::Owned(changed)
    }

    /// Rows that this round's learners and measures may use.
    fn sample_sizes(&self, settings: &Settings, active_users: u64) -> SampleSizes {
        let rows = |thumbs: bool| {
            let fitting =
                settings.signals.values().filter(|signal| (signal.kind == SignalKind::Thumbs) == thumbs);
            fitting.map(|signal| signal.rows as usize).max().unwrap_or(0)
        };
        SampleSizes {
            rated_rows: rows(true).max(1),
            uniform_rows: rows(false).max(settings.run.measure_rows as usize),
            expected_conversations: active_users as f64 * conversation_rate(settings) * 0.7,
            expected_rating_share: self.rating_share,
        }
    }

    /// The same run continued under another scenario, which must agree with this one on the rounds done.
    pub fn with_scenario(&self, scenario: &Scenario) -> Self {
        self.clone().into_scenario(scenario)
    }

    /// The same without a copy.
    pub fn into_scenario(self, scenario: &Scenario) -> Self {
        Self { scenario: scenario.clone(), ..self }
    }

    /// The scenario that is run.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }
}

/// The same settings without checks, for the warm-up.
fn without_checks(settings: &Settings) -> Cow<'_, Settings> {
    let mut changed = settings.clone();
    changed.checks.clear();
    Cow::Owned(changed)
}
