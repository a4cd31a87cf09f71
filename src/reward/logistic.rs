//! L2-regularised logistic regression on z(a) (x) phi(x), by Newton's method.
//!
//! Minimises sum_i v_i log(1 + exp(-s_i theta . x_i)) + l2 / 2 |theta|^2 with s = +1 for yes and -1 for no, and weights
//! v_i.
//! A row x_i is a Kronecker product, so its outer product is one too: the curvature is gathered as products of
//! the distinct entries of z z' and phi phi', a quarter of the plain work. It still costs ten times a gradient: batches
//! of feedback keep theirs from round to round, the search learns from its own gradients how it has changed since
//! (`secant`), and it is renewed only if the steps stop shrinking.

use super::gradient::gradient;
use super::packed::{MAX_TRIANGLE, Packed, Rows};
use super::secant::Secants;
use crate::doubles::{self, Doubles, WIDTH, ZEROS, add_products, map2, total};
use crate::statistics::{FitError, factor, triangle};
use crate::vector::{Simd, Vectorised, with_widest_vectors};
use nalgebra::{Cholesky, DMatrix, Dyn};
use serde::{Deserialize, Serialize};
use std::array::from_fn;

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
        let weight = |f: usize| -> f64 { self.z.iter().enumerate().map(|(k, z)| z * theta[(k, f)]).sum() };
        self.phi.iter().enumerate().map(|(f, x)| weight(f) * x).sum()
    }
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
    let packed = Packed::new(examples);
    let rows = Rows::of([&packed]);
    let found = fit(&rows, l2, start, &Curvature::of(&rows, start))?;
    let factor = Curvature::of(&rows, &found.theta).factor(l2, start.shape())?;
    Ok(LogisticFit { standard_error: standard_errors(&factor, start.shape())?, ..found })
}

/// The same, if the curvature is already known, roughly: it decides how fast the search goes, not where it ends. Standard
/// errors are as rough as it is.
///
/// # Errors
/// As [`fit_logistic`].
pub(super) fn fit(
    rows: &Rows,
    l2: f64,
    start: &DMatrix<f64>,
    curvature: &Curvature,
) -> Result<LogisticFit, FitError> {
    let shape = start.shape();
    let mut theta = flatten(start);
    let mut secants = Secants::new(curvature.factor(l2, shape)?);
    let mut here = gradient(rows, l2, &theta);
    let mut previous = f64::INFINITY;
    for steps in 1..=MOST_STEPS {
        let step = secants.step(&here);
        FitError::check("a step towards the fit", step.as_slice())?;
        let largest = step.amax();
        let moved = line_search(rows, l2, &theta, step.as_slice(), largest);
        let size = moved.iter().fold(1.0, |most: f64, x| most.max(x.abs()));
        let converged = largest < TOLERANCE * size;
        if converged || steps == MOST_STEPS {
            FitError::check("a coefficient", &moved)?;
            let standard_error = standard_errors(&secants.factor, shape)?;
            return Ok(LogisticFit { standard_error, theta: unflatten(&moved, shape), steps, converged });
        }
        let there = gradient(rows, l2, &moved);
        if largest > 0.5 * previous {
            secants = Secants::new(Curvature::of(rows, &unflatten(&moved, shape)).factor(l2, shape)?);
        } else {
            secants.learn(&theta, &moved, &here, &there);
        }
        (theta, here, previous) = (moved, there, largest);
    }
    unreachable!("the last step returns")
}

/// Roots of the diagonal of the inverse curvature.
fn standard_errors(factor: &Cholesky<f64, Dyn>, shape: (usize, usize)) -> Result<DMatrix<f64>, FitError> {
    let errors = factor.inverse().diagonal().map(f64::sqrt);
    FitError::check("a standard error", errors.as_slice())?;
    Ok(unflatten(errors.as_slice(), shape))
}

/// Far from the optimum a full step may overshoot: it is halved until the objective falls.
fn line_search(rows: &Rows, l2: f64, theta: &[f64], step: &[f64], largest: f64) -> Vec<f64> {
    let moved = |size: f64| -> Vec<f64> { theta.iter().zip(step).map(|(t, s)| t + size * s).collect() };
    if largest < 0.1 {
        return moved(1.0);
    }
    let before = objective(rows, l2, theta);
    let mut size = 1.0;
    while size > 1e-6 && objective(rows, l2, &moved(size)) > before {
        size *= 0.5;
    }
    moved(size)
}

