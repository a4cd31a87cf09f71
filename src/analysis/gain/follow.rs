//! A history, and what becomes of a push that is given to it.

use super::shift::Shift;
use crate::population::{Block, Population};
use crate::scenario::Scenario;
use crate::simulation::{Simulation, SimulationError};
use crate::training::{Course, Held};

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
    /// The policies after each round.
    states: Vec<Shift>,
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
    /// Runs `scenario` for its warm-up and `before` rounds, then on for `length` rounds, the first `span` of which pushes
    /// can be followed through.
    ///
    /// # Errors
    /// If a number stops being finite.
    pub fn run(
        scenario: &Scenario,
        seed: u64,
        before: u32,
        span: u32,
        length: u32,
    ) -> Result<Self, SimulationError> {
        let mut simulation = Simulation::new(scenario, seed);
        let mut contexts = Vec::new();
        for _ in 0..scenario.settings_in(0).run.warm_up_rounds + before {
            let measures = simulation.run_round()?;
            let features = simulation.service.deployed.weights.ncols();
            let rows = measures.served.sample.uniform.iter().take(CONTEXTS);
            contexts = rows.map(|row| row.phi(features)).collect();
        }
        let start = simulation.clone();
        let (mut rounds, mut states) = (Vec::new(), Vec::new());
        for round in 0..length {
            simulation.run_round()?;
            states.push(state(&simulation));
            if round < span {
                let (course, population) = (simulation.trainer.course.clone(), simulation.population.clone());
                rounds.push(Kept { course, population });
            }
        }
        Ok(Self { start, contexts, rounds, states })
    }

    /// How far the policies have moved from the start, after each round.
    pub fn drift(&self) -> Vec<Shift> {
        let start = state(&self.start);
        let from_start = |state: &Shift| {
            let mut moved = state.clone();
            moved.add(&start, -1.0);
            moved
        };
        self.states.iter().map(from_start).collect()
    }
}

/// The policies between two rounds, as a shift from zero.
fn state(simulation: &Simulation) -> Shift {
    Shift {
        policy: simulation.service.deployed.weights.clone(),
        reference: simulation.trainer.reference.weights.clone(),
    }
}

/// What is left of `push` after each of `rounds` rounds, with some paths frozen: half the difference of the histories that
/// it and its opposite are given to, on common random numbers.
///
/// # Errors
/// If a number stops being finite.
pub fn respond(
    base: &Unperturbed,
    push: &Shift,
    frozen: &[Path],
    rounds: usize,
) -> Result<Vec<Shift>, SimulationError> {
    let up = perturbed(base, push, frozen, rounds)?;
    let down = perturbed(base, &push.scaled(-1.0), frozen, rounds)?;
    let half = |(up, down): (Shift, Shift)| {
        let mut half = up.scaled(0.5);
        half.add(&down, -0.5);
        half
    };
    Ok(up.into_iter().zip(down).map(half).collect())
}

/// The policies after each round of a history that starts with a push.
fn perturbed(
    base: &Unperturbed,
    push: &Shift,
    frozen: &[Path],
    rounds: usize,
) -> Result<Vec<Shift>, SimulationError> {
    let mut simulation = base.start.clone();
    simulation.service.deployed.weights += &push.policy;
    simulation.trainer.reference.weights += &push.reference;
    let is_frozen = |path: Path| frozen.contains(&path);
    let mut states = Vec::new();
    for kept in &base.rounds[..rounds] {
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
        states.push(state(&simulation));
    }
    Ok(states)
}

fn put_back_memory(block: &mut Block, before: &Block) {
    block.remembered_topics.clone_from(&before.remembered_topics);
    block.remembered_stance.clone_from(&before.remembered_stance);
    block.remembered_taste.clone_from(&before.remembered_taste);
    block.taste_known.clone_from(&before.taste_known);
}

/// Everything but the memories, which stay what they were.
fn put_back_users(block: &mut Block, before: &Block) {
    *block = Block {
        remembered_topics: std::mem::take(&mut block.remembered_topics),
        remembered_stance: std::mem::take(&mut block.remembered_stance),
        remembered_taste: std::mem::take(&mut block.remembered_taste),
        taste_known: std::mem::take(&mut block.taste_known),
        ..before.clone()
    };
}
