//! What is measured of policies and users every round. Nothing here draws random numbers, but for the probes with
//! sampled answers, which checks and canaries use.

mod beliefs;
mod launch_rows;
mod policy;
mod probes;
mod rows;
mod sampled_probes;
pub(crate) mod stored;
pub mod table;
pub(crate) mod units;

pub use beliefs::{CATASTROPHIC, UserSums, measure_users};
pub use launch_rows::{check_rows, day_rows, review_row};
pub use policy::{PolicyMeasures, mean_sycophancy_index, measure_offline, measure_policy};
pub use probes::{PROBES, Probes, probability_within, probe_context};
pub use rows::{RoundMeasures, reward_model_rows, round_row, segment_rows};
pub use sampled_probes::sample_sycophancy_index;
