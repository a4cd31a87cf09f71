//! What an update does to the sycophancy index: known to the simulation, measured by no check.

use super::launches::{days, decisions};
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
///
/// `review` gives them from the policy that the round began with; where that one was taken back within the round, its
/// index is replaced by what was in service on the last day before review.
pub fn rises(tables: &Tables, variant: &str) -> Vec<Rise> {
    let days = days(&tables.days, variant);
    let of = |replicate: i64, round: i64| {
        days.iter()
            .filter(move |it| (it.replicate, it.round) == (replicate, round) && it.activity != "review")
    };
    let rise = |it: super::launches::DecisionRow| {
        let (replicate, round) = (it.replicate, it.round);
        let last = of(replicate, round).next_back().map(|day| day.index);
        let began = of(replicate, round).find(|day| day.shares[0] == 1.0).map(|day| day.index);
        let taken_back = began.zip(last).map_or(0.0, |(began, last)| began - last);
        Rise { replicate, round, rise: it.index_rise + taken_back }
    };
    decisions(&tables.review, variant).into_iter().filter(|it| it.index_rise.is_finite()).map(rise).collect()
}
