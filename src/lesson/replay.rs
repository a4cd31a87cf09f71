//! The incident of April 2025 once more: as it was, and with the checks that a class would have required.

use super::changes::LessonError;
use crate::analysis::autopsy::{Case, cases};
use crate::scenario::{Mitigation, Scenario};

const INCIDENT: &str = "gpt4o-april-2025";

/// Histories, and users in each: what a class waits for.
const SIZE: [&str; 2] = ["run.replicates=4", "population.users=100000"];

/// The incident as it was, and with all of `checks` at once.
///
/// # Errors
/// If the checks do not go together.
pub fn incident_with(checks: &[Mitigation]) -> Result<Vec<Case>, LessonError> {
    let incident = Scenario::preset(INCIDENT, &SIZE.map(String::from))?;
    let mut scenario = incident.clone();
    for check in checks {
        scenario = scenario.with_mitigation(check)?;
    }
    let mut both = cases(&incident, &[])?;
    both.push(Case {
        name: "with-your-checks".to_string(),
        meaning: "Everything that was ticked.".to_string(),
        source: String::new(),
        expected: String::new(),
        from_round: checks.iter().map(|it| it.from_round).min().unwrap_or(1),
        scenario,
    });
    Ok(both)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::mitigations;

    #[test]
    fn any_checks_go_together() {
        let all = mitigations().unwrap();
        for ticked in [&all[..0], &all[..1], &all[..]] {
            let both = incident_with(ticked).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((both.len(), both[0].scenario == both[1].scenario), (2, ticked.is_empty()));
        }
    }
}
