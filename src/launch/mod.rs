//! Launch review: what is known of a candidate before everyone gets it.

mod candidacy;
mod check;
mod comparison;
mod cusum;
mod experiment;
mod expert_spot_check;
mod monitor;
mod offline_eval;
mod power;
mod rule;
mod sight;
mod spec_adherence;
mod sycophancy_eval;

pub use candidacy::Candidacy;
pub use check::{CheckResult, Fails};
pub use comparison::compare_on_logged_prompts;
pub use cusum::{Cusum, fall_evidence, poisson_evidence};
pub use experiment::{compare_arms, power, users_for_power};
pub use expert_spot_check::expert_spot_check;
pub use monitor::{Alarm, Baseline, DayCounts, Monitor, Watched};
pub use offline_eval::offline_eval;
pub use power::{Contrast, Effect, Needed, Rates, days_needed, size_needed};
pub use rule::{Decision, decide};
pub use sight::{blind_to, sees};
pub use spec_adherence::spec_adherence;
pub use sycophancy_eval::{canary, sycophancy_eval};

use crate::statistics::Estimate;

/// What review found and decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// Rise in the probability of a thumbs up, candidate against incumbent.
    pub ab_effect: Estimate,
    /// Whether the candidate is launched.
    pub launched: bool,
    /// The rule that decided.
    pub rule: &'static str,
}

impl Review {
    /// The rule "accept all": the comparison is recorded and every candidate launched.
    pub fn accept_all(ab_effect: Estimate) -> Self {
        Self { ab_effect, launched: true, rule: "accept all" }
    }

    /// The comparison in words.
    pub fn reason(&self) -> String {
        let Estimate { value, standard_error } = self.ab_effect;
        format!(
            "thumbs-up probability {:+.4} (95 % CI +-{:.4}); no check can stop a launch",
            value,
            1.96 * standard_error
        )
    }
}
