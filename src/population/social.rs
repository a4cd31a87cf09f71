//! Users listen to each other (off by default): averaging over a fixed random graph.
//!
//! Each user's stance moves a share of the way to the mean of its neighbours' stances of the round before
//! (DeGroot 1974, "Reaching a consensus").

use super::{BLOCK_USERS, Block, Column, Population, TO_NEAREST};
use crate::parallel;
use crate::random::{Address, Stream, index_and_uniform};
use crate::scenario::Settings;

/// Moves all stances towards those of their holders' neighbours.
pub fn update_social_influence(population: &mut Population, settings: &Settings, seed: u64) {
    if settings.social.influence == 0.0 {
        return;
    }
    let previous: Vec<Column> = population.blocks.iter().map(|block| block.stance_error.clone()).collect();
    let users = settings.population.users as u32;
    parallel::map_mut(&mut population.blocks, |block| {
        for index in 0..block.users {
            listen(block, index, &previous, users, settings, seed);
        }
    });
}

fn listen(block: &mut Block, index: usize, previous: &[Column], users: u32, settings: &Settings, seed: u64) {
    let neighbours = neighbours_of(block.user(index), users, settings.social.neighbours, seed);
    for topic in 0..settings.world.topics as usize {
        let sum: f64 = neighbours.iter().map(|&user| f64::from(stance(previous, user, topic))).sum();
        let own = f64::from(block.stance_error.get(topic, index));
        let moved = own + settings.social.influence * (sum / neighbours.len() as f64 - own);
        block.stance_error.set(topic, index, moved as f32, TO_NEAREST);
    }
}

fn stance(previous: &[Column], user: u32, topic: usize) -> f32 {
    previous[user as usize / BLOCK_USERS].get(topic, user as usize % BLOCK_USERS)
}

/// The same neighbours in every round, drawn with replacement.
fn neighbours_of(user: u32, users: u32, count: u32, seed: u64) -> Vec<u32> {
    let address = Address { stream: Stream::Neighbours, round: 0, day: 0, event: 0, user };
    (0..count).map(|i| index_and_uniform(address.words(seed, i / 4)[i as usize % 4], users).0).collect()
}
