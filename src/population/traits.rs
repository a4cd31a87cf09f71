//! Who a user is: segment and traits, drawn once, and the state they start with.

use super::Block;
use crate::random::{Address, Draws, Stream};
use crate::scenario::{Segment, Settings};
use rand_distr::{Beta, Distribution, LogNormal};

/// Draws the user at `index` anew, as someone who arrives in `round` (0: before the first).
pub fn sample_user(block: &mut Block, index: usize, settings: &Settings, seed: u64, round: u32) {
    let address = Address { stream: Stream::Traits, round, day: 0, event: 0, user: block.user(index) };
    let mut draws = address.draws(seed);
    let (number, segment) = sample_segment(&mut draws, settings);
    block.segment[index] = number;
    block.expertise[index] = sample_expertise(&mut draws, segment);
    block.cringe[index] = sample_cringe(&mut draws, segment);
    block.rating_propensity[index] =
        (segment.rating_propensity + segment.rating_propensity_sd * draws.normal()) as f32;
    block.susceptibility[index] = segment.susceptibility as f32;
    block.opted_out[index] = draws.uniform() < settings.memory.opt_out_share;
    sample_tastes(&mut draws, block, index, segment, settings);
    start_state(&mut draws, block, index, segment, settings);
}

fn sample_segment<'s>(draws: &mut Draws, settings: &'s Settings) -> (u8, &'s Segment) {
    let mut left = draws.uniform();
    let last = settings.segments.len() - 1;
    for (number, segment) in settings.segments.values().enumerate() {
        left -= segment.share;
        if left < 0.0 || number == last {
            return (number as u8, segment);
        }
    }
    unreachable!("a scenario has at least one segment")
}

/// Expertise is Beta distributed with the segment's mean and standard deviation.
fn sample_expertise(draws: &mut Draws, segment: &Segment) -> f32 {
    let (mean, variance) = (segment.expertise, segment.expertise_sd * segment.expertise_sd);
    let concentration = mean * (1.0 - mean) / variance.max(1e-12) - 1.0;
    if concentration > 1e6 {
        return mean as f32;
    }
    match Beta::new(mean * concentration, (1.0 - mean) * concentration) {
        Ok(beta) => beta.sample(draws) as f32,
        Err(_) => mean as f32,
    }
}

/// The cringe multiplier is log-normal with the segment's mean and standard deviation.
fn sample_cringe(draws: &mut Draws, segment: &Segment) -> f32 {
    if segment.cringe <= 0.0 {
        return 0.0;
    }
    match LogNormal::from_mean_cv(segment.cringe, segment.cringe_sd / segment.cringe) {
        Ok(law) => law.sample(draws) as f32,
        Err(_) => segment.cringe as f32,
    }
}

fn sample_tastes(draws: &mut Draws, block: &mut Block, index: usize, segment: &Segment, settings: &Settings) {
    for (row, (name, behaviour)) in settings.behaviours.iter().enumerate() {
        let mean = segment.taste.get(name).copied().unwrap_or(1.0);
        let multiplier = mean + segment.taste_sd * draws.normal();
        block.taste[row * block.users + index] = (behaviour.liking * multiplier) as f32;
    }
}

fn start_state(draws: &mut Draws, block: &mut Block, index: usize, segment: &Segment, settings: &Settings) {
    let consequences = &settings.consequences;
    let trust = consequences.initial_trust + consequences.initial_trust_sd * draws.normal();
    block.trust[index] = trust.clamp(0.0, 1.0) as f32;
    block.satisfaction[index] = settings.approval.reference as f32;
    block.active[index] = true;
    block.remembered_topics[index] = 0;
    block.taste_known[index] = false;
    for topic in 0..settings.world.topics as usize {
        block.stance_error[topic * block.users + index] = sample_stance(draws, segment, settings);
    }
    for (row, behaviour) in settings.behaviours.values().enumerate() {
        block.habituation[row * block.users + index] = behaviour.reference_mean as f32;
        block.remembered_taste[row * block.users + index] = 0.0;
    }
}

/// A stance error on a new question.
pub fn sample_stance(draws: &mut Draws, segment: &Segment, settings: &Settings) -> f32 {
    let limit = settings.world.stance_limit;
    (settings.world.stance_sd * segment.stance_scale * draws.normal()).clamp(-limit, limit) as f32
}
