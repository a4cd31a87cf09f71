//! Events from a working thread to a page. When the page is gone, sending fails, and the work ends.

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::convert::Infallible;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// Events that may wait for a page that is slow to take them.
const WAITING: usize = 2;

/// Where a working thread puts its events.
pub struct Events(Sender<Event>);

/// The page is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

impl Events {
    pub fn new() -> (Self, Receiver<Event>) {
        let (sender, receiver) = channel(WAITING);
        (Self(sender), receiver)
    }

    /// Sends an event, waiting until the page has taken those before it.
    pub fn send(&self, name: &str, content: &impl Serialize) -> Result<(), Gone> {
        let text = serde_json::to_string(content).map_err(|_| Gone)?;
        self.0.blocking_send(Event::default().event(name).data(text)).map_err(|_| Gone)
    }

    pub fn is_gone(&self) -> bool {
        self.0.is_closed()
    }
}

/// The answer that carries the events.
pub fn answer(events: Receiver<Event>) -> Response {
    let stream = ReceiverStream::new(events).map(Ok::<_, Infallible>);
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}
