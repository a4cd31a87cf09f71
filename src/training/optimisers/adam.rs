//! Adam, climbing.

use nalgebra::DMatrix;

/// Decay of the moving average of gradients.
const FIRST_DECAY: f64 = 0.9;

/// Decay of the moving average of their squares.
const SECOND_DECAY: f64 = 0.999;

/// Keeps a coordinate without gradient in place.
const SMALL: f64 = 1e-8;

/// Moving averages of a gradient and its square, by coordinate, and what remains of a step size that falls to zero.
///
/// Source: Kingma and Ba 2015, arXiv 1412.6980, algorithm 1, with its constants; the sign is that of ascent.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    first: DMatrix<f64>,
    second: DMatrix<f64>,
    /// Powers of the decays: how much of the averages is still their start at zero.
    unfilled: (f64, f64),
    size: f64,
    /// What each step takes off the size.
    less: f64,
}

impl Adam {
    /// `steps` steps, the first of `step_size`, the last of `step_size / steps`.
    pub fn new((rows, columns): (usize, usize), step_size: f64, steps: u32) -> Self {
        Self {
            first: DMatrix::zeros(rows, columns),
            second: DMatrix::zeros(rows, columns),
            unfilled: (1.0, 1.0),
            size: step_size,
            less: step_size / f64::from(steps),
        }
    }

    /// Moves `weights` up the gradient.
    pub fn climb(&mut self, weights: &mut DMatrix<f64>, gradient: &DMatrix<f64>) {
        self.unfilled = (self.unfilled.0 * FIRST_DECAY, self.unfilled.1 * SECOND_DECAY);
        for (index, slope) in gradient.iter().enumerate() {
            let (first, second) = (&mut self.first[index], &mut self.second[index]);
            *first = FIRST_DECAY * *first + (1.0 - FIRST_DECAY) * slope;
            *second = SECOND_DECAY * *second + (1.0 - SECOND_DECAY) * slope * slope;
            let (mean, square) = (*first / (1.0 - self.unfilled.0), *second / (1.0 - self.unfilled.1));
            weights[index] += self.size * mean / (square.sqrt() + SMALL);
        }
        self.size -= self.less;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The first step has the step size whatever the slope's size; without a slope there is none.
    #[test]
    fn the_first_step_is_the_step_size_along_the_slope() {
        let mut weights = DMatrix::zeros(1, 3);
        let mut adam = Adam::new((1, 3), 0.1, 10);
        adam.climb(&mut weights, &DMatrix::from_row_slice(1, 3, &[1e-3, -50.0, 0.0]));
        assert!((weights[0] - 0.1).abs() < 1e-5 && (weights[1] + 0.1).abs() < 1e-9);
        assert_eq!(weights[2], 0.0);
    }

    #[test]
    fn a_parabola_is_climbed_to_its_top() {
        let mut weights = DMatrix::zeros(1, 1);
        let mut adam = Adam::new((1, 1), 0.1, 500);
        for _ in 0..500 {
            let gradient = DMatrix::from_element(1, 1, 3.0 - weights[0]);
            adam.climb(&mut weights, &gradient);
        }
        assert!((weights[0] - 3.0).abs() < 1e-3, "{weights}");
    }
}
