//! L2-regularised logistic regression on z(a) (x) phi(x), by Newton's method.
//!
//! Minimises sum_i v_i log(1 + exp(-s_i theta . x_i)) + l2 / 2 |theta|^2 with s = +1 for yes and -1 for no, and weights
//! v_i.
//! A row x_i is a Kronecker product, so its outer product is one too: the curvature is gathered as products of
//! the distinct entries of z z' and phi phi', a quarter of the plain work. It is renewed during the search only if
//! the steps stop shrinking, and batches of feedback keep theirs from round to round.

use crate::feedback::logistic;
use crate::parallel;
use crate::policy::MAX_FEATURES;
use crate::statistics::{FitError, factor};
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};
use serde::{Deserialize, Serialize};

const CHUNK: usize = 512;
pub(super) const MOST_STEPS: usize = 200;
const TOLERANCE: f64 = 1e-6;

/// One answered question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// What the answer was about: functions of the response, or their difference between two responses.
    pub z: Vec<f64>,
    /// phi(x).
    pub phi: Vec<f64>,
    /// Yes (thumbs up, came back, first response preferred) or no.
    pub yes: bool,
    /// How many answers like it this one stands for, 1 unless the sample is corrected for who answers.
    pub weight: f64,
}

/// A fitted model.
#[derive(Clone, Debug, PartialEq)]
pub struct LogisticFit {
    /// Coefficients in log-odds, z x phi.
    pub theta: DMatrix<f64>,
    /// Standard errors from the inverse curvature, z x phi.
    pub standard_error: DMatrix<f64>,
    /// Newton steps taken.
    pub steps: usize,
    /// Whether the last step was smaller than the tolerance; if not, the search ran out of steps.
    pub converged: bool,
}

impl Example {
    /// theta . (z (x) phi).
    pub fn log_odds(&self, theta: &DMatrix<f64>) -> f64 {
        self.product(&flatten(theta))
    }

    /// The same for flat coefficients, phi running fastest. Weights of features first: sums over z run side by side
    /// in vector registers, a sum over features would not.
    fn product(&self, theta: &[f64]) -> f64 {
        let features = self.phi.len();
        let mut weights = [0.0; MAX_FEATURES];
        for (z, row) in self.z.iter().zip(theta.chunks_exact(features)) {
            add_scaled(&mut weights[..features], row, *z);
        }
        dot(&weights[..features], &self.phi)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (x, y) in a.iter().zip(b) {
        sum += x * y;
    }
    sum
}

/// Fits theta to the examples, starting from `start`.
///
/// The penalty makes the problem strictly convex, so the result does not depend on the start beyond the
/// tolerance, a millionth of the largest coefficient.
/// Source: Bishop 2006, section 4.3.3 (iteratively reweighted least squares).
///
/// # Errors
/// If a number is not finite, or the penalty is too small beside the answers to tell all coefficients apart.
pub fn fit_logistic(examples: &[&Example], l2: f64, start: &DMatrix<f64>) -> Result<LogisticFit, FitError> {
    fit_with_curvature(examples, l2, start, &Curvature::of(examples, start))
}

/// The same, if the curvature is already known, roughly: it decides how fast the search goes, not where it ends.
///
/// # Errors
/// As [`fit_logistic`].
pub fn fit_with_curvature(
    examples: &[&Example],
    l2: f64,
    start: &DMatrix<f64>,
    curvature: &Curvature,
) -> Result<LogisticFit, FitError> {
    let shape = start.shape();
    let mut theta = flatten(start);
    let mut factor = curvature.factor(l2, shape)?;
    let mut previous = f64::INFINITY;
    for steps in 1..=MOST_STEPS {
        let gradient = DVector::from_vec(gradient(examples, l2, &theta));
        let step = factor.solve(&gradient);
        FitError::check("a step towards the fit", step.as_slice())?;
        let largest = step.amax();
        theta = line_search(examples, l2, &theta, step.as_slice(), largest);
        let size = theta.iter().fold(1.0, |most: f64, x| most.max(x.abs()));
        let converged = largest < TOLERANCE * size;
        if converged || steps == MOST_STEPS {
            FitError::check("a coefficient", &theta)?;
            let standard_error = unflatten(factor.inverse().diagonal().map(f64::sqrt).as_slice(), shape);
            FitError::check("a standard error", standard_error.as_slice())?;
            return Ok(LogisticFit { standard_error, theta: unflatten(&theta, shape), steps, converged });
        }
        if largest > 0.2 * previous || steps == 1 && largest > 0.5 {
            factor = Curvature::of(examples, &unflatten(&theta, shape)).factor(l2, shape)?;
        }
        previous = largest;
    }
    unreachable!("the last step returns")
}

/// Far from the optimum a full step may overshoot: it is halved until the objective falls.
fn line_search(examples: &[&Example], l2: f64, theta: &[f64], step: &[f64], largest: f64) -> Vec<f64> {
    let moved = |size: f64| -> Vec<f64> { theta.iter().zip(step).map(|(t, s)| t + size * s).collect() };
    if largest < 0.1 {
        return moved(1.0);
    }
    let before = objective(examples, l2, theta);
    let mut size = 1.0;
    while size > 1e-6 && objective(examples, l2, &moved(size)) > before {
        size *= 0.5;
    }
    moved(size)
}

/// Weighted mean negative log-likelihood in nats, NaN without examples.
pub fn log_loss(examples: &[&Example], theta: &DMatrix<f64>) -> f64 {
    objective(examples, 0.0, &flatten(theta)) / examples.iter().map(|row| row.weight).sum::<f64>()
}

fn objective(examples: &[&Example], l2: f64, theta: &[f64]) -> f64 {
    let parts = parallel::map_chunks(examples, CHUNK, |rows| {
        rows.iter()
            .map(|row| {
                let margin = if row.yes { row.product(theta) } else { -row.product(theta) };
                row.weight * log_one_plus_exp(-margin)
            })
            .sum::<f64>()
    });
    parts.iter().sum::<f64>() + 0.5 * l2 * dot(theta, theta)
}

fn log_one_plus_exp(x: f64) -> f64 {
    if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) }
}

