//! The dominant eigenvalue of a map that is only known by what it does to shifts, by Arnoldi's method.

use super::metric::Metric;
use nalgebra::DMatrix;

/// A direction shorter than this part of what it came from adds nothing that could be told from rounding.
const SMALLEST: f64 = 1e-8;

/// An orthonormal basis of the shifts that a map leads to from a first one, and the map in that basis, by replicate.
///
/// Source: Arnoldi 1951; Saad 2011, "Numerical methods for large eigenvalue problems", algorithm 6.2 (modified
/// Gram-Schmidt), in the inner product of a metric.
pub struct Krylov {
    /// The basis.
    pub basis: Vec<DMatrix<f64>>,
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
        first: &DMatrix<f64>,
        steps: usize,
        metric: &Metric,
        mut apply: impl FnMut(&DMatrix<f64>) -> Result<Vec<DMatrix<f64>>, E>,
    ) -> Result<Self, E> {
        let mut basis = vec![first / metric.length(first)];
        let mut images: Vec<Vec<DMatrix<f64>>> = Vec::new();
        while images.len() < basis.len() {
            let found = apply(&basis[images.len()])?;
            let mut next = mean(&found);
            let length = metric.length(&next);
            images.push(found);
            for direction in &basis {
                let along = metric.dot(&next, direction);
                next -= direction * along;
            }
            let left = metric.length(&next);
            if basis.len() < steps && left > SMALLEST * length {
                basis.push(next / left);
            }
        }
        let maps = maps(&basis, &images, metric);
        Ok(Self { basis, maps })
    }

    /// Another map in the same basis; `images[direction][replicate]` is what it makes of the basis.
    pub fn of_images(&self, images: &[Vec<DMatrix<f64>>], metric: &Metric) -> Self {
        Self { basis: self.basis.clone(), maps: maps(&self.basis, images, metric) }
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
    pub fn shift(&self, coordinates: &[f64]) -> DMatrix<f64> {
        let mut sum = &self.basis[0] * 0.0;
        for (direction, coordinate) in self.basis.iter().zip(coordinates) {
            sum += direction * *coordinate;
        }
        sum
    }
}

/// By replicate: what becomes of each direction, along each direction.
fn maps(basis: &[DMatrix<f64>], images: &[Vec<DMatrix<f64>>], metric: &Metric) -> Vec<DMatrix<f64>> {
    let along = |replicate: usize| {
        DMatrix::from_fn(basis.len(), basis.len(), |i, j| metric.dot(&images[j][replicate], &basis[i]))
    };
    (0..images[0].len()).map(along).collect()
}

fn mean(shifts: &[DMatrix<f64>]) -> DMatrix<f64> {
    let mut sum = &shifts[0] * 0.0;
    for shift in shifts {
        sum += shift;
    }
    sum / shifts.len() as f64
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

    /// Two behaviours wi    /// Four behaviours with one context feature: eight weights, in a metric of contexts that say 1.
    fn metric() -> Metric {
        let weights = DMatrix::from_column_slice(8, 1, &[0.3, -0.2, 0.1, 0.9, -0.4, 0.2, 0.0, -0.1]);
        Metric::new(&Policy { behaviours: 4, levels: 6, weights, allowed: [6; MAX_BEHAVIOURS] }, &[vec![1.0]])
    }

    fn first() -> DMatrix<f64> {
        DMatrix::from_column_slice(8, 1, &[1.0, 0.2, -0.3, 0.4, 0.1, 0.7, 0.0, -0.2])
    }

    // A rotation by a right angle in one plane, 0.9 times: eigenvalues +-0.9 i.
    #[test]
    fn a_map_that_turns_is_said_to_turn() {
        let turn = |it: &DMatrix<f64>| {
            let mut image = it * 0.0;
            (image[0], image[1]) = (-0.9 * it[1], 0.9 * it[0]);
            Ok::<_, Infallible>(vec![image])
        };
        let found = Krylov::build(&first(), 8, &metric(), turn).unwrap().spectrum(&[1.0]);
        assert!(
            (found.modulus - 0.9).abs() < 1e-6 && (found.angle - std::f64::consts::FRAC_PI_2).abs() < 1e-6
        );
    }

    // A map in 8 dimensions: the full Krylov space has all its eigenvalues, whatever the metric.
    #[test]
    fn a_full_basis_has_the_eigenvalues_of_the_map() {
        let map = DMatrix::from_fn(8, 8, |i, j| libm::sin((3 * i + 5 * j + i * j) as f64));
        let apply = |it: &DMatrix<f64>| Ok::<_, Infallible>(vec![&map * it]);
        let krylov = Krylov::build(&first(), 8, &metric(), apply).unwrap();
        let (found, expected) = (krylov.spectrum(&[1.0]), dominant(&map));
        assert!((found.modulus - expected.modulus).abs() < 1e-6, "{found:?} {expected:?}");
        assert!((found.modulus - 0.9 * expected.modulus).abs() > 1e-2, "negative control");
    }

    // The eigenvector of a real eigenvalue is multiplied by it, and few directions find the dominant one.
    #[test]
    fn a_dominant_direction_is_found_from_few() {
        let map = |it: &DMatrix<f64>| {
            let mean = it.sum() / 8.0;
            it.map(|x| 0.3 * x + 0.7 * mean)
        };
        let krylov = Krylov::build(&first(), 3, &metric(), |it| Ok::<_, Infallible>(vec![map(it)])).unwrap();
        let found = krylov.spectrum(&[1.0]);
        assert!((found.modulus - 1.0).abs() < 1e-9 && found.angle == 0.0);
        let vector = krylov.shift(&found.vector);
        assert!((map(&vector) - &vector).amax() < 1e-9 * vector.amax());
        assert!((vector.max() - vector.min()).abs() < 1e-9, "all weights alike");
    }

    #[test]
    fn replicates_are_averaged_before_the_eigenvalue_is_taken() {
        let apply = |it: &DMatrix<f64>| Ok::<_, Infallible>(vec![it * 0.5, it * 0.9]);
        let krylov = Krylov::build(&first(), 2, &metric(), apply).unwrap();
        assert_eq!(krylov.replicates(), 2);
        assert!((krylov.spectrum(&[1.0, 1.0]).modulus - 0.7).abs() < 1e-12);
        assert!((krylov.spectrum(&[0.0, 1.0]).modulus - 0.9).abs() < 1e-12);
    }
}
