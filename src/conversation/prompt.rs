//! The prompt, and what the assistant reads of its user.

use super::batch::Batch;
use super::coefficients::Serving;
use crate::lanes::{self, Flags, LANES, Lanes};
use crate::policy::{Feature, MAX_FEATURES};
use crate::population::Block;
use crate::random::{Stream, index_and_uniform, uniform};

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
    pub stance: Lanes,
    pub stance_read: Lanes,
    pub estimate: Lanes,
    pub phi: [Lanes; MAX_FEATURES],
    kind: [u32; LANES],
    remembered: Flags,
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
            stance: zero,
            stance_read: zero,
            estimate: zero,
            phi: [zero; MAX_FEATURES],
            kind: none,
            remembered: no,
        }
    }
}

/// Draws a prompt per lane and reads its context.
#[inline(always)]
pub(super) fn sample_prompts(prompt: &mut Prompt, block: &Block, batch: &Batch, serving: &Serving) {
    let words = batch.words(serving, Stream::Prompt, 0);
    choose_kinds(prompt, &words[0], &words[1], serving);
    look_into_memory(prompt, block, batch, serving);
    read_stances(prompt, block, batch, &words[2], &words[3], serving);
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

/// Stances, what is read of them, and the model's own estimate.
#[inline(always)]
fn read_stances(
    prompt: &mut Prompt,
    block: &Block,
    batch: &Batch,
    first: &[u32; LANES],
    second: &[u32; LANES],
    serving: &Serving,
) {
    let (world, memory) = (&serving.settings.world, &serving.settings.memory);
    let (sd_stated, sd_remembered) =
        (world.stance_noise_stated as f32, memory.stance_noise_remembered as f32);
    let model_error = world.model_error_sd as f32;
    let (noise, error) = lanes::normal_pair_lanes(first, second);
    prompt.estimate = lanes::map(&error, |error| model_error * error);
    prompt.stance = batch.gather_rows(block, &block.stance_error, &prompt.topic);
    let held = match memory.enabled {
        true => batch.gather_rows(block, &block.remembered_stance, &prompt.topic),
        false => [0.0; LANES],
    };
    let mut read = [0.0; LANES];
    for i in 0..LANES {
        // A stance stated now is read as it is now; memory of the user makes the reading precise.
        let centre = lanes::choose(prompt.stated[i], prompt.stance[i], held[i]);
        let sd = lanes::choose(prompt.remembered[i], sd_remembered, sd_stated);
        read[i] = centre + sd * noise[i];
    }
    for i in 0..LANES {
        prompt.visible[i] = prompt.stated[i] | prompt.remembered[i];
        prompt.stance_read[i] = lanes::choose(prompt.visible[i], read[i], 0.0);
    }
    prompt.seen = lanes::numbers(&prompt.visible);
    prompt.familiar = lanes::numbers(&prompt.known);
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
    };
}
