//! The design for Sobol' indices: two independent samples A and B, and A with single columns of B.

use super::{DesignError, MOST_POINTS, Matrix};
use crate::random::{Address, Stream};

/// The scrambled sequence has 256 dimensions, of which every parameter takes two.
pub const MOST_PARAMETERS: usize = sobol_burley::NUM_DIMENSIONS as usize / 2;
/// The scrambled sequence has this many points.
pub const MOST_SAMPLES: usize = 1 << 16;

/// Rows of a block: 2 D + 2 with second-order indices, D + 2 without.
pub fn block_rows(parameters: usize, second_order: bool) -> usize {
    if second_order { 2 * parameters + 2 } else { parameters + 2 }
}

/// Uniform numbers in (0, 1): for each of `samples` points of an Owen-scrambled Sobol' sequence in 2 D dimensions, the
/// first half being A and the second B, the rows A, then A with column j of B for every j, then (with `second_order`) B
/// with column j of A for every j, then B. This is the order of SALib 1.5's `sample.sobol`.
///
/// # Errors
/// If there is nothing to vary, or more than the sequence or a computer has room for.
///
/// Sources: Saltelli 2002, Comput. Phys. Commun. 145, 280; Saltelli et al. 2010, ibid. 181, 259, table 2; scrambling:
/// Burley 2020, J. Comput. Graph. Tech. 9(4).
pub fn saltelli(
    parameters: usize,
    samples: usize,
    second_order: bool,
    seed: u64,
) -> Result<Matrix, DesignError> {
    refuse(parameters, samples, second_order)?;
    let scramble = scramble(seed);
    let mut design = Matrix::new(parameters);
    for sample in 0..samples as u32 {
        let value = |dimension: usize| uniform(sample, dimension as u32, scramble);
        let a: Vec<f64> = (0..parameters).map(value).collect();
        let b: Vec<f64> = (parameters..2 * parameters).map(value).collect();
        push_block(&mut design, &a, &b, second_order);
    }
    Ok(design)
}

fn refuse(parameters: usize, samples: usize, second_order: bool) -> Result<(), DesignError> {
    let points = samples as u128 * block_rows(parameters, second_order) as u128;
    match () {
        () if parameters == 0 || samples < 2 => Err(DesignError::Empty { least: 2 }),
        () if parameters > MOST_PARAMETERS => Err(DesignError::TooManyParameters { parameters }),
        () if samples > MOST_SAMPLES => Err(DesignError::TooManySamples { samples }),
        () if points > MOST_POINTS as u128 => Err(DesignError::TooManyPoints { points }),
        () => Ok(()),
    }
}

/// Uniform numbers in (0, 1): the first `samples` points of an Owen-scrambled Sobol' sequence.
///
/// # Errors
/// If there is nothing to vary, or more than the sequence has room for.
///
/// Source: Burley 2020, J. Comput. Graph. Tech. 9(4).
pub fn sobol_sequence(parameters: usize, samples: usize, seed: u64) -> Result<Matrix, DesignError> {
    match () {
        () if parameters == 0 || samples == 0 => return Err(DesignError::Empty { least: 1 }),
        () if parameters > 2 * MOST_PARAMETERS => return Err(DesignError::TooManyParameters { parameters }),
        () if samples > MOST_SAMPLES => return Err(DesignError::TooManySamples { samples }),
        () => {}
    }
    let scramble = scramble(seed);
    let mut design = Matrix::new(parameters);
    for sample in 0..samples as u32 {
        design.push((0..parameters as u32).map(|dimension| uniform(sample, dimension, scramble)));
    }
    Ok(design)
}

fn scramble(seed: u64) -> u32 {
    Address { stream: Stream::Design, round: 0, day: 0, event: 0, user: 0 }.words(seed, 0)[0]
}

/// The middle of the interval of width 2^-24 that the sequence names, so that 0 and 1 do not occur.
fn uniform(sample: u32, dimension: u32, scramble: u32) -> f64 {
    let left = f64::from(sobol_burley::sample(sample, dimension, scramble));
    left + 0.5 / f64::from(1 << 24)
}

