//! Sensitivity analysis: which parameters decide an outcome, and where a threshold lies.
//!
//! Everything here is mathematics on design matrices and outcomes; what a point is worth is computed elsewhere.

mod blocks;
mod contour;
mod distribution;
mod error;
mod grid;
mod latin_hypercube;
mod matrix;
mod morris;
mod rank_correlation;
mod resample;
mod saltelli;
mod sobol_indices;
mod student;

pub use blocks::{Blocks, whole_blocks};
pub use contour::{Segment, contour};
pub use error::DesignError;
pub use grid::{PhaseGrid, axis, grid};
pub use latin_hypercube::latin_hypercube;
pub use matrix::Matrix;
pub use morris::{DELTA, ElementaryEffects, morris_effects, trajectories};
pub use rank_correlation::{RankCorrelation, RankCorrelations, rank_correlations, ranks};
pub use resample::Interval;
pub use saltelli::{MOST_PARAMETERS, MOST_SAMPLES, block_rows, saltelli};
pub use sobol_indices::{Interaction, SobolIndex, SobolIndices, sobol_indices};
pub use student::two_sided_probability;

/// No design has more points.
pub const MOST_POINTS: usize = 1_000_000;
