//! The serving kernel: one block of users, many conversations at a time.
//!
//! Reading order: who talks to which policy (here, `usage`, `arms`), the prompt (`prompt`), the response (`response`), the user's
//! reaction (`reaction`), what is counted, logged and written back (`counting`, `aftermath`). Equations:
//! docs/model.md, sections 1 to 4.

use super::aftermath::{log_conversations, write_back};
use super::arms::arms_of;
use super::batch::{Batch, People, Record};
use super::coefficients::{Serving, Tilts};
use super::counting::Counter;
use super::experiment::{UserCounts, metrics_of_arm, note_users};
use super::prompt::{Prompt, read_prompt, sample_prompt};
use super::reaction::{belief_after_turn, react};
use super::response::sample_response;
use super::tally::Tally;
use super::usage::sample_conversations;
use super::{ArmMetrics, ArmServed};
use crate::feedback::Sample;
use crate::lanes::{self, Flags, LANES, Lanes};
use crate::population::Block;
use crate::random::{Address, Stream};
use crate::vector::{Floats, Keys, Simd, Vectorised, Words, width, with_widest_vectors};
use std::borrow::Cow;

/// Where fewer than this share of a group's users talk, those who do are put side by side first: copying a user there
/// and back costs about two thirds of a conversation.
const CROWDED: f64 = 0.6;

/// What some blocks leave behind.
pub(super) struct BlocksServed {
    /// By arm.
    pub arms: Vec<ArmServed>,
    pub sample: Sample,
}

/// Users who get the same policy, as a block of their own.
struct Group {
    users: Block,
    /// User numbers, as many as the block is wide.
    numbers: Vec<u32>,
    /// How many conversations each has.
    conversations: Vec<u32>,
}

/// Room for one batch, used again for the next, and what all batches leave behind.
struct Desk<'a, 's> {
    serving: &'a Serving<'s>,
    arm: usize,
    people: People,
    record: Record,
    counter: Counter,
    sample: Sample,
    /// One entry per user of the block in an experiment, else none.
    users: Vec<UserCounts>,
    first_user: u32,
    /// Runs a pass on the widest vectors, or on those that every processor has.
    run_pass: fn(Pass),
}

/// As many users of a batch as a vector holds, while they talk.
pub(super) struct Seat<'a, 's, S: Simd> {
    pub serving: &'a Serving<'s>,
    pub people: &'a People,
    pub keys: &'a Keys<S>,
    /// User numbers.
    pub number: Words<S>,
    conversation: u32,
    simd: S,
    /// Which vector of the batch.
    k: usize,
}

impl<S: Simd> Seat<'_, '_, S> {
    /// The same number for all.
    #[inline(always)]
    pub fn all(&self, value: f32) -> Floats<S> {
        Floats::all(self.simd, value)
    }

    /// The same word for all.
    #[inline(always)]
    pub fn word(&self, word: u32) -> Words<S> {
        Words::all(self.simd, word)
    }

    /// A number of each.
    #[inline(always)]
    pub fn load(&self, numbers: &Lanes) -> Floats<S> {
        Floats::load(self.simd, numbers, self.k)
    }

    /// A word of each.
    #[inline(always)]
    pub fn load_words(&self, words: &[u32; LANES]) -> Words<S> {
        Words::load(self.simd, words, self.k)
    }

    /// Puts a number of each on record.
    #[inline(always)]
    pub fn store(&self, values: Floats<S>, room: &mut Lanes) {
        values.store(room, self.k);
    }

    /// Puts a word of each on record.
    #[inline(always)]
    pub fn store_words(&self, words: Words<S>, room: &mut [u32; LANES]) {
        words.store(room, self.k);
    }

    /// Four random words of each.
    #[inline(always)]
    pub fn words(&self, stream: Stream, draw: u32) -> [Words<S>; 4] {
        let span = &self.serving.span;
        let (round, day, event) = (span.round, span.first_day, self.conversation);
        self.keys.words_of(Address { stream, round, day, event, user: 0 }, self.number, draw)
    }
}

/// Serves all conversations of some blocks.
pub(super) fn serve_blocks(blocks: &mut [Block], serving: &Serving) -> BlocksServed {
    serve_by(blocks, serving, |pass| with_widest_vectors(pass))
}

