//! Laws that hold to rounding or to a stated Monte-Carlo error.

mod ab_gate;
mod best_of_n;
mod bradley_terry;
mod conservation;
mod contraction;
mod dilution;
mod gradients;
mod kl_tilt;
mod mean_field;
mod minimal_correction;
mod moving_anchor;
mod no_drift;
mod participation;
mod probes;
mod tilt_identity;
mod wright_fisher;

use super::Case;

/// The cases.
pub fn cases() -> Vec<Case> {
    vec![
        kl_tilt::CASE,
        tilt_identity::CASE,
        minimal_correction::CASE,
        best_of_n::AGREEMENT,
        best_of_n::DIVERGENCE,
        bradley_terry::CASE,
        gradients::CASE,
        no_drift::CASE,
        moving_anchor::CASE,
        dilution::CASE,
        ab_gate::CASE,
        contraction::CASE,
        wright_fisher::CASE,
        mean_field::CASE,
        conservation::CASE,
        probes::CASE,
        participation::CASE,
    ]
}
