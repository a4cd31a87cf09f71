//! A run taken apart: what is small and differs in shape, without the scenario and the users. A checkpoint stores it.

use super::Simulation;
use crate::policy::{Feature, Policy};
use crate::population::Population;
use crate::scenario::Scenario;
use crate::service::Service;
use crate::training::Trainer;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Everything of a [`Simulation`] but its scenario and its users.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parts<'a> {
    seed: u64,
    service: Cow<'a, Service>,
    original: Cow<'a, Policy>,
    trainer: Cow<'a, Trainer>,
    rounds_done: u32,
    first_day: u64,
    rating_share: f64,
    start_index: Option<f64>,
}

impl Simulation {
    /// Everything but the scenario and the users.
    pub fn parts(&self) -> Parts<'_> {
        Parts {
            seed: self.seed,
            service: Cow::Borrowed(&self.service),
            original: Cow::Borrowed(&self.original),
            trainer: Cow::Borrowed(&self.trainer),
            rounds_done: self.rounds_done,
            first_day: self.first_day,
            rating_share: self.rating_share,
            start_index: self.start_index,
        }
    }

    /// Puts a run together again. It goes on to the same bits if all three belonged together.
    pub fn from_parts(scenario: &Scenario, parts: Parts<'_>, population: Population) -> Self {
        Self {
            scenario: scenario.clone(),
            seed: parts.seed,
            features: Feature::list(scenario.settings_in(0)),
            population,
            service: parts.service.into_owned(),
            original: parts.original.into_owned(),
            trainer: parts.trainer.into_owned(),
            rounds_done: parts.rounds_done,
            first_day: parts.first_day,
            rating_share: parts.rating_share,
            start_index: parts.start_index,
        }
    }
}
