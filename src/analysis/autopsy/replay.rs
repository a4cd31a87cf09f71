//! Replays every case in every replicate, in parallel; the order of results never depends on it.

use super::case::{Case, CaseError, incident_round};
use super::history::{History, RoundNote};
use crate::parallel;
use crate::population::Population;
use crate::random::replicate_seed;
use crate::scenario::Scenario;
use crate::simulation::{Simulation, SimulationError};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far an autopsy is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Rounds simulated so far, warm-up included.
    pub rounds_done: u64,
    /// Rounds that all of it takes.
    pub rounds_total: u64,
    /// Histories finished.
    pub histories_done: u64,
    /// Histories wanted.
    pub histories_total: u64,
    /// Conversations so far.
    pub conversations: u64,
}

/// A case with its histories.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The case.
    pub case: Case,
    /// Its finished histories, in the order of replicates.
    pub histories: Vec<History>,
}

/// What was replayed.
#[derive(Clone, Debug)]
pub struct Autopsy {
    /// The round whose candidate is the incident.
    pub incident_round: u32,
    /// One entry per case; the first is the incident as it was.
    pub cases: Vec<Replayed>,
    /// Whether the observer stopped it before its end.
    pub interrupted: bool,
    /// Conversations simulated.
    pub conversations: u64,
}

/// An autopsy that cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReplayError {
    /// There is nothing to replay.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A run failed.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
}

/// Memory that users take at its peak: on every thread a replicate's shared rounds, its history as it was, and a case.
pub fn bytes_needed(scenario: &Scenario, threads: usize) -> u64 {
    Population::bytes_needed(scenario.settings_in(0)).saturating_mul(4 * threads as u64)
}

/// Replays all cases; the first is the incident as it was, with which the others share all rounds that their
/// settings do not change. `observe` is called after every round, from any thread, and may stop the replay; histories
/// finished by then are kept.
///
/// # Errors
/// If the scenario has no incident, or a number stops being finite.
pub fn replay(
    cases: Vec<Case>,
    observe: impl Fn(Progress) -> ControlFlow<()> + Sync + Send,
) -> Result<Autopsy, ReplayError> {
    let first = &cases[0].scenario;
    let incident = incident_round(first)?;
    let replicates: Vec<u32> = (0..first.settings_in(0).run.replicates).collect();
    let run = Run::new(&cases, incident, replicates.len() as u64, &observe);
    let found = parallel::map(&replicates, |&replicate| run.replicate(replicate));
    let mut histories: Vec<Vec<History>> = vec![Vec::new(); cases.len()];
    for of_replicate in found {
        for (all, history) in histories.iter_mut().zip(of_replicate?) {
            all.extend(history);
        }
    }
    let (interrupted, conversations) = (run.is_stopped(), run.conversations.load(Ordering::Relaxed));
    let cases = cases.into_iter().zip(histories).map(|(case, histories)| Replayed { case, histories });
    Ok(Autopsy { incident_round: incident, cases: cases.collect(), interrupted, conversations })
}

/// A run that its observer may stop: `None` once it has.
type Stoppable<T> = Result<Option<T>, SimulationError>;

/// A history under way: the simulation between two rounds, and what was noted of those done.
#[derive(Clone)]
struct Course {
    simulation: Simulation,
    notes: Vec<RoundNote>,
}

struct Run<'a> {
    cases: &'a [Case],
    /// Rounds, warm-up included, that each case shares with the first.
    shared: Vec<u32>,
    /// Rounds until the incident's launch, warm-up included; one more is lived and not reviewed.
    until_launch: u32,
    rounds_done: AtomicU64,
    rounds_total: u64,
    histories_done: AtomicU64,
    histories_total: u64,
    conversations: AtomicU64,
    stopped: AtomicBool,
    observe: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
}

