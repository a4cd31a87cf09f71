//! Sensitivity analysis: which parameters decide an outcome, and where a threshold lies.
//!
//! Designs and estimators are mathematics on matrices; `evaluate` is where points meet histories.

mod blocks;
mod contour;
mod distribution;
mod error;
mod evaluate;
mod finding;
mod grid;
mod latin_hypercube;
mod matrix;
mod method;
mod morris;
mod points;
mod rank_correlation;
mod resample;
mod saltelli;
mod sobol_indices;
mod tables;

pub use blocks::{Blocks, whole_blocks};
pub use contour::{Segment, contour};
pub use error::DesignError;
pub use evaluate::{
    Measures, check_points, empty_outcomes, mean_and_sd, points, reduce, versions, with_effects,
};
pub use finding::{Analysis, Finding, FindingError, Phase, findings};
pub use grid::{PhaseGrid, axis, grid};
pub use latin_hypercube::latin_hypercube;
pub use matrix::Matrix;
pub use method::{Method, design};
pub use morris::{DELTA, ElementaryEffects, morris_effects, trajectories};
pub use points::{Points, PointsError, PointsOutcome};
pub use rank_correlation::{RankCorrelation, RankCorrelations, rank_correlations, ranks};
pub use resample::Interval;
pub use saltelli::{MOST_PARAMETERS, MOST_SAMPLES, block_rows, is_saltelli, saltelli, sobol_sequence};
pub use sobol_indices::{Interaction, SobolIndex, SobolIndices, sobol_indices};
pub use tables::{findings_table, interactions_table};

/// No design has more points.
pub const MOST_POINTS: usize = 1_000_000;
