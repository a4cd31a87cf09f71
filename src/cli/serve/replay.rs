//! The incident of April 2025 once more, as it was and with the checks that a class would have required.

use super::desk::Desk;
use super::refusal::Refusal;
use super::stream::{Events, Gone, answer};
use crate::analysis::autopsy::{Case, outcomes, replay};
use crate::lesson::{LessonError, incident_with};
use crate::scenario::mitigation;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use std::ops::ControlFlow;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct Asked {
    /// Names of mitigations, with commas between them.
    checks: String,
}

pub async fn start(State(desk): State<Arc<Desk>>, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    let names = asked.checks.split(',').filter(|name| !name.is_empty());
    let checks = names.map(mitigation).collect::<Result<Vec<_>, _>>().map_err(LessonError::from)?;
    let cases = incident_with(&checks)?;
    let place = desk.place_for_a_study()?;
    let (events, stream) = Events::new();
    std::thread::spawn(move || {
        // A page that is gone needs no outcome.
        let _ = tell(cases, &events, &desk);
        drop(place);
    });
    Ok(answer(stream))
}

fn tell(cases: Vec<Case>, events: &Events, desk: &Desk) -> Result<(), Gone> {
    let replicates = cases[0].scenario.settings_in(0).run.replicates;
    let observe = |progress: crate::analysis::autopsy::Progress| {
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
