//! Sums over conversations, from which shares, means and standard errors are taken.

use crate::policy::MAX_BEHAVIOURS;
use crate::statistics::Moment;

/// Sum and sum of squares of a behaviour's level indices.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LevelSums {
    /// Sum of level indices.
    pub sum: u64,
    /// Sum of their squares.
    pub squares: u64,
}

impl LevelSums {
    /// Takes in a level, as index.
    pub fn push(&mut self, index: u8) {
        self.sum += u64::from(index);
        self.squares += u64::from(index) * u64::from(index);
    }

    /// Moments of the level in [0, 1] over `count` conversations, if there are `levels` of them.
    fn moment(&self, count: f64, levels: usize) -> Moment {
        let step = 1.0 / (levels - 1) as f64;
        Moment { count, sum: self.sum as f64 * step, squares: self.squares as f64 * step * step }
    }

    /// Takes in the sums of another.
    pub fn add(&mut self, other: &Self) {
        self.sum += other.sum;
        self.squares += other.squares;
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
    pub levels: [LevelSums; MAX_BEHAVIOURS],
    /// Levels by behaviour where the stance was visible.
    pub visible_levels: [LevelSums; MAX_BEHAVIOURS],
}

impl Tally {
    /// Conversations served.
    pub fn conversations(&self) -> f64 {
        self.approval.count
    }

    /// Moments of behaviour `j`'s level, if there are `levels` of them.
    pub fn level(&self, j: usize, levels: usize) -> Moment {
        self.levels[j].moment(self.conversations(), levels)
    }

    /// The same where the stance was visible.
    pub fn visible_level(&self, j: usize, levels: usize) -> Moment {
        self.visible_levels[j].moment(self.visible as f64, levels)
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
