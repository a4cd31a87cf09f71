//! Users listen to each other (off by default): averaging over a fixed random graph.
//!
//! Each user's stance moves a share of the way to the mean of its neighbours' stances of the round before
//! (DeGroot 1974, "Reaching a consensus").

use super::{BLOCK_USERS, Block, Population};
use crate::parallel;
use crate::random::{Address, Stream, index_and_uniform};
use crate::scenario::Settings;

/// Moves all stances towards those of their holders' neighbours.
pub fn update_social_influence(population: &mut Population, settings: &Settings, seed: u64) {
    if settings.social.influence == 0.0 {
        return;
    }
    let previous: Vec<Vec<f32>> = population.blocks.iter().map(|block| block.stance_error.clone()).collect();
    let users = settings.population.users as u32;
    parallel::map_mut(&mut population.blocks, |block| {
        for index in 0..block.users {
            listen(block, index, &previous, users, settings, seed);
        }
    });
}

fn listen(
    block: &mut Block,
    index: usize,
    previous: &[Vec<f32>],
    users: u32,
    settings: &Settings,
    seed: u64,
) {
    let neighbours = neighbours_of(block.user(index), users, settings.social.neighbours, seed);
    for topic in 0..settings.world.topics as usize {
        let sum: f64 = neighbours.iter().map(|&user| f64::from(stance(previous, user, topic, users))).sum();
        let own = &mut block.stance_error[topic * block.users + index];
        let gap = sum / neighbours.len() as f64 - f64::from(*own);
        *own = (f64::from(*own) + settings.social.influence * gap) as f32;
    }
}

fn stance(previous: &[Vec<f32>], user: u32, topic: usize, users: u32) -> f32 {
    let block = user as usize / BLOCK_USERS;
    let size = (users as usize - block * BLOCK_USERS).min(BLOCK_USERS);
    previous[block][topic * size + user as usize % BLOCK_USERS]
}

/// The same neighbours in every round, drawn with replacement.
fn neighbours_of(user: u32, users: u32, count: u32, seed: u64) -> Vec<u32> {
    let address = Address { stream: Stream::Neighbours, round: 0, day: 0, event: 0, user };
    (0..count).map(|i| index_and_uniform(address.words(seed, i / 4)[i as usize % 4], users).0).collect()
}
