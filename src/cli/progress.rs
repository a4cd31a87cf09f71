//! How far a run is: a bar on a terminal, a line now and then elsewhere.

use super::talk::{Talk, say};
use crate::analysis::study::Progress;
use crate::output::words::{large, variant_name};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);
const BAR: &str = "[{bar:20}] round {pos} of {len}, {eta} left: {wide_msg}";
const BAR_OF_PARTS: &str = "[{bar:20}] round {pos} of {len}: {wide_msg}";

/// Tells people how far a run is.
pub struct Reporter {
    started: Instant,
    shown: Shown,
    /// Conversations before this process began.
    conversations_before: u64,
}

enum Shown {
    Nothing,
    /// The bar is not drawn; it estimates how much time is left.
    Lines {
        last: Instant,
        bar: ProgressBar,
    },
    Bar(ProgressBar),
}

impl Reporter {
    pub fn new(talk: Talk) -> Self {
        let started = Instant::now();
        let shown = match talk {
            Talk::Quiet => Shown::Nothing,
            Talk::Lines => Shown::Lines { last: started, bar: ProgressBar::hidden() },
            Talk::Terminal => Shown::Bar(bar()),
        };
        Self { started, shown, conversations_before: 0 }
    }

    /// For a run of which so many rounds and conversations were done before: they say nothing about its speed.
    pub fn going_on_from(self, rounds: u64, conversations: u64) -> Self {
        if let Shown::Lines { bar, .. } | Shown::Bar(bar) = &self.shown {
            bar.set_position(rounds);
            bar.reset_eta();
        }
        Self { conversations_before: conversations, ..self }
    }

    /// Takes note of a finished round.
    pub fn round(&mut self, progress: &Progress<'_>) {
        let Progress { rounds_done, rounds_total, .. } = *progress;
        let words = what_and_how_fast(progress, self.started.elapsed(), self.conversations_before);
        match &mut self.shown {
            Shown::Nothing => {}
            Shown::Lines { last, bar } => {
                show_on(bar, rounds_done, rounds_total);
                if last.elapsed() >= PAUSE && rounds_done < rounds_total {
                    *last = Instant::now();
                    let left = duration(bar.eta().as_secs_f64());
                    say(&format!("round {rounds_done} of {rounds_total}, {words}, about {left} left"));
                }
            }
            Shown::Bar(bar) => {
                show_on(bar, rounds_done, rounds_total);
                bar.set_message(words);
            }
        }
    }

    /// Clears the bar.
    pub fn finish(self) {
        if let Shown::Bar(bar) = self.shown {
            bar.finish_and_clear();
        }
    }
}

/// How far work on several threads is.
pub struct Steps {
    pub rounds_done: u64,
    /// Rounds among them that cost no time, because they were known from before.
    pub rounds_known: u64,
    pub rounds_total: u64,
    pub parts_done: u64,
    pub parts_total: u64,
    /// What a part is, in the plural.
    pub what: &'static str,
    pub conversations: u64,
}

/// Tells people how far work is, from whichever thread a round ends on.
pub struct SharedReporter {
    started: Instant,
    shown: Mutex<Shown>,
}

impl SharedReporter {
    pub fn new(talk: Talk) -> Self {
        let Reporter { started, shown, .. } = Reporter::new(talk);
        if let Shown::Bar(bar) = &shown {
            bar.set_style(style(BAR_OF_PARTS));
        }
        Self { started, shown: Mutex::new(shown) }
    }

    /// Takes note of a finished round.
    pub fn tell(&self, steps: &Steps) {
        let elapsed = self.started.elapsed();
        // A thread that panicked while it told of its progress is no reason to stop telling.
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *shown {
            Shown::Lines { last, .. } if last.elapsed() >= PAUSE => {
                *last = Instant::now();
                let Steps { rounds_done, rounds_total, .. } = steps;
                say(&format!("round {rounds_done} of {rounds_total}, {}", steps.in_words(elapsed)));
            }
            Shown::Nothing | Shown::Lines { .. } => {}
            Shown::Bar(bar) => {
                bar.set_length(steps.rounds_total);
                bar.set_position(steps.rounds_done);
                bar.set_message(steps.in_words(elapsed));
            }
        }
    }

    /// Clears the bar.
    pub fn finish(self) {
        if let Shown::Bar(bar) = self.shown.into_inner().unwrap_or_else(PoisonError::into_inner) {
            bar.finish_and_clear();
        }
    }
}

impl Steps {
    fn in_words(&self, elapsed: Duration) -> String {
        let rate = large(self.conversations as f64 / elapsed.as_secs_f64().max(1e-3));
        let parts = format!("{} of {} {}", self.parts_done, self.parts_total, self.what);
        // Without a round of its own there is no speed to judge by.
        let left = match self.rounds_done.saturating_sub(self.rounds_known) {
            0 => String::new(),
            simulated => {
                let to_go = self.rounds_total.saturating_sub(self.rounds_done) as f64 / simulated as f64;
                format!(", about {} left", duration(to_go * elapsed.as_secs_f64()))
            }
        };
        // Where work is not counted in conversations, their number would mislead.
        let rate = if self.conversations > 0 { format!(", {rate} conversations/s") } else { String::new() };
        format!("{parts}{rate}{left}")
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(style(BAR));
    bar.set_message("starting");
    bar
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ")
}

fn show_on(bar: &ProgressBar, rounds_done: u64, rounds_total: u64) {
    bar.set_length(rounds_total);
    bar.set_position(rounds_done);
}

fn what_and_how_fast(progress: &Progress<'_>, elapsed: Duration, conversations_before: u64) -> String {
    let rate = (progress.conversations - conversations_before) as f64 / elapsed.as_secs_f64().max(1e-3);
    let replicate = progress.replicate + 1;
    format!("{} (run {replicate}), {} conversations/s", variant_name(progress.variant), large(rate))
}

/// `45 s`, `3 min`, `2.5 h`.
pub fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 10.0 => format!("{seconds:.1} s"),
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7200.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        let said = [0.25, 45.0, 180.0, 9000.0].map(duration);
        assert_eq!(said, ["0.2 s", "45 s", "3 min", "2.5 h"]);
    }

    #[test]
    fn the_bars_templates_are_valid() {
        assert!([BAR, BAR_OF_PARTS].iter().all(|template| ProgressStyle::with_template(template).is_ok()));
    }

    #[test]
    fn known_rounds_do_not_make_the_rest_look_quick() {
        let steps = |rounds_known| Steps {
            rounds_done: 60,
            rounds_known,
            rounds_total: 100,
            parts_done: 6,
            parts_total: 10,
            what: "replicates",
            conversations: 1_000_000,
        };
        let words = |known| steps(known).in_words(Duration::from_secs(20));
        assert_eq!(words(40), "6 of 10 replicates, 50 thousand conversations/s, about 40 s left");
        assert_eq!(words(60), "6 of 10 replicates, 50 thousand conversations/s");
    }
}
