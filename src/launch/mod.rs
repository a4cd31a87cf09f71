//! Launch review: what is known of a candidate before everyone gets it.

mod comparison;

pub use comparison::compare_on_logged_prompts;

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
