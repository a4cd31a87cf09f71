//! Some users, always the same, to be drawn as dots: three bytes each.

use crate::population::{BLOCK_USERS, Block, Marks, Population};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Most users that are drawn.
pub const MOST_DOTS: u64 = 2_000;

/// Stance errors beyond this are drawn at the edge, in stance standard deviations.
const WIDEST: f32 = 4.0;

/// Which users are drawn: evenly spaced, so that every segment has its share.
pub struct Dots {
    users: Vec<u64>,
}

impl Dots {
    pub fn new(users: u64) -> Self {
        let count = users.min(MOST_DOTS);
        Self { users: (0..count).map(|place| place * users / count).collect() }
    }

    /// Three bytes a user, in base 64: the stance error on the first topic (0 to 255 for -4 to 4, 128 for the truth), trust (0
    /// to 255 for 0 to 1), and marks (1 active, 2 held in memory, then the segment).
    pub fn encode(&self, population: &Population, with_memory: bool) -> String {
        let bytes: Vec<u8> = self
            .users
            .iter()
            .flat_map(|&user| {
                let block = &population.blocks[(user / BLOCK_USERS as u64) as usize];
                dot(block, (user % BLOCK_USERS as u64) as usize, with_memory)
            })
            .collect();
        STANDARD.encode(bytes)
    }
}

fn dot(block: &Block, index: usize, with_memory: bool) -> [u8; 3] {
    let stance = block.stance_error.get(0, index).clamp(-WIDEST, WIDEST) / WIDEST;
    let marks = block.marks[index];
    let known = with_memory && (block.remembered_topics[index] != 0 || marks.has(Marks::TASTE_KNOWN));
    let set = u8::from(marks.has(Marks::ACTIVE)) | u8::from(known) << 1 | marks.segment() << 2;
    [(128.0 + stance * 127.0).round() as u8, (block.trust.get(0, index) * 255.0).round() as u8, set]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn a_dot_says_where_its_user_stands() {
        let scenario = Scenario::preset("baseline", &["population.users=5000".to_string()]).unwrap();
        let population = Population::sample(scenario.settings_in(0), 1);
        let dots = Dots::new(5000);
        assert_eq!(dots.users.len() as u64, MOST_DOTS);
        let bytes = STANDARD.decode(dots.encode(&population, true)).unwrap();
        for (user, dot) in dots.users.iter().zip(bytes.chunks(3)) {
            let block = &population.blocks[(user / BLOCK_USERS as u64) as usize];
            let index = (user % BLOCK_USERS as u64) as usize;
            let stance = (f32::from(dot[0]) - 128.0) / 127.0 * WIDEST;
            assert!((stance - block.stance_error.get(0, index).clamp(-WIDEST, WIDEST)).abs() < 0.02);
            assert!((f32::from(dot[1]) / 255.0 - block.trust.get(0, index)).abs() < 0.003);
            assert_eq!((dot[2] & 1 == 1, dot[2] >> 2), (true, block.marks[index].segment()));
        }
    }
}
