//! Which run a result belongs to: version, scenario hash, seed.

use crate::scenario::Scenario;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What ties a file or figure to the run that made it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Identity {
    /// Version of thumbscale.
    pub version: &'static str,
    /// Git commit it was built from, where known.
    pub commit: Option<&'static str>,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of the scenario after defaults, in hexadecimal.
    pub scenario_hash: String,
    /// Seed.
    pub seed: u64,
}

impl Identity {
    /// The identity of a run of `scenario` by this build.
    pub fn of(scenario: &Scenario) -> Self {
        Self::of_several(scenario.name.clone(), scenario_hash(scenario), scenario.settings_in(1).run.seed)
    }

    /// The identity of what this build makes of several scenarios, under a name and a hash of all of them.
    pub fn of_several(scenario: String, scenario_hash: String, seed: u64) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            commit: option_env!("THUMBSCALE_GIT_COMMIT"),
            scenario,
            scenario_hash,
            seed,
        }
    }

    /// First eight digits of the scenario hash: what people compare by eye.
    pub fn short_hash(&self) -> &str {
        &self.scenario_hash[..8]
    }

    /// Name of the run's folder. The same scenario and seed always give the same name.
    pub fn run_id(&self) -> String {
        format!("seed{}-{}", self.seed, self.short_hash())
    }
}

/// SHA-256 of the scenario after defaults. Its fields serialise in declared order, so equal scenarios hash equally.
fn scenario_hash(scenario: &Scenario) -> String {
    let json = serde_json::to_vec(scenario).expect("a scenario holds only text, numbers and lists of them");
    hexadecimal(&Sha256::digest(json))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
