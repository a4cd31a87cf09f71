//! Context features phi(x): what the policy can condition on.

use crate::scenario::Settings;

/// Most context features.
pub const MAX_FEATURES: usize = 24;

/// One context feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// 1.
    Bias,
    /// v: 1 if the user's stance is stated or remembered.
    Visible,
    /// 1 if the stance on this topic is remembered, so that it reads precisely.
    Remembered,
    /// v tanh|b_hat|: how strong the stance reads.
    Stance,
    /// q: emotional charge of the prompt.
    Charge,
    /// 1 if memory holds this user.
    Known,
    /// Remembered taste for a behaviour.
    Taste(usize),
    /// 1 for prompts of a kind.
    Kind(usize),
    /// 1 if the user gives the cue to a segment.
    Segment(usize),
}

/// The features of a scenario, the bias first.
pub type FeatureList = Vec<Feature>;

/// What the assistant reads of one conversation: the inputs of phi.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading<'a> {
    /// Whether the stance is visible.
    pub visible: bool,
    /// Whether the stance on this topic is remembered.
    pub remembered: bool,
    /// The stance as read, b_hat.
    pub stance: f64,
    /// Emotional charge q.
    pub charge: f64,
    /// Whether memory holds this user.
    pub known: bool,
    /// Remembered tastes by behaviour.
    pub tastes: &'a [f64],
    /// Prompt kind.
    pub kind: usize,
    /// Segments whose cue the user gives.
    pub cues: &'a [bool],
}

impl Feature {
    /// The features named in `policy.features`; `tastes` stands for one per behaviour.
    pub fn list(settings: &Settings) -> FeatureList {
        let mut list = Vec::new();
        for word in &settings.policy.features {
            match word.as_str() {
                "bias" => list.push(Feature::Bias),
                "visible" => list.push(Feature::Visible),
                "remembered" => list.push(Feature::Remembered),
                "stance" => list.push(Feature::Stance),
                "charge" => list.push(Feature::Charge),
                "known" => list.push(Feature::Known),
                "tastes" => list.extend((0..settings.behaviours.len()).map(Feature::Taste)),
                word => list.extend(kind_or_segment(word, settings)),
            }
        }
        list
    }

    /// The value of this feature.
    pub fn value(self, reading: &Reading) -> f64 {
        let visible = f64::from(u8::from(reading.visible));
        match self {
            Feature::Bias => 1.0,
            Feature::Visible => visible,
            Feature::Remembered => f64::from(u8::from(reading.remembered)),
            Feature::Stance => visible * libm::tanh(reading.stance.abs()),
            Feature::Charge => reading.charge,
            Feature::Known => f64::from(u8::from(reading.known)),
            Feature::Taste(behaviour) => reading.tastes[behaviour],
            Feature::Kind(kind) => f64::from(u8::from(reading.kind == kind)),
            Feature::Segment(segment) => f64::from(u8::from(reading.cues[segment])),
        }
    }
}

/// `kind:NAME` or `segment:NAME`.
fn kind_or_segment(word: &str, settings: &Settings) -> Option<Feature> {
    let kind = word.strip_prefix("kind:").and_then(|name| settings.prompts.get_index_of(name));
    let segment = || word.strip_prefix("segment:").and_then(|name| settings.segments.get_index_of(name));
    kind.map(Feature::Kind).or_else(|| segment().map(Feature::Segment))
}

/// phi(x).
pub fn phi(features: &[Feature], reading: &Reading) -> Vec<f64> {
    features.iter().map(|feature| feature.value(reading)).collect()
}
