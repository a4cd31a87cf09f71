//! The prompt, and what the assistant reads of its user.

use super::batch::Batch;
use super::coefficients::Serving;
use super::evidence::show_evidence;
use crate::lanes::{self, Flags, LANES, Lanes};
use crate::policy::{Feature, MAX_FEATURES};
use crate::population::Block;
use crate::random::{Address, Stream, index_and_uniform, philox_lanes, uniform};

/// Prompt and what the assistant makes of it.
pub(super) struct Prompt {
    pub topic: [u32; LANES],
    pub charge: Lanes,
    pub stakes: Lanes,
    pub stated: Flags,
    pub visible: Flags,
    pub known: Flags,
    /// `visible` as a number.
    pub seen: Lanes,
    /// `known` as a number.
    pub familiar: Lanes,
    /// What the user holds on the topic: a stance error, or log-odds of a falsehood. Moves from turn to turn.
    pub belief: Lanes,
    /// What is remembered of it.
    pub held: Lanes,
    /// Where the user stands when judging: the stance error, or the probability of a falsehood.
    pub stance: Lanes,
    /// The opinion voiced, 1 for a falsehood.
    pub opinion: Lanes,
    /// Below the deference, the answer reports what the opinion wants to hear.
    pub swayed: Lanes,
    pub stance_read: Lanes,
    pub estimate: Lanes,
    pub phi: [Lanes; MAX_FEATURES],
    kind: [u32; LANES],
    remembered: Flags,
    /// Standard normal error of the reading, the same in all turns.
    noise: Lanes,
}

impl Prompt {
    /// Room for a batch of prompts.
    pub fn empty() -> Self {
        let (none, no, zero) = ([0; LANES], [0; LANES], [0.0; LANES]);
        Self {
            topic: none,
            charge: zero,
            stakes: zero,
            stated: no,
            visible: no,
            known: no,
            seen: zero,
            familiar: zero,
            belief: zero,
            held: zero,
            stance: zero,
            opinion: zero,
            swayed: zero,
            stance_read: zero,
            estimate: zero,
            phi: [zero; MAX_FEATURES],
            kind: none,
            remembered: no,
            noise: zero,
        }
    }
}

/// Draws a prompt per lane and reads its context.
#[inline(always)]
pub(super) fn sample_prompts(prompt: &mut Prompt, block: &Block, batch: &Batch, serving: &Serving) {
    let words = batch.words(serving, Stream::Prompt, 0);
    choose_kinds(prompt, &words[0], &words[1], serving);
    look_into_memory(prompt, block, batch, serving);
    look_at_beliefs(prompt, block, batch, &words[2], &words[3], serving);
    take_turn(prompt, block, batch, serving, 0);
}

/// The user, whose belief has moved, says again where they stand.
#[inline(always)]
pub(super) fn next_turn(
    prompt: &mut Prompt,
    belief: &Lanes,
    block: &Block,
    batch: &Batch,
    serving: &Serving,
    turn: u32,
) {
    prompt.belief = *belief;
    take_turn(prompt, block, batch, serving, turn);
}

#[inline(always)]
fn take_turn(prompt: &mut Prompt, block: &Block, batch: &Batch, serving: &Serving, turn: u32) {
    match &serving.evidence {
        Some(rule) => show_evidence(prompt, rule, batch, serving, turn),
        None => read_stances(prompt, serving),
    }
    for &f in &serving.live_features {
        fill_feature(prompt, f, block, batch, serving);
    }
}

#[inline(always)]
fn choose_kinds(prompt: &mut Prompt, kinds: &[u32; LANES], topics: &[u32; LANES], serving: &Serving) {
    let mut stated = [serving.kinds[0].stated; LANES];
    prompt.kind = [0; LANES];
    prompt.charge = [serving.kinds[0].charge; LANES];
    prompt.stakes = [serving.kinds[0].stakes; LANES];
    for (k, pair) in serving.kinds.windows(2).enumerate() {
        let (end, next) = (pair[0].cumulative_share, &pair[1]);
        for i in 0..LANES {
            let beyond = uniform(kinds[i]) >= end;
            prompt.kind[i] = if beyond { k as u32 + 1 } else { prompt.kind[i] };
            prompt.charge[i] = if beyond { next.charge } else { prompt.charge[i] };
            prompt.stakes[i] = if beyond { next.stakes } else { prompt.stakes[i] };
            stated[i] = if beyond { next.stated } else { stated[i] };
        }
    }
    for i in 0..LANES {
        let (topic, u) = index_and_uniform(topics[i], serving.settings.world.topics);
        prompt.topic[i] = topic;
        prompt.stated[i] = u32::from(u < stated[i]);
    }
}

