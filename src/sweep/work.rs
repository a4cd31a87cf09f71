//! Runs shards: what is done already is kept, what is missing is simulated on all cores, and every shard that is complete is
//! written at once.

use super::attempt::{Attempt, EVERY, forget};
use super::error::SweepError;
use super::folder::{Shard, ShardState, Sweep};
use super::one_run::{FinishedRun, simulate_run};
use super::point::RunId;
use crate::parallel::map_whole;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Finished runs of an unfinished shard are put on disk after so many seconds, then each time when it has been worked on for
/// twice as long, but at least every so many: little is lost with a short shard, and a long one does not leave many files.
const KEEP_FIRST: f64 = 5.0;
const KEEP_AT_LEAST_EVERY: f64 = 60.0;

/// Who works, and what a clock says.
#[derive(Clone, Copy)]
pub struct Worker<'a> {
    /// Machine and process, as a part of file names.
    pub name: &'a str,
    /// What a scheduler calls this job, "" without one.
    pub job: &'a str,
    /// Seconds since some moment.
    pub clock: &'a (dyn Fn() -> f64 + Sync),
}

/// How far the work is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WorkProgress {
    /// Runs that are done, those that were done before too.
    pub runs_done: u64,
    /// Those that were done before.
    pub runs_before: u64,
    /// Runs in all shards asked for.
    pub runs: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Conversations simulated.
    pub conversations: u64,
}

/// What came of the work.
#[derive(Debug)]
pub struct WorkDone {
    /// How far it came.
    pub progress: WorkProgress,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Shards whose file was damaged, and was replaced.
    pub replaced: Vec<u32>,
    /// Why the first runs failed.
    pub failures: Vec<(RunId, String)>,
}

/// Runs named among the failures.
const NAMED: usize = 5;

/// Finishes shards. `observe` is told of every round and may stop the work; finished runs are kept then.
///
/// # Errors
/// If results cannot be written; what is written by then stays.
pub fn work(
    sweep: &Sweep,
    shards: &[Shard],
    worker: Worker<'_>,
    observe: &(dyn Fn(WorkProgress) -> ControlFlow<()> + Sync),
) -> Result<WorkDone, SweepError> {
    let mut desk = Desk::new(sweep, worker, observe);
    shards.iter().for_each(|shard| desk.add(shard));
    let missing: Vec<(usize, RunId)> = desk.missing();
    desk.finish_complete()?;
    map_whole(missing.len(), |nth| desk.run(missing[nth].0, missing[nth].1));
    desk.close()
}

/// Everything that threads share.
struct Desk<'a> {
    sweep: &'a Sweep,
    worker: Worker<'a>,
    observe: &'a (dyn Fn(WorkProgress) -> ControlFlow<()> + Sync),
    shards: Vec<Mutex<OpenShard>>,
    replaced: Vec<u32>,
    failures: Mutex<Vec<(RunId, String)>>,
    trouble: Mutex<Option<SweepError>>,
    stopped: AtomicBool,
    runs: u64,
    runs_before: u64,
    runs_done: AtomicU64,
    failed: AtomicU64,
    conversations: AtomicU64,
}

/// A shard that is not finished.
struct OpenShard {
    shard: Shard,
    runs: Vec<FinishedRun>,
    /// How many of them are on disk.
    kept: usize,
    parts: u32,
    /// Seconds on one core of all runs, and of those on disk.
    seconds: f64,
    kept_seconds: f64,
    began: f64,
    last_kept: f64,
    /// When the last sign of life was given; `None` before the first.
    last_sign: Option<f64>,
    is_finished: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panicking thread left is whole: values are put in place in one step.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Desk<'a> {
    fn new(
        sweep: &'a Sweep,
        worker: Worker<'a>,
        observe: &'a (dyn Fn(WorkProgress) -> ControlFlow<()> + Sync),
    ) -> Self {
        Self {
            sweep,
            worker,
            observe,
            shards: Vec::new(),
            replaced: Vec::new(),
            failures: Mutex::default(),
            trouble: Mutex::default(),
            stopped: AtomicBool::new(false),
            runs: 0,
            runs_before: 0,
            runs_done: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            conversations: AtomicU64::new(0),
        }
    }

