//! Answered questions in groups of eight, as fits go through them again and again.

use super::logistic::Example;
use crate::doubles::{self, Doubles, WIDTH, ZEROS, add_products};
use crate::parallel;
use crate::policy::MAX_FEATURES;
use crate::statistics::triangle;
use serde::{Deserialize, Serialize};

/// Groups that are summed up together: 512 rows.
const CHUNK: usize = 64;

/// Answers, eight after the other; the last group is filled up with answers of weight 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Packed {
    count: usize,
    factors: usize,
    features: usize,
    groups: Vec<Doubles>,
}

/// Answers of one batch or of several that follow each other, in pieces that are summed up on their own.
pub(super) struct Rows<'a> {
    factors: usize,
    features: usize,
    chunks: Vec<&'a [Doubles]>,
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
        let mut groups = Vec::with_capacity(examples.len().div_ceil(WIDTH) * (factors + features + 2));
        for eight in examples.chunks(WIDTH) {
            push_group(&mut groups, eight, factors, features);
        }
        Self { count: examples.len(), factors, features, groups }
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.count
    }
}

impl<'a> Rows<'a> {
    /// All answers of some batches, which are about the same functions of response and context.
    pub fn of(batches: impl IntoIterator<Item = &'a Packed>) -> Self {
        let mut rows = Self { factors: 0, features: 0, chunks: Vec::new() };
        for batch in batches.into_iter().filter(|batch| batch.count > 0) {
            (rows.factors, rows.features) = (batch.factors, batch.features);
            rows.chunks.extend(batch.groups.chunks(CHUNK * rows.doubles_per_group()));
        }
        rows
    }

    /// Functions of the response, and features of the context.
    pub fn shape(&self) -> (usize, usize) {
        (self.factors, self.features)
    }

    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Applies `work` to every chunk of groups, results in order.
    pub fn map_chunks<R: Send>(&self, work: impl Fn(&[Doubles]) -> R + Sync + Send) -> Vec<R> {
        parallel::map(&self.chunks, |chunk| work(chunk))
    }

    /// The groups of a chunk.
    #[inline(always)]
    pub fn groups<'g>(&self, chunk: &'g [Doubles]) -> impl Iterator<Item = Group<'g>> + use<'g> {
        let (factors, features) = (self.factors, self.features);
        chunk.chunks_exact(self.doubles_per_group()).map(move |group| {
            let (z, rest) = group.split_at(factors);
            let (phi, rest) = rest.split_at(features);
            Group { z, phi, answer: &rest[0], weight: &rest[1] }
        })
    }

    /// The groups of all chunks.
    pub fn all_groups(&self) -> impl Iterator<Item = Group<'_>> {
        self.chunks.iter().flat_map(|chunk| self.groups(chunk))
    }

    /// Columns of a group: factors, features, answer and weight.
    pub fn doubles_per_group(&self) -> usize {
        self.factors + self.features + 2
    }
}

/// Adds up to eight answers, one column of them per number.
fn push_group(groups: &mut Vec<Doubles>, eight: &[&Example], factors: usize, features: usize) {
    let start = groups.len();
    groups.resize(start + factors + features + 2, ZEROS);
    for (lane, row) in eight.iter().enumerate() {
        let answer = if row.yes { 1.0 } else { 0.0 };
        let numbers = row.z.iter().chain(&row.phi).copied().chain([answer, row.weight]);
        for (column, number) in groups[start..].iter_mut().zip(numbers) {
            column[lane] = number;
        }
    }
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
        let rows: Vec<&Example> = rows.iter().collect();
        let batches = [Packed::new(&rows[..8]), Packed::new(&[]), Packed::new(&rows[8..])];
        assert_eq!(batches.each_ref().map(Packed::len), [8, 0, 3]);
        let packed = Rows::of(&batches);
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
        assert_eq!(packed.all_groups().count(), 2);
        assert!(Rows::of(&batches[1..2]).is_empty());
    }
}
