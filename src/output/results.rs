//! What the engine hands over to be written down.

use super::warning::Warning;
use crate::analysis::signal_by_signal::SignalBySignal;
use crate::measure::table::Table;
use crate::scenario::Scenario;

/// The tables of a run. Empty ones are not written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// One row per variant, replicate and round.
    pub rounds: Table,
    /// The same by segment of users.
    pub segments: Table,
    /// Reward models fitted in each round.
    pub reward_models: Table,
    /// Verdicts of launch review.
    pub review: Table,
}

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

impl Tables {
    /// The tables with their file names, empty ones left out.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &Table)> {
        [
            ("rounds", &self.rounds),
            ("segments", &self.segments),
            ("reward_models", &self.reward_models),
            ("review", &self.review),
        ]
        .into_iter()
        .filter(|(_, table)| table.rows() > 0)
    }
}