fn serve_by(blocks: &mut [Block], serving: &Serving, run_pass: fn(Pass)) -> BlocksServed {
    let nothing =
        ArmServed { segments: vec![Tally::default(); serving.segments], metrics: ArmMetrics::default() };
    let mut arms = vec![nothing; serving.arms.len()];
    let mut desk = Desk {
        serving,
        arm: 0,
        people: People::empty(),
        record: Record::empty(),
        counter: Counter::new(serving),
        sample: Sample::default(),
        users: Vec::new(),
        first_user: 0,
        run_pass,
    };
    for block in blocks {
        serve_block(block, &mut desk, &mut arms);
    }
    BlocksServed { arms, sample: desk.sample }
}

/// Serves one block: for each policy first conversations of all its users, then second ones, ...
fn serve_block(block: &mut Block, desk: &mut Desk, arms: &mut [ArmServed]) {
    let serving = desk.serving;
    let conversations = sample_conversations(block, serving);
    let numbers: Vec<u32> = (block.first_user..).take(conversations.len()).collect();
    let arm_of_each = arms_of(block, serving);
    desk.first_user = block.first_user;
    desk.users = vec![UserCounts::default(); if serving.experiment { block.users } else { 0 }];
    for (number, arm) in arms.iter_mut().enumerate() {
        desk.arm = number;
        let own = conversations_in_arm(&conversations, &arm_of_each, number as u8);
        serve_from(0, block, &numbers, &own, desk);
        for (sum, part) in arm.segments.iter_mut().zip(desk.counter.take(serving.terms.len())) {
            sum.add(&part);
        }
    }
    if serving.experiment {
        for (number, arm) in (0..).zip(arms) {
            arm.metrics.add(&metrics_of_arm(&desk.users, block, &arm_of_each, number));
        }
    }
}

/// The conversations of the users of an arm; of all users if no arms are told apart.
fn conversations_in_arm<'c>(conversations: &'c [u32], arm_of_each: &[u8], arm: u8) -> Cow<'c, [u32]> {
    if arm_of_each.is_empty() {
        return Cow::Borrowed(conversations);
    }
    let own = |(&count, &of): (&u32, &u8)| if of == arm { count } else { 0 };
    conversations.iter().zip(arm_of_each).map(own).collect()
}

/// Serves first, second, ... conversations from `conversation` on, as long as many of the users talk; then those who still
/// do, as a group of their own.
fn serve_from(conversation: u32, block: &mut Block, numbers: &[u32], conversations: &[u32], desk: &mut Desk) {
    for conversation in conversation.. {
        let talking: u32 = conversations.iter().map(|&count| u32::from(count > conversation)).sum();
        let talking = talking as usize;
        if talking == 0 {
            return;
        }
        let crowded = talking as f64 >= CROWDED * numbers.len() as f64;
        if !crowded && talking.next_multiple_of(LANES) < numbers.len() {
            return serve_group(conversation, block, numbers, conversations, desk);
        }
        (desk.run_pass)(Pass { conversation, block, numbers, conversations, desk });
    }
}

/// Puts those who have this conversation side by side, serves them, and puts them back.
fn serve_group(
    conversation: u32,
    block: &mut Block,
    numbers: &[u32],
    conversations: &[u32],
    desk: &mut Desk,
) {
    let places = places_of_those_who_talk(conversation, conversations);
    let width = places.len().next_multiple_of(LANES);
    let chosen = |values: &[u32]| {
        let mut chosen: Vec<u32> = places.iter().map(|&place| values[place as usize]).collect();
        chosen.resize(width, 0);
        chosen
    };
    let mut group = Group {
        users: block.select(&places),
        numbers: chosen(numbers),
        conversations: chosen(conversations),
    };
    serve_from(conversation, &mut group.users, &group.numbers, &group.conversations, desk);
    block.put_back(&group.users, &places);
}

/// The places of those who have this conversation.
fn places_of_those_who_talk(conversation: u32, conversations: &[u32]) -> Vec<u32> {
    let mut places = Vec::with_capacity(conversations.len());
    for (first, counts) in (0..).step_by(LANES).zip(conversations.as_chunks::<LANES>().0) {
        places.extend(lanes::places(&who_talks(conversation, counts)).map(|lane| first + lane));
    }
    places
}

