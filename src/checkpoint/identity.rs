//! Which study a checkpoint belongs to. Only the same study, in the same build, goes on to the same bits.

use crate::analysis::study::Variant;
use crate::output::Identity;
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};

/// What ties a checkpoint to a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StudyIdentity {
    /// Version of thumbscale.
    pub version: String,
    /// Fingerprint of the sources that results depend on.
    pub engine: String,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of the scenario after defaults and changes, in hexadecimal.
    pub scenario_hash: String,
    /// Seed.
    pub seed: u64,
    /// Names of the variants that are run.
    pub variants: Vec<String>,
}

impl StudyIdentity {
    /// The identity of a study of `scenario` in these variants, by this build.
    pub fn of(scenario: &Scenario, variants: &[Variant]) -> Self {
        let Identity { version, scenario, scenario_hash, seed, .. } = Identity::of(scenario);
        Self {
            version: version.to_string(),
            engine: env!("THUMBSCALE_ENGINE").to_string(),
            scenario,
            scenario_hash,
            seed,
            variants: variants.iter().map(|variant| variant.name.clone()).collect(),
        }
    }

    /// What differs from the study that is `wanted`, and what to do about it; `None` if nothing does.
    pub fn difference(&self, wanted: &Self) -> Option<String> {
        let variants = |it: &Self| it.variants.join(", ");
        if (&self.version, &self.engine) != (&wanted.version, &wanted.engine) {
            Some(format!(
                "it was written by another build of thumbscale ({} {}, this is {} {}), whose numbers may differ; \
                 go on with that one, or start anew with --force",
                self.version, self.engine, wanted.version, wanted.engine
            ))
        } else if self.seed != wanted.seed {
            Some(format!("its seed is {}, not {}; give --seed {0}", self.seed, wanted.seed))
        } else if self.scenario_hash != wanted.scenario_hash {
            Some(format!(
                "its scenario is another one, `{}` ({}), not `{}` ({}); give the same file and the same changes",
                self.scenario,
                short(&self.scenario_hash),
                wanted.scenario,
                short(&wanted.scenario_hash)
            ))
        } else if self.variants != wanted.variants {
            Some(format!(
                "it runs the variants {}, not {}; give or leave out --no-contrast as before",
                variants(self),
                variants(wanted)
            ))
        } else {
            None
        }
    }
}

fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}
