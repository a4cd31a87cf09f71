//! Requests about one run: start it, order it about, change its values.

use super::desk::Desk;
use super::player::{Changed, Order, Player, Tempo};
use super::refusal::Refusal;
use super::stream::{Events, answer};
use crate::lesson::{Course, Lesson, LessonError};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::channel;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// A request with a state; the preset that a page opens with unless it says otherwise.
#[derive(Deserialize)]
pub struct Stated {
    #[serde(default = "nothing")]
    pub state: String,
}

fn nothing() -> String {
    "{}".to_string()
}

/// How a run begins.
#[derive(Deserialize)]
pub struct Start {
    #[serde(default = "nothing")]
    state: String,
    /// Rounds a second; 0 for as many as there can be.
    #[serde(default)]
    speed: f64,
    #[serde(default)]
    play: u8,
    /// Round up to which it runs at full speed.
    #[serde(default)]
    until: u32,
}

/// Starts a run, which lives as long as its stream of events.
pub async fn start(State(desk): State<Arc<Desk>>, Query(start): Query<Start>) -> Result<Response, Refusal> {
    let place = desk.place_for_a_page().await?;
    let course = Course::new(Lesson::from_json(&start.state)?)?;
    let tempo = Tempo { speed: start.speed, playing: start.play > 0, steps: 0, until: start.until };
    let (orders, taken) = channel();
    let (events, stream) = Events::new();
    let id = desk.enter(orders);
    let player = Player::new(id.clone(), course, tempo, taken, events);
    let handle = Handle::current();
    std::thread::spawn(move || {
        player.play(&desk, &handle);
        desk.leave(&id);
        drop(place);
    });
    Ok(answer(stream))
}

/// What a page may order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Orders {
    play: Option<bool>,
    speed: Option<f64>,
    steps: Option<u32>,
    until: Option<u32>,
}

pub async fn order(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let orders: Orders = read(&body)?;
    let given = [
        orders.play.map(Order::Play),
        orders.speed.map(Order::Speed),
        orders.steps.map(Order::Steps),
        orders.until.map(Order::Until),
    ];
    for order in given.into_iter().flatten() {
        desk.order(&id, order)?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Values to change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    set: BTreeMap<String, serde_json::Value>,
}

pub async fn change(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Changed>, Refusal> {
    let wanted: Wanted = read(&body)?;
    let (reply, answered) = oneshot::channel::<Result<Changed, LessonError>>();
    desk.order(&id, Order::Change(wanted.set, reply))?;
    match answered.await {
        Ok(changed) => Ok(Json(changed?)),
        Err(_) => {
            Err(Refusal::new(StatusCode::NOT_FOUND, "the run has ended", "reset the page to start a new one"))
        }
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::bad(format!("the request cannot be read: {error}")))
}
