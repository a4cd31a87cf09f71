//! The autopsy: the same incident again under other rules of review and other mitigations, on common random numbers.
//! Would it have been caught, on which day, and at what cost?

mod case;
mod history;
mod outcome;
mod replay;
mod sizes;
mod table;

pub use case::{AS_IT_WAS, Case, CaseError, cases, incident_round};
pub use history::{EventDays, History, RoundNote};
pub use outcome::{CaughtBy, Days, Outcome, Proportion, Seen, outcomes};
pub use replay::{Autopsy, Progress, ReplayError, Replayed, bytes_needed, replay};
pub use sizes::{CheckSize, all_checks, sizes};
pub use table::{histories_table, outcomes_table};
