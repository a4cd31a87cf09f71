//! Sums over conversations, from which shares, means and standard errors are taken.

use crate::policy::{MAX_BEHAVIOURS, MAX_LEVELS};
use crate::statistics::Moment;

/// How often each level of a behaviour occurred.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LevelCounts {
    counts: [u64; MAX_LEVELS],
}

impl LevelCounts {
    /// Takes in a level, as index.
    #[inline(always)]
    pub fn push(&mut self, index: u8) {
        self.counts[usize::from(index)] += 1;
    }

    /// Occurrences by level index.
    pub fn as_slice(&self) -> &[u64] {
        &self.counts
    }

    /// Moments of the level in [0, 1], if there are `levels` of them.
    pub fn moment(&self, levels: usize) -> Moment {
        let mut moment = Moment::default();
        for (index, &count) in self.counts.iter().enumerate().take(levels) {
            let (level, count) = (index as f64 / (levels - 1) as f64, count as f64);
            moment.count += count;
            moment.sum += count * level;
            moment.squares += count * level * level;
        }
        moment
    }

    fn add(&mut self, other: &Self) {
        for (sum, part) in self.counts.iter_mut().zip(&other.counts) {
            *sum += part;
        }
    }
}

/// What is counted and summed while serving.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Conversations in which the stance was visible.
    pub visible: u64,
    /// Conversations with users whom memory holds.
    pub known: u64,
    /// Rated conversations.
    pub rated: u64,
    /// Thumbs up.
    pub up: u64,
    /// Conversations after which the user came back the next day.
    pub returned: u64,
    /// Wrong positions discovered.
    pub discoveries: u64,
    /// Public complaints.
    pub complaints: u64,
    /// Immediate approval U.
    pub approval: Moment,
    /// True benefit.
    pub benefit: Moment,
    /// Effective deference s v.
    pub effective_deference: Moment,
    /// Levels by behaviour.
    pub levels: [LevelCounts; MAX_BEHAVIOURS],
    /// Levels by behaviour where the stance was visible.
    pub visible_levels: [LevelCounts; MAX_BEHAVIOURS],
}

impl Tally {
    /// Conversations served.
    pub fn conversations(&self) -> f64 {
        self.approval.count
    }

    /// Takes in the sums of another.
    pub fn add(&mut self, other: &Tally) {
        self.visible += other.visible;
        self.known += other.known;
        self.rated += other.rated;
        self.up += other.up;
        self.returned += other.returned;
        self.discoveries += other.discoveries;
        self.complaints += other.complaints;
        self.approval.add(&other.approval);
        self.benefit.add(&other.benefit);
        self.effective_deference.add(&other.effective_deference);
        for (sum, part) in self.levels.iter_mut().zip(&other.levels) {
            sum.add(part);
        }
        for (sum, part) in self.visible_levels.iter_mut().zip(&other.visible_levels) {
            sum.add(part);
        }
    }
}
