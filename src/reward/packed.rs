//! Answered questions in groups of eight, as fits go through them again and again.

use super::logistic::Example;
use crate::doubles::{self, Doubles, WIDTH, ZEROS, add_products};
use crate::parallel;
use crate::policy::MAX_FEATURES;

/// Groups that are summed up together: 512 rows.
const CHUNK: usize = 64;

/// Answers, eight after the other; the last group is filled up with answers of weight 0.
pub(super) struct Packed {
    factors: usize,
    features: usize,
    groups: Vec<Doubles>,
}

/// Eight answers.
pub(super) struct Group<'a> {
    /// Functions of the response.
    pub z: &'a [Doubles],
    /// phi(x).
    pub phi: &'a [Doubles],
    /// 1 for yes, 0 for no.
    pub answer: &'a Doubles,
    pub weight: &'a Doubles,
}

impl Packed {
    pub fn new(examples: &[&Example]) -> Self {
        let (factors, features) = examples.first().map_or((0, 0), |row| (row.z.len(), row.phi.len()));
        let chunks = parallel::map_chunks(examples, CHUNK * WIDTH, |examples| {
            let mut groups = Vec::with_capacity(examples.len().div_ceil(WIDTH) * (factors + features + 2));
            for eight in examples.chunks(WIDTH) {
                groups.extend(group_of(eight, factors, features));
            }
            groups
        });
        Self { factors, features, groups: chunks.concat() }
    }

    /// Applies `work` to every chunk of groups, results in order.
    pub fn map_chunks<R: Send>(&self, work: impl Fn(&[Doubles]) -> R + Sync + Send) -> Vec<R> {
        parallel::map_chunks(&self.groups, CHUNK * self.doubles_per_group().max(1), work)
    }

    /// The groups of a chunk.
    #[inline(always)]
    pub fn groups<'a>(&self, chunk: &'a [Doubles]) -> impl Iterator<Item = Group<'a>> + use<'a> {
        let (factors, features) = (self.factors, self.features);
        chunk.chunks_exact(self.doubles_per_group()).map(move |group| {
            let (z, rest) = group.split_at(factors);
            let (phi, rest) = rest.split_at(features);
            Group { z, phi, answer: &rest[0], weight: &rest[1] }
        })
    }

    fn doubles_per_group(&self) -> usize {
        self.factors + self.features + 2
    }
}

/// Up to eight answers, one column of them per number.
fn group_of(eight: &[&Example], factors: usize, features: usize) -> Vec<Doubles> {
    let mut group = vec![ZEROS; factors + features + 2];
    for (lane, row) in eight.iter().enumerate() {
        let answer = if row.yes { 1.0 } else { 0.0 };
        let numbers = row.z.iter().chain(&row.phi).copied().chain([answer, row.weight]);
        for (column, number) in group.iter_mut().zip(numbers) {
            column[lane] = number;
        }
    }
    group
}

impl Group<'_> {
    /// theta . (z (x) phi), theta flat with phi running fastest.
    #[inline(always)]
    pub fn log_odds(&self, theta: &[f64]) -> Doubles {
        let features = self.phi.len();
        let mut sum = ZEROS;
        for (feature, phi) in self.phi.iter().enumerate() {
            let mut weight = ZEROS;
            for (factor, z) in self.z.iter().enumerate() {
                doubles::add_scaled(&mut weight, z, theta[factor * features + feature]);
            }
            add_products(&mut sum, &weight, phi);
        }
        sum
    }

    /// The weights times phi phi', packed by `triangle`, for each of the eight.
    #[inline(always)]
    pub fn outer_phi(&self, weight: &Doubles, outer: &mut [[f64; MAX_TRIANGLE]; WIDTH]) {
        let mut position = 0;
        for (f, left) in self.phi.iter().enumerate() {
            let weighted = doubles::map2(weight, left, |weight, x| weight * x);
            for right in &self.phi[..=f] {
                for lane in 0..WIDTH {
                    outer[lane][position] = weighted[lane] * right[lane];
                }
                position += 1;
            }
        }
    }
}

/// Distinct entries of a symmetric matrix.
pub(super) const fn triangle(size: usize) -> usize {
    size * (size + 1) / 2
}

/// Most distinct entries of phi phi'.
pub(super) const MAX_TRIANGLE: usize = triangle(MAX_FEATURES);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_order_and_places_that_are_left_over_weigh_nothing() {
        let rows: Vec<Example> = (0..11)
            .map(|i| {
                let x = f64::from(i);
                Example { z: vec![1.0, x], phi: vec![1.0, -x, 0.5 * x], yes: i % 2 == 0, weight: 1.0 + x }
            })
            .collect();
        let packed = Packed::new(&rows.iter().collect::<Vec<_>>());
        let theta = [0.3, -0.2, 0.1, 0.7, 0.0, -0.4];
        let unpacked = packed.map_chunks(|chunk| {
            let rows = packed.groups(chunk).flat_map(|group| {
                let log_odds = group.log_odds(&theta);
                (0..WIDTH).map(|i| (log_odds[i], group.answer[i], group.weight[i])).collect::<Vec<_>>()
            });
            rows.collect::<Vec<_>>()
        });
        let unpacked = unpacked.concat();
        assert_eq!(unpacked.len(), 16);
        let theta = nalgebra::DMatrix::from_row_slice(2, 3, &theta);
        for (row, (log_odds, answer, weight)) in rows.iter().zip(&unpacked) {
            assert!((log_odds - row.log_odds(&theta)).abs() < 1e-12);
            assert_eq!((*answer, *weight), (f64::from(u8::from(row.yes)), row.weight));
        }
        assert!(unpacked[11..].iter().all(|&(_, _, weight)| weight == 0.0));
        assert!(Packed::new(&[]).map_chunks(|_| ()).is_empty());
    }
}
