//! Between two rounds: new questions, leaving, returning, arriving.

use super::traits::{sample_stance, sample_user};
use super::{Block, Population};
use crate::parallel;
use crate::random::{Address, Stream, uniform};
use crate::scenario::Settings;

/// Lets the world move on after `round`.
pub fn update_between_rounds(population: &mut Population, settings: &Settings, seed: u64, round: u32) {
    parallel::map_mut(&mut population.blocks, |block| {
        for index in 0..block.users {
            renew_stances(block, index, settings, seed, round);
            update_presence(block, index, settings, seed, round);
        }
    });
}

/// Each stance is a new question with probability `stance_renewal`.
fn renew_stances(block: &mut Block, index: usize, settings: &Settings, seed: u64, round: u32) {
    let topics = settings.world.topics as usize;
    let address = Address { stream: Stream::Renewal, round, event: 0, user: block.user(index) };
    for first in (0..topics).step_by(4) {
        let words = address.words(seed, (first / 4) as u32);
        for topic in first..topics.min(first + 4) {
            if f64::from(uniform(words[topic - first])) < settings.world.stance_renewal {
                let address = Address { stream: Stream::NewStance, event: topic as u32, ..address };
                let segment = &settings.segments[block.segment[index] as usize];
                let stance = sample_stance(&mut address.draws(seed), segment, settings);
                block.stance_error[topic * block.users + index] = stance;
                // What was remembered belongs to the old question.
                block.remembered_topics[index] &= !(1 << topic);
            }
        }
    }
}

/// Active users leave, the sooner the less they trust and the less they are satisfied; users who left return
/// or are replaced by new ones.
fn update_presence(block: &mut Block, index: usize, settings: &Settings, seed: u64, round: u32) {
    let address = Address { stream: Stream::Turnover, round, event: 0, user: block.user(index) };
    let words = address.words(seed, 0);
    let draw = f64::from(uniform(words[0]));
    if block.active[index] {
        block.active[index] = draw >= leaving_probability(block, index, settings);
    } else if draw < settings.consequences.returning {
        block.active[index] = true;
    } else if f64::from(uniform(words[1])) < settings.population.arrival_rate {
        sample_user(block, index, settings, seed, round);
    }
}

/// leaving * 2 logistic(reference - satisfaction) * (1 - trust), at most 1.
fn leaving_probability(block: &Block, index: usize, settings: &Settings) -> f64 {
    let dissatisfaction = settings.approval.reference - f64::from(block.satisfaction[index]);
    let weight = 2.0 / (1.0 + libm::exp(-dissatisfaction));
    (settings.consequences.leaving * weight * (1.0 - f64::from(block.trust[index]))).min(1.0)
}