/// Weighted mean negative log-likelihood in nats, NaN without examples.
pub fn log_loss(examples: &[&Example], theta: &DMatrix<f64>) -> f64 {
    let packed = Packed::new(examples);
    total_loss(&Rows::of([&packed]), theta) / examples.iter().map(|row| row.weight).sum::<f64>()
}

/// Weighted negative log-likelihood in nats.
pub(super) fn total_loss(rows: &Rows, theta: &DMatrix<f64>) -> f64 {
    objective(rows, 0.0, &flatten(theta))
}

fn objective(rows: &Rows, l2: f64, theta: &[f64]) -> f64 {
    let parts = rows.map_chunks(|chunk| with_widest_vectors(Loss { rows, chunk, theta }));
    parts.iter().sum::<f64>() + 0.5 * l2 * theta.iter().map(|t| t * t).sum::<f64>()
}

/// The negative log-likelihood of some answers.
struct Loss<'a> {
    rows: &'a Rows<'a>,
    chunk: &'a [Doubles],
    theta: &'a [f64],
}

impl Vectorised for Loss<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> f64 {
        let mut sum = ZEROS;
        for group in self.rows.groups(self.chunk) {
            let log_odds = group.log_odds(self.theta);
            let against = map2(&log_odds, group.answer, |x, answer| if answer > 0.0 { -x } else { x });
            add_products(&mut sum, group.weight, &doubles::ln_one_plus_exp(&against));
        }
        total(&sum)
    }
}

pub(super) fn add(sum: &mut [f64], values: &[f64]) {
    for (cell, x) in sum.iter_mut().zip(values) {
        *cell += x;
    }
}

/// sum_i p_i (1 - p_i) x_i x_i', packed: entries of z z' (lower triangle), each with those of phi phi'.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curvature(Vec<f64>);

impl Curvature {
    /// The curvature of the log-likelihood at `theta`.
    pub(super) fn of(rows: &Rows, theta: &DMatrix<f64>) -> Self {
        let (flat, features) = (flatten(theta), theta.ncols());
        let mut curvature = Self(vec![0.0; triangle(theta.nrows()) * triangle(features)]);
        let size = curvature.0.len();
        let of_chunk = |chunk: &[Doubles]| {
            with_widest_vectors(OuterProducts { rows, chunk, theta: &flat, features, sums: vec![0.0; size] })
        };
        for part in rows.map_chunks(of_chunk) {
            add(&mut curvature.0, &part);
        }
        curvature
    }

    /// Adds the curvature of other examples.
    pub fn add(&mut self, other: &Self) {
        add(&mut self.0, &other.0);
    }

    /// Cholesky factor of the curvature with the penalty: positive definite unless rounding eats the penalty.
    fn factor(&self, l2: f64, (rows, columns): (usize, usize)) -> Result<Cholesky<f64, Dyn>, FitError> {
        factor(unpack(&self.0, rows, columns, l2))
    }
}

/// The curvature of some answers, added to `sums`.
struct OuterProducts<'a> {
    rows: &'a Rows<'a>,
    chunk: &'a [Doubles],
    theta: &'a [f64],
    features: usize,
    sums: Vec<f64>,
}

impl Vectorised for OuterProducts<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run<S: Simd>(mut self, _: S) -> Vec<f64> {
        let mut outer_phi = [[0.0; MAX_TRIANGLE]; WIDTH];
        for group in self.rows.groups(self.chunk) {
            let p = doubles::logistic(&group.log_odds(self.theta));
            let weight = map2(group.weight, &p, |weight, p| weight * p * (1.0 - p));
            group.outer_phi(&weight, &mut outer_phi);
            let mut blocks = self.sums.chunks_exact_mut(triangle(self.features));
            for (k, left) in group.z.iter().enumerate() {
                for (right, block) in group.z[..=k].iter().zip(&mut blocks) {
                    add_eight(block, &outer_phi, &map2(left, right, |left, right| left * right));
                }
            }
        }
        self.sums
    }
}

/// Adds eight vectors, each times a number of its own.
#[inline(always)]
fn add_eight(sum: &mut [f64], vectors: &[[f64; MAX_TRIANGLE]; WIDTH], scale: &Doubles) {
    let vectors: [&[f64]; WIDTH] = from_fn(|i| &vectors[i][..sum.len()]);
    for (place, cell) in sum.iter_mut().enumerate() {
        let mut value = *cell;
        for i in 0..WIDTH {
            value += scale[i] * vectors[i][place];
        }
        *cell = value;
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
pub(super) fn flatten(matrix: &DMatrix<f64>) -> Vec<f64> {
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
