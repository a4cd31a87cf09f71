//! Numbers of users in few bits.
//!
//! A run keeps the state of every user, and moving it to and from memory is a good part of the work; most of what is
//! kept needs no 24 significant bits. A number is therefore stored in 8 or 16 bits, and rounded at random, up or down, with
//! the probability that leaves its mean as it is. Rounding to the nearest value instead would stop slow averages short
//! of their goal: a step of less than half a unit would be lost every time (Croci et al. 2022, "Stochastic rounding:
//! implementation, error analysis and applications", R. Soc. Open Sci. 9). The eight bits that decide are those that no
//! uniform number of the same word uses.

use super::cell::{Cell, MOST_STEPS_8, MOST_STEPS_16};
use super::stored::{read, write};
use crate::lanes::{LANES, Lanes, Masks};
use std::io::{self, Read, Write};
use std::ops::Range;

/// How a column keeps its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Storage {
    /// Single precision: 4 bytes.
    Single,
    /// The upper half of single precision: 2 bytes, any size, 8 significant bits.
    Upper16,
    /// Fixed point between -largest and largest: 2 bytes, in steps of largest / 32,767.
    Fixed16 {
        /// The largest number.
        largest: f32,
    },
    /// Fixed point between -largest and largest: 1 byte, in steps of largest / 127.
    Fixed8 {
        /// The largest number.
        largest: f32,
    },
}

/// The word that rounds to the nearest value.
pub const TO_NEAREST: u32 = 0x80;

/// Numbers over (row, user), for as many users as the block is wide. Users who talk at the same time lie together: their first
/// row, their second, ..., then those of the next [`LANES`] users, so that memory is read from one end to the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    cells: Cells,
    step: f32,
    steps_per_unit: f32,
    rows: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Cells {
    Single(Vec<f32>),
    Upper16(Vec<u16>),
    Fixed16(Vec<i16>),
    Fixed8(Vec<i8>),
}

/// Does the same to cells of any kind.
macro_rules! with_cells {
    ($cells:expr, $values:ident => $work:expr) => {
        match $cells {
            Cells::Single($values) => $work,
            Cells::Upper16($values) => $work,
            Cells::Fixed16($values) => $work,
            Cells::Fixed8($values) => $work,
        }
    };
}

impl Column {
    /// Writes all cells as they are; of which kind and how many is the layout's affair.
    pub(super) fn write_to(&self, to: &mut impl Write) -> io::Result<()> {
        with_cells!(&self.cells, values => write(to, values))
    }

    /// Reads all cells back.
    pub(super) fn read_from(&mut self, from: &mut impl Read) -> io::Result<()> {
        with_cells!(&mut self.cells, values => read(from, values))
    }

    /// Zeros, for `rows` rows of `width` users.
    pub fn new(storage: Storage, rows: usize, width: usize) -> Self {
        let count = rows * width;
        let (cells, largest, most) = match storage {
            Storage::Single => (Cells::Single(vec![0.0; count]), 1.0, 1.0),
            Storage::Upper16 => (Cells::Upper16(vec![0; count]), 1.0, 1.0),
            Storage::Fixed16 { largest } => (Cells::Fixed16(vec![0; count]), largest, MOST_STEPS_16),
            Storage::Fixed8 { largest } => (Cells::Fixed8(vec![0; count]), largest, MOST_STEPS_8),
        };
        Self { cells, step: largest / most, steps_per_unit: most / largest, rows }
    }

    /// Bytes of one number.
    pub fn bytes_per_number(storage: Storage) -> usize {
        match storage {
            Storage::Single => 4,
            Storage::Upper16 | Storage::Fixed16 { .. } => 2,
            Storage::Fixed8 { .. } => 1,
        }
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Where the number of user `index` in row `row` lies.
    #[inline(always)]
    fn place(&self, row: usize, index: usize) -> usize {
        (index / LANES * self.rows + row) * LANES + index % LANES
    }

    /// The number of user `index` in row `row`.
    pub fn get(&self, row: usize, index: usize) -> f32 {
        fn decoded<T: Cell>(cell: T, step: f32) -> f32 {
            T::decode(cell.widen(), step)
        }
        let place = self.place(row, index);
        with_cells!(&self.cells, cells => decoded(cells[place], self.step))
    }

    /// The numbers of the first `users` users in row `row`.
    pub fn row(&self, row: usize, users: usize) -> impl Iterator<Item = f32> + '_ {
        (0..users).map(move |index| self.get(row, index))
    }

