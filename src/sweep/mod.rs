//! Sweeps: many runs of one scenario at chosen points, planned once, run anywhere in any order, and merged.
//!
//! What is planned lies in a folder and is never changed: the points, and shards of about equal cost (`plan`). Whoever can
//! see the folder may run any shard (`work`); a finished shard is a file there, and these files are the only truth, whatever a
//! scheduler says. `status` counts them, `merge` makes one table of them, `extend` adds to the plan.

mod attempt;
mod cost;
mod design;
pub mod engine;
mod error;
mod extend;
mod finished;
mod folder;
mod from_file;
mod manifest;
mod merge;
mod one_run;
mod plan;
mod point;
mod retry;
mod shard_file;
mod split;
mod status;
mod trial;
mod work;

pub use attempt::{Attempt, Life};
pub use cost::{Estimate, Pilot};
pub use error::{SweepError, shards_in_words};
pub use folder::{Shard, ShardState, Sweep};
pub use manifest::{Manifest, OutcomeColumn, Program, ShardPlan, Study};
pub use merge::{Merged, merge};
pub use one_run::{FinishedRun, KeptRound, simulate_run};
pub use plan::{Cut, Draft, MOST_RUNS, measure_runs};
pub use point::RunId;
pub use retry::{Forgotten, forget_failures};
pub use split::MOST_SHARDS;
pub use status::{FailedRun, MOST_ATTEMPTS, RunCounts, Seconds, ShardCounts, Status, Trouble};
pub use trial::{Trial, TrialOutcome, run_trials, sets_of};
pub use work::{WorkDone, WorkProgress, Worker, work};
