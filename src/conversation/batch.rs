//! Users of a block who talk at the same time.
//!
//! Where most users of a stretch of the block talk, the stretch is a batch as it lies in memory, and those who do not
//! talk are computed along and ignored. Elsewhere talkers are picked one by one.

use super::coefficients::Serving;
use crate::lanes::{Flags, LANES, Lanes, choose, counting_from};
use crate::population::Block;
use crate::random::{Address, Stream, philox_lanes};

/// One user per lane, some of them only to fill the lanes.
pub(super) struct Batch {
    /// Index within the block.
    pub index: [u32; LANES],
    /// User number.
    pub user: [u32; LANES],
    /// Which conversation of each user in these days.
    pub conversation: u32,
    /// First user, if the users lie side by side.
    stretch: Option<usize>,
    /// Which lanes are real.
    talks: Flags,
    /// The real lanes, in order, and how many there are.
    lanes: [u8; LANES],
    count: usize,
}

impl Batch {
    /// The users from `first` on, those of them real who talk.
    #[inline(always)]
    pub fn stretch(block: &Block, first: usize, talks: &Flags, conversation: u32) -> Self {
        Self::new(block, counting_from(first as u32), Some(first), talks, conversation)
    }

    /// The users at `indices`: at least one, at most as many as there are lanes.
    #[inline(always)]
    pub fn pick(block: &Block, indices: &[u32], conversation: u32) -> Self {
        let mut index = [indices[0]; LANES];
        index[..indices.len()].copy_from_slice(indices);
        let mut talks = [0; LANES];
        talks[..indices.len()].fill(1);
        Self::new(block, index, None, &talks, conversation)
    }

    #[inline(always)]
    fn new(
        block: &Block,
        index: [u32; LANES],
        stretch: Option<usize>,
        talks: &Flags,
        conversation: u32,
    ) -> Self {
        let (mut lanes, mut count) = ([0; LANES], 0);
        for i in 0..LANES {
            lanes[count] = i as u8;
            count += talks[i] as usize;
        }
        let mut user = [0; LANES];
        for i in 0..LANES {
            user[i] = block.first_user + index[i];
        }
        Self { index, user, conversation, stretch, talks: *talks, lanes, count }
    }

    /// The lanes of real users.
    #[inline(always)]
    pub fn real(&self) -> impl Iterator<Item = usize> + '_ {
        // The remainder changes nothing; it tells the compiler that lanes need no bounds check.
        self.lanes[..self.count].iter().map(|&lane| usize::from(lane) % LANES)
    }

    /// One value per user.
    #[inline(always)]
    pub fn gather<T: Copy + Default>(&self, values: &[T]) -> [T; LANES] {
        let mut gathered = [T::default(); LANES];
        match self.stretch {
            Some(first) => gathered.copy_from_slice(&values[first..first + LANES]),
            None => {
                for i in 0..LANES {
                    gathered[i] = values[self.index[i] as usize];
                }
            }
        }
        gathered
    }

    /// Row `row` of an array over (topic or behaviour, user).
    #[inline(always)]
    pub fn gather_row(&self, block: &Block, values: &[f32], row: usize) -> Lanes {
        self.gather(&values[row * block.users..(row + 1) * block.users])
    }

    /// One value per user, each from a row of its own.
    #[inline(always)]
    pub fn gather_rows(&self, block: &Block, values: &[f32], rows: &[u32; LANES]) -> Lanes {
        let mut gathered = [0.0; LANES];
        if self.stretch.is_none() {
            for i in 0..LANES {
                gathered[i] = values[rows[i] as usize * block.users + self.index[i] as usize];
            }
            return gathered;
        }
        for row in 0..(values.len() / block.users) as u32 {
            let candidates = self.gather_row(block, values, row as usize);
            for i in 0..LANES {
                gathered[i] = choose(u32::from(rows[i] == row), candidates[i], gathered[i]);
            }
        }
        gathered
    }

    /// Writes one value per real user.
    #[inline(always)]
    pub fn scatter(&self, from: &Lanes, values: &mut [f32]) {
        match self.stretch {
            Some(first) => {
                let to = &mut values[first..first + LANES];
                for i in 0..LANES {
                    to[i] = choose(self.talks[i], from[i], to[i]);
                }
            }
            None => {
                for i in 0..self.count {
                    values[self.index[i] as usize] = from[i];
                }
            }
        }
    }

    /// Writes one value per real user, each into a row of its own.
    #[inline(always)]
    pub fn scatter_rows(&self, users: usize, values: &mut [f32], from: &Lanes, rows: &[u32; LANES]) {
        let Some(first) = self.stretch else {
            for i in 0..self.count {
                values[rows[i] as usize * users + self.index[i] as usize] = from[i];
            }
            return;
        };
        for row in 0..(values.len() / users) as u32 {
            let to = &mut values[row as usize * users + first..][..LANES];
            for i in 0..LANES {
                to[i] = choose(self.talks[i] & u32::from(rows[i] == row), from[i], to[i]);
            }
        }
    }

    /// Four words per user.
    #[inline(always)]
    pub fn words(&self, serving: &Serving, stream: Stream, draw: u32) -> [[u32; LANES]; 4] {
        let (round, day) = (serving.span.round, serving.span.first_day);
        let address = Address { stream, round, day, event: self.conversation, user: 0 };
        philox_lanes(serving.seed, address, &self.user, draw)
    }
}
