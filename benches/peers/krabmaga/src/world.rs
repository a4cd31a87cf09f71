//! The state of the simulation: the model's numbers, the generator, and the sums of the step.

use crate::model::{BEHAVIOURS, Model};
use crate::population::sample_user;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use std::any::Any;

/// What a step adds up.
#[derive(Clone, Default)]
pub struct Sums {
    pub levels: [f64; BEHAVIOURS],
    pub level_squares: [f64; BEHAVIOURS],
    pub approval: f64,
    pub approval_squares: f64,
    pub visible: u64,
    pub rated: u64,
    pub up: u64,
    pub returned: u64,
    pub discovered: u64,
}

pub struct World {
    pub model: Model,
    pub users: usize,
    pub rng: SmallRng,
    pub sums: Sums,
}

impl World {
    pub fn new(model: Model, users: usize, seed: u64) -> Self {
        Self { model, users, rng: SmallRng::seed_from_u64(seed), sums: Sums::default() }
    }
}

impl State for World {
    fn init(&mut self, schedule: &mut Schedule) {
        for _ in 0..self.users {
            let user = sample_user(&self.model, &mut self.rng);
            schedule.schedule_repeating(Box::new(user), 0.0, 0);
        }
    }

    fn before_step(&mut self, _schedule: &mut Schedule) {
        self.sums = Sums::default();
    }

    fn update(&mut self, _step: u64) {}

    fn reset(&mut self) {
        self.sums = Sums::default();
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn as_state(&self) -> &dyn State {
        self
    }

    fn as_state_mut(&mut self) -> &mut dyn State {
        self
    }
}
