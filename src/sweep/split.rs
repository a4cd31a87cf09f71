//! Cuts runs into shards of about equal cost.

use super::manifest::ShardPlan;

/// Shards are planned for so long unless asked otherwise: a hundredth of the sweep, but no less and no more than this.
const SHORTEST: f64 = 60.0;
const LONGEST: f64 = 900.0;
const USUAL: f64 = 100.0;
/// More shards than this are too many files for a folder.
pub const MOST_SHARDS: u32 = 99_999;

/// Shards that a sweep of so many seconds is usually cut into.
pub fn usual_shards(seconds: f64) -> u32 {
    shards_of(seconds, (seconds / USUAL).clamp(SHORTEST, LONGEST))
}

/// Shards of about `each` seconds.
pub fn shards_of(seconds: f64, each: f64) -> u32 {
    (seconds / each).ceil().clamp(1.0, f64::from(MOST_SHARDS)) as u32
}

/// Cuts runs whose seconds are `costs` into `shards` of at least one run each; fewer if there are fewer runs. A shard ends
/// where its share of the whole is reached, so that shards differ by at most the cost of one run.
pub fn split(costs: impl ExactSizeIterator<Item = f64> + Clone, shards: u32) -> Vec<ShardPlan> {
    let runs = costs.len();
    let shards = (shards as usize).clamp(1, runs.max(1));
    let total: f64 = costs.clone().sum();
    let mut found: Vec<ShardPlan> = Vec::with_capacity(shards);
    let (mut current, mut before) = (ShardPlan { runs: 0, seconds: 0.0 }, 0.0);
    for (index, cost) in costs.enumerate() {
        let to_come = runs - index;
        let open = shards - found.len();
        let is_full = before + 0.5 * cost >= total * (found.len() + 1) as f64 / shards as f64;
        // As many runs as shards are left, or this one has its share: the next begins.
        if current.runs > 0 && open > 1 && (is_full || to_come < open) {
            found.push(std::mem::replace(&mut current, ShardPlan { runs: 0, seconds: 0.0 }));
        }
        current.runs += 1;
        current.seconds += cost;
        before += cost;
    }
    if current.runs > 0 {
        found.push(current);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_runs_are_cut_evenly() {
        let found = split([2.0; 10].into_iter(), 5);
        assert_eq!(found, vec![ShardPlan { runs: 2, seconds: 4.0 }; 5]);
        assert_eq!(split([1.0; 3].into_iter(), 7).len(), 3);
    }

    #[test]
    fn dear_runs_stand_alone() {
        let found = split([1.0, 1.0, 1.0, 1.0, 4.0, 4.0].into_iter(), 3);
        assert_eq!(found.iter().map(|it| it.runs).collect::<Vec<_>>(), [4, 1, 1]);
    }

    #[test]
    fn the_usual_number_follows_the_whole() {
        assert_eq!((usual_shards(30.0), usual_shards(600.0), usual_shards(36_000.0)), (1, 10, 100));
        assert_eq!(usual_shards(1e6), 1112);
        assert_eq!(usual_shards(1e12), MOST_SHARDS);
    }

    proptest! {
        #[test]
        fn every_run_is_in_one_shard_and_none_is_much_too_large(
            costs in prop::collection::vec(0.01f64..10.0, 1..200), shards in 1u32..40,
        ) {
            let found = split(costs.iter().copied(), shards);
            prop_assert_eq!(found.iter().map(|it| it.runs as usize).sum::<usize>(), costs.len());
            prop_assert_eq!(found.len(), (shards as usize).min(costs.len()));
            prop_assert!(found.iter().all(|it| it.runs > 0));
            let total: f64 = costs.iter().sum();
            let dearest = costs.iter().copied().fold(0.0, f64::max);
            let share = total / found.len() as f64;
            prop_assert!(found.iter().all(|it| it.seconds <= share + dearest + 1e-9), "{:?}", found);
        }
    }
}
