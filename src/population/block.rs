//! The users' state, as arrays over fixed blocks of users.
//!
//! Blocks are the unit of parallel work and of reduction: sums are taken within a block in user order and
//! over blocks in block order, so no result depends on which thread did what.

use super::knowledge::Knowledge;
use super::traits::sample_user;
use crate::parallel;
use crate::scenario::Settings;

/// Users per block: their arrays fit in the second-level cache.
pub const BLOCK_USERS: usize = 2048;

/// A block of users. Arrays over (topic or behaviour, user) hold all users of the first row, then the second.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Number of the first user.
    pub first_user: u32,
    /// Users in this block.
    pub users: usize,
    /// Stance errors b, topics x users, in stance standard deviations.
    pub stance_error: Vec<f32>,
    /// Trust tau in [0, 1].
    pub trust: Vec<f32>,
    /// Satisfaction: moving average of approval.
    pub satisfaction: Vec<f32>,
    /// Habituation: moving average of behaviour levels, behaviours x users.
    pub habituation: Vec<f32>,
    /// Whether the user is active (has not left).
    pub active: Vec<bool>,
    /// Which topics the assistant remembers the user's stance on, one bit per topic.
    pub remembered_topics: Vec<u16>,
    /// The remembered stances, topics x users; meaningful where the bit is set.
    pub remembered_stance: Vec<f32>,
    /// Remembered tastes in reference standard deviations, behaviours x users.
    pub remembered_taste: Vec<f32>,
    /// Whether any rating has entered the remembered tastes.
    pub taste_known: Vec<bool>,
    /// Whether the user opted out of memory.
    pub opted_out: Vec<bool>,
    /// Segment index.
    pub segment: Vec<u8>,
    /// Expertise e in [0, 1].
    pub expertise: Vec<f32>,
    /// Linear liking of each behaviour, behaviours x users, in approval per level.
    pub taste: Vec<f32>,
    /// Multiplier on the dislike of excess.
    pub cringe: Vec<f32>,
    /// Log-odds of rating a conversation that went as expected.
    pub rating_propensity: Vec<f32>,
    /// Multiplier on the speed at which beliefs move.
    pub susceptibility: Vec<f32>,
}

/// All users.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Blocks in user order; all but the last hold [`BLOCK_USERS`] users.
    pub blocks: Vec<Block>,
    /// What users and model learned from each other's beliefs, if they do.
    pub knowledge: Option<Knowledge>,
}

/// Bytes of state per user with `topics` topics and `behaviours` behaviours.
pub fn bytes_per_user(topics: usize, behaviours: usize) -> usize {
    4 * (2 * topics + 3 * behaviours) + 4 * 6 + 2 + 4
}

impl Population {
    /// Draws all users as they are before the first round.
    pub fn sample(settings: &Settings, seed: u64) -> Self {
        let mut population = Self::empty(settings);
        parallel::map_mut(&mut population.blocks, |block| {
            for user in 0..block.users {
                sample_user(block, user, settings, seed, 0);
            }
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
        let topics = settings.world.topics as usize;
        settings.population.users.saturating_mul(bytes_per_user(topics, settings.behaviours.len()) as u64)
    }
}

impl Block {
    fn empty(first_user: u32, users: usize, settings: &Settings) -> Self {
        let topics = settings.world.topics as usize * users;
        let behaviours = settings.behaviours.len() * users;
        Self {
            first_user,
            users,
            stance_error: vec![0.0; topics],
            trust: vec![0.0; users],
            satisfaction: vec![0.0; users],
            habituation: vec![0.0; behaviours],
            active: vec![true; users],
            remembered_topics: vec![0; users],
            remembered_stance: vec![0.0; topics],
            remembered_taste: vec![0.0; behaviours],
            taste_known: vec![false; users],
            opted_out: vec![false; users],
            segment: vec![0; users],
            expertise: vec![0.0; users],
            taste: vec![0.0; behaviours],
            cringe: vec![0.0; users],
            rating_propensity: vec![0.0; users],
            susceptibility: vec![0.0; users],
        }
    }

    /// Number of the user at `index` in this block.
    pub fn user(&self, index: usize) -> u32 {
        self.first_user + index as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_users_take_at_most_128_bytes() {
        assert!(bytes_per_user(4, 4) <= 128, "{}", bytes_per_user(4, 4));
    }
}
