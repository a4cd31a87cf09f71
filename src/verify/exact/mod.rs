//! Laws that hold to rounding or to a stated Monte-Carlo error.

mod participation;
mod probes;
mod tilt_identity;

use super::Case;

/// The cases.
pub fn cases() -> Vec<Case> {
    vec![tilt_identity::CASE, probes::CASE, participation::CASE]
}