/// The negative gradient of the objective.
fn gradient(examples: &[&Example], l2: f64, theta: &[f64]) -> Vec<f64> {
    let parts = parallel::map_chunks(examples, CHUNK, |examples| {
        let mut sum = vec![0.0; theta.len()];
        for example in examples {
            let answer = if example.yes { 1.0 } else { 0.0 };
            let residual = example.weight * (answer - logistic(example.product(theta)));
            for (z, row) in example.z.iter().zip(sum.chunks_exact_mut(example.phi.len())) {
                add_scaled(row, &example.phi, residual * z);
            }
        }
        sum
    });
    let mut sum: Vec<f64> = theta.iter().map(|t| -l2 * t).collect();
    for part in parts {
        add_scaled(&mut sum, &part, 1.0);
    }
    sum
}

fn add_scaled(sum: &mut [f64], values: &[f64], scale: f64) {
    for (cell, x) in sum.iter_mut().zip(values) {
        *cell += scale * x;
    }
}

/// sum_i p_i (1 - p_i) x_i x_i', packed: entries of z z' (lower triangle), each with those of phi phi'.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curvature(Vec<f64>);

impl Curvature {
    /// The curvature of the log-likelihood at `theta`.
    pub fn of(examples: &[&Example], theta: &DMatrix<f64>) -> Self {
        let size = triangle(theta.nrows()) * triangle(theta.ncols());
        let (flat, features) = (flatten(theta), theta.ncols());
        let parts = parallel::map_chunks(examples, CHUNK, |examples| {
            let mut sum = vec![0.0; size];
            let mut outer_phi = vec![0.0; triangle(features)];
            for example in examples {
                let p = logistic(example.product(&flat));
                fill_outer(&mut outer_phi, &example.phi, example.weight * p * (1.0 - p));
                let mut blocks = sum.chunks_exact_mut(outer_phi.len());
                for (k, left) in example.z.iter().enumerate() {
                    for (right, block) in example.z[..=k].iter().zip(&mut blocks) {
                        add_scaled(block, &outer_phi, left * right);
                    }
                }
            }
            sum
        });
        let mut curvature = Self(vec![0.0; size]);
        for part in parts {
            curvature.add(&Self(part));
        }
        curvature
    }

    /// Adds the curvature of other examples.
    pub fn add(&mut self, other: &Self) {
        add_scaled(&mut self.0, &other.0, 1.0);
    }

    /// Cholesky factor of the curvature with the penalty: positive definite unless rounding eats the penalty.
    fn factor(&self, l2: f64, (rows, columns): (usize, usize)) -> Result<Cholesky<f64, Dyn>, FitError> {
        factor(unpack(&self.0, rows, columns, l2))
    }
}

fn triangle(size: usize) -> usize {
    size * (size + 1) / 2
}

fn fill_outer(outer: &mut [f64], phi: &[f64], weight: f64) {
    let mut position = 0;
    for (f, left) in phi.iter().enumerate() {
        for right in &phi[..=f] {
            outer[position] = weight * left * right;
            position += 1;
        }
    }
}

/// The full matrix over (z, phi) pairs, phi running fastest.
fn unpack(packed: &[f64], rows: usize, columns: usize, l2: f64) -> DMatrix<f64> {
    let index = |i: usize, j: usize| triangle(i.max(j)) + i.min(j);
    DMatrix::from_fn(rows * columns, rows * columns, |a, b| {
        let (k, f, l, g) = (a / columns, a % columns, b / columns, b % columns);
        packed[index(k, l) * triangle(columns) + index(f, g)] + if a == b { l2 } else { 0.0 }
    })
}

/// Row by row.
fn flatten(matrix: &DMatrix<f64>) -> Vec<f64> {
    matrix.transpose().as_slice().to_vec()
}

fn unflatten(values: &[f64], (rows, columns): (usize, usize)) -> DMatrix<f64> {
    DMatrix::from_row_slice(rows, columns, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(a: f64, yes: bool, weight: f64) -> Example {
        Example { z: vec![a, a], phi: vec![1.0], yes, weight }
    }

    fn fit(rows: &[Example], l2: f64) -> Result<LogisticFit, FitError> {
        fit_logistic(&rows.iter().collect::<Vec<_>>(), l2, &DMatrix::zeros(2, 1))
    }

    // Two coefficients that always occur together: only the penalty tells them apart.
    #[test]
    fn a_penalty_that_rounding_eats_is_refused_and_one_that_counts_is_not() {
        let rows: Vec<Example> = (0..64).map(|i| example(1.0, i % 3 == 0, 1.0)).collect();
        assert_eq!(fit(&rows, 1e-30), Err(FitError::Singular));
        assert!(fit(&rows, 1e-9).expect("a penalty that counts").converged);
    }

    #[test]
    fn numbers_that_are_none_are_named() {
        for (a, weight) in [(f64::NAN, 1.0), (1.0, f64::INFINITY), (f64::INFINITY, 1.0)] {
            let refusal = fit(&[example(a, true, weight), example(1.0, false, 1.0)], 1.0).unwrap_err();
            assert!(matches!(refusal, FitError::NotFinite { .. }), "{refusal}");
        }
    }
}
