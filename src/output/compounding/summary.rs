//! Everything that a factorial found, as JSON has it.

use super::paragraph::paragraph;
use crate::analysis::compounding::Compounding;
use crate::output::identity::{Identity, hexadecimal};
use crate::scenario::Scenario;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What a factorial found; the layout is documented in `docs/compounding.md`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompoundingSummary<'a> {
    /// Version of the layout.
    pub format: u32,
    /// Program, scenario and seed.
    pub identity: Identity,
    /// Rounds of every history.
    pub rounds: u32,
    /// Simulated users.
    pub users: u64,
    /// What it means, made from the numbers.
    pub paragraph: String,
    /// Effects and reviews.
    #[serde(flatten)]
    pub found: &'a Compounding,
}

impl<'a> CompoundingSummary<'a> {
    /// The summary of a factorial over `scenario`.
    pub fn new(scenario: &Scenario, found: &'a Compounding) -> Self {
        let settings = scenario.settings_in(1);
        Self {
            format: 1,
            identity: Identity::of(scenario),
            rounds: settings.run.rounds,
            users: settings.population.users,
            paragraph: paragraph(found),
            found,
        }
    }

    /// Name of the folder of results: the same scenario, seed and factors always give the same name.
    pub fn run_id(&self) -> String {
        run_id(&self.identity, &self.found.factors)
    }
}

pub(super) fn run_id(identity: &Identity, factors: &[String]) -> String {
    let mut hash = Sha256::new();
    hash.update(&identity.scenario_hash);
    factors.iter().for_each(|factor| hash.update(format!("{factor}\n")));
    format!("compound-seed{}-{}", identity.seed, &hexadecimal(&hash.finalize())[..8])
}
