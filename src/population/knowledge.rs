//! Users and model who learn from each other's beliefs between rounds (Qiu et al. 2025, arXiv 2506.06166).
//!
//! Beliefs are normal: a mean and a precision. Each round every user sees one more piece of private evidence, and takes
//! over a share l1 of the model's confidence; the model has what users believe, a share l2 of each user's confidence.
//! Neither remembers that it hears itself:
//!
//! ```text
//! q_user = n e + l1 q_model,   q_model = N l2 q_user    (right-hand sides of the round before)
//! ```
//!
//! after n rounds of evidence with precision e. If N l1 l2 < 1 confidence grows with the evidence and beliefs tend to the
//! truth; above 1 it grows by itself, new evidence no longer counts, and the error of the first rounds is frozen in.

use super::{Block, Population, TO_NEAREST};
use crate::parallel;
use crate::random::{Address, Stream};
use crate::scenario::Settings;

/// What confidence cannot outgrow: beyond it, ratios of confidences no longer change.
const MOST: f64 = 1e200;

/// What users and model know.
#[derive(Clone, Debug, PartialEq)]
pub struct Knowledge {
    /// Mean of the model's belief, by topic.
    pub model: Vec<f64>,
    /// Precision of the model's belief.
    pub(super) model_precision: f64,
    /// Precision of users' beliefs, the same for all.
    pub(super) user_precision: f64,
    /// Mean of each user's own evidence, topics x users, block by block.
    pub(super) private: Vec<Vec<f32>>,
    /// Rounds of evidence so far.
    pub(super) rounds: f64,
}

impl Knowledge {
    /// Before the first round nobody knows anything.
    pub fn new(blocks: &[Block], settings: &Settings) -> Self {
        Self {
            model: vec![0.0; settings.world.topics as usize],
            model_precision: 0.0,
            user_precision: 0.0,
            private: blocks.iter().map(|block| vec![0.0; block.stance_error.rows() * block.users]).collect(),
            rounds: 0.0,
        }
    }

    /// One round of private evidence, and of listening to each other as everybody was the round before.
    fn update(&mut self, blocks: &mut [Block], settings: &Settings, seed: u64, round: u32) {
        let it = &settings.knowledge;
        let users = blocks.iter().map(|block| block.users as f64).sum::<f64>();
        let heard = mean_beliefs(blocks, settings.world.topics as usize, users);
        self.rounds += 1.0;
        let own = self.rounds * it.private_precision;
        let borrowed = it.trust_in_model * self.model_precision;
        let sd = 1.0 / libm::sqrt(it.private_precision);
        let (rounds, model) = (self.rounds, self.model.clone());
        let mut pairs: Vec<_> = blocks.iter_mut().zip(&mut self.private).collect();
        parallel::map_mut(&mut pairs, |(block, private)| {
            for index in 0..private.len() {
                let (topic, user) = (index / block.users, block.user(index % block.users));
                let address = Address { stream: Stream::Knowledge, round, day: 0, event: topic as u32, user };
                let seen = sd * address.draws(seed).normal();
                let mean = f64::from(private[index]);
                private[index] = (mean + (seen - mean) / rounds) as f32;
                let belief = (own * f64::from(private[index]) + borrowed * model[topic]) / (own + borrowed);
                block.stance_error.set(topic, index % block.users, belief as f32, TO_NEAREST);
            }
        });
        let (users_before, told) = (self.user_precision, users * it.trust_in_users);
        self.user_precision = (own + borrowed).min(MOST);
        self.model_precision = (told * users_before).min(MOST);
        // Before users believe anything there is nothing to take over.
        if users_before > 0.0 {
            self.model = heard;
        }
    }
}

/// Lets users and model learn from each other after `round`, if they do.
pub fn update_knowledge(population: &mut Population, settings: &Settings, seed: u64, round: u32) {
    if let Some(knowledge) = &mut population.knowledge {
        knowledge.update(&mut population.blocks, settings, seed, round);
    }
}

/// Mean belief by topic.
fn mean_beliefs(blocks: &[Block], topics: usize, users: f64) -> Vec<f64> {
    let of_topic = |topic: usize| -> f64 {
        let of_block =
            |block: &Block| -> f64 { block.stance_error.row(topic, block.users).map(f64::from).sum() };
        blocks.iter().map(of_block).sum::<f64>() / users
    };
    (0..topics).map(of_topic).collect()
}
