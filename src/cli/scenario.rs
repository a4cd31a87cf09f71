//! Options that choose and change a scenario.

use crate::scenario::{Scenario, ScenarioErrors};
use clap::Args;
use std::path::Path;

/// Changes of a scenario. All of them are `--set`s, so the manifest knows them.
#[derive(Args)]
pub struct Changes {
    /// Change a value, checked like the file; may be given several times
    ///
    /// Example: --set policy.kl_strength=0.2 --set signals.thumbs.weight=0.5
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// Seed of every random draw (--set run.seed=N)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Update rounds (--set run.rounds=N)
    #[arg(long, value_name = "N")]
    rounds: Option<u32>,
    /// Independent repetitions, for intervals (--set run.replicates=N)
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,
}

impl Changes {
    /// Reads and checks the file or shipped scenario, with the changes.
    pub fn load(&self, path: &Path) -> Result<Scenario, ScenarioErrors> {
        Scenario::load(path, &self.sets())
    }

    /// The same, with a number of replicates of the command's own unless one was asked for.
    pub fn load_with_replicates(&self, path: &Path, replicates: u32) -> Result<Scenario, ScenarioErrors> {
        let mut sets = self.sets();
        let given = |set: &String| set.split('=').next().is_some_and(|key| key.trim() == "run.replicates");
        if !sets.iter().any(given) {
            sets.push(format!("run.replicates={replicates}"));
        }
        Scenario::load(path, &sets)
    }

    /// The seed asked for with --seed.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.sets().is_empty()
    }

    fn sets(&self) -> Vec<String> {
        let named = [
            ("run.seed", self.seed),
            ("run.rounds", self.rounds.map(u64::from)),
            ("run.replicates", self.replicates.map(u64::from)),
        ];
        let named = named.into_iter().filter_map(|(key, value)| Some(format!("{key}={}", value?)));
        self.sets.iter().cloned().chain(named).collect()
    }
}
