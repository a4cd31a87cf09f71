//! Blocks of rows that stand or fall together: an index needs all rows of a base sample, an effect all of a trajectory.

use super::DesignError;

/// Which blocks have all their outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// Blocks without a missing outcome, by number.
    pub kept: Vec<usize>,
    /// Blocks that were left out because an outcome is missing.
    pub dropped: usize,
    /// Rows of a block.
    pub rows: usize,
}

/// Cuts outcomes into blocks of `rows` and leaves out those in which one is missing (NaN or infinite).
///
/// # Errors
/// If the outcomes fill no whole number of blocks, or fewer than `least` blocks are whole.
pub fn whole_blocks(
    outcomes: &[f64],
    rows: usize,
    least: usize,
    what: &'static str,
    parameters: usize,
) -> Result<Blocks, DesignError> {
    if outcomes.is_empty() || rows == 0 || !outcomes.len().is_multiple_of(rows) {
        return Err(DesignError::NotWhole { rows: outcomes.len(), block: rows, what, parameters });
    }
    let blocks = outcomes.len() / rows;
    let is_whole = |block: &usize| outcomes[block * rows..(block + 1) * rows].iter().all(|y| y.is_finite());
    let kept: Vec<usize> = (0..blocks).filter(is_whole).collect();
    if kept.len() < least {
        return Err(DesignError::TooFew { kept: kept.len(), blocks, least });
    }
    Ok(Blocks { dropped: blocks - kept.len(), kept, rows })
}

impl Blocks {
    /// The outcomes of the kept blocks.
    pub fn outcomes(&self, all: &[f64]) -> Vec<f64> {
        let of_block = |&block: &usize| all[block * self.rows..(block + 1) * self.rows].iter().copied();
        self.kept.iter().flat_map(of_block).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_missing_outcome_takes_its_block_along() {
        let outcomes = [1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0, 7.0, f64::INFINITY];
        let blocks = whole_blocks(&outcomes, 2, 2, "block", 1).unwrap();
        assert_eq!((blocks.kept.clone(), blocks.dropped), (vec![0, 2], 2));
        assert_eq!(blocks.outcomes(&outcomes), [1.0, 2.0, 5.0, 6.0]);
        let few = whole_blocks(&outcomes, 2, 3, "block", 1);
        assert_eq!(few, Err(DesignError::TooFew { kept: 2, blocks: 4, least: 3 }));
        assert!(matches!(whole_blocks(&outcomes, 3, 1, "block", 1), Err(DesignError::NotWhole { .. })));
        assert!(whole_blocks(&[], 3, 1, "block", 1).is_err());
    }
}
