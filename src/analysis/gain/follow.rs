//! A history, and what becomes of a push that is given to it.

use crate::population::{Block, Marks, Population};
use crate::scenario::Scenario;
use crate::simulation::{Simulation, SimulationError};
use crate::training::{Course, Held};
use nalgebra::DMatrix;

/// Contexts kept for the metric and the index.
const CONTEXTS: usize = 64;

/// A way by which a push of the policy can come back to it. Frozen, it is what it is without the push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// Feedback to other answers, and the reward models fitted to it.
    RewardModels,
    /// The reference policy, refitted to other conversations.
    Reference,
    /// What the assistant remembers, from round to round.
    Memory,
    /// Beliefs, trust, habits and presence of users, from round to round.
    Users,
}

impl Path {
    /// All of them.
    pub const ALL: [Path; 4] = [Path::RewardModels, Path::Reference, Path::Memory, Path::Users];

    /// Its name in tables.
    pub fn word(self) -> &'static str {
        match self {
            Path::RewardModels => "reward_models",
            Path::Reference => "reference",
            Path::Memory => "memory",
            Path::Users => "users",
        }
    }
}

/// What is kept of a round of the history without a push, for paths to be frozen at.
struct Kept {
    course: Course,
    population: Population,
}

/// A history without a push: where pushes start, and how it goes on without them.
pub struct Unperturbed {
    /// The run at the start.
    pub start: Simulation,
    /// Context features of conversations in the round before.
    pub contexts: Vec<Vec<f64>>,
    rounds: Vec<Kept>,
    /// The deployed policy after each round.
    states: Vec<DMatrix<f64>>,
}

/// The scenario without launch review and monitoring, whose thresholds make small pushes jump: every candidate is launched.
pub fn unwatched(scenario: &Scenario) -> Scenario {
    let mut plain = scenario.clone();
    for phase in &mut plain.phases {
        let settings = &mut phase.settings;
        settings.checks.clear();
        settings.review.rollout_days = 0;
        settings.monitoring.watch_days = 0;
        // What policies do is taken from the contexts kept here; rows for measures would only cost time.
        settings.run.measure_rows = CONTEXTS as u32;
    }
    plain
}

impl Unperturbed {
    /// Runs `scenario` for its warm-up and `before` rounds, then on for `length` rounds, the first `followed` of which pushes
    /// can be followed through.
    ///
    /// # Errors
    /// If a number stops being finite.
    pub fn run(
        scenario: &Scenario,
        seed: u64,
        before: u32,
        followed: u32,
        length: u32,
    ) -> Result<Self, SimulationError> {
        let mut simulation = Simulation::new(scenario, seed);
        let mut contexts = Vec::new();
        // One round at least: contexts come from its conversations.
        for _ in 0..(scenario.settings_in(0).run.warm_up_rounds + before).max(1) {
            let measures = simulation.run_round()?;
            let rows = measures.served.sample.uniform.iter().take(CONTEXTS);
            contexts = rows.map(|row| row.phi.to_vec()).collect();
        }
        let start = simulation.clone();
        let (mut rounds, mut states) = (Vec::new(), Vec::new());
        for round in 0..length {
            simulation.run_round()?;
            states.push(simulation.service.deployed.weights.clone());
            if round < followed {
                let (course, population) = (simulation.trainer.course.clone(), simulation.population.clone());
                rounds.push(Kept { course, population });
            }
        }
        Ok(Self { start, contexts, rounds, states })
    }

    /// How far the deployed policy has moved from the start, after each round.
    pub fn drift(&self) -> Vec<DMatrix<f64>> {
        self.states.iter().map(|state| state - &self.start.service.deployed.weights).collect()
    }
}

/// How a push is given.
#[derive(Clone, Copy, Debug)]
pub struct Push<'a> {
    /// By how much the deployed policy is off the course that it has without the push.
    pub shift: &'a DMatrix<f64>,
    /// Rounds for which it is held there, until everything that remembers policies has seen it.
    pub hold: u32,
    /// Rounds that are followed after it is let go.
    pub span: u32,
    /// The paths that are frozen all the while.
    pub frozen: &'a [Path],
}

/// What is left of a push after each round since it was let go: half the difference of the histories that it and its
/// opposite are given to, on common random numbers.
///
/// # Errors
/// If a number stops being finite.
pub fn respond(base: &Unperturbed, push: Push<'_>) -> Result<Vec<DMatrix<f64>>, SimulationError> {
    let up = perturbed(base, push)?;
    let down = perturbed(base, Push { shift: &-push.shift, ..push })?;
    Ok(up.into_iter().zip(down).map(|(up, down)| (up - down) * 0.5).collect())
}

/// The deployed policy after each round since a push was let go.
fn perturbed(base: &Unperturbed, push: Push<'_>) -> Result<Vec<DMatrix<f64>>, SimulationError> {
    let mut simulation = base.start.clone();
    let is_frozen = |path: Path| push.frozen.contains(&path);
    let mut let_go = Vec::new();
    simulation.service.deployed.weights += push.shift;
    for (round, kept) in (1..).zip(&base.rounds[..(push.hold + push.span) as usize]) {
        simulation.run_round_holding(Held {
            rewards: is_frozen(Path::RewardModels).then_some(&kept.course.rewards),
            references: is_frozen(Path::Reference).then_some(&kept.course.references),
        })?;
        for (block, before) in simulation.population.blocks.iter_mut().zip(&kept.population.blocks) {
            if is_frozen(Path::Memory) {
                put_back_memory(block, before);
            }
            if is_frozen(Path::Users) {
                put_back_users(block, before);
            }
        }
        match round <= push.hold {
            true => simulation.service.deployed.weights = &base.states[round as usize - 1] + push.shift,
            false => let_go.push(simulation.service.deployed.weights.clone()),
        }
    }
    Ok(let_go)
}

fn put_back_memory(block: &mut Block, before: &Block) {
    block.remembered_topics.clone_from(&before.remembered_topics);
    block.remembered_stance.clone_from(&before.remembered_stance);
    block.remembered_taste.clone_from(&before.remembered_taste);
    for (marks, before) in block.marks.iter_mut().zip(&before.marks) {
        marks.set(Marks::TASTE_KNOWN, before.has(Marks::TASTE_KNOWN));
    }
}

/// Everything but the memories, which stay what they were.
fn put_back_users(block: &mut Block, before: &Block) {
    let held = std::mem::replace(block, before.clone());
    put_back_memory(block, &held);
}
