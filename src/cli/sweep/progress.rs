//! How far a sweep is: a bar on a terminal, a line now and then elsewhere.

use crate::cli::progress::duration;
use crate::cli::talk::{Talk, say};
use crate::output::words::large;
use crate::sweep::WorkProgress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_secs(10);
const BAR: &str = "[{bar:20}] run {pos} of {len}: {wide_msg}";

/// Tells people how far the work is, from whichever thread a round ends on.
pub struct RunReporter {
    started: Instant,
    shown: Mutex<Shown>,
}

enum Shown {
    Nothing,
    Lines(Instant),
    Bar(ProgressBar),
}

impl RunReporter {
    pub fn new(talk: Talk) -> Self {
        let started = Instant::now();
        let shown = match talk {
            Talk::Quiet => Shown::Nothing,
            Talk::Lines => Shown::Lines(started),
            Talk::Terminal => Shown::Bar(bar()),
        };
        Self { started, shown: Mutex::new(shown) }
    }

    pub fn tell(&self, progress: &WorkProgress) {
        // A thread that panicked while it told of its progress is no reason to stop telling.
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *shown {
            Shown::Lines(last) if last.elapsed() >= PAUSE => {
                *last = Instant::now();
                let WorkProgress { runs_done, runs, .. } = progress;
                say(&format!("run {runs_done} of {runs}: {}", self.in_words(progress)));
            }
            Shown::Nothing | Shown::Lines(_) => {}
            Shown::Bar(bar) => {
                bar.set_length(progress.runs);
                bar.set_position(progress.runs_done);
                bar.set_message(self.in_words(progress));
            }
        }
    }

    pub fn finish(self) {
        if let Shown::Bar(bar) = self.shown.into_inner().unwrap_or_else(PoisonError::into_inner) {
            bar.finish_and_clear();
        }
    }

    fn in_words(&self, progress: &WorkProgress) -> String {
        in_words(progress, self.started.elapsed().as_secs_f64())
    }
}

fn in_words(progress: &WorkProgress, elapsed: f64) -> String {
    let elapsed = elapsed.max(1e-3);
    let new = (progress.runs_done - progress.runs_before) as f64;
    let conversations = large(progress.conversations as f64 / elapsed);
    let failed = if progress.failed > 0 { format!(", {} failed", progress.failed) } else { String::new() };
    if new == 0.0 {
        return format!("{conversations} conversations/s{failed}");
    }
    let left = (progress.runs - progress.runs_done) as f64 / new * elapsed;
    format!(
        "{:.1} runs/s, {conversations} conversations/s{failed}, about {} left",
        new / elapsed,
        duration(left)
    )
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("=> "));
    bar.set_message("starting");
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_from_before_do_not_make_the_rest_look_quick() {
        let progress =
            WorkProgress { runs_done: 60, runs_before: 40, runs: 100, failed: 2, conversations: 4000 };
        let said = in_words(&progress, 10.0);
        assert_eq!(said, "2.0 runs/s, 400 conversations/s, 2 failed, about 20 s left");
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }
}
