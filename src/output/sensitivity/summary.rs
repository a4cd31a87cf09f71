//! Everything that a sensitivity analysis found, as JSON has it.

use super::sentences::sentences;
use crate::analysis::sensitivity::{Finding, Method};
use crate::output::identity::{Identity, hexadecimal};
use crate::scenario::Varied;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What is varied, how, and what is asked of it: the same study always gives the same numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitivityStudy {
    /// How parameters are varied.
    pub method: Method,
    /// Whether second-order indices were asked for.
    pub second_order: bool,
    /// Base samples, trajectories, rows, or steps of each parameter; of results read from a file their rows.
    pub samples: usize,
    /// Replicates of every point.
    pub replicates: u32,
    /// Whether points were also run without factors and with each alone.
    pub effects: bool,
    /// Names of the parameters, in the order of the design.
    pub parameters: Vec<String>,
    /// What they follow; empty for results read from a file that does not say.
    pub varied: Vec<Varied>,
    /// Level that parts a phase diagram, if it was asked for.
    pub threshold: Option<f64>,
    /// Names of the measures asked for.
    pub measures: Vec<String>,
    /// Where design or results were read from, "" if they were made here: the file's name and SHA-256.
    pub read_from: String,
}

/// What a sensitivity analysis found; the layout is documented in `docs/sensitivity.md`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitivitySummary {
    /// Version of the layout.
    pub format: u32,
    /// Program, scenario and seed.
    pub identity: Identity,
    /// What was asked.
    #[serde(flatten)]
    pub study: SensitivityStudy,
    /// Points of the design.
    pub points: usize,
    /// Points that failed.
    pub failed: usize,
    /// The first reason for which one failed, "" if none did.
    pub first_failure: String,
    /// The scenario's own outcome, by outcome; empty if it was not needed.
    pub own_outcomes: Vec<f64>,
    /// What it means, made from the numbers of the first outcome.
    pub sentences: Vec<String>,
    /// One entry per outcome, in the order asked for.
    pub outcomes: Vec<Finding>,
}

impl SensitivityStudy {
    /// Name of the folder of results: the same scenario, seed and study always give the same name.
    pub fn run_id(&self, identity: &Identity) -> String {
        let mut hash = Sha256::new();
        hash.update(&identity.scenario_hash);
        hash.update(serde_json::to_vec(self).expect("a study holds only text, numbers and lists of them"));
        format!("sensitivity-seed{}-{}", identity.seed, &hexadecimal(&hash.finalize())[..8])
    }

    /// Whether the axis of a parameter is logarithmic.
    pub fn logarithmic(&self) -> Vec<bool> {
        let is_log = |index: usize| self.varied.get(index).is_some_and(|it| it.law.is_logarithmic());
        (0..self.parameters.len()).map(is_log).collect()
    }
}

impl SensitivitySummary {
    /// The summary of a study. `errors` holds for every point why it failed, or "".
    pub fn new(
        identity: Identity,
        study: SensitivityStudy,
        outcomes: Vec<Finding>,
        errors: &[String],
        own_outcomes: Vec<f64>,
    ) -> Self {
        let failures = || errors.iter().filter(|error| !error.is_empty());
        let mut summary = Self {
            format: 1,
            identity,
            points: errors.len(),
            failed: failures().count(),
            first_failure: failures().next().cloned().unwrap_or_default(),
            own_outcomes,
            sentences: Vec::new(),
            outcomes,
            study,
        };
        summary.sentences = sentences(&summary);
        summary
    }

    /// Name of the folder of results.
    pub fn run_id(&self) -> String {
        self.study.run_id(&self.identity)
    }

    /// A parameter in words.
    pub fn parameter(&self, index: usize) -> String {
        super::parameter_name(&self.study.parameters[index])
    }
}