impl<'a> Run<'a> {
    fn new(
        cases: &'a [Case],
        incident: u32,
        replicates: u64,
        observe: &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync),
    ) -> Self {
        let run = &cases[0].scenario.settings_in(0).run;
        let until_launch = run.warm_up_rounds + incident;
        let rounds = until_launch + 1;
        let shared: Vec<u32> = cases
            .iter()
            .map(|case| shared_rounds(&cases[0].scenario, &case.scenario).min(until_launch))
            .collect();
        let own: u64 = shared.iter().skip(1).map(|shared| u64::from(rounds - shared)).sum();
        Self {
            cases,
            until_launch,
            rounds_total: replicates * (u64::from(rounds) + own),
            histories_total: replicates * cases.len() as u64,
            shared,
            rounds_done: AtomicU64::new(0),
            histories_done: AtomicU64::new(0),
            conversations: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            observe,
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// The histories of one replicate, by case.
    fn replicate(&self, replicate: u32) -> Result<Vec<Option<History>>, SimulationError> {
        let scenario = &self.cases[0].scenario;
        let seed = replicate_seed(scenario.settings_in(0).run.seed, replicate);
        let Some((first, forks)) = self.as_it_was(scenario, seed)? else {
            return Ok(vec![None; self.cases.len()]);
        };
        let first = self.finished(replicate, first);
        let others: Vec<(&Case, u32)> = self.cases.iter().zip(self.shared.iter().copied()).skip(1).collect();
        let histories = parallel::map(&others, |&(case, shared)| {
            let fork = forks.iter().find(|(rounds, _)| *rounds == shared).map(|(_, course)| course);
            let start = fork.map_or_else(
                || Course { simulation: Simulation::new(&case.scenario, seed), notes: Vec::new() },
                |course| Course {
                    simulation: course.simulation.with_scenario(&case.scenario),
                    notes: course.notes.clone(),
                },
            );
            let end = self.to_the_end(start)?;
            Ok(end.map(|course| self.finished(replicate, course)))
        });
        std::iter::once(Ok(Some(first))).chain(histories).collect()
    }

    /// The incident as it was, with a copy of its course wherever another case leaves it.
    fn as_it_was(&self, scenario: &Scenario, seed: u64) -> Stoppable<(Course, Vec<(u32, Course)>)> {
        let mut course = Course { simulation: Simulation::new(scenario, seed), notes: Vec::new() };
        let mut forks = Vec::new();
        let mut leaving: Vec<u32> = self.shared[1..].iter().copied().filter(|&rounds| rounds > 0).collect();
        leaving.sort_unstable();
        leaving.dedup();
        for rounds in leaving {
            let Some(there) = self.run_to(course, rounds)? else { return Ok(None) };
            forks.push((rounds, there.clone()));
            course = there;
        }
        Ok(self.to_the_end(course)?.map(|end| (end, forks)))
    }

    /// Runs on through the incident's review and through the round after it. Nobody asks what review would say of the
    /// candidate of that last round, so it is not reviewed.
    fn to_the_end(&self, course: Course) -> Stoppable<Course> {
        let Some(course) = self.run_to(course, self.until_launch)? else { return Ok(None) };
        let unreviewed = without_checks(course.simulation.scenario());
        let simulation = course.simulation.with_scenario(&unreviewed);
        self.run_to(Course { simulation, ..course }, self.until_launch + 1)
    }

    /// Runs on until so many rounds are done, warm-up included.
    fn run_to(&self, mut course: Course, rounds: u32) -> Stoppable<Course> {
        while course.simulation.rounds_done < rounds {
            if self.is_stopped() {
                return Ok(None);
            }
            let measures = course.simulation.run_round()?;
            if measures.round > 0 {
                let settings = course.simulation.scenario().settings_in(measures.round as u32);
                course.notes.push(RoundNote::new(&measures, settings));
            }
            self.tell(measures.served.total().conversations() as u64);
        }
        Ok(Some(course))
    }

    fn tell(&self, conversations: u64) {
        let progress = Progress {
            rounds_done: self.rounds_done.fetch_add(1, Ordering::Relaxed) + 1,
            rounds_total: self.rounds_total,
            histories_done: self.histories_done.load(Ordering::Relaxed),
            histories_total: self.histories_total,
            conversations: self.conversations.fetch_add(conversations, Ordering::Relaxed) + conversations,
        };
        if (self.observe)(progress).is_break() {
            self.stopped.store(true, Ordering::SeqCst);
        }
    }

    fn finished(&self, replicate: u32, course: Course) -> History {
        self.histories_done.fetch_add(1, Ordering::Relaxed);
        History { replicate, rounds: course.notes }
    }
}

/// The same scenario in which nobody looks at candidates.
fn without_checks(scenario: &Scenario) -> Scenario {
    let mut changed = scenario.clone();
    changed.phases.iter_mut().for_each(|phase| phase.settings.checks.clear());
    changed
}

/// Rounds, warm-up included, until the settings of two scenarios first differ.
fn shared_rounds(first: &Scenario, other: &Scenario) -> u32 {
    let run = &first.settings_in(0).run;
    let same = |round: u32| first.settings_in(round) == other.settings_in(round);
    if !same(0) {
        return 0;
    }
    run.warm_up_rounds + (1..=run.rounds).take_while(|&round| same(round)).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::autopsy::cases;
    use crate::scenario::Mitigation;

    fn incident() -> Scenario {
        let sets =
            ["population.users=400", "run.warm_up_rounds=1", "run.replicates=2", "run.measure_rows=64"];
        let small = ["signals.raters.rows=256", "signals.thumbs.rows=256", "clock.days_per_round=14"];
        let sets: Vec<String> = sets.iter().chain(&small).map(|set| set.to_string()).collect();
        Scenario::preset("gpt4o-april-2025", &sets).expect("a shipped scenario")
    }

    fn mitigation(from_round: u32, set: &str) -> Mitigation {
        let text = format!("from_round = {from_round}\n[set]\n{set}");
        Mitigation::from_toml(&format!("m{from_round}.toml"), &text).expect("it reads")
    }

    #[test]
    fn rounds_are_shared_until_settings_differ() {
        let shared = |from_round, set: &str| {
            let other = incident().with_mitigation(&mitigation(from_round, set)).expect("it fits");
            shared_rounds(&incident(), &other)
        };
        assert_eq!(shared(0, "memory.opt_out_share = 0.5"), 0);
        assert_eq!(shared(1, "memory.write = 0.5"), 1);
        assert_eq!(shared(3, "memory.write = 0.5"), 3);
        assert_eq!(shared(1, ""), 8, "nothing changes, everything is shared");
    }

    // A case that is forked off must be what it would be if it were run alone from its beginning.
    #[test]
    fn a_shared_history_is_the_history_run_alone() {
        let all =
            cases(&incident(), &[mitigation(3, "memory.write = 0.5"), mitigation(0, "memory.write = 0.5")]);
        let all = all.expect("they fit");
        let together = replay(all.clone(), |_| ControlFlow::Continue(())).expect("finite");
        for (index, case) in all.iter().enumerate() {
            for replicate in 0..2 {
                let seed = replicate_seed(case.scenario.settings_in(0).run.seed, replicate);
                let mut alone = Simulation::new(&case.scenario, seed);
                let mut notes = Vec::new();
                for round in 0..8 {
                    if round == 7 {
                        alone = alone.with_scenario(&without_checks(&case.scenario));
                    }
                    let measures = alone.run_round().expect("finite");
                    if measures.round > 0 {
                        let settings = case.scenario.settings_in(measures.round as u32);
                        notes.push(format!("{:?}", RoundNote::new(&measures, settings)));
                    }
                }
                let shared = &together.cases[index].histories[replicate as usize];
                let shared: Vec<String> = shared.rounds.iter().map(|note| format!("{note:?}")).collect();
                assert_eq!(shared, notes, "{} {replicate}", case.name);
            }
        }
    }

    #[test]
    fn a_stopped_replay_keeps_what_is_finished() {
        let all = cases(&incident(), &[mitigation(3, "memory.write = 0.5")]).expect("it fits");
        let until_two = |it: Progress| {
            if it.histories_done >= 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let found = replay(all, until_two).expect("finite");
        assert!(found.interrupted);
        let finished: usize = found.cases.iter().map(|case| case.histories.len()).sum();
        assert!((2..4).contains(&finished), "{finished}");
    }
}
