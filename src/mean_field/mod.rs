//! The round for infinitely many users: a deterministic map without random numbers.
//!
//! With N users the measures of a round scatter around this map as N^(-1/2). It is exact, up to quadrature, for scenarios in
//! which a user's belief on a topic is the only state that moves and matters ([`Obstacle`] names what stands in the way
//! elsewhere): then the law of beliefs, one density per segment and level of trust, is all that there is to know of the
//! users. A round is: serve (beliefs move by a linear kernel), train (reward models fitted to weighted conversations, outcomes
//! as probabilities instead of draws), renew.
//!
//! Source: Sznitman 1991, Topics in propagation of chaos, section 1.

mod class;
mod conversations;
mod learn;
mod measures;
mod quadrature;
mod stances;

pub use class::{NotMeanField, Obstacle};
pub use measures::MeanFieldRound;

use crate::policy::{Feature, FeatureList, Policy, as_served};
use crate::scenario::{Scenario, Settings};
use crate::simulation::SimulationError;
use conversations::Conversations;
use learn::Learner;
use stances::Stances;

/// A history of infinitely many users between two rounds.
#[derive(Clone, Debug)]
pub struct MeanField {
    scenario: Scenario,
    features: FeatureList,
    stances: Stances,
    learner: Learner,
    deployed: Policy,
    original: Policy,
    rounds_done: u32,
}

impl MeanField {
    /// Infinitely many users as they are before the first round.
    ///
    /// # Errors
    /// If the scenario is not of the kind for which the map is exact; every obstacle is named.
    pub fn new(scenario: &Scenario) -> Result<Self, NotMeanField> {
        class::check(scenario)?;
        let settings = scenario.settings_in(0);
        let features = Feature::list(settings);
        let original = Policy::from_scenario(settings, &features);
        Ok(Self {
            scenario: scenario.clone(),
            stances: Stances::new(settings),
            learner: Learner::new(settings, &original),
            deployed: original.clone(),
            original,
            features,
            rounds_done: 0,
        })
    }

    /// The next round. Rounds of the warm-up are numbered up to 0.
    ///
    /// # Errors
    /// If a fit has no result or a number is not finite.
    pub fn run_round(&mut self) -> Result<MeanFieldRound, SimulationError> {
        let scenario = self.scenario.clone();
        self.rounds_done += 1;
        let number = i64::from(self.rounds_done) - i64::from(scenario.settings_in(0).run.warm_up_rounds);
        let settings: &Settings = scenario.settings_in(number.max(0) as u32);
        let served = as_served(&self.deployed, settings, 0);
        // 1. Serve: what is said in the round, and what it does to beliefs.
        let during = self.stances.serve(&served, &self.features, settings);
        let conversations = Conversations::new(&during, &served, &self.features, settings);
        // 2. Measure the policy in service and the users after it.
        let users = self.stances.mean_abs();
        let policies = [&served, &self.original, &self.learner.reference];
        let measures = measures::measure(
            number,
            &conversations,
            policies,
            &self.learner.reward,
            &self.features,
            users,
            settings,
        );
        // 3. Train and launch: there is no review in this class of scenarios.
        let trained = self.learner.train(&self.deployed, conversations, settings);
        self.deployed = trained.map_err(|source| SimulationError::Training { round: number, source })?;
        // 4. The world moves on.
        self.stances.renew(settings);
        measures.check_finite()?;
        Ok(measures)
    }

    /// All rounds of the scenario, without the warm-up.
    ///
    /// # Errors
    /// As [`MeanField::run_round`].
    pub fn run(mut self) -> Result<Vec<MeanFieldRound>, SimulationError> {
        let run = &self.scenario.settings_in(0).run;
        let (warm_up, rounds) = (run.warm_up_rounds, run.rounds);
        let all: Result<Vec<MeanFieldRound>, _> = (0..warm_up + rounds).map(|_| self.run_round()).collect();
        Ok(all?.split_off(warm_up as usize))
    }

    /// The policy in service, as trained.
    pub fn deployed(&self) -> &Policy {
        &self.deployed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(sets: &[&str]) -> MeanField {
        let sets: Vec<String> = sets.iter().map(|set| set.to_string()).collect();
        MeanField::new(&Scenario::preset("mean-field", &sets).expect("valid")).expect("in the class")
    }

    #[test]
    fn without_learning_the_policy_is_bit_identical_and_beliefs_stay_symmetric() {
        let mut map = map(&["policy.learning_rate=0.0", "signals.raters.weight=0", "active_factors=[]"]);
        let first = map.run_round().expect("finite");
        let last = map.run_round().expect("finite");
        assert_eq!(map.deployed, map.original);
        assert!(map.stances.asymmetry() < 1e-12, "{}", map.stances.asymmetry());
        assert!(
            last.mean_abs_stance_error < first.mean_abs_stance_error,
            "answers near the truth correct beliefs"
        );
    }

    #[test]
    fn every_obstacle_is_named_once() {
        let scenario = Scenario::preset("all-three", &[]).expect("valid");
        let NotMeanField(obstacles) = MeanField::new(&scenario).expect_err("memory is on");
        let keys: Vec<&str> = obstacles.iter().map(|it| it.set.as_str()).collect();
        assert!(
            keys.contains(&"memory.enabled=false") && keys.contains(&"consequences.trust_gain=0"),
            "{keys:?}"
        );
        let mut once = keys.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), keys.len());
    }
}
