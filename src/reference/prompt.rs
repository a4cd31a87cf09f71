//! The prompt, and what the assistant reads of its user.

use super::{Round, User, share};
use crate::policy::Feature;
use crate::random::{Address, Stream, index_and_uniform, normal_pair};
use crate::scenario::BeliefRule;

/// What is asked, and what the assistant makes of it.
pub(super) struct Prompt {
    pub kind: usize,
    pub topic: usize,
    pub stated: bool,
    /// Whether what is stated is written to memory.
    pub written: bool,
    pub remembered: bool,
    pub visible: bool,
    pub known: bool,
    pub charge: f64,
    /// What the user holds on the topic.
    pub belief: f64,
    /// What is remembered of it.
    pub held: Option<f64>,
    /// Where the user stands when judging.
    pub stance: f64,
    /// The opinion voiced, 1 for a falsehood.
    pub opinion: f64,
    /// Below the deference, the answer reports what the opinion wants to hear.
    pub swayed: f64,
    pub stance_read: f64,
    pub estimate: f64,
    /// Which turn of the conversation, from 0.
    pub turn: u32,
    noise: f64,
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
        let written = f64::from(u) < chosen.stated * memory.write;
        let (noise, error) = normal_pair(words[2], words[3]);
        let read = memory.enabled && !user.opted_out;
        let remembered = user.remembered_stance[topic].filter(|_| read);
        let any = user.taste_known || user.remembered_stance.iter().any(Option::is_some);
        let mut prompt = Prompt {
            kind,
            topic,
            stated,
            written,
            remembered: remembered.is_some(),
            visible: stated || remembered.is_some(),
            known: read && any,
            charge: chosen.charge,
            belief: user.stance_error[topic],
            held: remembered,
            stance: 0.0,
            opinion: 0.0,
            swayed: 0.0,
            stance_read: 0.0,
            estimate: world.model_error_sd * error,
            turn: 0,
            noise,
        };
        self.take_turn(&mut prompt, user, conversation);
        prompt
    }

    /// The user says where they stand.
    pub(super) fn take_turn(&self, prompt: &mut Prompt, user: &User, conversation: u32) {
        let (world, memory) = (&self.settings.world, &self.settings.memory);
        let voiced = if prompt.stated { Some(prompt.belief) } else { prompt.held };
        if world.belief_rule == BeliefRule::Bayesian {
            return self.show_evidence(prompt, user, conversation, voiced.unwrap_or(0.0));
        }
        let sd = if prompt.remembered { memory.stance_noise_remembered } else { world.stance_noise_stated };
        prompt.stance = prompt.belief;
        prompt.stance_read = voiced.map_or(0.0, |b| b + sd * prompt.noise);
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

    /// One entry of phi(x).
    pub(super) fn feature(&self, feature: Feature, user: &User, prompt: &Prompt) -> f64 {
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
            Feature::Segment(segment) => flag(self.cue(user, segment)),
        }
    }

    /// Whether the user gives the cue to a segment, rightly or not.
    fn cue(&self, user: &User, segment: usize) -> bool {
        let address =
            Address { stream: Stream::Cue, round: 0, day: 0, event: segment as u32, user: user.number };
        let right = share(address.words(self.seed, 0)[0]) < self.settings.policy.cue_accuracy;
        (user.segment == segment) == right
    }
}
