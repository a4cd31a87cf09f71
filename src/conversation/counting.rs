//! Counting conversations by segment, several small counts to a word.
//!
//! Every lane counts for itself until many batches are done, one addition counting four flags, or a level and its
//! square; then the lanes are put together.

use super::batch::{Batch, People, Record};
use super::coefficients::Serving;
use super::tally::{LevelSums, Tally};
use crate::lanes::{LANES, Lanes};
use crate::policy::MAX_BEHAVIOURS;
use crate::statistics::Moment;
use crate::vector::{Floats, Mask, Simd, Words, width};

/// What is so or not of one conversation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ConversationFlags {
    pub visible: bool,
    pub known: bool,
    pub rated: bool,
    /// Thumbs up, had they rated.
    pub up: bool,
    pub returned: bool,
    pub discovered: bool,
    pub complains: bool,
}

impl ConversationFlags {
    /// Those of a lane.
    pub fn of(record: &Record, lane: usize) -> Self {
        let flag = |word: usize, byte: u32| record.flags[word][lane] >> (8 * byte) & 1 != 0;
        Self {
            visible: flag(0, 1),
            known: flag(0, 2),
            rated: flag(0, 3),
            up: record.up[lane] != 0,
            returned: flag(1, 1),
            discovered: flag(1, 2),
            complains: flag(1, 3),
        }
    }
}

/// Lanes that count: users are put on them in turn.
const COUNTERS: usize = 32;

/// What the batches since the last time added to one segment, by lane.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct SegmentSums {
    /// Conversations, visible stances, known users, ratings; thumbs up of those who rated, returns, discoveries,
    /// complaints: 8 bits each.
    flags: [[u32; COUNTERS]; 2],
    /// Level index in the lower half, its square in the upper.
    levels: [[u32; COUNTERS]; MAX_BEHAVIOURS],
    /// The same where the stance was visible.
    visible_levels: [[u32; COUNTERS]; MAX_BEHAVIOURS],
    /// Approval, benefit and effective deference, each with its square.
    moments: [[[f32; COUNTERS]; 2]; 3],
}

/// Sums by segment.
pub(super) struct Counter {
    segments: Vec<SegmentSums>,
    batches: u32,
    /// Batches after which lanes are put together, before anything overflows.
    most_batches: u32,
    tallies: Vec<Tally>,
}

/// Vectors of a batch that are put on the same lanes, and where they belong to the segment counted.
struct Here<S: Simd> {
    simd: S,
    /// The first of the vectors; the next is as many further as there are vectors to the lanes.
    first: usize,
    here: [Mask<S>; LANES / COUNTERS],
}

impl SegmentSums {
    const NOTHING: Self = Self {
        flags: [[0; COUNTERS]; 2],
        levels: [[0; COUNTERS]; MAX_BEHAVIOURS],
        visible_levels: [[0; COUNTERS]; MAX_BEHAVIOURS],
        moments: [[[0.0; COUNTERS]; 2]; 3],
    };
}

impl Counter {
    /// Nothing yet.
    pub fn new(serving: &Serving) -> Self {
        let tallies = vec![Tally::default(); serving.segments];
        let segments = vec![SegmentSums::NOTHING; serving.segments];
        Self { segments, batches: 0, most_batches: most_batches(serving.levels), tallies }
    }

    /// Adds a batch to the segments of its users.
    #[inline(always)]
    pub fn count<S: Simd>(
        &mut self,
        simd: S,
        people: &People,
        batch: &Batch,
        record: &Record,
        behaviours: usize,
    ) {
        for (number, sums) in (0..).zip(&mut self.segments) {
            for first in 0..COUNTERS / width::<S>() {
                let all = Here { simd, first, here: [Words::all(simd, 0).is(0); LANES / COUNTERS] };
                let here = all.and(|k| {
                    let own = Words::load(simd, &people.segment, k).is(number);
                    own & Words::load(simd, &batch.talks, k).is(1)
                });
                let visible = here.and(|k| Words::load(simd, &record.visible, k).is(1));
                sums.add(&here, &visible, record, behaviours);
            }
        }
        self.batches += 1;
        if self.batches == self.most_batches {
            self.put_together(behaviours);
        }
    }

    /// The sums by segment; counting starts anew.
    pub fn take(&mut self, behaviours: usize) -> Vec<Tally> {
        self.put_together(behaviours);
        let nothing = vec![Tally::default(); self.tallies.len()];
        std::mem::replace(&mut self.tallies, nothing)
    }

    #[inline(never)]
    fn put_together(&mut self, behaviours: usize) {
        for (tally, sums) in self.tallies.iter_mut().zip(&mut self.segments) {
            sums.add_to(tally, behaviours);
            *sums = SegmentSums::NOTHING;
        }
        self.batches = 0;
    }
}

