//! The prompt, and what the assistant reads of its user.

use super::batch::Batch;
use super::coefficients::Serving;
use crate::lanes::{self, LANES, Lanes};
use crate::policy::{Feature, MAX_FEATURES};
use crate::population::Block;
use crate::random::{Stream, index_and_uniform, uniform};

/// Prompt and what the assistant makes of it.
pub(super) struct Prompt {
    pub topic: [usize; LANES],
    pub charge: Lanes,
    pub stakes: Lanes,
    pub stated: [bool; LANES],
    pub visible: [bool; LANES],
    pub remembered: [bool; LANES],
    pub known: [bool; LANES],
    /// `visible` as a number.
    pub seen: Lanes,
    /// `known` as a number.
    pub familiar: Lanes,
    pub stance: Lanes,
    pub stance_read: Lanes,
    pub estimate: Lanes,
    pub phi: [Lanes; MAX_FEATURES],
}

pub(super) fn sample_prompts(block: &Block, batch: &Batch, serving: &Serving) -> Prompt {
    let world = &serving.settings.world;
    let memory = &serving.settings.memory;
    let words = batch.words(serving, Stream::Prompt, 0);
    let mut prompt = Prompt {
        topic: [0; LANES],
        charge: [0.0; LANES],
        stakes: [0.0; LANES],
        stated: [false; LANES],
        visible: [false; LANES],
        remembered: [false; LANES],
        known: [false; LANES],
        seen: [0.0; LANES],
        familiar: [0.0; LANES],
        stance: [0.0; LANES],
        stance_read: [0.0; LANES],
        estimate: [0.0; LANES],
        phi: [[0.0; LANES]; MAX_FEATURES],
    };
    let mut kind = [0usize; LANES];
    for i in 0..LANES {
        let u = uniform(words[0][i]);
        kind[i] = serving.kinds[..serving.kinds.len() - 1].iter().filter(|k| u >= k.cumulative_share).count();
        let chosen = &serving.kinds[kind[i]];
        prompt.charge[i] = chosen.charge;
        prompt.stakes[i] = chosen.stakes;
        let (topic, u) = index_and_uniform(words[1][i], world.topics);
        prompt.topic[i] = topic as usize;
        prompt.stated[i] = u < chosen.stated;
    }
    let (mut noise, mut error) = ([0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        (noise[i], error[i]) = lanes::normal_pair(words[2][i], words[3][i]);
    }
    let (sd_stated, sd_remembered) =
        (world.stance_noise_stated as f32, memory.stance_noise_remembered as f32);
    for i in 0..LANES {
        let (user, topic) = (batch.index[i], prompt.topic[i]);
        let readable = memory.enabled && !block.opted_out[user];
        let remembered = readable && block.remembered_topics[user] >> topic & 1 == 1;
        prompt.remembered[i] = remembered;
        prompt.known[i] = readable && (block.remembered_topics[user] != 0 || block.taste_known[user]);
        prompt.visible[i] = prompt.stated[i] || remembered;
        prompt.stance[i] = block.stance_error[topic * block.users + user];
        // A stance stated now is read as it is now; memory of the user makes the reading precise.
        let centre = if prompt.stated[i] {
            prompt.stance[i]
        } else {
            block.remembered_stance[topic * block.users + user]
        };
        let sd = if remembered { sd_remembered } else { sd_stated };
        prompt.seen[i] = if prompt.visible[i] { 1.0 } else { 0.0 };
        prompt.familiar[i] = if prompt.known[i] { 1.0 } else { 0.0 };
        prompt.stance_read[i] = if prompt.visible[i] { centre + sd * noise[i] } else { 0.0 };
        prompt.estimate[i] = world.model_error_sd as f32 * error[i];
    }
    for (f, feature) in serving.features.iter().enumerate() {
        prompt.phi[f] = feature_lanes(*feature, block, batch, &prompt, &kind);
    }
    prompt
}

fn feature_lanes(
    feature: Feature,
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    kind: &[usize; LANES],
) -> Lanes {
    let flags = |flags: &[bool; LANES]| flags.map(|flag| if flag { 1.0 } else { 0.0 });
    match feature {
        Feature::Bias => [1.0; LANES],
        Feature::Visible => prompt.seen,
        // The reading is zero where nothing is visible.
        Feature::Stance => lanes::tanh_magnitude_lanes(&prompt.stance_read),
        Feature::Charge => prompt.charge,
        Feature::Remembered => flags(&prompt.remembered),
        Feature::Known => prompt.familiar,
        Feature::Taste(behaviour) => {
            let mut taste = batch.gather_row(block, &block.remembered_taste, behaviour);
            for i in 0..LANES {
                taste[i] = if prompt.known[i] { taste[i] } else { 0.0 };
            }
            taste
        }
        Feature::Kind(wanted) => flags(&kind.map(|k| k == wanted)),
    }
}
