//! Counting a batch of conversations by segment, several small counts to a word.
//!
//! A batch counts at most 64 of anything and sums of squared level indices below 64 x 31^2 < 2^16, so seven flags fit
//! into the bytes of one word, and the sums of two behaviours into the quarters of another: one addition counts them
//! all. Words are taken apart once a batch.

use super::batch::Batch;
use super::prompt::Prompt;
use super::reaction::Reaction;
use super::response::Response;
use super::tally::{LevelSums, Tally};
use crate::lanes::{LANES, Lanes};
use crate::policy::MAX_BEHAVIOURS;
use crate::population::Block;
use crate::statistics::Moment;

const PAIRS: usize = MAX_BEHAVIOURS / 2;

/// What one batch adds to one segment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    conversations: u64,
    flags: u64,
    levels: [u64; PAIRS],
    visible_levels: [u64; PAIRS],
    approval: [f64; 2],
    benefit: [f64; 2],
    deference: [f64; 2],
}

/// Adds a batch to the tallies of its users' segments; `counts` is room for one entry per segment.
#[inline(always)]
pub(super) fn count_batch(
    tallies: &mut [Tally],
    counts: &mut [Counts],
    block: &Block,
    batch: &Batch,
    (prompt, response, reaction): (&Prompt, &Response, &Reaction),
    behaviours: usize,
) {
    counts.fill(Counts::default());
    let segment = batch.gather(&block.segment);
    let flags = pack_flags(prompt, reaction);
    let (approval, benefit) =
        (in_double_precision(&reaction.approval), in_double_precision(&reaction.benefit));
    let deference = in_double_precision(&reaction.deference);
    for i in batch.real() {
        let part = &mut counts[segment[i] as usize];
        part.conversations += 1;
        part.flags += flags[i];
        part.approval[0] += approval[i];
        part.approval[1] += approval[i] * approval[i];
        part.benefit[0] += benefit[i];
        part.benefit[1] += benefit[i] * benefit[i];
        part.deference[0] += deference[i];
        part.deference[1] += deference[i] * deference[i];
    }
    for pair in 0..behaviours.div_ceil(2) {
        let (all, visible) = pack_levels(prompt, response, pair);
        for i in batch.real() {
            let part = &mut counts[segment[i] as usize];
            part.levels[pair] += all[i];
            part.visible_levels[pair] += visible[i];
        }
    }
    for (tally, part) in tallies.iter_mut().zip(counts) {
        part.add_to(tally, behaviours);
    }
}

#[inline(always)]
fn in_double_precision(lanes: &Lanes) -> [f64; LANES] {
    let mut double = [0.0; LANES];
    for i in 0..LANES {
        double[i] = f64::from(lanes[i]);
    }
    double
}

/// One flag to a byte, in the order of [`Counts::add_to`].
#[inline(always)]
fn pack_flags(prompt: &Prompt, reaction: &Reaction) -> [u64; LANES] {
    let mut packed = [0; LANES];
    for i in 0..LANES {
        // Two words of four bytes: 32-bit arithmetic runs on twice as many lanes.
        let low = prompt.visible[i]
            | prompt.known[i] << 8
            | reaction.rated[i] << 16
            | (reaction.rated[i] & reaction.up[i]) << 24;
        let high = reaction.returned[i] | reaction.discovered[i] << 8 | reaction.complains[i] << 16;
        packed[i] = u64::from(low) | u64::from(high) << 32;
    }
    packed
}

/// Index and squared index of behaviours 2 `pair` and 2 `pair` + 1: everywhere, and where the stance was visible.
#[inline(always)]
fn pack_levels(prompt: &Prompt, response: &Response, pair: usize) -> ([u64; LANES], [u64; LANES]) {
    let (first, second) = (&response.index[2 * pair], &response.index[2 * pair + 1]);
    let (mut all, mut visible) = ([0; LANES], [0; LANES]);
    for i in 0..LANES {
        let low = first[i] | (first[i] * first[i]) << 16;
        let high = second[i] | (second[i] * second[i]) << 16;
        all[i] = u64::from(low) | u64::from(high) << 32;
        visible[i] = if prompt.visible[i] != 0 { all[i] } else { 0 };
    }
    (all, visible)
}

impl Counts {
    #[inline(always)]
    fn add_to(&self, tally: &mut Tally, behaviours: usize) {
        if self.conversations == 0 {
            return;
        }
        let flag = |byte: u32| self.flags >> (8 * byte) & 0xFF;
        tally.visible += flag(0);
        tally.known += flag(1);
        tally.rated += flag(2);
        tally.up += flag(3);
        tally.returned += flag(4);
        tally.discoveries += flag(5);
        tally.complaints += flag(6);
        let moment = |[sum, squares]: [f64; 2]| Moment { count: self.conversations as f64, sum, squares };
        tally.approval.add(&moment(self.approval));
        tally.benefit.add(&moment(self.benefit));
        tally.effective_deference.add(&moment(self.deference));
        for j in 0..behaviours {
            tally.levels[j].add(&unpack(self.levels[j / 2], j % 2));
            tally.visible_levels[j].add(&unpack(self.visible_levels[j / 2], j % 2));
        }
    }
}

#[inline(always)]
fn unpack(word: u64, half: usize) -> LevelSums {
    let word = word >> (32 * half);
    LevelSums { sum: word & 0xFFFF, squares: word >> 16 & 0xFFFF }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The largest that a batch can hold: 64 conversations at level index 31.
    #[test]
    fn the_fullest_batch_does_not_overflow_its_quarters() {
        let one = 31 | (31 * 31) << 16 | 31 << 32 | (31u64 * 31) << 48;
        let word: u64 = std::iter::repeat_n(one, LANES).sum();
        let expected = LevelSums { sum: 64 * 31, squares: 64 * 31 * 31 };
        assert_eq!((unpack(word, 0), unpack(word, 1)), (expected, expected));
    }
}