    /// A number that is infinite or none, if there is one; fixed point has none (what leads there is seen in the sums
    /// of the conversations).
    pub fn odd_number(&self) -> Option<f32> {
        // Without a way out of the loops, so that many numbers are looked at side by side.
        match &self.cells {
            Cells::Single(cells) => {
                let odd = cells.iter().fold(false, |odd, value| odd | !value.is_finite());
                odd.then(|| cells.iter().copied().find(|value| !value.is_finite())).flatten()
            }
            Cells::Upper16(cells) => {
                let is_odd = |cell: u16| cell & 0x7F80 == 0x7F80;
                let odd = cells.iter().fold(false, |odd, &cell| odd | is_odd(cell));
                odd.then(|| cells.iter().copied().find(|&cell| is_odd(cell)))
                    .flatten()
                    .map(|cell| f32::from_bits(u32::from(cell) << 16))
            }
            Cells::Fixed16(_) | Cells::Fixed8(_) => None,
        }
    }

    /// Sets it, rounded as the lowest eight bits of `word` say.
    pub fn set(&mut self, row: usize, index: usize, value: f32, word: u32) {
        fn put<T: Cell>(cell: &mut T, value: f32, steps_per_unit: f32, word: u32) {
            *cell = T::narrow(T::encode(value, steps_per_unit, word));
        }
        let (place, scale) = (self.place(row, index), self.steps_per_unit);
        with_cells!(&mut self.cells, cells => put(&mut cells[place], value, scale, word))
    }

    /// The numbers of the users from `first` on, a multiple of [`LANES`].
    #[inline(always)]
    pub fn load(&self, row: usize, first: usize) -> Lanes {
        #[inline(always)]
        fn load<T: Cell>(cells: &[T], place: usize, step: f32) -> Lanes {
            let (cells, mut lanes) = (&cells[place..place + LANES], [0.0; LANES]);
            for i in 0..LANES {
                lanes[i] = T::decode(cells[i].widen(), step);
            }
            lanes
        }
        let place = self.place(row, first);
        with_cells!(&self.cells, cells => load(cells, place, self.step))
    }

    /// The numbers of the users from `first` on, each from a row of its own.
    #[inline(always)]
    pub fn load_chosen(&self, rows: &[u32; LANES], first: usize) -> Lanes {
        #[inline(always)]
        fn load<T: Cell>(cells: &[T], rows: &[u32; LANES], step: f32) -> Lanes {
            let mut wide = [0; LANES];
            for (row, cells) in (0..).zip(cells.as_chunks::<LANES>().0) {
                for i in 0..LANES {
                    wide[i] = if rows[i] == row { cells[i].widen() } else { wide[i] };
                }
            }
            let mut lanes = [0.0; LANES];
            for i in 0..LANES {
                lanes[i] = T::decode(wide[i], step);
            }
            lanes
        }
        let all = self.place(0, first)..self.place(self.rows, first);
        with_cells!(&self.cells, cells => load(&cells[all], rows, self.step))
    }

    /// Writes the numbers of those users from `first` on whose mask is set.
    #[inline(always)]
    pub fn store(&mut self, row: usize, first: usize, values: &Lanes, masks: &Masks, words: &[u32; LANES]) {
        #[inline(always)]
        fn store<T: Cell>(cells: &mut [T], values: &Lanes, scale: f32, masks: &Masks, words: &[u32; LANES]) {
            let new = encoded::<T>(values, scale, words);
            for i in 0..LANES {
                cells[i] = new[i].or(cells[i], masks[i]);
            }
        }
        let (place, scale) = (self.place(row, first), self.steps_per_unit);
        with_cells!(&mut self.cells, cells => store(&mut cells[place..place + LANES], values, scale, masks, words));
    }

    /// The same, each into a row of its own.
    #[inline(always)]
    pub fn store_chosen(
        &mut self,
        rows: &[u32; LANES],
        first: usize,
        values: &Lanes,
        masks: &Masks,
        words: &[u32; LANES],
    ) {
        #[inline(always)]
        fn store<T: Cell>(
            cells: &mut [T],
            rows: &[u32; LANES],
            values: &Lanes,
            scale: f32,
            masks: &Masks,
            words: &[u32; LANES],
        ) {
            let new = encoded::<T>(values, scale, words);
            let mut places = [0; LANES];
            for i in 0..LANES {
                places[i] = rows[i] as u8;
            }
            for (row, cells) in (0..).zip(cells.as_chunks_mut::<LANES>().0) {
                for i in 0..LANES {
                    let here = -i8::from(places[i] == row);
                    cells[i] = new[i].or(cells[i], masks[i] & here);
                }
            }
        }
        let (all, scale) = (self.place(0, first)..self.place(self.rows, first), self.steps_per_unit);
        with_cells!(&mut self.cells, cells => store(&mut cells[all], rows, values, scale, masks, words));
    }

