//! Who a user is: segment and traits, drawn once, and the state they start with.

use super::{Block, Marks, TO_NEAREST};
use crate::random::{Address, Draws, Stream};
use crate::scenario::{Segment, Settings};
use rand_distr::{Beta, Distribution, LogNormal};

/// Draws the user at `index` anew, as someone who arrives in `round` (0: before the first).
pub fn sample_user(block: &mut Block, index: usize, settings: &Settings, seed: u64, round: u32) {
    let address = Address { stream: Stream::Traits, round, day: 0, event: 0, user: block.user(index) };
    let mut draws = address.draws(seed);
    let (number, segment) = sample_segment(&mut draws, settings);
    block.marks[index] = Marks::new(number, Marks::ACTIVE);
    let (expertise, cringe) = (sample_expertise(&mut draws, segment), sample_cringe(&mut draws, segment));
    let (normal, rounding) = draws.normal_and_spare_bits();
    let propensity = segment.rating_propensity + segment.rating_propensity_sd * normal;
    block.rating_propensity.set(0, index, propensity as f32, rounding);
    block.expertise.set(0, index, expertise, rounding >> 8);
    block.marks[index].set(Marks::OPTED_OUT, draws.uniform() < settings.memory.opt_out_share);
    sample_tastes(&mut draws, block, index, segment, settings);
    start_state(&mut draws, block, index, segment, cringe, settings);
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
        let (normal, rounding) = draws.normal_and_spare_bits();
        let multiplier = mean + segment.taste_sd * normal;
        block.taste.set(row, index, (behaviour.liking * multiplier) as f32, rounding);
    }
}

fn start_state(
    draws: &mut Draws,
    block: &mut Block,
    index: usize,
    segment: &Segment,
    cringe: f32,
    settings: &Settings,
) {
    let consequences = &settings.consequences;
    let (normal, rounding) = draws.normal_and_spare_bits();
    let trust = consequences.initial_trust + consequences.initial_trust_sd * normal;
    block.trust.set(0, index, trust.clamp(0.0, 1.0) as f32, rounding);
    block.cringe.set(0, index, cringe, rounding >> 8);
    block.satisfaction.set(0, index, settings.approval.reference as f32, TO_NEAREST);
    block.remembered_topics[index] = 0;
    for topic in 0..settings.world.topics as usize {
        let (normal, rounding) = draws.normal_and_spare_bits();
        block.stance_error.set(topic, index, stance(normal, segment, settings), rounding);
        block.remembered_stance.set(topic, index, 0.0, TO_NEAREST);
    }
    for (row, behaviour) in settings.behaviours.values().enumerate() {
        block.habituation.set(row, index, behaviour.reference_mean as f32, TO_NEAREST);
        block.remembered_taste.set(row, index, 0.0, TO_NEAREST);
    }
}

/// The stance error on a new question that a standard normal number stands for.
pub fn stance(normal: f64, segment: &Segment, settings: &Settings) -> f32 {
    let limit = settings.world.stance_limit;
    (settings.world.stance_sd * segment.stance_scale * normal).clamp(-limit, limit) as f32
}
