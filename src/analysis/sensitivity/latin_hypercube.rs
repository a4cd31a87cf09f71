//! A sample in which every parameter takes every one of n equal slices exactly once.

use super::morris::shuffled;
use super::{DesignError, MOST_POINTS, Matrix};
use crate::random::{Address, Stream};

/// Uniform numbers in (0, 1), `samples` rows: in every column a random order of the n slices of width 1/n, and a
/// uniform place within each.
///
/// # Errors
/// If the design is empty or too large.
///
/// Source: McKay, Beckman and Conover 1979, Technometrics 21, 239.
pub fn latin_hypercube(parameters: usize, samples: usize, seed: u64) -> Result<Matrix, DesignError> {
    match () {
        () if parameters == 0 || samples < 3 => return Err(DesignError::Empty { least: 3 }),
        () if samples > MOST_POINTS => return Err(DesignError::TooManyPoints { points: samples as u128 }),
        () => {}
    }
    let columns: Vec<Vec<f64>> = (0..parameters).map(|column| slices(samples, column as u32, seed)).collect();
    let mut design = Matrix::new(parameters);
    (0..samples).for_each(|row| design.push(columns.iter().map(|column| column[row])));
    Ok(design)
}

fn slices(samples: usize, column: u32, seed: u64) -> Vec<f64> {
    let mut draws = Address { stream: Stream::Design, round: 0, day: 0, event: 2, user: column }.draws(seed);
    let order = shuffled(samples, &mut draws);
    // Half a step keeps the uniform number off zero.
    let mut inside = || draws.uniform() + 0.5 / f64::from(1 << 24);
    order.into_iter().map(|slice| (slice as f64 + inside()) / samples as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_of_every_column_is_taken_once() {
        let design = latin_hypercube(4, 50, 3).unwrap();
        for column in 0..4 {
            let mut slices: Vec<usize> = design.column(column).iter().map(|u| (u * 50.0) as usize).collect();
            assert_ne!(slices, (0..50).collect::<Vec<_>>());
            slices.sort_unstable();
            assert_eq!(slices, (0..50).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_empty_design_is_refused() {
        assert_eq!(latin_hypercube(0, 50, 3), Err(DesignError::Empty { least: 3 }));
        assert!(latin_hypercube(1, MOST_POINTS + 1, 3).is_err());
    }
}
