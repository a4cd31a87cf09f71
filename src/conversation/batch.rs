//! Sixteen users of a block who talk at the same time.

use super::coefficients::Serving;
use crate::lanes::{LANES, Lanes};
use crate::population::Block;
use crate::random::{Address, Stream, philox_lanes};

/// Sixteen users of a block, `count` of them real; the rest repeat the first and are not written back.
pub(super) struct Batch {
    /// Index within the block.
    pub index: [usize; LANES],
    /// User number.
    pub user: [u32; LANES],
    /// Real users.
    pub count: usize,
    /// Which conversation of each user in this round.
    pub conversation: u32,
}

impl Batch {
    /// The users at `indices` (at least one, at most sixteen).
    pub fn new(block: &Block, indices: &[usize], conversation: u32) -> Self {
        let mut index = [indices[0]; LANES];
        index[..indices.len()].copy_from_slice(indices);
        Self { index, user: index.map(|i| block.user(i)), count: indices.len(), conversation }
    }

    /// One value per user.
    #[inline(always)]
    pub fn gather(&self, values: &[f32]) -> Lanes {
        let mut gathered = [0.0; LANES];
        for (value, &i) in gathered.iter_mut().zip(&self.index) {
            *value = values[i];
        }
        gathered
    }

    /// Row `row` of an array over (topic or behaviour, user).
    #[inline(always)]
    pub fn gather_row(&self, block: &Block, values: &[f32], row: usize) -> Lanes {
        self.gather(&values[row * block.users..(row + 1) * block.users])
    }

    /// Four words per user.
    #[inline(always)]
    pub fn words(&self, serving: &Serving, stream: Stream, draw: u32) -> [[u32; LANES]; 4] {
        let address = Address { stream, round: serving.round, event: self.conversation, user: 0 };
        philox_lanes(serving.seed, address, &self.user, draw)
    }
}
