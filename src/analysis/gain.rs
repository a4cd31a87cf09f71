//! Loop gain: how much of a push of the policy is left after the loop has gone round.
//!
//! Below 1 a push dies out and the loop settles where its forces balance; at 1 nothing brings the policy back, so a steady
//! drive moves it at a steady speed (a ratchet); above 1 the loop itself makes a push grow.

mod eigenvector;
mod follow;
mod forecast;
mod metric;
mod settings;
mod spectrum;
mod study;
mod table;

pub use eigenvector::Change;
pub use follow::{Path, Push, Unperturbed, respond, unwatched};
pub use forecast::{Course, Fate, course, foretold, observed};
pub use metric::{Index, Metric};
pub use settings::{Measured, Setting, bytes_needed, measure_settings};
pub use spectrum::{Krylov, Spectrum};
pub use study::{Loop, LoopGain, Options, loop_gain, loop_gain_key};
pub use table::{from_table, to_table};