    /// Writes the numbers of the users at some indices, one for each of the first lanes.
    #[inline(always)]
    pub fn scatter(&mut self, row: usize, indices: &[u32], values: &Lanes, words: &[u32; LANES]) {
        #[inline(always)]
        fn scatter<T: Cell>(
            cells: &mut [T],
            places: &[usize],
            values: &Lanes,
            scale: f32,
            words: &[u32; LANES],
        ) {
            for (&place, cell) in places.iter().zip(encoded(values, scale, words)) {
                cells[place] = cell;
            }
        }
        let (mut places, scale) = ([0; LANES], self.steps_per_unit);
        for (place, &index) in places.iter_mut().zip(indices) {
            *place = self.place(row, index as usize);
        }
        let places = &places[..indices.len()];
        with_cells!(&mut self.cells, cells => scatter(cells, places, values, scale, words));
    }

    /// The columns of the users at `indices` only, `width` users wide.
    pub fn select(&self, indices: &[u32], width: usize) -> Self {
        let mut chosen = Self { cells: self.cells.zeros(self.rows * width), ..*self };
        match (&mut chosen.cells, &self.cells) {
            (Cells::Single(to), Cells::Single(from)) => gather(to, from, self.rows, indices),
            (Cells::Upper16(to), Cells::Upper16(from)) => gather(to, from, self.rows, indices),
            (Cells::Fixed16(to), Cells::Fixed16(from)) => gather(to, from, self.rows, indices),
            (Cells::Fixed8(to), Cells::Fixed8(from)) => gather(to, from, self.rows, indices),
            _ => unreachable!("a selection keeps its numbers as the block does"),
        }
        chosen
    }

    /// Puts the users of a selection back to where they came from.
    pub fn put_back(&mut self, selection: &Self, indices: &[u32]) {
        match (&mut self.cells, &selection.cells) {
            (Cells::Single(to), Cells::Single(from)) => spread(to, from, self.rows, indices),
            (Cells::Upper16(to), Cells::Upper16(from)) => spread(to, from, self.rows, indices),
            (Cells::Fixed16(to), Cells::Fixed16(from)) => spread(to, from, self.rows, indices),
            (Cells::Fixed8(to), Cells::Fixed8(from)) => spread(to, from, self.rows, indices),
            _ => unreachable!("a selection keeps its numbers as the block does"),
        }
    }
}

impl Cells {
    /// So many zeros of the same kind.
    fn zeros(&self, count: usize) -> Self {
        match self {
            Self::Single(_) => Self::Single(vec![0.0; count]),
            Self::Upper16(_) => Self::Upper16(vec![0; count]),
            Self::Fixed16(_) => Self::Fixed16(vec![0; count]),
            Self::Fixed8(_) => Self::Fixed8(vec![0; count]),
        }
    }
}

/// Puts the users at `indices` of `from` side by side.
fn gather<T: Cell>(to: &mut [T], from: &[T], rows: usize, indices: &[u32]) {
    let (to, from) = (to.as_chunks_mut::<LANES>().0, from.as_chunks::<LANES>().0);
    for (place, &index) in indices.iter().enumerate() {
        let index = index as usize;
        for (to, from) in to[columns(rows, place)].iter_mut().zip(&from[columns(rows, index)]) {
            to[place % LANES] = from[index % LANES];
        }
    }
}

/// Puts users who lie side by side in the places of those at `indices`.
fn spread<T: Cell>(to: &mut [T], from: &[T], rows: usize, indices: &[u32]) {
    let (to, from) = (to.as_chunks_mut::<LANES>().0, from.as_chunks::<LANES>().0);
    for (place, &index) in indices.iter().enumerate() {
        let index = index as usize;
        for (to, from) in to[columns(rows, index)].iter_mut().zip(&from[columns(rows, place)]) {
            to[index % LANES] = from[place % LANES];
        }
    }
}

/// Where the rows of the lanes lie that user `index` belongs to.
#[inline(always)]
fn columns(rows: usize, index: usize) -> Range<usize> {
    let first = index / LANES * rows;
    first..first + rows
}

