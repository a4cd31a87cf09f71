//! The gradient of a logistic regression, in vectors: most of the time of a fit goes into it.

use super::logistic::add;
use super::packed::Rows;
use crate::doubles::{self, Doubles, WIDTH, ZEROS, map2, total};
use crate::vector::{Simd, Vectorised, with_widest_vectors};
use nalgebra::DVector;
use std::array::from_fn;

/// The negative gradient of the objective.
pub(super) fn gradient(rows: &Rows, l2: f64, theta: &[f64]) -> DVector<f64> {
    let parts = rows.map_chunks(|chunk| with_widest_vectors(Gradient { rows, chunk, theta }));
    let mut sum: Vec<f64> = theta.iter().map(|t| -l2 * t).collect();
    for part in parts {
        add(&mut sum, &part);
    }
    DVector::from_vec(sum)
}

/// The gradient of the log-likelihood of some answers.
struct Gradient<'a> {
    rows: &'a Rows<'a>,
    chunk: &'a [Doubles],
    theta: &'a [f64],
}

/// Groups that stay in the first-level cache while all entries of the gradient are summed over them.
const PIECE: usize = 8;

impl Vectorised for Gradient<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<f64> {
        let (factors, features) = self.rows.shape();
        let mut sums = vec![ZEROS; factors * features];
        for groups in self.chunk.chunks(PIECE * self.rows.doubles_per_group()) {
            let mut residuals = [ZEROS; PIECE];
            for (residual, group) in residuals.iter_mut().zip(self.rows.groups(groups)) {
                let predicted = doubles::logistic(&group.log_odds(self.theta));
                let gap = map2(group.answer, &predicted, |answer, p| answer - p);
                *residual = map2(group.weight, &gap, |weight, gap| weight * gap);
            }
            let piece = Piece { rows: self.rows, groups, residuals, features };
            for factor in (0..factors).step_by(2) {
                match factors - factor {
                    1 => piece.add_factors::<S, 1>(simd, &mut sums, factor),
                    _ => piece.add_factors::<S, 2>(simd, &mut sums, factor),
                }
            }
        }
        sums.iter().map(total).collect()
    }
}

/// Some groups, and what they bring into the gradient.
struct Piece<'a> {
    rows: &'a Rows<'a>,
    groups: &'a [Doubles],
    residuals: [Doubles; PIECE],
    features: usize,
}

impl Piece<'_> {
    /// Adds to the entries of `Z` functions of the response from `factor` on.
    #[inline(always)]
    fn add_factors<S: Simd, const Z: usize>(&self, simd: S, sums: &mut [Doubles], factor: usize) {
        let whole = self.features - self.features % 4;
        for feature in (0..whole).step_by(4) {
            self.add_tile::<S, Z, 4>(simd, sums, (factor, feature));
        }
        for feature in whole..self.features {
            self.add_tile::<S, Z, 1>(simd, sums, (factor, feature));
        }
    }

    /// The same for `F` features from `feature` on: few enough for all sums to stay in registers. In vectors by hand, since
    /// the compiler makes none of it.
    #[inline(always)]
    fn add_tile<S: Simd, const Z: usize, const F: usize>(
        &self,
        simd: S,
        sums: &mut [Doubles],
        (factor, feature): (usize, usize),
    ) {
        let place = |i: usize, j: usize| (factor + i) * self.features + feature + j;
        for part in 0..WIDTH / S::F64_LANES {
            let of = |eight: &Doubles| S::as_simd_f64s(eight).0[part];
            let mut tile: [[S::f64s; F]; Z] = from_fn(|i| from_fn(|j| of(&sums[place(i, j)])));
            for (group, residual) in self.rows.groups(self.groups).zip(&self.residuals) {
                let (z, phi) = (&group.z[factor..factor + Z], &group.phi[feature..feature + F]);
                for i in 0..Z {
                    let scaled = simd.mul_f64s(of(residual), of(&z[i]));
                    for j in 0..F {
                        tile[i][j] = simd.add_f64s(tile[i][j], simd.mul_f64s(scaled, of(&phi[j])));
                    }
                }
            }
            for i in 0..Z {
                for j in 0..F {
                    S::as_mut_simd_f64s(&mut sums[place(i, j)]).0[part] = tile[i][j];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward::logistic::Example;
    use crate::reward::packed::Packed;
    use nalgebra::DMatrix;

    // Row by row, by definition; shapes with and without a rest of the tiles, rows with and without a rest of the groups.
    #[test]
    fn the_gradient_is_the_sum_of_residuals_times_rows_for_any_shape() {
        let wave = |n: usize| libm::sin(n as f64 * 0.7);
        for (factors, features, count) in [(1, 1, 5), (2, 4, 64), (3, 5, 1000), (9, 9, 1537), (4, 23, 77)] {
            let example = |i: usize| Example {
                z: (0..factors).map(|k| wave(i * 31 + k)).collect(),
                phi: (0..features).map(|f| wave(i * 17 + 5 * f + 3)).collect(),
                yes: i.is_multiple_of(3),
                weight: 1.0 + (i % 4) as f64,
            };
            let examples: Vec<Example> = (0..count).map(example).collect();
            let packed = Packed::new(&examples.iter().collect::<Vec<_>>());
            let theta: Vec<f64> = (0..factors * features).map(|n| 0.3 * wave(7 * n)).collect();
            let found = gradient(&Rows::of([&packed]), 0.5, &theta);
            let matrix = DMatrix::from_row_slice(factors, features, &theta);
            for (place, theta) in theta.iter().enumerate() {
                let term = |row: &Example| {
                    let answer = if row.yes { 1.0 } else { 0.0 };
                    let residual = row.weight * (answer - crate::feedback::logistic(row.log_odds(&matrix)));
                    residual * row.z[place / features] * row.phi[place % features]
                };
                let expected = examples.iter().map(term).sum::<f64>() - 0.5 * theta;
                assert!((found[place] - expected).abs() < 1e-11 * count as f64, "{factors} x {features}");
            }
        }
    }
}
