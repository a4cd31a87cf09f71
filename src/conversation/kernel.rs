//! The serving kernel: one block of users, sixteen conversations at a time.
//!
//! Reading order: who talks (here), the prompt (`prompt`), the response (`response`), the user's reaction
//! (`reaction`), what is counted, logged and written back (`aftermath`). Equations: docs/model.md, sections 1 to 4.

use super::aftermath::{log_conversations, write_back};
use super::batch::Batch;
use super::coefficients::Serving;
use super::prompt::sample_prompts;
use super::reaction::react;
use super::response::sample_responses;
use super::tally::Tally;
use super::usage::sample_conversations;
use crate::feedback::Sample;
use crate::lanes::LANES;
use crate::population::Block;
use crate::random::Stream;

/// What one block leaves behind.
pub(super) struct BlockServed {
    pub segments: Vec<Tally>,
    pub sample: Sample,
}

/// Serves all conversations of one block in this round: first conversations of all users, then second ones, ...
pub(super) fn serve_block(block: &mut Block, serving: &Serving) -> BlockServed {
    let mut served =
        BlockServed { segments: vec![Tally::default(); serving.segments], sample: Sample::default() };
    let counts = conversation_counts(block, serving);
    let most = counts.iter().copied().max().unwrap_or(0);
    let mut talking: Vec<usize> = (0..block.users).collect();
    for conversation in 0..most {
        talking.retain(|&index| counts[index] > conversation);
        for indices in talking.chunks(LANES) {
            converse(block, &Batch::new(block, indices, conversation), serving, &mut served);
        }
    }
    served
}

fn conversation_counts(block: &Block, serving: &Serving) -> Vec<u32> {
    (0..block.users)
        .map(|index| {
            if !block.active[index] {
                return 0;
            }
            let (user, trust) = (block.user(index), block.trust[index]);
            sample_conversations(serving.settings, serving.rate, trust, serving.seed, serving.round, user)
        })
        .collect()
}

fn converse(block: &mut Block, batch: &Batch, serving: &Serving, served: &mut BlockServed) {
    let draws = batch.words(serving, Stream::Aftermath, 0);
    let prompt = sample_prompts(block, batch, serving);
    let response = sample_responses(batch, &prompt, serving);
    let reaction = react(block, batch, &prompt, &response, &draws, serving);
    log_conversations(block, batch, &prompt, &response, &reaction, &draws, serving, served);
    write_back(block, batch, &prompt, &response, &reaction, &draws, serving);
}
