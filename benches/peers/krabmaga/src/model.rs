//! The numbers of `model.json`.

use serde::Deserialize;

pub const BEHAVIOURS: usize = 4;
pub const FEATURES: usize = 9;
pub const TOPICS: usize = 4;

#[derive(Clone, Deserialize)]
pub struct Model {
    pub levels: usize,
    pub world: World,
    pub kinds: Kinds,
    pub behaviours: Behaviours,
    pub segments: Segments,
    pub approval: Approval,
    pub consequences: Consequences,
    pub weights: Weights,
}

#[derive(Clone, Deserialize)]
pub struct World {
    pub stance_sd: f32,
    pub stance_limit: f32,
    pub stance_noise: f32,
    pub model_error_sd: f32,
}

#[derive(Clone, Deserialize)]
pub struct Kinds {
    pub share: [f32; 4],
    pub stated: [f32; 4],
    pub charge: [f32; 4],
    pub stakes: [f32; 4],
}

#[derive(Clone, Deserialize)]
pub struct Behaviours {
    pub reference_mean: [f32; BEHAVIOURS],
    pub by_charge: [f32; BEHAVIOURS],
    pub liking: [f32; BEHAVIOURS],
    pub dislike: [f32; BEHAVIOURS],
    pub diminishing: [f32; BEHAVIOURS],
    pub habituation: [f32; BEHAVIOURS],
}

#[derive(Clone, Deserialize)]
pub struct Segments {
    pub share: [f32; 4],
    pub expertise: [f32; 4],
    pub expertise_sd: f32,
    pub taste: [[f32; BEHAVIOURS]; 4],
    pub taste_sd: f32,
    pub cringe: [f32; 4],
    pub cringe_sd: [f32; 4],
    pub propensity: f32,
    pub propensity_sd: f32,
    pub susceptibility: [f32; 4],
    pub stance_scale: [f32; 4],
}

#[derive(Clone, Deserialize)]
pub struct Approval {
    pub accuracy: f32,
    pub reference: f32,
    pub sharpness: f32,
    pub surprise: f32,
    pub crowding: f32,
}

#[derive(Clone, Deserialize)]
pub struct Consequences {
    pub belief_rate: f32,
    pub hardening: f32,
    pub initial_trust: f32,
    pub initial_trust_sd: f32,
    pub trust_gain: f32,
    pub trust_loss: f32,
    pub discovery: f32,
    pub discovery_novice: f32,
    pub habituation_rate: f32,
    pub satisfaction_rate: f32,
}

#[derive(Clone, Deserialize)]
pub struct Weights {
    pub linear: [[f32; FEATURES]; BEHAVIOURS],
    pub quadratic: [[f32; FEATURES]; BEHAVIOURS],
}
