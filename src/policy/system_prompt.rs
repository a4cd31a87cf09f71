//! The system prompt: an additive shift of the weights at serving time, with side effects nobody intended.

use super::Policy;
use crate::random::{Address, Stream};
use crate::scenario::Settings;

/// The policy as served: intended shifts plus, on every behaviour, a normal shift of `side_effect_sd`.
pub fn with_system_prompt(policy: &Policy, settings: &Settings, seed: u64) -> Policy {
    let mut served = policy.clone();
    let prompt = &settings.system_prompt;
    let address = Address { stream: Stream::SystemPrompt, round: 0, day: 0, event: 0, user: 0 };
    let mut draws = address.draws(seed);
    for (row, name) in settings.behaviours.keys().enumerate() {
        let intended = prompt.shift.get(name).copied().unwrap_or(0.0);
        served.weights[(row, 0)] += intended + prompt.side_effect_sd * draws.normal();
    }
    served
}
