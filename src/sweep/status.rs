//! How far a sweep is, from its folder alone: what schedulers say may be late, wrong or forgotten.

use super::attempt::{Attempt, Life, attempts};
use super::error::SweepError;
use super::folder::{Shard, ShardState, Sweep};
use super::shard_file::runs_of;
use crate::parallel;
use serde::Serialize;
use std::time::SystemTime;

/// Attempts at a shard that may fail before nobody tries it again unasked.
pub const MOST_ATTEMPTS: usize = 3;
/// Failed runs that are named.
const NAMED: usize = 10;

/// How far a sweep is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// Name of the sweep.
    pub name: String,
    /// Runs.
    pub runs: RunCounts,
    /// Shards.
    pub shards: ShardCounts,
    /// Seconds on one core.
    pub seconds: Seconds,
    /// Runs per second, by the shards that run and what runs took so far; 0 if nothing runs.
    pub runs_per_second: f64,
    /// Seconds until all is done if as many shards run as now; `None` if none does.
    pub seconds_left: Option<f64>,
    /// Shards that need a look.
    pub troubles: Vec<Trouble>,
    /// The first runs that failed, and why.
    pub failed_runs: Vec<FailedRun>,
    /// Shards without a result that nobody works on.
    #[serde(skip)]
    pub open: Vec<Shard>,
}

/// Runs of a sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RunCounts {
    /// All.
    pub total: u64,
    /// Done, also in shards that are not finished.
    pub done: u64,
    /// Failed, among those of finished shards.
    pub failed: u64,
}

/// Shards of a sweep, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ShardCounts {
    /// All.
    pub total: u64,
    /// With a whole file.
    pub done: u64,
    /// Somebody gives signs of life.
    pub running: u64,
    /// Whoever worked on it gives no more signs.
    pub lost: u64,
    /// The last who worked on it said that it failed.
    pub failed: u64,
    /// With a file that is cut short or altered.
    pub damaged: u64,
    /// Nobody has begun, or whoever began was stopped in order.
    pub waiting: u64,
}

/// Seconds on one core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Seconds {
    /// Of all runs, as planned.
    pub planned: f64,
    /// Of the runs that are done, as planned.
    pub planned_of_done: f64,
    /// Of the runs that are done, as measured.
    pub measured: f64,
}

/// A shard that needs a look.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trouble {
    /// Its number.
    pub shard: u32,
    /// `damaged`, `failed` or `lost`.
    pub state: &'static str,
    /// Attempts that failed or were lost.
    pub attempts: usize,
    /// What is known of why.
    pub reason: String,
}

/// A run that failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FailedRun {
    /// Point, from 1.
    pub point: u32,
    /// Replicate, from 0.
    pub replicate: u32,
    /// Why.
    pub reason: String,
}

/// What is known of one shard.
struct Seen {
    finished: bool,
    damaged: Option<String>,
    done: u64,
    failed: Vec<FailedRun>,
    seconds: f64,
}

impl Status {
    /// Looks at every file of the sweep. `now` is only for folders that cannot be written.
    ///
    /// # Errors
    /// If the signs of life cannot be read.
    pub fn of(sweep: &Sweep, now: SystemTime) -> Result<Self, SweepError> {
        let shards = sweep.shards();
        let signs = attempts(&sweep.attempts(), now)?;
        let seen = parallel::map(&shards, |shard| see(sweep, shard));
        let mut status = Self {
            name: sweep.study().name.clone(),
            runs: RunCounts { total: sweep.runs(), ..RunCounts::default() },
            shards: ShardCounts { total: shards.len() as u64, ..ShardCounts::default() },
            seconds: Seconds::default(),
            runs_per_second: 0.0,
            seconds_left: None,
            troubles: Vec::new(),
            failed_runs: Vec::new(),
            open: Vec::new(),
        };
        for (shard, seen) in shards.iter().zip(seen) {
            let own: Vec<&(Attempt, Life)> = signs.iter().filter(|it| it.0.shard == shard.number).collect();
            status.add(sweep, shard, seen, &own);
        }
        status.look_ahead();
        Ok(status)
    }

    /// Shards that can be tried: those without a result that nobody works on and that did not fail too often.
    pub fn to_try(&self) -> Vec<Shard> {
        let given_up = self.given_up();
        self.open.iter().filter(|shard| !given_up.contains(&shard.number)).cloned().collect()
    }

