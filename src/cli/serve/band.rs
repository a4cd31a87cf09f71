//! The same run in histories with other random numbers, for a band around its lines.

use super::desk::Desk;
use super::facts::MOST_SEEDS;
use super::refusal::Refusal;
use super::stream::{Events, Gone, answer};
use crate::lesson::{Course, Lesson};
use crate::measure::round_row;
use crate::measure::table::Cell;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tokio::runtime::Handle;

/// What is kept of every history.
const COLUMNS: [&str; 8] = [
    "sycophancy_index",
    "mean_deference",
    "mean_flattery",
    "mean_amplification",
    "mean_substance",
    "thumbs_up_share",
    "user_benefit",
    "mean_abs_stance_error",
];

#[derive(Deserialize)]
pub struct Asked {
    state: String,
    #[serde(default = "most")]
    seeds: u32,
}

fn most() -> u32 {
    MOST_SEEDS
}

pub async fn start(State(desk): State<Arc<Desk>>, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    if !(2..=MOST_SEEDS).contains(&asked.seeds) {
        return Err(Refusal::bad(format!(
            "{} histories are asked for; between 2 and {MOST_SEEDS} are possible",
            asked.seeds
        )));
    }
    let place = desk.place_for_a_study()?;
    let lesson = Lesson::from_json(&asked.state)?;
    let (events, stream) = Events::new();
    let handle = Handle::current();
    std::thread::spawn(move || {
        // A page that is gone needs no band.
        let _ = Band { lesson, seeds: asked.seeds, events, done: 0 }.run(&desk, &handle);
        drop(place);
    });
    Ok(answer(stream))
}

struct Band {
    lesson: Lesson,
    seeds: u32,
    events: Events,
    done: u32,
}

impl Band {
    fn run(mut self, desk: &Desk, handle: &Handle) -> Result<(), Gone> {
        let (rounds, seeds) = (self.lesson.rounds, self.seeds);
        self.events.send("started", &json!({"rounds": rounds, "seeds": seeds, "columns": COLUMNS}))?;
        for number in 1..=seeds {
            let seed = self.lesson.seed + u64::from(number);
            match self.history(seed, desk, handle)? {
                Ok(values) => self.events.send("history", &json!({"seed": seed, "values": values}))?,
                Err(error) => {
                    let help = "this setting leads out of the model; try a milder one";
                    return self.events.send("failed", &json!({"error": {"message": error, "help": help}}));
                }
            }
        }
        self.events.send("done", &json!({}))
    }

    /// The columns of one history, or why it cannot be had.
    fn history(
        &mut self,
        seed: u64,
        desk: &Desk,
        handle: &Handle,
    ) -> Result<Result<Map<String, Value>, String>, Gone> {
        let mut course = match Course::new(Lesson { seed, ..self.lesson.clone() }) {
            Ok(course) => course,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let mut kept: Vec<Vec<Value>> = vec![Vec::new(); COLUMNS.len()];
        while !course.is_over() {
            if self.events.is_gone() {
                return Err(Gone);
            }
            let lived = match desk.in_turn(handle, || course.run_round()) {
                Ok(lived) => lived,
                Err(error) => return Ok(Err(error.to_string())),
            };
            let Some(lived) = lived else { continue };
            let row = round_row(&lived.measures, course.scenario.settings_in(lived.measures.round as u32));
            for (name, values) in COLUMNS.iter().zip(&mut kept) {
                let entry = row.iter().find(|entry| entry.name == *name);
                values.push(match entry.map(|entry| &entry.cell) {
                    Some(Cell::Number(number)) => Value::from(*number),
                    _ => Value::Null,
                });
            }
            self.done += 1;
            self.events
                .send("progress", &json!({"done": self.done, "total": self.seeds * self.lesson.rounds}))?;
        }
        let columns = COLUMNS.iter().map(|name| name.to_string());
        Ok(Ok(columns.zip(kept.into_iter().map(Value::from)).collect()))
    }
}
