//! Two parameters on a grid: where in their plane an outcome is high.

use super::{DesignError, MOST_POINTS, Matrix};
use crate::scenario::Law;
use serde::Serialize;

/// The values of a parameter on a grid: `count` steps between the ends of its law, both included; of a list all values,
/// of whole numbers no value twice.
pub fn axis(law: &Law, count: usize) -> Vec<f64> {
    if let Law::Values(values) = law {
        return values.clone();
    }
    let level = |step: usize| step as f64 / (count.max(2) - 1) as f64;
    let mut values: Vec<f64> = (0..count).map(|step| law.at_level(level(step))).collect();
    values.dedup();
    values
}

/// Every combination of the values of two parameters; the second changes fastest.
///
/// # Errors
/// If there are not exactly two parameters with two values each, or too many points.
pub fn grid(laws: &[Law], count: usize) -> Result<Matrix, DesignError> {
    let [first, second] = laws else { return Err(DesignError::NotTwo { parameters: laws.len() }) };
    if count as u128 * count as u128 > MOST_POINTS as u128 {
        return Err(DesignError::TooManyPoints { points: count as u128 * count as u128 });
    }
    let (xs, ys) = (axis(first, count), axis(second, count));
    if xs.len() < 2 || ys.len() < 2 {
        return Err(DesignError::Empty { least: 2 });
    }
    let mut design = Matrix::new(2);
    xs.iter().for_each(|&x| ys.iter().for_each(|&y| design.push([x, y])));
    Ok(design)
}

/// An outcome on a grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhaseGrid {
    /// Values of the first parameter, ascending.
    pub x: Vec<f64>,
    /// Values of the second, ascending.
    pub y: Vec<f64>,
    /// `[x][y]`: the outcome, NaN where it is missing.
    pub outcomes: Vec<Vec<f64>>,
}

impl PhaseGrid {
    /// The grid that the rows of a design fill.
    ///
    /// # Errors
    /// If they fill none.
    pub fn new(design: &Matrix, outcomes: &[f64]) -> Result<Self, DesignError> {
        if design.columns() != 2 {
            return Err(DesignError::NotTwo { parameters: design.columns() });
        }
        let (x, y) = (distinct(design.column(0)), distinct(design.column(1)));
        let fits = design.rows() == outcomes.len() && x.len() * y.len() == outcomes.len();
        if !fits || x.len() < 2 || y.len() < 2 {
            return Err(DesignError::NoGrid { rows: design.rows(), columns: x.len(), lines: y.len() });
        }
        let mut found = vec![vec![f64::NAN; y.len()]; x.len()];
        for (row, &outcome) in outcomes.iter().enumerate() {
            let place = |values: &[f64], value: f64| values.partition_point(|it| *it < value);
            found[place(&x, design.row(row)[0])][place(&y, design.row(row)[1])] = outcome;
        }
        Ok(Self { x, y, outcomes: found })
    }

    /// Outcomes that are there.
    pub fn known(&self) -> impl Iterator<Item = f64> {
        self.outcomes.iter().flatten().copied().filter(|outcome| outcome.is_finite())
    }
}

fn distinct(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_reaches_the_ends_and_comes_back_from_its_rows() {
        let laws = [Law::LogRange { low: 1.0, high: 100.0 }, Law::Whole { low: 1.0, high: 3.0 }];
        let design = grid(&laws, 5).unwrap();
        assert_eq!((axis(&laws[0], 3), axis(&laws[1], 5)), (vec![1.0, 10.0, 100.0], vec![1.0, 2.0, 3.0]));
        assert_eq!((design.rows(), design.row(1)), (15, &[1.0, 2.0][..]));
        let outcomes: Vec<f64> = (0..15).map(|row| design.row(row)[0] * design.row(row)[1]).collect();
        let found = PhaseGrid::new(&design, &outcomes).unwrap();
        assert_eq!(found.outcomes[4], [100.0, 200.0, 300.0]);
        assert!(PhaseGrid::new(&design, &outcomes[1..]).is_err());
    }

    #[test]
    fn a_grid_has_two_parameters() {
        let one = [Law::Range { low: 0.0, high: 1.0 }];
        assert_eq!(grid(&one, 5), Err(DesignError::NotTwo { parameters: 1 }));
        let two = [one[0].clone(), one[0].clone()];
        assert!(matches!(grid(&two, 1001), Err(DesignError::TooManyPoints { .. })));
        assert_eq!(grid(&two, 1), Err(DesignError::Empty { least: 2 }));
    }
}
