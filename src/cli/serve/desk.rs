//! What all pages share: the threads, whose turn it is, and which runs there are.

use super::player::Order;
use super::refusal::Refusal;
use axum::http::StatusCode;
use rayon::ThreadPool;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Bands and replays that may run at the same time: each takes minutes of a core.
const MOST_STUDIES: usize = 2;

/// How long a new page waits for a place: that a page was closed is noticed a moment later.
const GRACE: Duration = Duration::from_secs(1);

/// What all pages share.
pub struct Desk {
    pool: ThreadPool,
    /// One round at a time, on all threads; first come, first served, so that no page waits for more than one round of each
    /// of the others.
    turn: Semaphore,
    places: Arc<Semaphore>,
    pages: usize,
    studies: Arc<Semaphore>,
    runs: Mutex<BTreeMap<String, Sender<Order>>>,
    next_id: AtomicU64,
}

impl Desk {
    pub fn new(pool: ThreadPool, pages: usize) -> Self {
        Self {
            pool,
            turn: Semaphore::new(1),
            places: Arc::new(Semaphore::new(pages)),
            pages,
            studies: Arc::new(Semaphore::new(MOST_STUDIES)),
            runs: Mutex::default(),
            next_id: AtomicU64::new(1),
        }
    }

    /// Does `work` on all threads when its turn comes. For threads that may wait.
    pub fn in_turn<R: Send>(&self, handle: &Handle, work: impl FnOnce() -> R + Send) -> R {
        let turn = handle.block_on(self.turn.acquire());
        let done = self.pool.install(work);
        drop(turn);
        done
    }

    /// Does `work` on all threads beside whatever else runs.
    pub fn beside<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }

    /// Room for one more page.
    pub async fn place_for_a_page(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        if let Ok(Ok(place)) = timeout(GRACE, self.places.clone().acquire_owned()).await {
            return Ok(place);
        }
        Err(Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("pages open already: {}, as many as this machine answers at once", self.pages),
            "close one, or start the program with a larger --pages",
        ))
    }

    /// Room for one more band or replay.
    pub fn place_for_a_study(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        self.studies.clone().try_acquire_owned().map_err(|_| {
            Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "other pages are running many histories at the moment",
                "try again in a minute",
            )
        })
    }

    /// Enters a run; the name under which it takes orders.
    pub fn enter(&self, orders: Sender<Order>) -> String {
        let id = format!("run-{}", self.next_id.fetch_add(1, Ordering::Relaxed));
        self.with_runs(|runs| runs.insert(id.clone(), orders));
        id
    }

    /// Forgets a run, which ends it.
    pub fn leave(&self, id: &str) {
        self.with_runs(|runs| runs.remove(id));
    }

    /// Gives a run an order.
    pub fn order(&self, id: &str, order: Order) -> Result<(), Refusal> {
        let sent = self.with_runs(|runs| runs.get(id).map(|orders| orders.send(order)));
        match sent {
            Some(Ok(())) => Ok(()),
            _ => Err(Refusal::new(
                StatusCode::NOT_FOUND,
                "there is no such run any more",
                "reset the page to start a new one",
            )),
        }
    }

    fn with_runs<R>(&self, work: impl FnOnce(&mut BTreeMap<String, Sender<Order>>) -> R) -> R {
        work(&mut self.runs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
