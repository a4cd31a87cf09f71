//! The full factorial over the factors of a scenario: who compounds with whom.

mod effects;
mod study;
mod subset;
mod tables;
mod transforms;

pub use effects::{Effect, FactorialEffects, factorial_effects};
pub use study::{Compounding, FactorReview, MOST_FACTORS, Outcome, RoundEffects, compounding, versions};
pub use subset::Subset;
pub use tables::{combinations_table, effects_table, histories_table, review_table, shapley_table};
pub use transforms::{contrasts, dividends, shapley_values};
