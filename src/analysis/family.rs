//! Several versions of a scenario on one seed: one history while their settings agree, forked where they part.
//!
//! Rounds that versions have in common are simulated once, so a factorial over factors that begin late costs little
//! more than its last rounds.

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
    let mut family = Family { versions, each_round };
    for members in parted(versions, &(0..versions.len()).collect::<Vec<_>>(), 0) {
        let start = Simulation::new(versions[members[0]], seed);
        if family.follow(start, &members)?.is_break() {
            return Ok(ControlFlow::Break(()));
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

struct Family<'a> {
    versions: &'a [&'a Scenario],
    each_round: &'a mut dyn FnMut(RoundDone) -> ControlFlow<()>,
}

impl Family<'_> {
    /// Runs `members` on from where `simulation` is, which they have in common so far.
    fn follow(
        &mut self,
        mut simulation: Simulation,
        members: &[usize],
    ) -> Result<ControlFlow<()>, SimulationError> {
        let run = self.versions[members[0]].settings_in(0).run.clone();
        while simulation.rounds_done < run.warm_up_rounds + run.rounds {
            let next = (simulation.rounds_done + 1).saturating_sub(run.warm_up_rounds);
            let groups = parted(self.versions, members, next);
            if groups.len() > 1 {
                return self.fork(&simulation, &groups);
            }
            let measures = simulation.run_round()?;
            let done = RoundDone { members, measures: &measures, simulation: &simulation };
            if (self.each_round)(done).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn fork(
        &mut self,
        simulation: &Simulation,
        groups: &[Vec<usize>],
    ) -> Result<ControlFlow<()>, SimulationError> {
        for members in groups {
            let own = simulation.with_scenario(self.versions[members[0]]);
            if self.follow(own, members)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
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
