//! Scenario files: TOML in, a checked and immutable [`Scenario`] out.

mod build;
mod calendar;
mod catalogue;
mod chain;
mod check;
mod check_launch;
mod code;
mod diagnostic;
mod document;
mod explain;
#[cfg(feature = "files")]
mod files;
mod fixed;
mod kept;
mod launch_settings;
mod merge;
mod mitigation;
mod names;
mod optimiser_settings;
pub mod parameter;
mod parameters_page;
mod per_name;
mod presets;
mod provenance;
mod read;
mod render;
mod schema;
mod settings;
mod source;
mod sweep_file;
mod varied;

pub use calendar::parse_date;
pub use chain::{LoadError, Loader, MAX_BYTES};
pub use check::FEATURES;
pub use code::Code;
pub use diagnostic::{Diagnostic, ScenarioErrors};
pub use explain::{explain, parameter_of};
#[cfg(feature = "files")]
pub use files::{read_mitigation, read_scenario_text, read_varied_file};
pub use mitigation::{Mitigation, mitigation, mitigations};
pub use names::nearest as nearest_name;
pub use parameters_page::parameters_markdown;
pub use presets::{Preset, preset_loader, preset_text, presets, sweeps};
pub use provenance::Change;
pub use schema::{schema, sweep_schema};
pub use settings::*;
pub use source::{Layer, Origin, Source};
pub use sweep_file::{DesignKind, RandomNumbers, SweepDesign, SweepFile, SweepOutcomes};
pub use varied::{Law, Varied, around, point_sets, read_varied, varied_again, with_point};

use indexmap::IndexMap;
use kept::{Document, short_name};
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
    /// First round (counted from 1; 0 for the settings without any factor, which hold in the warm-up).
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
    /// Settings by phase; the first starts at round 0. What cannot change during a run (users, topics, names of
    /// behaviours, segments and prompts, ...) is the same in all phases.
    pub phases: Vec<Phase>,
    /// The text it was read from, for changing it and for saying where values come from.
    #[serde(skip)]
    document: Document,
}

impl Scenario {
    /// The settings that hold in `round` (counted from 1; 0 for the warm-up).
    pub fn settings_in(&self, round: u32) -> &Settings {
        let later =
            self.phases.iter().position(|phase| phase.from_round > round).unwrap_or(self.phases.len());
        &self.phases[later - 1].settings
    }
}
