//! Scenario files: TOML in, a checked and immutable [`Scenario`] out.

pub mod parameter;
mod settings;

pub use settings::*;

use indexmap::IndexMap;
use serde::Serialize;

/// What a scenario is about, for people.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct About {
    /// The question that the scenario asks.
    pub question: String,
    /// The outcome to expect.
    pub expected: String,
    /// Where its numbers come from.
    pub sources: Vec<String>,
}

/// A named change of scenario values that can be switched on, alone or with others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Factor {
    /// What changes, in one sentence.
    pub meaning: String,
    /// First round (counted from 1) in which the change holds.
    pub from_round: u32,
}

/// Settings that hold from a round on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phase {
    /// First round (counted from 1).
    pub from_round: u32,
    /// All quantities.
    pub settings: Settings,
}

/// A checked, immutable scenario: what `thumbscale run` runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    /// Short name: the file name without extension.
    pub name: String,
    /// What it is about.
    pub about: About,
    /// Declared factors, by name.
    pub factors: IndexMap<String, Factor>,
    /// Names of the factors that are on, in declared order.
    pub active_factors: Vec<String>,
    /// Settings by phase; the first starts at round 1. What cannot change during a run (users, topics, names of
    /// behaviours, segments and prompts, ...) is the same in all phases.
    pub phases: Vec<Phase>,
}

impl Scenario {
    /// The settings that hold in `round` (counted from 1).
    pub fn settings_in(&self, round: u32) -> &Settings {
        let later =
            self.phases.iter().position(|phase| phase.from_round > round).unwrap_or(self.phases.len());
        &self.phases[later - 1].settings
    }
}
