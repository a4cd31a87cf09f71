//! Figures from papers, each from a scenario under `scenarios/published/`.

mod bayesian_user;
mod directions;
mod gameable_users;
mod laboratory;
mod lock_in;
mod overoptimisation;
mod preference_data;
mod selection;

use super::Case;

/// The cases.
pub fn cases() -> Vec<Case> {
    vec![
        bayesian_user::CASE,
        gameable_users::CASE,
        overoptimisation::CASE,
        preference_data::CASE,
        selection::CASE,
        directions::MEMORY,
        directions::HINDSIGHT,
        directions::AGREEABLE,
        lock_in::CASE,
    ]
}
