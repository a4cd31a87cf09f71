//! The serving kernel: one block of users, many conversations at a time.
//!
//! Reading order: who talks to which policy (here), the prompt (`prompt`), the response (`response`), the user's
//! reaction (`reaction`), what is counted, logged and written back (`counting`, `aftermath`). Equations:
//! docs/model.md, sections 1 to 4.

use super::ArmServed;
use super::aftermath::{log_conversations, write_back};
use super::batch::Batch;
use super::coefficients::Serving;
use super::counting::{Counts, count_batch};
use super::experiment::{UserCounts, metrics_of_arm, note_users};
use super::prompt::{Prompt, next_turn, sample_prompts};
use super::reaction::{belief_after_turn, react};
use super::response::{Response, sample_responses};
use super::talkers::Talkers;
use super::tally::Tally;
use super::usage::sample_conversations;
use crate::feedback::Sample;
use crate::lanes::{self, Vectorised};
use crate::population::Block;
use crate::random::{Address, Stream, uniform};

/// What one block leaves behind.
pub(super) struct BlockServed {
    /// By arm.
    pub arms: Vec<ArmServed>,
    pub sample: Sample,
}

/// Room for one batch, used again for the next.
struct Workspace {
    prompt: Prompt,
    response: Response,
    counts: Vec<Counts>,
    /// One entry per user in an experiment, else none.
    users: Vec<UserCounts>,
}

/// One block to serve.
pub(super) struct Serve<'a, 's> {
    pub block: &'a mut Block,
    pub serving: &'a Serving<'s>,
}

impl Vectorised for Serve<'_, '_> {
    type Output = BlockServed;

    #[inline(always)]
    fn run(self) -> BlockServed {
        serve_block(self.block, self.serving)
    }
}

/// Serves all conversations of one block: for each policy first conversations of all its users, then second ones, ...
#[inline(always)]
fn serve_block(block: &mut Block, serving: &Serving) -> BlockServed {
    let mut served = BlockServed { arms: Vec::new(), sample: Sample::default() };
    let mut room = Workspace {
        prompt: Prompt::empty(),
        response: Response::empty(serving.levels),
        counts: vec![Counts::default(); serving.segments],
        users: vec![UserCounts::default(); if serving.experiment { block.users } else { 0 }],
    };
    let conversations = sample_conversations(block, serving);
    let arms: Vec<u8> = (0..block.users).map(|index| arm_of(block, index, serving)).collect();
    for arm in 0..serving.arms.len() {
        let mut segments = vec![Tally::default(); serving.segments];
        let own = conversations.iter().zip(&arms).map(|(&n, &of)| if usize::from(of) == arm { n } else { 0 });
        let own: Vec<u32> = own.collect();
        for conversation in 0..own.iter().copied().max().unwrap_or(0) {
            let mut talkers = Talkers::new(&own, conversation);
            while let Some(batch) = talkers.next_batch(block) {
                converse(block, &batch, arm, serving, &mut room, &mut segments, &mut served.sample);
            }
        }
        served.arms.push(ArmServed { segments, metrics: Default::default() });
    }
    if serving.experiment {
        for (arm, sums) in served.arms.iter_mut().enumerate() {
            sums.metrics = metrics_of_arm(&room.users, block, &arms, arm as u8);
        }
    }
    served
}

/// The arm whose interval of cumulative shares holds the user's number.
#[inline(always)]
fn arm_of(block: &Block, index: usize, serving: &Serving) -> u8 {
    if serving.arms.len() == 1 {
        return 0;
    }
    let (round, event, user) = (serving.span.round, serving.split, block.user(index));
    let words = Address { stream: Stream::Arms, round, day: 0, event, user }.words(serving.seed, 0);
    let ends = &serving.arms[..serving.arms.len() - 1];
    let stretched = match (serving.opt_in_bias, ends.last()) {
        (Some(bias), Some(last)) => opting_in(last.cumulative_share, bias * block.expertise[index]),
        _ => 1.0,
    };
    ends.iter().filter(|arm| uniform(words[0]) >= stretched * arm.cumulative_share).count() as u8
}

/// How much likelier than `share` someone volunteers whose log-odds are `bias` higher.
#[inline(always)]
fn opting_in(share: f32, bias: f32) -> f32 {
    let odds = share / (1.0 - share) * lanes::exp(bias);
    odds / (1.0 + odds) / share
}

#[inline(always)]
fn converse(
    block: &mut Block,
    batch: &Batch,
    arm: usize,
    serving: &Serving,
    room: &mut Workspace,
    segments: &mut [Tally],
    sample: &mut Sample,
) {
    let (prompt, response) = (&mut room.prompt, &mut room.response);
    let draws = batch.words(serving, Stream::Aftermath, 0);
    sample_prompts(prompt, block, batch, serving);
    for turn in 0..serving.turns {
        sample_responses(response, batch, prompt, &serving.arms[arm].coefficients, serving, turn);
        if turn + 1 < serving.turns {
            let belief = belief_after_turn(block, batch, prompt, response, serving);
            next_turn(prompt, &belief, block, batch, serving, turn + 1);
        }
    }
    let reaction = react(block, batch, prompt, response, &draws, serving);
    let what = (&*prompt, &*response, &reaction);
    count_batch(segments, &mut room.counts, block, batch, what, serving.terms.len());
    if serving.experiment {
        note_users(&mut room.users, batch, &reaction);
    }
    log_conversations(block, batch, what, &draws[1], serving, sample);
    write_back(block, batch, what, &draws[3], serving);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::SampleSizes;
    use crate::lanes::with_widest_vectors;
    use crate::policy::{Feature, Policy};
    use crate::population::Population;
    use crate::scenario::Scenario;

    // Called directly, the kernel is compiled for the instructions that every processor has. On a processor without wider
    // vectors both are the same code.
    #[test]
    fn wide_vectors_give_the_same_bits_as_narrow_ones() {
        let sets = ["memory.enabled=true", "population.users=2000", "clock.conversations_per_day=0.5"];
        let scenario = Scenario::preset("baseline", &sets.map(String::from)).expect("valid");
        let settings = scenario.settings_in(0);
        let policy = Policy::from_scenario(settings, &Feature::list(settings));
        let mut narrow = Population::sample(settings, 1);
        let mut wide = narrow.clone();
        let sizes = SampleSizes {
            rated_rows: 100,
            uniform_rows: 100,
            expected_conversations: 5000.0,
            expected_rating_share: 0.02,
        };
        for round in 1..=3 {
            let serving = Serving::new(settings, &policy, 1, round, sizes);
            let here = Serve { block: &mut narrow.blocks[0], serving: &serving }.run();
            let there = with_widest_vectors(Serve { block: &mut wide.blocks[0], serving: &serving });
            assert_eq!(here.arms, there.arms);
            assert_eq!(here.sample, there.sample);
            assert_eq!(narrow, wide);
        }
    }
}