    /// Takes a shard on, unless it is finished.
    fn add(&mut self, shard: &Shard) {
        let all = shard.runs.end - shard.runs.start;
        self.runs += all;
        let before = match self.sweep.state(shard) {
            ShardState::Finished(_, facts) => {
                *self.failed.get_mut() += facts.failed;
                all
            }
            state => {
                if matches!(state, ShardState::Damaged(_)) {
                    self.replaced.push(shard.number);
                }
                let (runs, seconds) = self.sweep.finished_runs(shard);
                let before = runs.len() as u64;
                *self.failed.get_mut() += runs.iter().filter(|it| it.outcome.is_err()).count() as u64;
                self.shards.push(Mutex::new(OpenShard::new(shard, runs, seconds)));
                before
            }
        };
        self.runs_before += before;
        *self.runs_done.get_mut() += before;
    }

    /// Runs to be simulated, with the place of their shard.
    fn missing(&self) -> Vec<(usize, RunId)> {
        let of = |(nth, open): (usize, &Mutex<OpenShard>)| {
            let open = lock(open);
            let is_missing = |run: &RunId| open.runs.binary_search_by_key(run, |it| it.run).is_err();
            let runs = self.sweep.runs_of(&open.shard);
            runs.filter(is_missing).map(|run| (nth, run)).collect::<Vec<_>>()
        };
        self.shards.iter().enumerate().flat_map(of).collect()
    }

    /// Shards of which only the last step was missing.
    fn finish_complete(&self) -> Result<(), SweepError> {
        for open in &self.shards {
            let mut open = lock(open);
            if open.is_complete() {
                self.finish(&mut open)?;
            }
        }
        Ok(())
    }

    fn run(&self, nth: usize, run: RunId) {
        if self.stopped.load(Ordering::SeqCst) {
            return;
        }
        self.give_sign(&mut lock(&self.shards[nth]));
        let started = (self.worker.clock)();
        let mut each_round = |conversations| {
            self.conversations.fetch_add(conversations, Ordering::Relaxed);
            // A run may take longer than anybody waits for a sign.
            self.give_sign(&mut lock(&self.shards[nth]));
            self.tell()
        };
        let (point, seed) = (self.sweep.scenario_at(run.point), self.sweep.seed_at(run.point));
        let done = simulate_run(run, point, seed, &self.sweep.study().outcomes, &mut each_round);
        let Some(done) = done else { return };
        self.count(&done);
        let mut open = lock(&self.shards[nth]);
        open.seconds += (self.worker.clock)() - started;
        open.runs.push(done);
        let kept =
            if open.is_complete() { self.finish(&mut open) } else { self.keep_now_and_then(&mut open) };
        drop(open);
        if let Err(error) = kept {
            lock(&self.trouble).get_or_insert(error);
            self.stopped.store(true, Ordering::SeqCst);
        }
        // A run that failed early has told of no round.
        let _ = self.tell();
    }

    fn count(&self, done: &FinishedRun) {
        self.runs_done.fetch_add(1, Ordering::Relaxed);
        if let Err(reason) = &done.outcome {
            self.failed.fetch_add(1, Ordering::Relaxed);
            let mut failures = lock(&self.failures);
            if failures.len() < NAMED {
                failures.push((done.run, reason.clone()));
            }
        }
    }

