//! The dominant eigenvalue of a map that is only known by what it does to shifts, by Arnoldi's method.

use super::metric::Metric;
use super::shift::Shift;
use nalgebra::DMatrix;

/// A direction shorter than this part of what it came from adds nothing that could be told from rounding.
const SMALLEST: f64 = 1e-8;

/// An orthonormal basis of the shifts that a map leads to from a first one, and the map in that basis, by replicate.
///
/// Source: Arnoldi 1951; Saad 2011, "Numerical methods for large eigenvalue problems", algorithm 6.2 (modified
/// Gram-Schmidt), in the inner product of a metric.
pub struct Krylov {
    /// The basis.
    pub basis: Vec<Shift>,
    /// Entry (i, j) of replicate r: what its map makes of direction j, along direction i.
    maps: Vec<DMatrix<f64>>,
}

/// An eigenvalue of largest modulus.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    /// Its modulus.
    pub modulus: f64,
    /// Its angle in radians: 0 for growth or decay without turning, pi for a sign that changes every time.
    pub angle: f64,
    /// Coordinates of its eigenvector in the basis; of the real part if it turns.
    pub vector: Vec<f64>,
}

impl Krylov {
    /// Builds the basis from `first`, with at most `steps` directions. `apply` gives what the map of every replicate makes of
    /// a shift; the basis follows their mean.
    ///
    /// # Errors
    /// As `apply`.
    pub fn build<E>(
        first: &Shift,
        steps: usize,
        metric: &Metric,
        mut apply: impl FnMut(&Shift) -> Result<Vec<Shift>, E>,
    ) -> Result<Self, E> {
        let mut basis = vec![first.scaled(1.0 / first.length(metric))];
        let mut images: Vec<Vec<Shift>> = Vec::new();
        while images.len() < basis.len() {
            let found = apply(&basis[images.len()])?;
            let mut next = mean(&found);
            let length = next.length(metric);
            images.push(found);
            for direction in &basis {
                let along = next.dot(direction, metric);
                next.add(direction, -along);
            }
            let left = next.length(metric);
            if basis.len() < steps && left > SMALLEST * length {
                basis.push(next.scaled(1.0 / left));
            }
        }
        let along = |replicate: usize| {
            DMatrix::from_fn(basis.len(), basis.len(), |i, j| images[j][replicate].dot(&basis[i], metric))
        };
        let maps = (0..images[0].len()).map(along).collect();
        Ok(Self { basis, maps })
    }

    /// The dominant eigenvalue of the mean map, replicates counted `times` often.
    pub fn spectrum(&self, times: &[f64]) -> Spectrum {
        let size = self.basis.len();
        let mut sum = DMatrix::zeros(size, size);
        for (map, times) in self.maps.iter().zip(times) {
            sum += map * *times;
        }
        dominant(&(sum / times.iter().sum::<f64>()))
    }

    /// Replicates.
    pub fn replicates(&self) -> usize {
        self.maps.len()
    }

    /// A vector of coordinates as a shift.
    pub fn shift(&self, coordinates: &[f64]) -> Shift {
        let mut sum = Shift::zero_like(&self.basis[0]);
        for (direction, coordinate) in self.basis.iter().zip(coordinates) {
            sum.add(direction, *coordinate);
        }
        sum
    }
}

fn mean(shifts: &[Shift]) -> Shift {
    let mut sum = Shift::zero_like(&shifts[0]);
    for shift in shifts {
        sum.add(shift, 1.0 / shifts.len() as f64);
    }
    sum
}

/// The eigenvalue of largest modulus of a small matrix, and its vector.
fn dominant(map: &DMatrix<f64>) -> Spectrum {
    let values = map.complex_eigenvalues();
    let modulus = |value: &nalgebra::Complex<f64>| libm::hypot(value.re, value.im);
    let largest = values.iter().copied().max_by(|a, b| modulus(a).total_cmp(&modulus(b)));
    let largest = largest.expect("a basis has at least one direction");
    Spectrum {
        modulus: modulus(&largest),
        angle: libm::fabs(libm::atan2(largest.im, largest.re)),
        vector: eigenvector(map, largest),
    }
}

