//! THE ROUND. Serve -> collect feedback -> fit reward models and train a candidate -> review -> launch or hold ->
//! the world moves on -> measure. Everything else in this library is a part of one of these steps.

use crate::conversation::{SampleSizes, Serving, conversation_rate, serve};
use crate::feedback::ApprovalModel;
use crate::launch::{Review, compare_on_logged_prompts};
use crate::measure::{RoundMeasures, measure_offline, measure_policy, measure_users};
use crate::memory::update_forgetting;
use crate::policy::{Feature, FeatureList, Policy, with_system_prompt};
use crate::population::{Population, update_between_rounds, update_social_influence};
use crate::scenario::{Scenario, Settings, SignalKind};
use crate::training::Trainer;

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
        }
    }

    /// Runs the next round. Rounds of the warm-up are numbered up to 0, then they count from 1.
    ///
    /// # Errors
    /// If a number stops being finite; the message names it.
    pub fn run_round(&mut self) -> Result<RoundMeasures, SimulationError> {
        let scenario = self.scenario.clone();
        let round = self.rounds_done + 1;
        let number = i64::from(round) - i64::from(scenario.settings_in(0).run.warm_up_rounds);
        let settings = scenario.settings_in(number.max(0) as u32);

        // 1. Serve: users ask, the deployed policy answers, users react.
        let in_service = with_system_prompt(&self.deployed, settings, self.seed);
        let sizes = self.sample_sizes(settings);
        let serving = Serving::new(settings, &in_service, self.seed, round, sizes);
        let served = serve(&mut self.population, &serving);

        // 2. Measure the policy that served (with the reward models that made it).
        let rows =
            &served.sample.uniform[..served.sample.uniform.len().min(settings.run.measure_rows as usize)];
        let policy = measure_policy(
            &in_service,
            &self.original,
            &self.trainer.reference,
            &self.trainer.reward,
            rows,
            &self.features,
            settings,
        );
        let offline = measure_offline(&in_service, &self.features, settings);

        // 3. Train a candidate on the feedback: reward models refitted, policy stepped, reference refitted.
        let candidate =
            self.trainer.train_candidate(&self.deployed, &served.sample, settings, self.seed, round);

        // 4. Review it.
        let approval = ApprovalModel::from_scenario(settings);
        let effect = compare_on_logged_prompts(&candidate, &self.deployed, rows, &approval, self.seed, round);
        let review = Review::accept_all(effect);

        // 5. Launch or hold.
        if review.launched {
            self.deployed = candidate;
        }

        // 6. The world moves on: users talk to each other, questions are new, memories fade, people come and go.
        let users = measure_users(&self.population, settings);
        update_social_influence(&mut self.population, settings, self.seed);
        update_between_rounds(&mut self.population, settings, self.seed, round);
        update_forgetting(&mut self.population, settings, self.seed, round);

        let total = served.total();
        if total.rated > 0 {
            self.rating_share = total.rated as f64 / total.conversations();
        }
        let first_day = self.first_day;
        if number > 0 {
            self.first_day += u64::from(settings.clock.days_per_round);
        }
        self.rounds_done = round;
        let measures = RoundMeasures { round: number, first_day, policy, offline, served, users, review };
        check_finite(&measures, &self.deployed)?;
        Ok(measures)
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
