//! Everything that an autopsy found, as JSON has it.

use super::verdict::verdict;
use crate::analysis::autopsy::{Autopsy, CheckSize, Outcome, outcomes};
use crate::output::identity::{Identity, hexadecimal};
use crate::scenario::{Mitigation, Scenario};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A case and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judged {
    /// What was found.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What that means, in a sentence or two made from the numbers.
    pub verdict: String,
}

/// What an autopsy found; the layout is documented in `docs/autopsy.md`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AutopsySummary {
    /// Version of the layout.
    pub format: u32,
    /// Program, scenario and seed.
    pub identity: Identity,
    /// SHA-256 of the scenario and all mitigations.
    pub autopsy_hash: String,
    /// Replicates wanted of each case.
    pub replicates: u32,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// The round whose candidate is the incident.
    pub incident_round: u32,
    /// Updates before it, in each replicate.
    pub harmless_updates: u32,
    /// Calendar date of its launch, where it launched, or "".
    pub launch_date: String,
    /// Simulated users.
    pub users: u64,
    /// Real users for whom they stand.
    pub real_users: f64,
    /// Rise of the sycophancy index over its start from which days count as exposure.
    pub alarm_rise: f64,
    /// The incident as it was, then with each mitigation.
    pub outcomes: Vec<Judged>,
    /// How large each check must be; empty unless asked for.
    pub sizes: Vec<CheckSize>,
}

impl AutopsySummary {
    /// The summary of an autopsy of `scenario`.
    pub fn new(
        scenario: &Scenario,
        mitigations: &[Mitigation],
        autopsy: &Autopsy,
        sizes: Vec<CheckSize>,
    ) -> Self {
        let found = outcomes(autopsy);
        let first = found.first().cloned();
        let judge = |outcome: Outcome| {
            let verdict = first.as_ref().map_or(String::new(), |first| verdict(&outcome, first));
            Judged { outcome, verdict }
        };
        let settings = scenario.settings_in(autopsy.incident_round);
        Self {
            format: 1,
            identity: Identity::of(scenario),
            autopsy_hash: autopsy_hash(scenario, mitigations),
            replicates: settings.run.replicates,
            interrupted: autopsy.interrupted,
            incident_round: autopsy.incident_round,
            harmless_updates: autopsy.incident_round - 1,
            launch_date: first.as_ref().map_or(String::new(), |first| first.launch_date.clone()),
            users: settings.population.users,
            real_users: settings.population.real_users,
            alarm_rise: settings.monitoring.alarm_rise,
            outcomes: found.into_iter().map(judge).collect(),
            sizes,
        }
    }

    /// Name of the folder of results: the same scenario, seed and mitigations always give the same name.
    pub fn run_id(&self) -> String {
        run_id(&self.identity, &self.autopsy_hash)
    }
}

pub(super) fn run_id(identity: &Identity, autopsy_hash: &str) -> String {
    format!("autopsy-seed{}-{}", identity.seed, &autopsy_hash[..8])
}

/// SHA-256 over the scenario after defaults and the texts of the mitigations.
pub(super) fn autopsy_hash(scenario: &Scenario, mitigations: &[Mitigation]) -> String {
    let mut hash = Sha256::new();
    hash.update(Identity::of(scenario).scenario_hash);
    for it in mitigations {
        hash.update(&it.name);
        hash.update([0]);
        hash.update(&it.text);
        hash.update([0]);
    }
    hexadecimal(&hash.finalize())
}
