//! Numbers that are none end a run where they arise. Means of nothing (a round without conversations) are no error: they
//! are reported as missing.

use super::SimulationError;
use crate::conversation::Served;
use crate::measure::PolicyMeasures;
use crate::parallel;
use crate::policy::Policy;
use crate::population::{Block, Population};

/// Refuses a policy, under the words for it, that has a weight which is none.
pub fn check_policy(round: i64, quantity: &'static str, policy: &Policy) -> Result<(), SimulationError> {
    let odd = policy.weights.iter().copied().find(|weight| !weight.is_finite());
    check(round, &[(quantity, odd.unwrap_or(0.0))])
}

/// Refuses sums over the conversations of a round that are none.
pub fn check_served(round: i64, served: &Served) -> Result<(), SimulationError> {
    let total = served.total();
    let sums = [("the sum of approval", total.approval.sum), ("the sum of benefit", total.benefit.sum)];
    check(round, &sums)
}

/// Refuses measures of the policy in service that are none.
pub fn check_measures(round: i64, measures: &PolicyMeasures) -> Result<(), SimulationError> {
    let sums = [
        ("the sum of sycophancy indices", measures.sycophancy_index.sum),
        ("the sum of proxy rewards", measures.proxy_reward.sum),
        ("the KL from the original reference", measures.kl_from_reference.sum),
        ("the KL from the current reference", measures.kl_from_anchor.sum),
    ];
    check(round, &sums)
}

/// Refuses users whose state is none.
pub fn check_users(round: i64, population: &Population) -> Result<(), SimulationError> {
    let found = parallel::map_chunks(&population.blocks, 16, |blocks| blocks.iter().find_map(odd_state));
    match found.into_iter().flatten().next() {
        Some(odd) => check(round, &[odd]),
        None => Ok(()),
    }
}

fn odd_state(block: &Block) -> Option<(&'static str, f64)> {
    let states = [
        ("a stance error", &block.stance_error),
        ("trust", &block.trust),
        ("satisfaction", &block.satisfaction),
        ("habituation", &block.habituation),
    ];
    states.into_iter().find_map(|(name, column)| column.odd_number().map(|value| (name, f64::from(value))))
}

fn check(round: i64, quantities: &[(&'static str, f64)]) -> Result<(), SimulationError> {
    match quantities.iter().find(|(_, value)| !value.is_finite()) {
        Some(&(quantity, value)) => Err(SimulationError::NotFinite { round, quantity, value }),
        None => Ok(()),
    }
}
