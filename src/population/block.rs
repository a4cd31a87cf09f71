//! The users' state, as arrays over fixed blocks of users.
//!
//! Blocks are the unit of parallel work and of reduction: sums are taken within a block in user order and
//! over blocks in block order, so no result depends on which thread did what.

use super::column::{Column, Storage};
use super::knowledge::Knowledge;
use super::traits::{Laws, sample_users};
use crate::lanes::LANES;
use crate::memory::TASTE_LIMIT;
use crate::parallel;
use crate::scenario::{Settings, StateWidth};

/// Users per block: their arrays fit in the second-level cache.
pub const BLOCK_USERS: usize = 2048;

/// Most segments: a user's segment is kept in five bits.
pub const MAX_SEGMENTS: usize = 32;

/// Most topics: memory keeps a bit for each.
pub const MAX_TOPICS: usize = 16;

/// A block of users. Its columns are as wide as the next multiple of [`LANES`]; what lies beyond the last user means
/// nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Number of the first user.
    pub first_user: u32,
    /// Users in this block.
    pub users: usize,
    /// Stance errors b by topic, in stance standard deviations.
    pub stance_error: Column,
    /// Trust tau in [0, 1].
    pub trust: Column,
    /// Satisfaction: moving average of approval.
    pub satisfaction: Column,
    /// Habituation by behaviour: moving average of levels.
    pub habituation: Column,
    /// What is either so or not, and the segment.
    pub marks: Vec<Marks>,
    /// Which topics the assistant remembers the user's stance on, one bit per topic.
    pub remembered_topics: Vec<u16>,
    /// The remembered stances by topic; meaningful where the bit is set.
    pub remembered_stance: Column,
    /// Remembered tastes by behaviour, in reference standard deviations.
    pub remembered_taste: Column,
    /// Expertise e in [0, 1].
    pub expertise: Column,
    /// Linear liking by behaviour, in approval per level.
    pub taste: Column,
    /// Multiplier on the dislike of excess.
    pub cringe: Column,
    /// Log-odds of rating a conversation that went as expected.
    pub rating_propensity: Column,
}

/// What a user is, in eight bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(pub(super) u8);

impl Marks {
    /// The user has not left.
    pub const ACTIVE: u8 = 1;
    /// The user opted out of memory.
    pub const OPTED_OUT: u8 = 2;
    /// A rating has entered the remembered tastes.
    pub const TASTE_KNOWN: u8 = 4;
    const SEGMENT_AT: u8 = 3;

    /// A user of `segment` with the marks in `set`.
    pub fn new(segment: u8, set: u8) -> Self {
        Self(segment << Self::SEGMENT_AT | set)
    }

    /// Whether a mark is set.
    #[inline(always)]
    pub fn has(self, mark: u8) -> bool {
        self.0 & mark != 0
    }

    /// Sets or clears a mark.
    #[inline(always)]
    pub fn set(&mut self, mark: u8, on: bool) {
        self.0 = if on { self.0 | mark } else { self.0 & !mark };
    }

    /// Segment index.
    #[inline(always)]
    pub fn segment(self) -> u8 {
        self.0 >> Self::SEGMENT_AT
    }
}

/// All users.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Blocks in user order; all but the last hold [`BLOCK_USERS`] users.
    pub blocks: Vec<Block>,
    /// What users and model learned from each other's beliefs, if they do.
    pub knowledge: Option<Knowledge>,
}

/// How each column keeps its numbers.
struct Layout {
    stance: Storage,
    remembered_stance: Storage,
    share: Storage,
    habit: Storage,
    remembered_taste: Storage,
    expertise: Storage,
    other: Storage,
}

impl Layout {
    /// Compact: numbers with a known largest value in fixed point, as finely as what is done with them asks for; all
    /// others as the upper half of single precision.
    fn new(settings: &Settings) -> Self {
        let limit = settings.world.stance_limit as f32;
        let compact = settings.run.state == StateWidth::Compact;
        let or_single = |storage| if compact { storage } else { Storage::Single };
        Self {
            stance: or_single(Storage::Fixed16 { largest: limit }),
            remembered_stance: or_single(Storage::Fixed8 { largest: limit }),
            share: or_single(Storage::Fixed16 { largest: 1.0 }),
            habit: or_single(Storage::Fixed8 { largest: 1.0 }),
            remembered_taste: or_single(Storage::Fixed8 { largest: TASTE_LIMIT }),
            expertise: or_single(Storage::Fixed8 { largest: 1.0 }),
            other: or_single(Storage::Upper16),
        }
    }
}

/// Bytes of state per user.
pub fn bytes_per_user(settings: &Settings) -> usize {
    let (topics, behaviours) = (settings.world.topics as usize, settings.behaviours.len());
    let it = Layout::new(settings);
    let columns = [
        (it.stance, topics),
        (it.remembered_stance, topics),
        (it.share, 1),
        (it.habit, behaviours),
        (it.remembered_taste, behaviours),
        (it.expertise, 1),
        (it.other, 3 + behaviours),
    ];
    let numbers: usize =
        columns.iter().map(|&(storage, rows)| rows * Column::bytes_per_number(storage)).sum();
    numbers + size_of::<Marks>() + size_of::<u16>()
}

