//! thumbscale simulates feedback-loop drift: users, a policy, assistant memory and thumbs over many
//! update rounds, and how individually reasonable signals compound into sycophancy.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod analysis;
#[cfg(feature = "files")]
pub mod checkpoint;
#[cfg(feature = "cli")]
#[allow(
    clippy::disallowed_methods,
    reason = "the command line reads the clock and formats numbers for people"
)]
mod cli;
pub mod conversation;
mod doubles;
pub mod feedback;
pub mod lanes;
pub mod launch;
#[cfg(feature = "cli")]
mod lesson;
pub mod mean_field;
pub mod measure;
pub mod memory;
#[allow(clippy::disallowed_methods, reason = "pictures and words: nothing in it flows back into a run")]
pub mod output;
mod parallel;
pub mod policy;
pub mod population;
pub mod random;
pub mod reference;
pub mod reward;
pub mod scenario;
pub mod service;
pub mod simulation;
pub mod statistics;
#[cfg(feature = "files")]
pub mod sweep;
pub mod training;
pub mod vector;
pub mod verify;

#[cfg(feature = "cli")]
pub use cli::run_program;
