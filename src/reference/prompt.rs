//! The prompt, and what the assistant reads of its user.

use super::{Round, User, share};
use crate::policy::Feature;
use crate::random::{Stream, index_and_uniform, normal_pair};

/// What is asked, and what the assistant makes of it.
pub(super) struct Prompt {
    pub kind: usize,
    pub topic: usize,
    pub stated: bool,
    pub remembered: bool,
    pub visible: bool,
    pub known: bool,
    pub charge: f64,
    pub stance_read: f64,
    pub estimate: f64,
}

impl Round<'_> {
    /// Kind, topic and stance of a prompt, and what the assistant makes of it.
    pub(super) fn ask(&self, user: &User, conversation: u32) -> Prompt {
        let (world, memory) = (&self.settings.world, &self.settings.memory);
        let words = self.words(Stream::Prompt, user, conversation, 0);
        let kind = self.kind_at(share(words[0]));
        let chosen = &self.settings.prompts[kind];
        let (topic, u) = index_and_uniform(words[1], world.topics);
        let (topic, stated) = (topic as usize, f64::from(u) < chosen.stated);
        let (noise, error) = normal_pair(words[2], words[3]);
        let read = memory.enabled && !user.opted_out;
        let remembered = user.remembered_stance[topic].filter(|_| read);
        let any = user.taste_known || user.remembered_stance.iter().any(Option::is_some);
        let sd =
            if remembered.is_some() { memory.stance_noise_remembered } else { world.stance_noise_stated };
        let stance = if stated { Some(user.stance_error[topic]) } else { remembered };
        Prompt {
            kind,
            topic,
            stated,
            remembered: remembered.is_some(),
            visible: stance.is_some(),
            known: read && any,
            charge: chosen.charge,
            stance_read: stance.map_or(0.0, |b| b + sd * noise),
            estimate: world.model_error_sd * error,
        }
    }

    /// The kind whose interval of cumulative traffic share holds `u`.
    fn kind_at(&self, u: f64) -> usize {
        let mut end = 0.0;
        let kinds = &self.settings.prompts;
        let found = kinds.values().position(|kind| {
            end += kind.share;
            u < end
        });
        found.unwrap_or(kinds.len() - 1)
    }
}

/// One entry of phi(x).
pub(super) fn feature(feature: Feature, user: &User, prompt: &Prompt) -> f64 {
    let flag = |on: bool| if on { 1.0 } else { 0.0 };
    match feature {
        Feature::Bias => 1.0,
        Feature::Visible => flag(prompt.visible),
        Feature::Remembered => flag(prompt.remembered),
        Feature::Stance => libm::tanh(prompt.stance_read.abs()),
        Feature::Charge => prompt.charge,
        Feature::Known => flag(prompt.known),
        Feature::Taste(j) => flag(prompt.known) * user.remembered_taste[j],
        Feature::Kind(kind) => flag(prompt.kind == kind),
    }
}