impl Population {
    /// Draws all users as they are before the first round.
    pub fn sample(settings: &Settings, seed: u64) -> Self {
        let (mut population, laws) = (Self::empty(settings), Laws::new(settings));
        parallel::map_mut(&mut population.blocks, |block| {
            let everybody: Vec<u32> = (0..block.users as u32).collect();
            sample_users(block, &everybody, &laws, seed, 0);
        });
        population
    }

    /// Room for all users.
    pub(super) fn empty(settings: &Settings) -> Self {
        let users = settings.population.users;
        let blocks: Vec<Block> = (0..users.div_ceil(BLOCK_USERS as u64))
            .map(|index| {
                let first = index * BLOCK_USERS as u64;
                Block::empty(first as u32, (users - first).min(BLOCK_USERS as u64) as usize, settings)
            })
            .collect();
        let knowledge = settings.knowledge.enabled.then(|| Knowledge::new(&blocks, settings));
        Self { blocks, knowledge }
    }

    /// Memory that a population takes.
    pub fn bytes_needed(settings: &Settings) -> u64 {
        settings.population.users.saturating_mul(bytes_per_user(settings) as u64)
    }

    /// Users who have not left.
    pub fn active_users(&self) -> u64 {
        parallel::map_chunks(&self.blocks, 64, |blocks| blocks.iter().map(Block::active_users).sum::<u64>())
            .into_iter()
            .sum()
    }
}

impl Block {
    fn empty(first_user: u32, users: usize, settings: &Settings) -> Self {
        let (topics, behaviours) = (settings.world.topics as usize, settings.behaviours.len());
        let (it, width) = (Layout::new(settings), users.next_multiple_of(LANES));
        Self {
            first_user,
            users,
            stance_error: Column::new(it.stance, topics, width),
            trust: Column::new(it.share, 1, width),
            satisfaction: Column::new(it.other, 1, width),
            habituation: Column::new(it.habit, behaviours, width),
            marks: vec![Marks::default(); width],
            remembered_topics: vec![0; width],
            remembered_stance: Column::new(it.remembered_stance, topics, width),
            remembered_taste: Column::new(it.remembered_taste, behaviours, width),
            expertise: Column::new(it.expertise, 1, width),
            taste: Column::new(it.other, behaviours, width),
            cringe: Column::new(it.other, 1, width),
            rating_propensity: Column::new(it.other, 1, width),
        }
    }

    fn active_users(&self) -> u64 {
        // Few enough for a sum of bytes, many of which are added up at once.
        let few = self.marks[..self.users].chunks(128);
        few.map(|marks| u64::from(marks.iter().map(|it| it.0 & Marks::ACTIVE).sum::<u8>())).sum()
    }

    /// Number of the user at `index` in this block.
    pub fn user(&self, index: usize) -> u32 {
        self.first_user + index as u32
    }

    /// The users at `indices` as a block of their own; their numbers are the caller's to know.
    pub fn select(&self, indices: &[u32]) -> Self {
        let width = indices.len().next_multiple_of(LANES);
        let column = |column: &Column| column.select(indices, width);
        let mut marks: Vec<Marks> = indices.iter().map(|&index| self.marks[index as usize]).collect();
        marks.resize(width, Marks::default());
        let mut remembered_topics: Vec<u16> =
            indices.iter().map(|&index| self.remembered_topics[index as usize]).collect();
        remembered_topics.resize(width, 0);
        Self {
            first_user: self.first_user,
            users: indices.len(),
            stance_error: column(&self.stance_error),
            trust: column(&self.trust),
            satisfaction: column(&self.satisfaction),
            habituation: column(&self.habituation),
            marks,
            remembered_topics,
            remembered_stance: column(&self.remembered_stance),
            remembered_taste: column(&self.remembered_taste),
            expertise: column(&self.expertise),
            taste: column(&self.taste),
            cringe: column(&self.cringe),
            rating_propensity: column(&self.rating_propensity),
        }
    }

    /// Puts the state of selected users back; traits do not change.
    pub fn put_back(&mut self, selection: &Self, indices: &[u32]) {
        self.stance_error.put_back(&selection.stance_error, indices);
        self.trust.put_back(&selection.trust, indices);
        self.satisfaction.put_back(&selection.satisfaction, indices);
        self.habituation.put_back(&selection.habituation, indices);
        self.remembered_stance.put_back(&selection.remembered_stance, indices);
        self.remembered_taste.put_back(&selection.remembered_taste, indices);
        for (place, &index) in indices.iter().enumerate() {
            self.marks[index as usize] = selection.marks[place];
            self.remembered_topics[index as usize] = selection.remembered_topics[place];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn default_users_take_40_bytes_and_wide_ones_103() {
        let bytes = |sets: &[String]| {
            let scenario = Scenario::preset("baseline", sets).expect("valid");
            bytes_per_user(scenario.settings_in(0))
        };
        assert_eq!(bytes(&[]), 40);
        assert_eq!(bytes(&["run.state='wide'".to_string()]), 4 * (8 + 12 + 5) + 3);
    }

    #[test]
    fn marks_are_apart() {
        let mut marks = Marks::new(31, Marks::ACTIVE);
        marks.set(Marks::TASTE_KNOWN, true);
        marks.set(Marks::ACTIVE, false);
        assert!(!marks.has(Marks::ACTIVE) && !marks.has(Marks::OPTED_OUT) && marks.has(Marks::TASTE_KNOWN));
        assert_eq!(marks.segment(), 31);
    }
}