/// Who has this conversation.
#[inline(always)]
fn who_talks(conversation: u32, conversations: &[u32; LANES]) -> Flags {
    let mut talks = [0; LANES];
    for i in 0..LANES {
        talks[i] = u32::from(conversations[i] > conversation);
    }
    talks
}

/// One conversation of each user of a group who has so many.
struct Pass<'a, 'b, 's> {
    conversation: u32,
    block: &'a mut Block,
    numbers: &'a [u32],
    conversations: &'a [u32],
    desk: &'a mut Desk<'b, 's>,
}

impl Vectorised for Pass<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let keys = Keys::new(simd, self.desk.serving.seed);
        for (first, counts) in (0..).step_by(LANES).zip(self.conversations.as_chunks().0) {
            let talks = who_talks(self.conversation, counts);
            if talks.iter().fold(0, |any, one| any | one) != 0 {
                let batch = Batch { first, conversation: self.conversation, talks };
                converse(&keys, self.block, self.numbers, &batch, self.desk);
            }
        }
    }
}

/// The conversations of a batch, and what they leave behind.
#[inline(always)]
fn converse<S: Simd>(keys: &Keys<S>, block: &mut Block, numbers: &[u32], batch: &Batch, desk: &mut Desk) {
    let simd = keys.simd;
    let (people, record, serving) = (&mut desk.people, &mut desk.record, desk.serving);
    people.load(block, numbers, batch.first, serving);
    for k in 0..LANES / width::<S>() {
        if Words::load(simd, &batch.talks, k).is(1).bits(0) == 0 {
            // Nothing reads what is on record of those who do not talk.
            continue;
        }
        let number = Words::load(simd, &people.number, k);
        let seat = Seat { serving, people, keys, number, conversation: batch.conversation, simd, k };
        talk(&seat, &serving.arms[desk.arm].tilts, record);
    }
    desk.counter.count(simd, people, batch, record, serving.terms.len());
    if serving.experiment {
        note_users(&mut desk.users, desk.first_user, people, batch, record);
    }
    log_conversations(people, batch, record, serving, &mut desk.sample);
    write_back(block, people, batch, record, serving, desk.arm);
}

/// A conversation of each user of a vector.
#[inline(always)]
fn talk<S: Simd>(seat: &Seat<S>, policy: &[Tilts], record: &mut Record) {
    let mut prompt = sample_prompt(seat);
    read_prompt(&mut prompt, seat, 0, record);
    sample_response(&prompt, policy, seat, 0, record);
    for turn in 1..seat.serving.turns {
        prompt.belief = belief_after_turn(&prompt, seat, record);
        read_prompt(&mut prompt, seat, turn, record);
        sample_response(&prompt, policy, seat, turn, record);
    }
    react(&prompt, seat, record);
    put_on_record(&prompt, seat, record);
}

#[inline(always)]
fn put_on_record<S: Simd>(prompt: &Prompt<S>, seat: &Seat<S>, record: &mut Record) {
    seat.store_words(prompt.kind, &mut record.kind);
    seat.store_words(prompt.topic, &mut record.topic);
    seat.store_words(prompt.written.words(1), &mut record.written);
    seat.store(prompt.belief, &mut record.belief);
    seat.store(prompt.stance, &mut record.stance);
    seat.store(prompt.stance_read, &mut record.stance_read);
    seat.store(prompt.estimate, &mut record.estimate);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::SampleSizes;
    use crate::policy::{Feature, Policy};
    use crate::population::Population;
    use crate::scenario::Scenario;

    // One user at a time, and as many as this processor can.
    #[test]
    fn wide_vectors_give_the_same_bits_as_none() {
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
            let here = serve_by(&mut narrow.blocks, &serving, |pass| pass.run(pulp::Scalar));
            let there = serve_blocks(&mut wide.blocks, &serving);
            assert_eq!(here.arms, there.arms);
            assert_eq!(here.sample, there.sample);
            assert_eq!(narrow, wide);
        }
    }
}