#[inline(always)]
fn look_into_memory(prompt: &mut Prompt, block: &Block, batch: &Batch, serving: &Serving) {
    if !serving.settings.memory.enabled {
        prompt.remembered = [0; LANES];
        prompt.known = [0; LANES];
        return;
    }
    let (opted_out, held) = (batch.gather(&block.opted_out), batch.gather(&block.remembered_topics));
    let taste_known = batch.gather(&block.taste_known);
    for i in 0..LANES {
        let (readable, topics) = (u32::from(!opted_out[i]), u32::from(held[i]));
        prompt.remembered[i] = readable & (topics >> prompt.topic[i]) & 1;
        prompt.known[i] = readable & (u32::from(topics != 0) | u32::from(taste_known[i]));
    }
}

/// What the user holds, what is remembered of it, the error of reading it, and the model's own estimate.
#[inline(always)]
fn look_at_beliefs(
    prompt: &mut Prompt,
    block: &Block,
    batch: &Batch,
    first: &[u32; LANES],
    second: &[u32; LANES],
    serving: &Serving,
) {
    let model_error = serving.settings.world.model_error_sd as f32;
    let (noise, error) = lanes::normal_pair_lanes(first, second);
    prompt.noise = noise;
    prompt.estimate = lanes::map(&error, |error| model_error * error);
    if let Some(known) = &serving.model_beliefs {
        for i in 0..LANES {
            prompt.estimate[i] += known[prompt.topic[i] as usize];
        }
    }
    prompt.belief = batch.gather_rows(block, &block.stance_error, &prompt.topic);
    prompt.held = match serving.settings.memory.enabled {
        true => batch.gather_rows(block, &block.remembered_stance, &prompt.topic),
        false => [0.0; LANES],
    };
    for i in 0..LANES {
        prompt.visible[i] = prompt.stated[i] | prompt.remembered[i];
    }
    prompt.seen = lanes::numbers(&prompt.visible);
    prompt.familiar = lanes::numbers(&prompt.known);
}

/// What is read of the stance.
#[inline(always)]
fn read_stances(prompt: &mut Prompt, serving: &Serving) {
    let (world, memory) = (&serving.settings.world, &serving.settings.memory);
    let (sd_stated, sd_remembered) =
        (world.stance_noise_stated as f32, memory.stance_noise_remembered as f32);
    prompt.stance = prompt.belief;
    let mut read = [0.0; LANES];
    for i in 0..LANES {
        // A stance stated now is read as it is now; memory of the user makes the reading precise.
        let centre = lanes::choose(prompt.stated[i], prompt.belief[i], prompt.held[i]);
        let sd = lanes::choose(prompt.remembered[i], sd_remembered, sd_stated);
        read[i] = centre + sd * prompt.noise[i];
    }
    for i in 0..LANES {
        prompt.stance_read[i] = lanes::choose(prompt.visible[i], read[i], 0.0);
    }
}

#[inline(always)]
fn fill_feature(prompt: &mut Prompt, f: usize, block: &Block, batch: &Batch, serving: &Serving) {
    prompt.phi[f] = match serving.features[f] {
        Feature::Bias => [1.0; LANES],
        Feature::Visible => prompt.seen,
        // The reading is zero where nothing is visible.
        Feature::Stance => lanes::tanh_magnitude_lanes(&prompt.stance_read),
        Feature::Charge => prompt.charge,
        Feature::Remembered => lanes::numbers(&prompt.remembered),
        Feature::Known => prompt.familiar,
        Feature::Taste(behaviour) => {
            let taste = batch.gather_row(block, &block.remembered_taste, behaviour);
            lanes::map2(&taste, &prompt.familiar, |taste, known| if known != 0.0 { taste } else { 0.0 })
        }
        Feature::Kind(wanted) => lanes::equal(&prompt.kind, wanted as u32),
        Feature::Segment(segment) => cues(block, batch, segment, serving),
    };
}

/// 1 where the user gives the cue to `segment`, rightly or not; the same in every conversation.
#[inline(always)]
fn cues(block: &Block, batch: &Batch, segment: usize, serving: &Serving) -> Lanes {
    let address = Address { stream: Stream::Cue, round: 0, day: 0, event: segment as u32, user: 0 };
    let words = philox_lanes(serving.seed, address, &batch.user, 0);
    let (accuracy, own) = (serving.settings.policy.cue_accuracy as f32, batch.gather(&block.segment));
    let mut cue = [0; LANES];
    for i in 0..LANES {
        let right = uniform(words[0][i]) < accuracy;
        cue[i] = u32::from((usize::from(own[i]) == segment) == right);
    }
    lanes::numbers(&cue)
}