/// Numbers in few bits, rounded as `words` say.
#[inline(always)]
fn encoded<T: Cell>(values: &Lanes, scale: f32, words: &[u32; LANES]) -> [T; LANES] {
    let mut cells = [T::narrow(0); LANES];
    for i in 0..LANES {
        cells[i] = T::narrow(T::encode(values[i], scale, words[i]));
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::masks;

    const KINDS: [Storage; 4] = [
        Storage::Single,
        Storage::Upper16,
        Storage::Fixed16 { largest: 4.0 },
        Storage::Fixed8 { largest: 2.0 },
    ];

    fn rounded(storage: Storage, value: f32, word: u32) -> f32 {
        let mut column = Column::new(storage, 1, LANES);
        column.set(0, 3, value, word);
        column.get(0, 3)
    }

    /// Distance of neighbouring numbers around 1.
    fn unit(storage: Storage) -> f32 {
        match storage {
            Storage::Single => f32::EPSILON,
            Storage::Upper16 => 1.0 / 128.0,
            Storage::Fixed16 { largest } => largest / 32_767.0,
            Storage::Fixed8 { largest } => largest / 127.0,
        }
    }

    // Over all 256 words the mean is off by at most half of the finest shift, 1/512 of a step.
    #[test]
    fn rounding_at_random_leaves_the_mean_as_it_is() {
        for storage in KINDS {
            for value in [1.0, 1.3, -1.77, 0.01, 1e-4, -1.999] {
                let all: Vec<f64> = (0..256).map(|word| f64::from(rounded(storage, value, word))).collect();
                let mean = all.iter().sum::<f64>() / 256.0;
                let step = f64::from(unit(storage));
                assert!((mean - f64::from(value)).abs() <= step / 500.0, "{storage:?} {value} {mean}");
                assert!(
                    all.iter().all(|x| (x - f64::from(value)).abs() < 1.01 * step),
                    "{storage:?} {value}"
                );
            }
        }
    }

    #[test]
    fn left_and_right_round_alike() {
        for storage in KINDS {
            for word in 0..256 {
                for value in [0.0, 0.3, 1.234, 2.0] {
                    assert_eq!(rounded(storage, -value, word), -rounded(storage, value, word));
                }
            }
        }
    }

    #[test]
    fn ends_and_zero_are_kept() {
        for (storage, largest) in [(KINDS[2], 4.0), (KINDS[3], 2.0)] {
            for word in [0, 0x7F, TO_NEAREST, 0xFF] {
                assert_eq!(rounded(storage, largest, word), largest);
                assert_eq!(rounded(storage, 0.0, word), 0.0);
                assert_eq!(rounded(storage, 3.0 * largest, word), largest);
            }
        }
    }

    #[test]
    fn lanes_and_single_users_agree() {
        for storage in KINDS {
            let (mut by_lanes, mut one_by_one) =
                (Column::new(storage, 3, 2 * LANES), Column::new(storage, 3, 2 * LANES));
            let (mut values, mut words, mut rows, mut which) =
                ([0.0; LANES], [0; LANES], [0; LANES], [0; LANES]);
            for i in 0..LANES {
                values[i] = 0.1 * i as f32 - 0.7;
                words[i] = 37 * i as u32;
                rows[i] = i as u32 % 3;
                which[i] = u32::from(i % 5 != 0);
                if which[i] != 0 {
                    one_by_one.set(rows[i] as usize, LANES + i, values[i], words[i]);
                    one_by_one.set(1, i, values[i], words[i]);
                }
            }
            by_lanes.store_chosen(&rows, LANES, &values, &masks(&which), &words);
            by_lanes.store(1, 0, &values, &masks(&which), &words);
            let places = [7, 100, 3];
            by_lanes.scatter(2, &places, &values, &words);
            for (lane, &place) in places.iter().enumerate() {
                one_by_one.set(2, place as usize, values[lane], words[lane]);
            }
            assert_eq!(by_lanes, one_by_one);
            let (chosen, second) = (by_lanes.load_chosen(&rows, LANES), by_lanes.load(1, 0));
            for i in 0..LANES {
                assert_eq!(chosen[i], one_by_one.get(rows[i] as usize, LANES + i));
                assert_eq!(second[i], one_by_one.get(1, i));
            }
        }
    }

    #[test]
    fn a_selection_is_put_back_where_it_came_from() {
        for storage in KINDS {
            let mut column = Column::new(storage, 2, 3 * LANES);
            (0..3 * LANES).for_each(|index| column.set(1, index, 0.02 * index as f32, TO_NEAREST));
            let (before, indices) = (column.clone(), [3, 17, 2 * LANES as u32 + 9]);
            let mut selection = column.select(&indices, LANES);
            assert_eq!(selection.get(1, 2), column.get(1, 2 * LANES + 9));
            selection.set(1, 1, -1.0, TO_NEAREST);
            column.put_back(&selection, &indices);
            assert_eq!(column.get(1, 17), selection.get(1, 1));
            column.set(1, 17, 0.02 * 17.0, TO_NEAREST);
            assert_eq!(column, before);
        }
    }
}
