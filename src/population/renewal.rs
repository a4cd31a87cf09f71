//! Between two rounds: new questions, leaving, returning, arriving.

use super::traits::sample_user;
use super::{Block, Population};
use crate::lanes::{self, LANES, Lanes, Vectorised, with_widest_vectors};
use crate::parallel;
use crate::random::{Address, Stream, philox_lanes, uniform};
use crate::scenario::Settings;

/// Lets the world move on after `round`.
pub fn update_between_rounds(population: &mut Population, settings: &Settings, seed: u64, round: u32) {
    parallel::map_mut(&mut population.blocks, |block| {
        with_widest_vectors(MoveOn { block, settings, seed, round });
    });
}

struct MoveOn<'a> {
    block: &'a mut Block,
    settings: &'a Settings,
    seed: u64,
    round: u32,
}

impl Vectorised for MoveOn<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for first in (0..self.block.users).step_by(LANES) {
            let users = lanes::counting_from(self.block.first_user + first as u32);
            let count = LANES.min(self.block.users - first);
            renew_stances(self.block, first, count, &users, self.settings, self.seed, self.round);
            update_presence(self.block, first, count, &users, self.settings, self.seed, self.round);
        }
    }
}

/// Each stance is a new question with probability `stance_renewal`.
#[inline(always)]
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
    let address = Address { stream: Stream::Renewal, round, day: 0, event: 0, user: 0 };
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
#[inline(always)]
fn update_presence(
    block: &mut Block,
    first: usize,
    count: usize,
    users: &[u32; LANES],
    settings: &Settings,
    seed: u64,
    round: u32,
) {
    let address = Address { stream: Stream::Turnover, round, day: 0, event: 0, user: 0 };
    let words = philox_lanes(seed, address, users, 0);
    let leaving = leaving_probability(block, first, settings);
    for i in 0..count {
        let (index, draw) = (first + i, uniform(words[0][i]));
        if block.active[index] {
            block.active[index] = draw >= leaving[i];
        } else if draw < settings.consequences.returning as f32 {
            block.active[index] = true;
        } else if f64::from(uniform(words[1][i])) < settings.population.arrival_rate {
            sample_user(block, index, settings, seed, round);
        }
    }
}

/// leaving * 2 logistic(reference - satisfaction) * (1 - trust), for the users from `first` on.
#[inline(always)]
fn leaving_probability(block: &Block, first: usize, settings: &Settings) -> Lanes {
    let (reference, leaving) = (settings.approval.reference as f32, settings.consequences.leaving as f32);
    let usual = lanes::stretch(&block.satisfaction, first);
    let weight = lanes::map(&usual, |usual| 2.0 * lanes::logistic(reference - usual));
    lanes::map2(&weight, &lanes::stretch(&block.trust, first), |weight, trust| {
        leaving * weight * (1.0 - trust)
    })
}
