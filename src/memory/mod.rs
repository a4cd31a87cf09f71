//! What the assistant remembers of a user: stances by topic, and tastes learned from ratings.

use crate::parallel;
use crate::population::{Block, Population};
use crate::random::{Address, Stream, uniform};
use crate::scenario::{Memory, Settings};

/// Largest remembered taste, in reference standard deviations.
pub const TASTE_LIMIT: f32 = 2.0;

/// Whether conversations leave traces now: memory is on, or will be able to read this history.
pub fn is_recording(memory: &Memory) -> bool {
    memory.enabled || memory.from_history
}

/// Probability that a remembered stance is forgotten within some days: 1 - exp(-days / retention).
pub fn forgetting_within(days: u32, settings: &Settings) -> f32 {
    -libm::expm1(-f64::from(days) / settings.memory.retention_days) as f32
}

/// Forgets each remembered stance with the same probability, at the end of a `round` of so many days.
pub fn update_forgetting(population: &mut Population, settings: &Settings, seed: u64, round: u32, days: u32) {
    let probability = forgetting_within(days, settings);
    parallel::map_mut(&mut population.blocks, |block| {
        for index in 0..block.users {
            if block.remembered_topics[index] != 0 {
                forget(block, index, probability, settings.world.topics, seed, round);
            }
        }
    });
}

fn forget(block: &mut Block, index: usize, probability: f32, topics: u32, seed: u64, round: u32) {
    let address = Address { stream: Stream::Renewal, round, day: 0, event: 1, user: block.user(index) };
    for topic in 0..topics {
        let word = address.words(seed, topic / 4)[topic as usize % 4];
        if uniform(word) < probability {
            block.remembered_topics[index] &= !(1 << topic);
        }
    }
}

/// Writes the stance that the user just stated; a full memory forgets another topic, chosen by `draw`.
pub fn write_stance(block: &mut Block, index: usize, topic: usize, stance: f32, capacity: u32, draw: u32) {
    let remembered = block.remembered_topics[index];
    let bit = 1u16 << topic;
    if remembered & bit == 0 && remembered.count_ones() >= capacity {
        if capacity == 0 {
            return;
        }
        let (victim, _) = crate::random::index_and_uniform(draw, remembered.count_ones());
        block.remembered_topics[index] &= !nth_set_bit(remembered, victim);
    }
    block.remembered_topics[index] |= bit;
    block.remembered_stance[topic * block.users + index] = stance;
}

/// The bit that is set `n`-th (from 0) in `bits`.
fn nth_set_bit(mut bits: u16, n: u32) -> u16 {
    for _ in 0..n {
        bits &= bits - 1;
    }
    bits & bits.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_bits_are_counted_from_the_lowest() {
        assert_eq!(nth_set_bit(0b1011_0000, 0), 0b0001_0000);
        assert_eq!(nth_set_bit(0b1011_0000, 1), 0b0010_0000);
        assert_eq!(nth_set_bit(0b1011_0000, 2), 0b1000_0000);
    }
}
