//! What the assistant remembers of a user: stances by topic, and tastes learned from ratings.

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

/// Makes room for a stance on `topic` where memory is full: it forgets another topic, chosen by `draw`. Tells whether there
/// is room now.
pub fn make_room(remembered: &mut u16, topic: u32, capacity: u32, draw: u32) -> bool {
    let held = remembered.count_ones();
    if *remembered >> topic & 1 == 1 || held < capacity {
        return true;
    }
    if capacity > 0 {
        let (victim, _) = crate::random::index_and_uniform(draw, held);
        *remembered &= !nth_set_bit(*remembered, victim);
    }
    capacity > 0
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
