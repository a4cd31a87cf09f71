//! Designs that cannot be made, and outcomes that do not fit their design.

use super::{MOST_PARAMETERS, MOST_POINTS, MOST_SAMPLES};

/// Why a design cannot be made or analysed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// No parameter, or no sample.
    #[error("the design is empty: it needs at least one parameter and {least} samples")]
    Empty {
        /// Fewest samples with which the method says anything.
        least: usize,
    },
    /// More parameters than the Sobol' sequence has dimensions for.
    #[error(
        "{parameters} parameters, and a Sobol' design takes at most {MOST_PARAMETERS}; screen them with --method morris first"
    )]
    TooManyParameters {
        /// Parameters wanted.
        parameters: usize,
    },
    /// More samples than the Sobol' sequence has points.
    #[error("{samples} samples, and a Sobol' design takes at most {MOST_SAMPLES}")]
    TooManySamples {
        /// Samples wanted.
        samples: usize,
    },
    /// More points than anybody would wait for.
    #[error(
        "{points} points, more than the {MOST_POINTS} that are allowed; take fewer samples or parameters"
    )]
    TooManyPoints {
        /// Points wanted.
        points: u128,
    },
    /// A grid of another number of parameters than two.
    #[error("a grid varies exactly two parameters, not {parameters}")]
    NotTwo {
        /// Parameters wanted.
        parameters: usize,
    },
    /// Outcomes that do not fill the blocks of a design.
    #[error(
        "{rows} rows are no whole number of blocks of {block}, the rows of one {what} with {parameters} parameters"
    )]
    NotWhole {
        /// Rows found.
        rows: usize,
        /// Rows of a block.
        block: usize,
        /// What a block is called.
        what: &'static str,
        /// Parameters.
        parameters: usize,
    },
    /// Too many outcomes are missing.
    #[error("only {kept} of {blocks} blocks have all their outcomes, and at least {least} are needed")]
    TooFew {
        /// Whole blocks.
        kept: usize,
        /// All blocks.
        blocks: usize,
        /// Fewest that are needed.
        least: usize,
    },
    /// Rows that are no trajectory.
    #[error(
        "rows {row} and {} differ in {changed} parameters; in a Morris design exactly one changes from row to row",
        row + 1
    )]
    NoTrajectory {
        /// First of the two rows, from 1.
        row: usize,
        /// Parameters that differ.
        changed: usize,
    },
    /// Rows that are no Saltelli design.
    #[error(
        "the rows are no Saltelli design of {parameters} parameters: blocks of {} or {} rows in the order of SALib's `sample.sobol`",
        parameters + 2, 2 * parameters + 2
    )]
    NoSaltelli {
        /// Parameters.
        parameters: usize,
    },
    /// Rows that fill no grid.
    #[error("the rows fill no grid: {rows} rows, {columns} by {lines} different values")]
    NoGrid {
        /// Rows found.
        rows: usize,
        /// Values of the first parameter.
        columns: usize,
        /// Values of the second parameter.
        lines: usize,
    },
}
