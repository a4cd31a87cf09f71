//! Ctrl-C: first a polite stop after the current round, then an immediate one.

use super::talk::{Talk, say};
use anyhow::Context;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);
static SAVING: AtomicBool = AtomicBool::new(false);
static HANDLER: OnceLock<()> = OnceLock::new();

/// Listens for Ctrl-C and for requests to terminate from now on.
pub fn listen(talk: Talk) -> anyhow::Result<()> {
    if HANDLER.set(()).is_ok() {
        ctrlc::set_handler(move || on_signal(talk)).context("cannot listen for Ctrl-C")?;
    }
    Ok(())
}

/// Whether a stop was asked for.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// From now on results are being saved, which takes a moment and is not to be cut short.
pub fn saving() {
    SAVING.store(true, Ordering::SeqCst);
}

fn on_signal(talk: Talk) {
    let again = REQUESTED.swap(true, Ordering::SeqCst);
    match (SAVING.load(Ordering::SeqCst), again) {
        (true, _) => say("saving results, one moment"),
        (false, true) => std::process::exit(130),
        (false, false) => talk.say("stopping after this round; Ctrl-C again stops at once"),
    }
}
