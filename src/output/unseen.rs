//! What an update does to the sycophancy index: known to the simulation, measured by no check.

use super::launches::decisions;
use super::results::Tables;

/// Rise of the index of one update in one replicate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rise {
    /// Replicate.
    pub replicate: i64,
    /// Round whose candidate it is.
    pub round: i64,
    /// Index of the candidate minus that in service when it was reviewed.
    pub rise: f64,
}

/// The rises of all updates of a variant.
pub fn rises(tables: &Tables, variant: &str) -> Vec<Rise> {
    let known = decisions(&tables.review, variant).into_iter().filter(|it| it.index_rise.is_finite());
    known.map(|it| Rise { replicate: it.replicate, round: it.round, rise: it.index_rise }).collect()
}