    fn tell(&self) -> ControlFlow<()> {
        if (self.observe)(self.progress()).is_break() {
            self.stopped.store(true, Ordering::SeqCst);
        }
        if self.stopped.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn progress(&self) -> WorkProgress {
        WorkProgress {
            runs_done: self.runs_done.load(Ordering::Relaxed),
            runs_before: self.runs_before,
            runs: self.runs,
            failed: self.failed.load(Ordering::Relaxed),
            conversations: self.conversations.load(Ordering::Relaxed),
        }
    }

    fn give_sign(&self, open: &mut OpenShard) {
        let now = (self.worker.clock)();
        if open.last_sign.is_none_or(|last| now - last >= EVERY) {
            if open.last_sign.is_none() {
                (open.began, open.last_kept) = (now, now);
            }
            open.last_sign = Some(now);
            self.attempt(open, None).tell(&self.sweep.attempts());
        }
    }

    fn attempt(&self, open: &OpenShard, failure: Option<String>) -> Attempt {
        Attempt {
            shard: open.shard.number,
            worker: self.worker.name.to_string(),
            job: self.worker.job.to_string(),
            runs_done: open.runs.len() as u64,
            runs: open.shard.runs.end - open.shard.runs.start,
            failure,
        }
    }

    fn keep_now_and_then(&self, open: &mut OpenShard) -> Result<(), SweepError> {
        let now = (self.worker.clock)();
        self.give_sign(open);
        let pause = (open.last_kept - open.began).clamp(KEEP_FIRST, KEEP_AT_LEAST_EVERY);
        if now - open.last_kept < pause {
            return Ok(());
        }
        open.last_kept = now;
        self.keep(open)
    }

    /// Puts on disk what is not there yet.
    fn keep(&self, open: &mut OpenShard) -> Result<(), SweepError> {
        if open.kept == open.runs.len() {
            return Ok(());
        }
        let mut runs = open.runs[open.kept..].to_vec();
        FinishedRun::sort(&mut runs);
        let seconds = open.seconds - open.kept_seconds;
        self.sweep.write_part(&open.shard, &runs, seconds, (self.worker.name, open.parts))?;
        (open.kept, open.kept_seconds, open.parts) = (open.runs.len(), open.seconds, open.parts + 1);
        Ok(())
    }

    fn finish(&self, open: &mut OpenShard) -> Result<(), SweepError> {
        FinishedRun::sort(&mut open.runs);
        self.sweep.write_shard(&open.shard, &open.runs, open.seconds, self.worker.name)?;
        open.is_finished = true;
        open.runs = Vec::new();
        let number = open.shard.number;
        // Best effort: what remains is in nobody's way, and the next who looks at the shard finds it finished.
        self.sweep.parts_of(number).iter().for_each(|path| drop(std::fs::remove_file(path)));
        forget(&self.sweep.attempts(), number);
        Ok(())
    }

    /// Keeps what unfinished shards have, and says how it went.
    fn close(self) -> Result<WorkDone, SweepError> {
        let trouble = lock(&self.trouble).take();
        let mut failed_to_keep = None;
        for open in &self.shards {
            let mut open = lock(open);
            if open.is_finished || open.last_sign.is_none() {
                continue;
            }
            if let Err(error) = self.keep(&mut open) {
                failed_to_keep.get_or_insert(error);
            }
            let reason = trouble.as_ref().or(failed_to_keep.as_ref()).map(ToString::to_string);
            let attempt = self.attempt(&open, reason);
            // Who was stopped did not fail: the shard just waits.
            let folder = self.sweep.attempts();
            if attempt.failure.is_some() { attempt.tell(&folder) } else { attempt.withdraw(&folder) }
        }
        if let Some(error) = trouble.or(failed_to_keep) {
            return Err(error);
        }
        Ok(WorkDone {
            progress: self.progress(),
            interrupted: self.stopped.load(Ordering::SeqCst),
            replaced: self.replaced,
            failures: self.failures.into_inner().unwrap_or_else(PoisonError::into_inner),
        })
    }
}

impl OpenShard {
    fn new(shard: &Shard, runs: Vec<FinishedRun>, seconds: f64) -> Self {
        Self {
            shard: shard.clone(),
            kept: runs.len(),
            runs,
            parts: 0,
            seconds,
            kept_seconds: seconds,
            began: 0.0,
            last_kept: 0.0,
            last_sign: None,
            is_finished: false,
        }
    }

    fn is_complete(&self) -> bool {
        self.runs.len() as u64 == self.shard.runs.end - self.shard.runs.start
    }
}
