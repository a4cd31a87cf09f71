//! What is measured of policies and users every round. Nothing here draws random numbers.

mod beliefs;
mod policy;
mod probes;
mod rows;
pub mod table;

pub use beliefs::{UserSums, measure_users};
pub use policy::{PolicyMeasures, measure_offline, measure_policy};
pub use probes::{PROBES, sycophancy_probes};
pub use rows::{RoundMeasures, reward_model_rows, round_row, segment_rows};
