//! A run under a lesson's state, a round at a time, which may be changed between two rounds.

use super::changes::{Change, Lesson, LessonError};
use crate::measure::RoundMeasures;
use crate::policy::Policy;
use crate::random::replicate_seed;
use crate::scenario::{Scenario, Settings};
use crate::simulation::{Simulation, SimulationError};

/// A run under way.
pub struct Course {
    pub lesson: Lesson,
    pub scenario: Scenario,
    pub simulation: Simulation,
    /// Sycophancy index in round 1.
    start_index: Option<f64>,
}

/// A round that was lived.
pub struct Lived {
    pub measures: RoundMeasures,
    /// The policy that the round began with, as served.
    pub policy: Policy,
    /// The sycophancy index that counts as an alarm.
    pub alarm_level: f64,
}

impl Course {
    /// A run before its first round.
    ///
    /// # Errors
    /// If the state makes no valid scenario.
    pub fn new(lesson: Lesson) -> Result<Self, LessonError> {
        let scenario = lesson.scenario()?;
        let simulation = Simulation::new(&scenario, seed_of(&lesson));
        Ok(Self { lesson, scenario, simulation, start_index: None })
    }

    /// Rounds done, warm-up left out.
    pub fn rounds_done(&self) -> u32 {
        self.simulation.rounds_done.saturating_sub(self.scenario.settings_in(0).run.warm_up_rounds)
    }

    /// Whether the last round is done.
    pub fn is_over(&self) -> bool {
        self.rounds_done() >= self.lesson.rounds
    }

    /// The settings of the next round.
    pub fn next_settings(&self) -> &Settings {
        self.scenario.settings_in(self.rounds_done() + 1)
    }

    /// Runs one round; `None` for a round of the warm-up, which is not shown.
    ///
    /// # Errors
    /// If a number stops being finite.
    pub fn run_round(&mut self) -> Result<Option<Lived>, SimulationError> {
        let policy = self.simulation.service.in_service(self.next_settings(), self.seed());
        let measures = self.simulation.run_round()?;
        if measures.round < 1 {
            return Ok(None);
        }
        let start = *self.start_index.get_or_insert(measures.policy.sycophancy_index.mean());
        let settings = self.scenario.settings_in(measures.round as u32);
        Ok(Some(Lived { policy, alarm_level: start + settings.monitoring.alarm_rise, measures }))
    }

    /// The seed of the simulation.
    pub fn seed(&self) -> u64 {
        seed_of(&self.lesson)
    }

    /// Changes values from the next round on; that round.
    ///
    /// # Errors
    /// If they make no valid scenario, or are one change too many; the run goes on as it was.
    pub fn change(
        &mut self,
        set: std::collections::BTreeMap<String, serde_json::Value>,
    ) -> Result<u32, LessonError> {
        let round = self.rounds_done() + 1;
        let lesson = self.lesson.with_change(Change { round, set })?;
        self.scenario = lesson.scenario()?;
        self.simulation = self.simulation.with_scenario(&self.scenario);
        self.lesson = lesson;
        Ok(round)
    }
}

/// That of the first replicate, as the command line runs it.
fn seed_of(lesson: &Lesson) -> u64 {
    replicate_seed(lesson.seed, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn course(state: serde_json::Value) -> Course {
        Course::new(Lesson::from_json(&state.to_string()).unwrap()).unwrap()
    }

    fn indices(course: &mut Course, rounds: u32) -> Vec<f64> {
        let mut found = Vec::new();
        while course.rounds_done() < rounds {
            found.extend(course.run_round().unwrap().map(|it| it.measures.policy.sycophancy_index.mean()));
        }
        found
    }

    /// A slider moved while the run goes on, a link that holds the change, and the file on the command line are one run.
    #[test]
    fn a_change_made_on_the_way_is_the_same_run_as_one_that_was_there_from_the_start() {
        let mut moved = course(json!({"users": 400, "rounds": 4}));
        let mut found = indices(&mut moved, 2);
        assert_eq!(moved.change([("memory.enabled".to_string(), json!(false))].into()).unwrap(), 3);
        found.extend(indices(&mut moved, 4));
        let known =
            json!({"users": 400, "rounds": 4, "changes": [{"round": 3, "set": {"memory.enabled": false}}]});
        assert_eq!(found, indices(&mut course(known), 4));
        let unchanged = indices(&mut course(json!({"users": 400, "rounds": 4})), 4);
        assert_eq!(found[..2], unchanged[..2]);
        assert_ne!(found[2..], unchanged[2..], "control: the change is felt");
    }

    #[test]
    fn the_course_of_a_preset_is_what_the_library_runs() {
        let mut ours = course(json!({"preset": "gpt4o-april-2025", "users": 400, "rounds": 2}));
        let sets = ["population.users=400".to_string()];
        let scenario = Scenario::preset("gpt4o-april-2025", &sets).unwrap();
        let mut theirs = Simulation::new(&scenario, replicate_seed(15, 0));
        let mut expected = Vec::new();
        while expected.len() < 2 {
            let measures = theirs.run_round().unwrap();
            expected.extend((measures.round > 0).then(|| measures.policy.sycophancy_index.mean()));
        }
        assert_eq!(indices(&mut ours, 2), expected);
    }

    #[test]
    fn a_refused_change_leaves_the_run_as_it_was() {
        let mut it = course(json!({"users": 400, "rounds": 3}));
        let before = it.lesson.clone();
        assert!(it.change([("policy.kl_strength".to_string(), json!(-1))].into()).is_err());
        assert_eq!(it.lesson, before);
        assert!(!it.is_over());
        indices(&mut it, 3);
        assert!(it.is_over());
    }
}
