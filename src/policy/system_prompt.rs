//! The system prompt: an additive shift of the weights at serving time, with side effects nobody intended.

use super::{Policy, with_guardrails};
use crate::random::{Address, Stream};
use crate::scenario::{Settings, parameter::PerBehaviour};

/// The policy as served: behind the guardrails, with the system prompt's intended shifts plus, on every behaviour, a normal
/// shift of `side_effect_sd`.
pub fn as_served(policy: &Policy, settings: &Settings, seed: u64) -> Policy {
    let prompt = &settings.system_prompt;
    let address = Address { stream: Stream::SystemPrompt, round: 0, day: 0, event: 0, user: 0 };
    let served = shifted(policy, settings, &prompt.shift, prompt.side_effect_sd, address, seed);
    with_guardrails(&served, settings)
}

/// A policy as served with the patch that answers an incident in `round`: a hurried change of the system prompt, blunt in
/// the same way, and never the same twice.
pub fn with_patch(served: &Policy, settings: &Settings, seed: u64, round: u32) -> Policy {
    let monitoring = &settings.monitoring;
    let address = Address { stream: Stream::Patch, round, day: 0, event: 0, user: 0 };
    shifted(served, settings, &monitoring.patch_shift, monitoring.patch_side_effect_sd, address, seed)
}

/// Every behaviour's bias weight moves by the intended shift and a normal one that nobody intended.
fn shifted(
    policy: &Policy,
    settings: &Settings,
    shift: &PerBehaviour,
    side_effect_sd: f64,
    address: Address,
    seed: u64,
) -> Policy {
    let mut served = policy.clone();
    let mut draws = address.draws(seed);
    for (row, name) in settings.behaviours.keys().enumerate() {
        let intended = shift.get(name).copied().unwrap_or(0.0);
        served.weights[(row, 0)] += intended + side_effect_sd * draws.normal();
    }
    served
}
