//! Several versions of a scenario on one seed: one history while their settings agree, forked where they part.
//!
//! Rounds that versions have in common are simulated once, so a factorial over factors that begin late costs little
//! more than its last rounds.

mod parts;

pub use parts::FamilyParts;

use crate::measure::RoundMeasures;
use crate::scenario::Scenario;
use crate::simulation::{Simulation, SimulationError};
use std::ops::ControlFlow;

/// A round that was just simulated.
pub struct RoundDone<'a> {
    /// The versions that it belongs to, by place in the list given.
    pub members: &'a [usize],
    /// What was measured; rounds up to 0 are the warm-up.
    pub measures: &'a RoundMeasures,
    /// The simulation after it.
    pub simulation: &'a Simulation,
}

/// Runs all versions to their end. `each_round` is called after every round and may stop the family.
///
/// # Errors
/// If a number stops being finite; the other versions are not run then.
pub fn run_family(
    versions: &[&Scenario],
    seed: u64,
    each_round: &mut dyn FnMut(RoundDone) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, SimulationError> {
    let mut family = Family::new(versions.to_vec(), seed);
    while let Some(flow) = family.run_round(&mut *each_round)? {
        if flow.is_break() {
            return Ok(flow);
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Rounds that [`run_family`] simulates, warm-up included.
pub fn rounds_of_family(versions: &[&Scenario]) -> u64 {
    let mut groups = parted(versions, &(0..versions.len()).collect::<Vec<_>>(), 0);
    let run = &versions[0].settings_in(0).run;
    let mut rounds = groups.len() as u64 * u64::from(run.warm_up_rounds);
    for round in 1..=run.rounds {
        groups = groups.iter().flat_map(|members| parted(versions, members, round)).collect();
        rounds += groups.len() as u64;
    }
    rounds
}

/// A family between two rounds. Versions are run depth first: the first group of a fork to its end, then the next.
pub struct Family<'a> {
    versions: Vec<&'a Scenario>,
    seed: u64,
    /// Groups that part before the first round and have not begun, the next one last.
    unstarted: Vec<Vec<usize>>,
    /// Where groups parted and some have not begun, the innermost last.
    forks: Vec<Fork>,
    /// What runs.
    branch: Option<Branch>,
}

/// A history, and the groups that have yet to go on from it, the next one last.
struct Fork {
    simulation: Simulation,
    groups: Vec<Vec<usize>>,
}

/// A history, and the versions that it belongs to.
struct Branch {
    simulation: Simulation,
    members: Vec<usize>,
}

impl<'a> Family<'a> {
    /// Before the first round.
    pub fn new(versions: Vec<&'a Scenario>, seed: u64) -> Self {
        let all: Vec<usize> = (0..versions.len()).collect();
        let unstarted = next_last(parted(&versions, &all, 0));
        Self { versions, seed, unstarted, forks: Vec::new(), branch: None }
    }

    /// Runs the next round and gives what `each_round` made of it; `None` after the last round.
    ///
    /// # Errors
    /// If a number stops being finite.
    pub fn run_round<R>(
        &mut self,
        each_round: impl FnOnce(RoundDone) -> R,
    ) -> Result<Option<R>, SimulationError> {
        while let Some(mut branch) = self.branch.take().or_else(|| self.begin()) {
            let Some(round) = branch.next_round() else { continue };
            let groups = parted(&self.versions, &branch.members, round);
            if groups.len() > 1 {
                self.forks.push(Fork { simulation: branch.simulation, groups: next_last(groups) });
                continue;
            }
            let measures = branch.simulation.run_round()?;
            let Branch { members, simulation } = self.branch.insert(branch);
            return Ok(Some(each_round(RoundDone { members, measures: &measures, simulation })));
        }
        Ok(None)
    }

    /// Begins the next group: of the innermost fork, or one that starts by itself.
    fn begin(&mut self) -> Option<Branch> {
        let Some(Fork { simulation, mut groups }) = self.forks.pop() else {
            let members = self.unstarted.pop()?;
            return Some(Branch {
                simulation: Simulation::new(self.versions[members[0]], self.seed),
                members,
            });
        };
        let members = groups.pop()?;
        let version = self.versions[members[0]];
        // The last group needs no copy of the users.
        if groups.is_empty() {
            return Some(Branch { simulation: simulation.into_scenario(version), members });
        }
        let copy = simulation.with_scenario(version);
        self.forks.push(Fork { simulation, groups });
        Some(Branch { simulation: copy, members })
    }
}

impl Branch {
    /// Number of the next round, 0 in the warm-up; `None` after the last one.
    fn next_round(&self) -> Option<u32> {
        let run = &self.simulation.scenario().settings_in(0).run;
        let next = self.simulation.rounds_done + 1;
        (next <= run.warm_up_rounds + run.rounds).then(|| next.saturating_sub(run.warm_up_rounds))
    }
}

/// Groups in the order in which they are taken from the end.
fn next_last(mut groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    groups.reverse();
    groups
}

/// `members` in groups of equal settings in `round` (0: warm-up), in order of their first members.
fn parted(versions: &[&Scenario], members: &[usize], round: u32) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for &member in members {
        let settings = versions[member].settings_in(round);
        match groups.iter_mut().find(|group| versions[group[0]].settings_in(round) == settings) {
            Some(group) => group.push(member),
            None => groups.push(vec![member]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(sets: &[&str]) -> Scenario {
        let small = ["population.users=300", "run.warm_up_rounds=1", "run.rounds=3", "run.measure_rows=64"];
        let rows = ["signals.raters.rows=256", "signals.thumbs.rows=256"];
        let sets: Vec<String> = small.iter().chain(&rows).chain(sets).map(|set| set.to_string()).collect();
        Scenario::preset("all-three", &sets).expect("a shipped scenario")
    }

    /// Per version, the debug text of every round.
    fn histories(versions: &[&Scenario]) -> (Vec<Vec<String>>, u64) {
        let (mut found, mut rounds) = (vec![Vec::new(); versions.len()], 0);
        let flow = run_family(versions, 5, &mut |done| {
            rounds += 1;
            for &member in done.members {
                found[member].push(format!("{:?}", done.measures));
            }
            ControlFlow::Continue(())
        });
        assert_eq!(flow, Ok(ControlFlow::Continue(())));
        (found, rounds)
    }

    // A version that is forked off must be what it would be if it were run alone from its beginning.
    #[test]
    fn a_family_is_its_members_run_alone() {
        let late = scenario(&["factors.memory.from_round=2", "factors.fresh_data.from_round=3"]);
        let with = |names: &[&str]| late.with_active_factors(names).expect("declared factors");
        let other = scenario(&["world.stance_renewal=0.5"]);
        let versions = [
            &with(&[]),
            &with(&["memory"]),
            &with(&["memory", "fresh_data"]),
            &other,
            &with(&["fresh_data"]),
        ];
        let (together, rounds) = histories(&versions);
        for (version, family) in versions.iter().zip(&together) {
            assert_eq!(family.len(), 4);
            assert_eq!(&histories(&[version]).0[0], family);
        }
        // Warm-up and round 1 twice (the last but one differs from the start), then 2 + 1, then 4 + 1.
        assert_eq!(rounds, 2 + 2 + 3 + 5);
        assert_eq!(rounds, rounds_of_family(&versions));
    }

    #[test]
    fn a_family_stops_when_told_to() {
        let mut rounds = 0;
        let flow = run_family(&[&scenario(&[])], 1, &mut |_| {
            rounds += 1;
            if rounds == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((flow, rounds), (Ok(ControlFlow::Break(())), 2));
    }
}