    /// Shards that failed so often that somebody should look first.
    pub fn given_up(&self) -> Vec<u32> {
        self.troubles.iter().filter(|it| it.attempts >= MOST_ATTEMPTS).map(|it| it.shard).collect()
    }

    /// Whether every run has a result.
    pub fn is_complete(&self) -> bool {
        self.shards.done == self.shards.total
    }

    fn add(&mut self, sweep: &Sweep, shard: &Shard, seen: Seen, signs: &[&(Attempt, Life)]) {
        let (planned, runs) = (sweep.planned_seconds(shard), shard.runs.end - shard.runs.start);
        self.seconds.planned += planned;
        self.seconds.measured += seen.seconds;
        self.seconds.planned_of_done += planned * seen.done as f64 / runs as f64;
        self.runs.failed += seen.failed.len() as u64;
        let room = NAMED.saturating_sub(self.failed_runs.len());
        self.failed_runs.extend(seen.failed.into_iter().take(room));
        let running = signs.iter().filter(|it| it.1 == Life::Running).map(|it| it.0.runs_done).max();
        self.runs.done += running.unwrap_or(0).max(seen.done);
        if seen.finished {
            self.shards.done += 1;
            return;
        }
        if running.is_none() {
            self.open.push(shard.clone());
        }
        let bad: Vec<&&(Attempt, Life)> = signs.iter().filter(|it| it.1 != Life::Running).collect();
        let last = bad.last().map(|it| (it.1, in_words(&it.0, it.1)));
        let (count, state, reason) = match (seen.damaged, running, last) {
            (Some(reason), None, _) => (&mut self.shards.damaged, "damaged", reason),
            (_, Some(_), _) => (&mut self.shards.running, "", String::new()),
            (_, _, Some((Life::Failed, reason))) => (&mut self.shards.failed, "failed", reason),
            (_, _, Some((_, reason))) => (&mut self.shards.lost, "lost", reason),
            _ => (&mut self.shards.waiting, "", String::new()),
        };
        *count += 1;
        if !state.is_empty() {
            self.troubles.push(Trouble { shard: shard.number, state, attempts: bad.len(), reason });
        }
    }

    fn look_ahead(&mut self) {
        let Seconds { planned, planned_of_done, measured } = self.seconds;
        let slower = if planned_of_done > 0.0 { measured / planned_of_done } else { 1.0 };
        let (running, to_do) = (self.shards.running as f64, self.runs.total.saturating_sub(self.runs.done));
        if running > 0.0 && to_do > 0 && planned > 0.0 {
            let of_run = slower * planned / self.runs.total as f64;
            self.runs_per_second = running / of_run;
            self.seconds_left = Some(to_do as f64 * of_run / running);
        }
    }
}

fn in_words(attempt: &Attempt, life: Life) -> String {
    let job = if attempt.job.is_empty() { String::new() } else { format!(" (job {})", attempt.job) };
    let Attempt { worker, runs_done, runs, .. } = attempt;
    match &attempt.failure {
        Some(reason) => format!("{worker}{job}: {reason}"),
        None if life == Life::Lost => {
            format!("{worker}{job} gives no sign of life; {runs_done} of {runs} runs were done")
        }
        None => format!("{worker}{job}"),
    }
}

fn see(sweep: &Sweep, shard: &Shard) -> Seen {
    match sweep.state(shard) {
        ShardState::Finished(table, facts) => {
            let runs = if facts.failed > 0 { runs_of(&table, sweep.study().columns.len()) } else { None };
            let failed = runs.unwrap_or_default().into_iter().filter_map(|it| {
                let reason = it.outcome.err()?;
                Some(FailedRun { point: it.run.point + 1, replicate: it.run.replicate, reason })
            });
            Seen {
                finished: true,
                damaged: None,
                done: facts.runs,
                failed: failed.collect(),
                seconds: facts.seconds,
            }
        }
        state => {
            let (runs, seconds) = sweep.finished_runs(shard);
            let damaged = match state {
                ShardState::Damaged(error) => Some(error.to_string()),
                _ => None,
            };
            Seen { finished: false, damaged, done: runs.len() as u64, failed: Vec::new(), seconds }
        }
    }
}