/// The direction that (M - re) squared plus im squared shrinks most: the eigenvector of a real eigenvalue, the plane's
/// of a turning one.
fn eigenvector(map: &DMatrix<f64>, value: nalgebra::Complex<f64>) -> Vec<f64> {
    let identity = DMatrix::identity(map.nrows(), map.ncols());
    let apart = map - &identity * value.re;
    let residual = if value.im == 0.0 { apart } else { &apart * &apart + identity * (value.im * value.im) };
    let svd = residual.svd(false, true);
    let right = svd.v_t.expect("the right vectors were asked for");
    right.row(svd.singular_values.imin()).iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{MAX_BEHAVIOURS, Policy};
    use std::convert::Infallible;

    /// Two behaviours with one context feature, in a metric of contexts that say 1.
    fn metric() -> Metric {
        let weights = DMatrix::from_column_slice(4, 1, &[0.3, -0.2, 0.1, -0.4]);
        Metric::new(&Policy { behaviours: 2, levels: 6, weights, allowed: [6; MAX_BEHAVIOURS] }, &[vec![1.0]])
    }

    fn shift(policy: [f64; 4], reference: [f64; 4]) -> Shift {
        Shift {
            policy: DMatrix::from_column_slice(4, 1, &policy),
            reference: DMatrix::from_column_slice(4, 1, &reference),
        }
    }

    /// W' = (1 - eta) W + eta R, R' = (1 - zeta) R + zeta W.
    fn anchor_map(eta: f64, zeta: f64) -> impl Fn(&Shift) -> Result<Vec<Shift>, Infallible> {
        move |it: &Shift| {
            Ok(vec![Shift {
                policy: &it.policy * (1.0 - eta) + &it.reference * eta,
                reference: &it.reference * (1.0 - zeta) + &it.policy * zeta,
            }])
        }
    }

    // Eigenvalues 1 and 1 - eta - zeta: the first, with equal shifts of policy and anchor, for every moving anchor; with
    // a fixed one 1 - eta, starting from a policy alone.
    #[test]
    fn a_moving_anchor_has_gain_one_and_a_fixed_one_less() {
        let (metric, first) = (metric(), shift([1.0, 0.5, 0.0, 0.2], [0.0; 4]));
        for (eta, zeta) in [(0.5, 0.4), (1.0, 1.0), (0.2, 0.9), (0.9, 0.01)] {
            let krylov = Krylov::build(&first, 4, &metric, anchor_map(eta, zeta)).unwrap();
            assert_eq!(krylov.basis.len(), 2, "policy and anchor");
            let found = krylov.spectrum(&[1.0]);
            assert!((found.modulus - 1.0).abs() < 1e-12, "{eta} {zeta} {found:?}");
            if eta + zeta < 1.9 {
                let vector = krylov.shift(&found.vector);
                assert!((&vector.policy - &vector.reference).amax() < 1e-9 * vector.policy.amax());
            }
        }
        let fixed = Krylov::build(&first, 4, &metric, anchor_map(0.3, 0.0)).unwrap().spectrum(&[1.0]);
        assert!((fixed.modulus - 0.7).abs() < 1e-12 && fixed.angle == 0.0);
    }

    // Rotation by a right angle, 0.9 times: eigenvalues +-0.9 i.
    #[test]
    fn a_map_that_turns_is_said_to_turn() {
        let turn = |it: &Shift| {
            Ok::<_, Infallible>(vec![Shift { policy: &it.reference * -0.9, reference: &it.policy * 0.9 }])
        };
        let first = shift([1.0, 0.0, 0.0, 0.0], [0.0; 4]);
        let found = Krylov::build(&first, 4, &metric(), turn).unwrap().spectrum(&[1.0]);
        assert!(
            (found.modulus - 0.9).abs() < 1e-9 && (found.angle - std::f64::consts::FRAC_PI_2).abs() < 1e-9
        );
    }

    // A random map in 8 dimensions: the full Krylov space has all eigenvalues, whatever the metric.
    #[test]
    fn a_full_basis_has_the_eigenvalues_of_the_map() {
        let entry = |i: usize, j: usize| libm::sin((3 * i + 5 * j + i * j) as f64);
        let map = DMatrix::from_fn(8, 8, entry);
        let apply = |it: &Shift| {
            let joined: Vec<f64> = it.policy.iter().chain(&it.reference).copied().collect();
            let image = &map * DMatrix::from_column_slice(8, 1, &joined);
            let half = |from: usize| DMatrix::from_column_slice(4, 1, &image.as_slice()[from..from + 4]);
            Ok::<_, Infallible>(vec![Shift { policy: half(0), reference: half(4) }])
        };
        let first = shift([1.0, 0.2, -0.3, 0.4], [0.1, 0.7, 0.0, -0.2]);
        let found = Krylov::build(&first, 8, &metric(), apply).unwrap().spectrum(&[1.0]);
        let expected = dominant(&map);
        assert!((found.modulus - expected.modulus).abs() < 1e-6, "{found:?} {expected:?}");
        assert!((found.modulus - 0.9 * expected.modulus).abs() > 1e-2, "negative control");
    }
}