/// Flags have 8 bits, squares of level indices 16; a lane takes in several conversations of a batch.
fn most_batches(levels: usize) -> u32 {
    let largest = (levels as u32 - 1).pow(2);
    (0xFFFF / largest).min(0xFF) / (LANES / COUNTERS) as u32
}

impl<S: Simd> Here<S> {
    /// Number of the `step`-th vector.
    #[inline(always)]
    fn k(&self, step: usize) -> usize {
        self.first + step * (COUNTERS / width::<S>())
    }

    /// Those for whom something else is so, too.
    #[inline(always)]
    fn and(&self, so: impl Fn(usize) -> Mask<S>) -> Self {
        let mut here = self.here;
        for step in 0..LANES / COUNTERS {
            here[step] = here[step] & so(self.k(step));
        }
        Self { here, ..*self }
    }

    /// Adds words of those who are here.
    #[inline(always)]
    fn add_words(&self, sum: &mut [u32; COUNTERS], words: &[u32; LANES]) {
        let mut total = Words::load(self.simd, sum, self.first);
        for step in 0..LANES / COUNTERS {
            let more = total + Words::load(self.simd, words, self.k(step));
            total = self.here[step].choose_words(more, total);
        }
        total.store(sum, self.first);
    }

    /// Adds numbers of those who are here, and their squares.
    #[inline(always)]
    fn add_moments(&self, sums: &mut [[f32; COUNTERS]; 2], values: &Lanes) {
        let mut total = Floats::load(self.simd, &sums[0], self.first);
        let mut squares = Floats::load(self.simd, &sums[1], self.first);
        for step in 0..LANES / COUNTERS {
            let (here, value) = (self.here[step], Floats::load(self.simd, values, self.k(step)));
            total = here.choose(total + value, total);
            squares = here.choose(squares + value * value, squares);
        }
        total.store(&mut sums[0], self.first);
        squares.store(&mut sums[1], self.first);
    }
}

impl SegmentSums {
    #[inline(always)]
    fn add<S: Simd>(&mut self, here: &Here<S>, visible: &Here<S>, record: &Record, behaviours: usize) {
        here.add_words(&mut self.flags[0], &record.flags[0]);
        here.add_words(&mut self.flags[1], &record.flags[1]);
        for j in 0..behaviours {
            here.add_words(&mut self.levels[j], &record.packed_level[j]);
            visible.add_words(&mut self.visible_levels[j], &record.packed_level[j]);
        }
        here.add_moments(&mut self.moments[0], &record.approval);
        here.add_moments(&mut self.moments[1], &record.benefit);
        here.add_moments(&mut self.moments[2], &record.deference);
    }

    fn add_to(&self, tally: &mut Tally, behaviours: usize) {
        let flag = |word: usize, byte: u32| -> u64 {
            let sum: u32 = self.flags[word].iter().map(|packed| packed >> (8 * byte) & 0xFF).sum();
            u64::from(sum)
        };
        let conversations = flag(0, 0) as f64;
        if conversations == 0.0 {
            return;
        }
        tally.visible += flag(0, 1);
        tally.known += flag(0, 2);
        tally.rated += flag(0, 3);
        tally.up += flag(1, 0);
        tally.returned += flag(1, 1);
        tally.discoveries += flag(1, 2);
        tally.complaints += flag(1, 3);
        let moment = |[sums, squares]: &[[f32; COUNTERS]; 2]| Moment {
            count: conversations,
            sum: sums.iter().map(|&x| f64::from(x)).sum(),
            squares: squares.iter().map(|&x| f64::from(x)).sum(),
        };
        tally.approval.add(&moment(&self.moments[0]));
        tally.benefit.add(&moment(&self.moments[1]));
        tally.effective_deference.add(&moment(&self.moments[2]));
        for j in 0..behaviours {
            tally.levels[j].add(&unpack(&self.levels[j]));
            tally.visible_levels[j].add(&unpack(&self.visible_levels[j]));
        }
    }
}

fn unpack(lanes: &[u32; COUNTERS]) -> LevelSums {
    // A lane holds less than 2^16 of each, so that words have room for the sums.
    let sum: u32 = lanes.iter().map(|word| word & 0xFFFF).sum();
    let squares: u32 = lanes.iter().map(|word| word >> 16).sum();
    LevelSums { sum: u64::from(sum), squares: u64::from(squares) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_lane_does_not_overflow_its_halves() {
        for levels in [2, 6, 32] {
            let (top, times) = (levels as u32 - 1, most_batches(levels) * (LANES / COUNTERS) as u32);
            let lanes = [times * (top | (top * top) << 16); COUNTERS];
            let (count, top) = (u64::from(times) * COUNTERS as u64, u64::from(top));
            assert!(times > 0 && times <= 0xFF);
            assert_eq!(unpack(&lanes), LevelSums { sum: count * top, squares: count * top * top });
        }
    }
}