fn push_block(design: &mut Matrix, a: &[f64], b: &[f64], second_order: bool) {
    let exchanged = |of: &[f64], with: &[f64], column: usize| -> Vec<f64> {
        (0..of.len()).map(|j| if j == column { with[j] } else { of[j] }).collect()
    };
    design.push(a.iter().copied());
    (0..a.len()).for_each(|column| design.push(exchanged(a, b, column)));
    if second_order {
        (0..a.len()).for_each(|column| design.push(exchanged(b, a, column)));
    }
    design.push(b.iter().copied());
}

/// Whether the rows of a design are whole blocks in the order of [`saltelli`], whatever its values.
pub fn is_saltelli(design: &Matrix, second_order: bool) -> bool {
    let (parameters, block) = (design.columns(), block_rows(design.columns(), second_order));
    let fits = |first: usize| {
        let (a, b) = (design.row(first), design.row(first + block - 1));
        let exchanged = |row: usize, of: &[f64], with: &[f64], column: usize| {
            let found = design.row(row);
            (0..parameters).all(|j| found[j] == if j == column { with[j] } else { of[j] })
        };
        (0..parameters).all(|j| exchanged(first + 1 + j, a, b, j))
            && (!second_order || (0..parameters).all(|j| exchanged(first + 1 + parameters + j, b, a, j)))
    };
    design.rows() > 0 && design.rows().is_multiple_of(block) && (0..design.rows()).step_by(block).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_exchange_one_column_at_a_time() {
        let design = saltelli(3, 4, true, 1).unwrap();
        assert_eq!((design.rows(), block_rows(3, true), block_rows(3, false)), (32, 8, 5));
        let (a, b) = (design.row(8).to_vec(), design.row(15).to_vec());
        assert!(a.iter().chain(&b).all(|&u| u > 0.0 && u < 1.0));
        assert_eq!(design.row(10), [a[0], b[1], a[2]]);
        assert_eq!(design.row(13), [b[0], a[1], b[2]]);
        let plain = saltelli(3, 4, false, 1).unwrap();
        assert!(is_saltelli(&design, true) && !is_saltelli(&design, false) && is_saltelli(&plain, false));
        assert_eq!((plain.rows(), plain.row(5), plain.row(9)), (20, &a[..], &b[..]));
    }

    // A scrambled (0, m, 1)-net has exactly one point in every interval of width 1/N, in every coordinate (Owen 1995).
    #[test]
    fn every_column_of_a_and_b_is_stratified() {
        let samples = 256;
        let design = saltelli(5, samples, false, 9).unwrap();
        for column in 0..5 {
            for first in [0, 6] {
                let mut cells: Vec<usize> = (0..samples)
                    .map(|sample| (design.row(7 * sample + first)[column] * samples as f64) as usize)
                    .collect();
                cells.sort_unstable();
                assert_eq!(cells, (0..samples).collect::<Vec<_>>());
            }
        }
    }

    // The same net property, and longer sequences go on where shorter ones end.
    #[test]
    fn the_plain_sequence_is_stratified_and_grows() {
        let long = sobol_sequence(3, 128, 9).unwrap();
        for column in 0..3 {
            let mut cells: Vec<usize> = long.column(column).iter().map(|u| (u * 128.0) as usize).collect();
            cells.sort_unstable();
            assert_eq!(cells, (0..128).collect::<Vec<_>>());
        }
        let short = sobol_sequence(3, 100, 9).unwrap();
        assert!((0..100).all(|row| short.row(row) == long.row(row)));
        assert_eq!(sobol_sequence(3, 70_000, 9), Err(DesignError::TooManySamples { samples: 70_000 }));
    }

    #[test]
    fn seeds_give_other_designs_and_the_same_seed_the_same() {
        assert_eq!(saltelli(2, 8, true, 5), saltelli(2, 8, true, 5));
        assert_ne!(saltelli(2, 8, true, 5), saltelli(2, 8, true, 6));
    }

    #[test]
    fn what_the_sequence_has_no_room_for_is_refused() {
        assert_eq!(saltelli(0, 8, true, 1), Err(DesignError::Empty { least: 2 }));
        assert_eq!(saltelli(129, 8, true, 1), Err(DesignError::TooManyParameters { parameters: 129 }));
        assert_eq!(saltelli(2, 65_537, true, 1), Err(DesignError::TooManySamples { samples: 65_537 }));
        assert_eq!(saltelli(128, 65_536, true, 1), Err(DesignError::TooManyPoints { points: 16_908_288 }));
        assert!(saltelli(128, 2, false, 1).is_ok());
    }
}
