//! The prompt, and what the assistant reads of its user.

use super::batch::Record;
use super::evidence::show_evidence;
use super::kernel::Seat;
use crate::policy::Feature;
use crate::random::{Address, Stream};
use crate::vector::{Floats, Mask, Simd, Words, normal_pair};

/// Prompt and what the assistant makes of it.
pub(super) struct Prompt<S: Simd> {
    pub kind: Words<S>,
    pub topic: Words<S>,
    pub charge: Floats<S>,
    pub stakes: Floats<S>,
    pub stated: Mask<S>,
    /// Whether what is stated is written to memory.
    pub written: Mask<S>,
    pub visible: Mask<S>,
    pub known: Mask<S>,
    /// What the user holds on the topic: a stance error, or log-odds of a falsehood. Moves from turn to turn.
    pub belief: Floats<S>,
    /// What is remembered of it.
    pub held: Floats<S>,
    /// Where the user stands when judging: the stance error, or the probability of a falsehood.
    pub stance: Floats<S>,
    /// The opinion voiced, 1 for a falsehood.
    pub opinion: Floats<S>,
    /// Below the deference, the answer reports what the opinion wants to hear.
    pub swayed: Floats<S>,
    pub stance_read: Floats<S>,
    pub estimate: Floats<S>,
    remembered: Mask<S>,
    /// Standard normal error of the reading, the same in all turns.
    noise: Floats<S>,
}

/// Draws a prompt per user.
#[inline(always)]
pub(super) fn sample_prompt<S: Simd>(seat: &Seat<S>) -> Prompt<S> {
    let words = seat.words(Stream::Prompt, 0);
    let (serving, zero) = (seat.serving, seat.all(0.0));
    let kind = choose_kind(seat, words[0].uniform());
    let stated = serving.kinds.stated.look_up(kind);
    let (topic, u) = words[1].index_and_uniform(serving.settings.world.topics);
    let (remembered, known) = look_into_memory(seat, topic);
    let (noise, error) = normal_pair(words[2], words[3]);
    let is_stated = u.lt(stated);
    Prompt {
        kind,
        topic,
        charge: serving.kinds.charge.look_up(kind),
        stakes: serving.kinds.stakes.look_up(kind),
        stated: is_stated,
        // Of those stated, a share is written: the same number says both.
        written: u.lt(stated * serving.settings.memory.write as f32),
        visible: is_stated | remembered,
        known,
        belief: of_topic(seat, topic, &seat.people.stance),
        held: match serving.settings.memory.enabled {
            true => of_topic(seat, topic, &seat.people.remembered_stance),
            false => zero,
        },
        stance: zero,
        opinion: zero,
        swayed: zero,
        stance_read: zero,
        estimate: error * serving.settings.world.model_error_sd as f32 + model_belief(seat, topic),
        remembered,
        noise,
    }
}

/// What the assistant makes of what the user says in this turn; the context goes on record.
#[inline(always)]
pub(super) fn read_prompt<S: Simd>(prompt: &mut Prompt<S>, seat: &Seat<S>, turn: u32, record: &mut Record) {
    match &seat.serving.evidence {
        Some(rule) => show_evidence(prompt, rule, seat, turn),
        None => read_stance(prompt, seat),
    }
    for (place, &f) in seat.serving.varying.iter().enumerate() {
        seat.store(varying_feature(prompt, seat.serving.features[f], seat), &mut record.phi[place]);
    }
}

/// The kind whose interval of cumulative traffic share holds `u`.
#[inline(always)]
fn choose_kind<S: Simd>(seat: &Seat<S>, u: Floats<S>) -> Words<S> {
    let (mut kind, ends) = (seat.word(0), &seat.serving.kinds.cumulative_share);
    for number in 1..ends.len() {
        kind = u.ge(seat.all(ends[number - 1])).choose_words(seat.word(number as u32), kind);
    }
    kind
}

/// Whether the stance on the topic is remembered, and whether anything is.
#[inline(always)]
fn look_into_memory<S: Simd>(seat: &Seat<S>, topic: Words<S>) -> (Mask<S>, Mask<S>) {
    if !seat.serving.settings.memory.enabled {
        let never = seat.word(0).is(1);
        return (never, never);
    }
    let remembered = (seat.load_words(&seat.people.readable) >> topic) & 1;
    (remembered.is(1), seat.load_words(&seat.people.known).is(1))
}

/// A number that each user has for each topic.
#[inline(always)]
fn of_topic<S: Simd>(seat: &Seat<S>, topic: Words<S>, rows: &[crate::lanes::Lanes]) -> Floats<S> {
    let mut found = seat.load(&rows[0]);
    for (number, row) in (0..seat.serving.settings.world.topics).zip(rows).skip(1) {
        found = topic.is(number).choose(seat.load(row), found);
    }
    found
}

/// Where the model stands: the truth, unless it learns from users.
#[inline(always)]
fn model_belief<S: Simd>(seat: &Seat<S>, topic: Words<S>) -> Floats<S> {
    match &seat.serving.model_beliefs {
        Some(beliefs) => beliefs.look_up(topic),
        None => seat.all(0.0),
    }
}

/// What is read of the stance.
#[inline(always)]
fn read_stance<S: Simd>(prompt: &mut Prompt<S>, seat: &Seat<S>) {
    let (world, memory) = (&seat.serving.settings.world, &seat.serving.settings.memory);
    // A stance stated now is read as it is now; memory of the user makes the reading precise.
    let centre = prompt.stated.choose(prompt.belief, prompt.held);
    let sd =
        prompt.remembered.choose_of(memory.stance_noise_remembered as f32, world.stance_noise_stated as f32);
    prompt.stance = prompt.belief;
    prompt.stance_read = prompt.visible.choose(centre + sd * prompt.noise, seat.all(0.0));
}

/// A feature that is not the same in all prompts of a kind.
#[inline(always)]
fn varying_feature<S: Simd>(prompt: &Prompt<S>, feature: Feature, seat: &Seat<S>) -> Floats<S> {
    match feature {
        Feature::Visible => prompt.visible.numbers(),
        // The reading is zero where nothing is visible.
        Feature::Stance => prompt.stance_read.tanh_of_magnitude(),
        Feature::Remembered => prompt.remembered.numbers(),
        Feature::Known => prompt.known.numbers(),
        Feature::Taste(behaviour) => {
            prompt.known.choose(seat.load(&seat.people.remembered_taste[behaviour]), seat.all(0.0))
        }
        Feature::Segment(segment) => cue(seat, segment as u32).numbers(),
        Feature::Bias | Feature::Charge | Feature::Kind(_) => {
            unreachable!("the same in all prompts of a kind")
        }
    }
}

/// Where the user gives the cue to `segment`, rightly or not; the same in every conversation.
#[inline(always)]
fn cue<S: Simd>(seat: &Seat<S>, segment: u32) -> Mask<S> {
    let address = Address { stream: Stream::Cue, round: 0, day: 0, event: segment, user: 0 };
    let words = seat.keys.words_of(address, seat.number, 0);
    let right = words[0].uniform().lt(seat.all(seat.serving.settings.policy.cue_accuracy as f32));
    let own = seat.load_words(&seat.people.segment).is(segment);
    (own & right) | (!own & !right)
}
