//! The incident of April 2025 once more, as it was and with the checks that a class would have required.

use super::desk::Desk;
use super::refusal::Refusal;
use super::stream::{Events, Gone, answer};
use crate::lesson::LessonError;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use std::ops::ControlFlow;
use std::sync::Arc;
use thumbscale::analysis::autopsy::{Case, cases, outcomes, replay};
use thumbscale::scenario::{Mitigation, Scenario, mitigation};

const INCIDENT: &str = "gpt4o-april-2025";

/// Histories, and users in each: what a class waits for.
const SIZE: [&str; 2] = ["run.replicates=4", "population.users=50000"];

#[derive(Deserialize)]
pub struct Asked {
    /// Names of mitigations, with commas between them.
    checks: String,
}

pub async fn start(State(desk): State<Arc<Desk>>, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    let names = asked.checks.split(',').filter(|name| !name.is_empty());
    let checks = names.map(mitigation).collect::<Result<Vec<_>, _>>().map_err(LessonError::from)?;
    let cases = both(&checks)?;
    let place = desk.place_for_a_study()?;
    let (events, stream) = Events::new();
    std::thread::spawn(move || {
        // A page that is gone needs no outcome.
        let _ = tell(cases, &events, &desk);
        drop(place);
    });
    Ok(answer(stream))
}

/// The incident as it was, and with everything that was ticked.
fn both(checks: &[Mitigation]) -> Result<Vec<Case>, LessonError> {
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

fn tell(cases: Vec<Case>, events: &Events, desk: &Desk) -> Result<(), Gone> {
    let replicates = cases[0].scenario.settings_in(0).run.replicates;
    let observe = |progress: thumbscale::analysis::autopsy::Progress| {
        let told =
            events.send("progress", &json!({"done": progress.rounds_done, "total": progress.rounds_total}));
        if told.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    match desk.beside(|| replay(cases, observe)) {
        Ok(autopsy) => {
            let found = outcomes(&autopsy);
            let both = json!({"incident_round": autopsy.incident_round, "replicates": replicates, "as_it_was": found[0], "with_checks": found[1]});
            events.send("done", &both)
        }
        Err(error) => events
            .send("failed", &json!({"error": {"message": error.to_string(), "help": "untick something"}})),
    }
}
