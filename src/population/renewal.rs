//! Between two rounds: new questions, leaving, returning, arriving.

use super::traits::sample_user;
use super::{Block, Population};
use crate::lanes::{self, LANES};
use crate::parallel;
use crate::random::{Address, Stream, philox_lanes, uniform};
use crate::scenario::Settings;

/// Lets the world move on after `round`.
pub fn update_between_rounds(population: &mut Population, settings: &Settings, seed: u64, round: u32) {
    parallel::map_mut(&mut population.blocks, |block| {
        for first in (0..block.users).step_by(LANES) {
            let users: [u32; LANES] = std::array::from_fn(|i| block.user(first) + i as u32);
            let count = LANES.min(block.users - first);
            renew_stances(block, first, count, &users, settings, seed, round);
            update_presence(block, first, count, &users, settings, seed, round);
        }
    });
}

/// Each stance is a new question with probability `stance_renewal`.
fn renew_stances(
    block: &mut Block,
    first: usize,
    count: usize,
    users: &[u32; LANES],
    settings: &Settings,
    seed: u64,
    round: u32,
) {
    let renewal = settings.world.stance_renewal as f32;
    let address = Address { stream: Stream::Renewal, round, event: 0, user: 0 };
    let mut words = [[0; LANES]; 4];
    for topic in 0..settings.world.topics as usize {
        if topic % 4 == 0 {
            words = philox_lanes(seed, address, users, (topic / 4) as u32);
        }
        for i in 0..count {
            if uniform(words[topic % 4][i]) < renewal {
                let address =
                    Address { stream: Stream::NewStance, event: topic as u32, user: users[i], ..address };
                renew_stance(block, first + i, topic, address.words(seed, 0), settings);
            }
        }
    }
}

/// A new stance error; what was remembered belongs to the old question.
fn renew_stance(block: &mut Block, index: usize, topic: usize, words: [u32; 4], settings: &Settings) {
    let limit = settings.world.stance_limit as f32;
    let sd =
        (settings.world.stance_sd * settings.segments[block.segment[index] as usize].stance_scale) as f32;
    let stance = sd * lanes::normal_pair(words[0], words[1]).0;
    block.stance_error[topic * block.users + index] = stance.clamp(-limit, limit);
    block.remembered_topics[index] &= !(1 << topic);
}

/// Active users leave, the sooner the less they trust and the less they are satisfied; users who left return
/// or are replaced by new ones.
fn update_presence(
    block: &mut Block,
    first: usize,
    count: usize,
    users: &[u32; LANES],
    settings: &Settings,
    seed: u64,
    round: u32,
) {
    let address = Address { stream: Stream::Turnover, round, event: 0, user: 0 };
    let words = philox_lanes(seed, address, users, 0);
    for i in 0..count {
        let (index, draw) = (first + i, uniform(words[0][i]));
        if block.active[index] {
            block.active[index] = draw >= leaving_probability(block, index, settings);
        } else if draw < settings.consequences.returning as f32 {
            block.active[index] = true;
        } else if f64::from(uniform(words[1][i])) < settings.population.arrival_rate {
            sample_user(block, index, settings, seed, round);
        }
    }
}

/// leaving * 2 logistic(reference - satisfaction) * (1 - trust).
fn leaving_probability(block: &Block, index: usize, settings: &Settings) -> f32 {
    let dissatisfaction = settings.approval.reference as f32 - block.satisfaction[index];
    let weight = 2.0 * lanes::logistic(dissatisfaction);
    settings.consequences.leaving as f32 * weight * (1.0 - block.trust[index])
}
