//! Who has a conversation, batch by batch: stretches of users where most talk, picked users elsewhere.

use super::batch::Batch;
use crate::lanes::{Flags, LANES};
use crate::population::Block;

/// The users of a block who have their `conversation`-th conversation.
pub(super) struct Talkers<'a> {
    /// How many conversations each user has.
    conversations: &'a [u32],
    conversation: u32,
    /// First user not yet looked at.
    next: usize,
    /// Talkers whose neighbours mostly do not talk.
    picked: Vec<u32>,
}

impl<'a> Talkers<'a> {
    /// Those with more than `conversation` conversations.
    pub fn new(conversations: &'a [u32], conversation: u32) -> Self {
        Self { conversations, conversation, next: 0, picked: Vec::with_capacity(2 * LANES) }
    }

    /// The next batch; every talker is in one.
    #[inline(always)]
    pub fn next_batch(&mut self, block: &Block) -> Option<Batch> {
        while self.next < block.users && self.picked.len() < LANES {
            let (first, talks) = (self.next, self.talks());
            self.next += LANES;
            let talking = talks.iter().sum::<u32>() as usize;
            if 2 * talking >= LANES && self.next <= block.users {
                return Some(Batch::stretch(block, first, &talks, self.conversation));
            }
            for (index, &talks) in (first as u32..).zip(&talks) {
                if talks != 0 {
                    self.picked.push(index);
                }
            }
        }
        let count = self.picked.len().min(LANES);
        if count == 0 {
            return None;
        }
        let batch = Batch::pick(block, &self.picked[..count], self.conversation);
        self.picked.drain(..count);
        Some(batch)
    }

    /// Which of the next users talk.
    #[inline(always)]
    fn talks(&self) -> Flags {
        let mut talks = [0; LANES];
        for (talks, &count) in talks.iter_mut().zip(&self.conversations[self.next..]) {
            *talks = u32::from(count > self.conversation);
        }
        talks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Population;
    use crate::scenario::Scenario;

    // Users 0 to 99 talk once (a full stretch and picked ones), then every third once more.
    #[test]
    fn every_talker_is_in_one_batch() {
        let scenario = Scenario::preset("baseline", &["population.users=300".to_string()]).expect("valid");
        let population = Population::sample(scenario.settings_in(0), 1);
        let counts: Vec<u32> =
            (0..300).map(|user| u32::from(user < 100) + u32::from(user < 100 && user % 3 == 0)).collect();
        for conversation in 0..3 {
            let mut talkers = Talkers::new(&counts, conversation);
            let mut seen = Vec::new();
            while let Some(batch) = talkers.next_batch(&population.blocks[0]) {
                seen.extend(batch.real().map(|lane| batch.user[lane]));
            }
            seen.sort_unstable();
            let expected: Vec<u32> = (0..300).filter(|&user| counts[user as usize] > conversation).collect();
            assert_eq!(seen, expected);
        }
    }
}
