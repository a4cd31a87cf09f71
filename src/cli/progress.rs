//! How far a run is: a bar on a terminal, a line now and then elsewhere.

use super::talk::{Talk, say};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use thumbscale::analysis::autopsy;
use thumbscale::analysis::study::Progress;
use thumbscale::output::words::{large, variant_name};

/// Time between two lines where there is no terminal.
const PAUSE: Duration = Duration::from_secs(10);
const BAR: &str = "[{bar:20}] round {pos} of {len}, {eta} left: {wide_msg}";

/// Tells people how far a run is.
pub struct Reporter {
    started: Instant,
    shown: Shown,
}

enum Shown {
    Nothing,
    Lines { last: Instant, pause: Duration },
    Bar(ProgressBar),
}

impl Reporter {
    pub fn new(talk: Talk) -> Self {
        let started = Instant::now();
        let shown = match talk {
            Talk::Quiet => Shown::Nothing,
            Talk::Lines => Shown::Lines { last: started, pause: PAUSE },
            Talk::Terminal => Shown::Bar(bar()),
        };
        Self { started, shown }
    }

    /// Takes note of a finished round.
    pub fn round(&mut self, progress: &Progress<'_>) {
        let elapsed = self.started.elapsed();
        let done = progress.rounds_done == progress.rounds_total;
        match &mut self.shown {
            Shown::Nothing => {}
            Shown::Lines { last, pause } if last.elapsed() >= *pause && !done => {
                *last = Instant::now();
                say(&line(progress, elapsed));
            }
            Shown::Lines { .. } => {}
            Shown::Bar(bar) => {
                bar.set_length(progress.rounds_total);
                bar.set_position(progress.rounds_done);
                bar.set_message(what_and_how_fast(progress, elapsed));
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

/// Tells people how far an autopsy is, from whichever thread a round ends on.
pub struct AutopsyReporter {
    started: Instant,
    shown: Mutex<Shown>,
}

impl AutopsyReporter {
    pub fn new(talk: Talk) -> Self {
        let Reporter { started, shown } = Reporter::new(talk);
        Self { started, shown: Mutex::new(shown) }
    }

    /// Takes note of a finished round.
    pub fn round(&self, progress: &autopsy::Progress) {
        let elapsed = self.started.elapsed();
        // A thread that panicked while it told of its progress is no reason to stop telling.
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *shown {
            Shown::Lines { last, pause } if last.elapsed() >= *pause => {
                *last = Instant::now();
                say(&autopsy_line(progress, elapsed));
            }
            Shown::Nothing | Shown::Lines { .. } => {}
            Shown::Bar(bar) => {
                bar.set_length(progress.rounds_total);
                bar.set_position(progress.rounds_done);
                bar.set_message(histories_and_how_fast(progress, elapsed));
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

fn autopsy_line(progress: &autopsy::Progress, elapsed: Duration) -> String {
    let autopsy::Progress { rounds_done, rounds_total, .. } = progress;
    let to_go = (rounds_total - rounds_done) as f64 / *rounds_done as f64 * elapsed.as_secs_f64();
    format!(
        "round {rounds_done} of {rounds_total}, {}, about {} left",
        histories_and_how_fast(progress, elapsed),
        duration(to_go)
    )
}

fn histories_and_how_fast(progress: &autopsy::Progress, elapsed: Duration) -> String {
    let rate = progress.conversations as f64 / elapsed.as_secs_f64().max(1e-3);
    let autopsy::Progress { histories_done, histories_total, .. } = progress;
    format!("{histories_done} of {histories_total} histories, {} conversations/s", large(rate))
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(style.progress_chars("=> "));
    bar.set_message("starting");
    bar
}

/// The state of a run in one line.
fn line(progress: &Progress<'_>, elapsed: Duration) -> String {
    let Progress { rounds_done, rounds_total, .. } = progress;
    let to_go = (rounds_total - rounds_done) as f64 / *rounds_done as f64 * elapsed.as_secs_f64();
    format!(
        "round {rounds_done} of {rounds_total}, {}, about {} left",
        what_and_how_fast(progress, elapsed),
        duration(to_go)
    )
}

fn what_and_how_fast(progress: &Progress<'_>, elapsed: Duration) -> String {
    let rate = progress.conversations as f64 / elapsed.as_secs_f64().max(1e-3);
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
    fn the_bar_s_template_is_valid() {
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }
}
