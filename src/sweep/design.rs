//! From the design of a sweep to its points.

use super::error::SweepError;
use crate::analysis::sensitivity::{
    DesignError, MOST_POINTS, Matrix, Method, axis, design as sensitivity_design, latin_hypercube,
    sobol_sequence,
};
use crate::random::{Address, Stream};
use crate::scenario::{DesignKind, Law, SweepDesign, Varied};

/// The points of a design that is made, not read. Designs other than grids, hypercubes and files begin alike whatever their
/// size, so that larger ones extend smaller ones.
///
/// # Errors
/// If the design is empty or too large.
pub fn design(design: &SweepDesign, parameters: &[Varied], seed: u64) -> Result<Matrix, SweepError> {
    let laws: Vec<Law> = parameters.iter().map(|it| it.law.clone()).collect();
    let samples = samples(design.samples)?;
    let quantile = |column: usize, u: f64| laws[column].quantile(u);
    Ok(match design.kind {
        DesignKind::Grid => every_combination(&laws, design.steps as usize)?,
        DesignKind::Factorial => every_combination(&laws, 2)?,
        DesignKind::LatinHypercube => latin_hypercube(laws.len(), samples, seed)?.map(quantile),
        DesignKind::Sobol => sobol_sequence(laws.len(), samples, seed)?.map(quantile),
        DesignKind::Random => random(laws.len(), samples, seed)?.map(quantile),
        DesignKind::Saltelli => sensitivity_design(Method::Sobol, &laws, samples, design.second_order, seed)?,
        DesignKind::Morris => sensitivity_design(Method::Morris, &laws, samples, false, seed)?,
        // Its rows are the points; who reads the file has them.
        DesignKind::FromFile => Matrix::new(laws.len()),
    })
}

/// Whether larger designs of this kind begin with the points of smaller ones.
pub fn grows(kind: DesignKind) -> bool {
    matches!(kind, DesignKind::Sobol | DesignKind::Random | DesignKind::Saltelli | DesignKind::Morris)
}

fn samples(wanted: u64) -> Result<usize, DesignError> {
    match usize::try_from(wanted) {
        Ok(samples) if samples <= MOST_POINTS => Ok(samples),
        _ => Err(DesignError::TooManyPoints { points: u128::from(wanted) }),
    }
}

/// Every combination of the values of all parameters; the last changes fastest.
fn every_combination(laws: &[Law], steps: usize) -> Result<Matrix, DesignError> {
    let axes: Vec<Vec<f64>> = laws.iter().map(|law| axis(law, steps)).collect();
    let points = axes.iter().fold(1, |points: u128, axis| points.saturating_mul(axis.len() as u128));
    match () {
        () if laws.is_empty() => return Err(DesignError::Empty { least: 1 }),
        () if points > MOST_POINTS as u128 => return Err(DesignError::TooManyPoints { points }),
        () => {}
    }
    let mut design = Matrix::new(laws.len());
    let mut place = vec![0; laws.len()];
    for _ in 0..points {
        design.push(place.iter().zip(&axes).map(|(&at, axis)| axis[at]));
        step(&mut place, &axes);
    }
    Ok(design)
}

/// To the next combination, as an odometer counts.
fn step(place: &mut [usize], axes: &[Vec<f64>]) {
    for (at, axis) in place.iter_mut().zip(axes).rev() {
        *at += 1;
        if *at < axis.len() {
            return;
        }
        *at = 0;
    }
}

/// Independent uniform numbers in (0, 1).
fn random(parameters: usize, samples: usize, seed: u64) -> Result<Matrix, DesignError> {
    if parameters == 0 || samples == 0 {
        return Err(DesignError::Empty { least: 1 });
    }
    let mut design = Matrix::new(parameters);
    for row in 0..samples as u32 {
        let mut draws = Address { stream: Stream::Design, round: 0, day: 0, event: 3, user: row }.draws(seed);
        // Half a step keeps the uniform number off zero.
        design.push((0..parameters).map(|_| draws.uniform() + 0.5 / f64::from(1 << 24)));
    }
    Ok(design)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Scenario, read_varied};

    fn parameters(laws: &[&str]) -> Vec<Varied> {
        let laws: Vec<String> = laws.iter().map(|law| law.to_string()).collect();
        read_varied(&Scenario::preset("baseline", &[]).expect("shipped"), &laws, &[]).expect("valid")
    }

    fn three() -> Vec<Varied> {
        parameters(&["policy.kl_strength=0.1..0.3", "world.topics=2,4", "memory.enabled=true,false"])
    }

    fn made(kind: DesignKind, samples: u64, steps: u32) -> Result<Matrix, SweepError> {
        design(&SweepDesign { kind, samples, steps, ..SweepDesign::default() }, &three(), 5)
    }

    #[test]
    fn a_grid_has_every_combination_once() {
        let grid = made(DesignKind::Grid, 1, 3).unwrap();
        let rows: Vec<&[f64]> = (0..grid.rows()).map(|row| grid.row(row)).collect();
        assert_eq!(rows.len(), 3 * 2 * 2);
        assert_eq!(
            (rows[0], rows[1], rows[2]),
            (&[0.1, 2.0, 0.0][..], &[0.1, 2.0, 1.0][..], &[0.1, 4.0, 0.0][..])
        );
        assert!((1..rows.len()).all(|row| !rows[..row].contains(&rows[row])));
        assert_eq!(made(DesignKind::Factorial, 1, 11).unwrap().rows(), 8);
    }

    #[test]
    fn what_is_impossible_is_refused() {
        let too_many = |found| matches!(found, Err(SweepError::Design(DesignError::TooManyPoints { .. })));
        assert!(too_many(made(DesignKind::Random, 1_000_000_000_000, 2)));
        assert!(too_many(made(DesignKind::Grid, 1, 100_000).and_then(|_| made(
            DesignKind::Grid,
            1,
            300_000
        ))));
        let many: Vec<Law> = vec![Law::Range { low: 0.0, high: 1.0 }; 40];
        assert!(
            matches!(every_combination(&many, 10), Err(DesignError::TooManyPoints { points }) if points > 10u128.pow(30))
        );
        assert!(made(DesignKind::LatinHypercube, 2, 2).is_err());
    }

    #[test]
    fn designs_that_grow_keep_their_points() {
        for kind in [DesignKind::Sobol, DesignKind::Random, DesignKind::Saltelli, DesignKind::Morris] {
            let (small, large) = (made(kind, 8, 2).unwrap(), made(kind, 16, 2).unwrap());
            assert!(grows(kind) && large.rows() > small.rows(), "{kind:?}");
            assert!((0..small.rows()).all(|row| small.row(row) == large.row(row)), "{kind:?}");
        }
        assert!(!grows(DesignKind::LatinHypercube) && !grows(DesignKind::Grid));
    }

    // 4,000 uniform numbers: mean within 4 standard errors, 4 / sqrt(12 * 4000) = 0.018, of a half; no correlation.
    #[test]
    fn random_points_are_uniform_and_independent() {
        let found = random(2, 4000, 3).unwrap();
        let (a, b) = (found.column(0), found.column(1));
        let mean = |of: &[f64]| of.iter().sum::<f64>() / 4000.0;
        assert!((mean(&a) - 0.5).abs() < 0.018 && (mean(&b) - 0.5).abs() < 0.018);
        let product: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 12.0 * (a - 0.5) * (b - 0.5)).collect();
        assert!(mean(&product).abs() < 4.0 / 4000f64.sqrt());
        assert!(a.iter().chain(&b).all(|u| *u > 0.0 && *u < 1.0));
    }
}
