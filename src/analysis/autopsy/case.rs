//! What is replayed: the incident as it was, and once more for each mitigation.

use crate::scenario::{Mitigation, Scenario, ScenarioErrors};

/// The name of the incident without any mitigation.
pub const AS_IT_WAS: &str = "as-it-was";

/// One version of the incident.
#[derive(Clone, Debug)]
pub struct Case {
    /// [`AS_IT_WAS`] or the mitigation's name.
    pub name: String,
    /// What the lab would do, in one sentence.
    pub meaning: String,
    /// Who announced it.
    pub source: String,
    /// The outcome that was expected before the replay.
    pub expected: String,
    /// First round in which the mitigation holds.
    pub from_round: u32,
    /// That version.
    pub scenario: Scenario,
}

/// Why a scenario has no autopsy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CaseError {
    /// No factor is on, so there is no update to catch.
    #[error(
        "{scenario} has no incident: an autopsy needs an active factor, whose first round is the update in question; try gpt4o-april-2025"
    )]
    NoIncident {
        /// Name of the scenario.
        scenario: String,
    },
    /// The run ends with the update's launch.
    #[error(
        "the update of round {incident} is launched at the end of that round, and the run has {rounds} rounds: nobody lives with it; set run.rounds to {} or more", incident + 1
    )]
    NoAfterwards {
        /// The incident's round.
        incident: u32,
        /// Rounds of the run.
        rounds: u32,
    },
}

/// The round whose candidate is the incident: the first in which one of the scenario's own factors holds.
///
/// # Errors
/// If there is no such round, or none after it.
pub fn incident_round(scenario: &Scenario) -> Result<u32, CaseError> {
    let starts = scenario.active_factors.iter().filter_map(|name| scenario.factors.get(name));
    let Some(incident) = starts.map(|factor| factor.from_round).min() else {
        return Err(CaseError::NoIncident { scenario: scenario.name.clone() });
    };
    let rounds = scenario.settings_in(0).run.rounds;
    if rounds > incident { Ok(incident) } else { Err(CaseError::NoAfterwards { incident, rounds }) }
}

/// The incident as it was, then with each mitigation.
///
/// # Errors
/// If a mitigation does not fit the scenario.
pub fn cases(scenario: &Scenario, mitigations: &[Mitigation]) -> Result<Vec<Case>, ScenarioErrors> {
    let as_it_was = Case {
        name: AS_IT_WAS.to_string(),
        meaning: "The rule of the time, nothing changed.".to_string(),
        source: String::new(),
        expected: scenario.about.expected.clone(),
        from_round: 0,
        scenario: scenario.clone(),
    };
    let mut cases = vec![as_it_was];
    for mitigation in mitigations {
        cases.push(Case::new(scenario, mitigation)?);
    }
    Ok(cases)
}

impl Case {
    /// The scenario with one mitigation.
    ///
    /// # Errors
    /// If the mitigation does not fit the scenario.
    pub fn new(scenario: &Scenario, mitigation: &Mitigation) -> Result<Self, ScenarioErrors> {
        Ok(Self {
            name: mitigation.name.clone(),
            meaning: mitigation.meaning.clone(),
            source: mitigation.source.clone(),
            expected: mitigation.expected.clone(),
            from_round: mitigation.from_round,
            scenario: scenario.with_mitigation(mitigation)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preset(name: &str, sets: &[&str]) -> Scenario {
        let sets: Vec<String> = sets.iter().map(|set| set.to_string()).collect();
        Scenario::preset(name, &sets).expect("a shipped scenario")
    }

    #[test]
    fn the_incident_is_the_round_in_which_the_factors_begin() {
        assert_eq!(incident_round(&preset("gpt4o-april-2025", &[])), Ok(6));
        assert_eq!(incident_round(&preset("all-three", &[])), Ok(1));
    }

    #[test]
    fn without_a_factor_or_a_round_afterwards_there_is_no_autopsy() {
        let nothing = incident_round(&preset("baseline", &[])).unwrap_err();
        assert!(nothing.to_string().contains("try gpt4o-april-2025"), "{nothing}");
        let short = incident_round(&preset("gpt4o-april-2025", &["run.rounds=6"])).unwrap_err();
        assert!(short.to_string().contains("set run.rounds to 7 or more"), "{short}");
    }
}
