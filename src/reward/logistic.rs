//! L2-regularised logistic regression on z(a) (x) phi(x), by Newton's method.
//!
//! Minimises sum_i log(1 + exp(-s_i theta . x_i)) + l2 / 2 |theta|^2 with s = +1 for yes and -1 for no.
//! A row x_i is a Kronecker product, so its outer product is one too: the curvature is gathered as products of
//! the distinct entries of z z' and phi phi', a quarter of the plain work. It is computed once where the search
//! starts, which after the first round is last round's solution, and renewed only if the steps stop shrinking.

use crate::feedback::logistic;
use crate::parallel;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

const CHUNK: usize = 256;
const MOST_STEPS: usize = 200;

/// One answered question.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// What the answer was about: functions of the response, or their difference between two responses.
    pub z: Vec<f64>,
    /// phi(x).
    pub phi: Vec<f64>,
    /// Yes (thumbs up, came back, first response preferred) or no.
    pub yes: bool,
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
}

impl Example {
    /// theta . (z (x) phi).
    pub fn log_odds(&self, theta: &DMatrix<f64>) -> f64 {
        let mut sum = 0.0;
        for (k, z) in self.z.iter().enumerate() {
            let mut inner = 0.0;
            for (f, x) in self.phi.iter().enumerate() {
                inner += theta[(k, f)] * x;
            }
            sum += z * inner;
        }
        sum
    }
}

/// Fits theta to the examples, starting from `start`.
///
/// The penalty makes the problem strictly convex, so the result does not depend on the start beyond rounding.
/// Source: Bishop 2006, section 4.3.3 (iteratively reweighted least squares).
pub fn fit_logistic(examples: &[Example], l2: f64, start: &DMatrix<f64>) -> LogisticFit {
    let mut theta = start.clone();
    let mut factor = curvature_factor(examples, l2, &theta);
    let mut previous = f64::INFINITY;
    for steps in 1..=MOST_STEPS {
        let gradient = gradient(examples, l2, &theta);
        let step = unflatten(&factor.solve(&flatten(&gradient)), &theta);
        let largest = step.amax();
        // Far from the optimum a full step may overshoot: halve it until the objective falls.
        theta = line_search(examples, l2, &theta, &step, largest);
        if largest < 1e-10 * (1.0 + theta.amax()) || steps == MOST_STEPS {
            return LogisticFit { standard_error: standard_errors(&factor, &theta), theta, steps };
        }
        if largest > 0.2 * previous || steps == 1 && largest > 0.5 {
            factor = curvature_factor(examples, l2, &theta);
        }
        previous = largest;
    }
    unreachable!("the last step returns")
}

fn line_search(
    examples: &[Example],
    l2: f64,
    theta: &DMatrix<f64>,
    step: &DMatrix<f64>,
    largest: f64,
) -> DMatrix<f64> {
    if largest < 0.1 {
        return theta + step;
    }
    let before = objective(examples, l2, theta);
    let mut size = 1.0;
    loop {
        let candidate = theta + step * size;
        if objective(examples, l2, &candidate) <= before || size < 1e-6 {
            return candidate;
        }
        size *= 0.5;
    }
}

/// Mean negative log-likelihood in nats, NaN without examples.
pub fn log_loss(examples: &[Example], theta: &DMatrix<f64>) -> f64 {
    objective(examples, 0.0, theta) / examples.len() as f64
}

fn objective(examples: &[Example], l2: f64, theta: &DMatrix<f64>) -> f64 {
    let parts = parallel::map_chunks(examples, CHUNK, |rows| {
        rows.iter()
            .map(|row| {
                let margin = if row.yes { row.log_odds(theta) } else { -row.log_odds(theta) };
                log_one_plus_exp(-margin)
            })
            .sum::<f64>()
    });
    parts.iter().sum::<f64>() + 0.5 * l2 * theta.norm_squared()
}

fn log_one_plus_exp(x: f64) -> f64 {
    if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) }
}

/// The negative gradient of the objective.
fn gradient(examples: &[Example], l2: f64, theta: &DMatrix<f64>) -> DMatrix<f64> {
    let (rows, columns) = theta.shape();
    let parts = parallel::map_chunks(examples, CHUNK, |examples| {
        let mut sum = DMatrix::zeros(rows, columns);
        for example in examples {
            let answer = if example.yes { 1.0 } else { 0.0 };
            let residual = answer - logistic(example.log_odds(theta));
            for (k, z) in example.z.iter().enumerate() {
                for (f, x) in example.phi.iter().enumerate() {
                    sum[(k, f)] += residual * z * x;
                }
            }
        }
        sum
    });
    let mut sum = theta * -l2;
    for part in parts {
        sum += part;
    }
    sum
}

/// Cholesky factor of sum_i p_i (1 - p_i) x_i x_i' + l2 I.
fn curvature_factor(examples: &[Example], l2: f64, theta: &DMatrix<f64>) -> Cholesky<f64, Dyn> {
    let (rows, columns) = theta.shape();
    let parts = parallel::map_chunks(examples, CHUNK, |examples| {
        let mut sum = vec![0.0; triangle(rows) * triangle(columns)];
        let mut outer_phi = vec![0.0; triangle(columns)];
        for example in examples {
            let p = logistic(example.log_odds(theta));
            fill_outer(&mut outer_phi, &example.phi, p * (1.0 - p));
            let mut position = 0;
            for (k, left) in example.z.iter().enumerate() {
                for right in &example.z[..=k] {
                    let weight = left * right;
                    for (cell, x) in sum[position..position + outer_phi.len()].iter_mut().zip(&outer_phi) {
                        *cell += weight * x;
                    }
                    position += outer_phi.len();
                }
            }
        }
        sum
    });
    let mut sum = vec![0.0; triangle(rows) * triangle(columns)];
    for part in parts {
        for (cell, x) in sum.iter_mut().zip(part) {
            *cell += x;
        }
    }
    let curvature = unpack(&sum, rows, columns, l2);
    Cholesky::new(curvature).expect("a positive penalty makes the curvature positive definite")
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

fn flatten(matrix: &DMatrix<f64>) -> DVector<f64> {
    let columns = matrix.ncols();
    DVector::from_fn(matrix.len(), |a, _| matrix[(a / columns, a % columns)])
}

fn unflatten(vector: &DVector<f64>, like: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(like.nrows(), like.ncols(), |k, f| vector[k * like.ncols() + f])
}

fn standard_errors(factor: &Cholesky<f64, Dyn>, like: &DMatrix<f64>) -> DMatrix<f64> {
    let inverse = factor.inverse();
    unflatten(&inverse.diagonal().map(f64::sqrt), like)
}
