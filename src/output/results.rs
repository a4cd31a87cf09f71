//! What the engine hands over to be written down.

use super::warning::Warning;
use crate::analysis::signal_by_signal::SignalBySignal;
pub use crate::analysis::study::Tables;
use crate::scenario::Scenario;

/// Everything that a run has found.
#[derive(Clone, Copy, Debug)]
pub struct Results<'a> {
    /// What was run, after defaults.
    pub scenario: &'a Scenario,
    /// What was measured.
    pub tables: &'a Tables,
    /// What each factor does alone and what all do together, where there are at least two.
    pub signal_by_signal: Option<&'a SignalBySignal>,
    /// Doubts.
    pub warnings: &'a [Warning],
}
