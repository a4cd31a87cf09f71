//! Small tables that every user of a vector looks up at a place of their own.

use super::{Floats, Simd, Words};

/// Numbers by index.
#[derive(Clone, Debug)]
pub struct Table {
    /// As many as the smallest of the wide registers holds; zeros after the last.
    rows: Vec<[f32; 8]>,
}

impl Table {
    /// A table of these numbers.
    pub fn of(numbers: &[f32]) -> Self {
        let row = |part: &[f32]| std::array::from_fn(|place| part.get(place).copied().unwrap_or(0.0));
        Self { rows: numbers.chunks(8).map(row).collect() }
    }

    /// The number at `index`.
    pub fn get(&self, index: usize) -> f32 {
        self.rows[index / 8][index % 8]
    }

    /// The number of each at the index of each.
    #[inline(always)]
    pub fn look_up<S: Simd>(&self, index: Words<S>) -> Floats<S> {
        let simd = index.simd;
        let in_row = |row| Floats { simd, lanes: each!(r => simd.look_up(row, index.lanes[r])) };
        let mut found = in_row(&self.rows[0]);
        if self.rows.len() > 1 {
            let number_of_row = index >> 3;
            for number in 1..self.rows.len() {
                found = number_of_row.is(number as u32).choose(in_row(&self.rows[number]), found);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::{Vectorised, with_widest_vectors};

    struct LookUpAll(Table, [u32; 64]);

    impl Vectorised for LookUpAll {
        type Output = [f32; 64];

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> [f32; 64] {
            let mut found = [0.0; 64];
            for k in 0..64 / crate::vector::width::<S>() {
                self.0.look_up(Words::load(simd, &self.1, k)).store(&mut found, k);
            }
            found
        }
    }

    #[test]
    fn every_user_finds_their_own_number_in_tables_of_any_length() {
        for length in [1, 2, 8, 9, 16, 17, 32] {
            let numbers: Vec<f32> = (0..length).map(|number| 0.5 + number as f32).collect();
            let index: [u32; 64] = std::array::from_fn(|lane| (lane as u32 * 7) % length);
            let wanted: [f32; 64] = index.map(|index| 0.5 + index as f32);
            let table = Table::of(&numbers);
            assert!((0..length as usize).all(|index| table.get(index) == numbers[index]));
            assert_eq!(LookUpAll(table.clone(), index).run(pulp::Scalar), wanted);
            assert_eq!(with_widest_vectors(LookUpAll(table, index)), wanted);
        }
    }
}
