//! Who a user is: segment and traits, drawn once, and the state they start with.

use super::{Block, Marks, TO_NEAREST};
use crate::random::{Address, Draws, Stream};
use crate::scenario::{Segment, Settings};
use rand_distr::{Beta, Distribution, LogNormal};

/// The laws of users' traits, made ready once for many users.
pub struct Laws<'s> {
    settings: &'s Settings,
    segments: Vec<SegmentLaws<'s>>,
}

struct SegmentLaws<'s> {
    segment: &'s Segment,
    /// Beta distributed with the segment's mean and standard deviation; none without spread.
    expertise: Option<Beta<f64>>,
    /// Log-normal with the segment's mean and standard deviation; none without spread.
    cringe: Option<LogNormal<f64>>,
    /// Mean multiplier on the liking, by behaviour.
    taste: Vec<f64>,
}

impl<'s> Laws<'s> {
    /// Those of a scenario.
    pub fn new(settings: &'s Settings) -> Self {
        let laws = |segment: &'s Segment| SegmentLaws {
            segment,
            expertise: law_of_expertise(segment),
            cringe: LogNormal::from_mean_cv(segment.cringe, segment.cringe_sd / segment.cringe).ok(),
            taste: settings
                .behaviours
                .keys()
                .map(|name| segment.taste.get(name).copied().unwrap_or(1.0))
                .collect(),
        };
        Self { settings, segments: settings.segments.values().map(laws).collect() }
    }

    fn sample_segment(&self, draws: &mut Draws) -> (u8, &SegmentLaws<'s>) {
        let mut left = draws.uniform();
        let last = self.segments.len() - 1;
        let found = self.segments.iter().position(|laws| {
            left -= laws.segment.share;
            left < 0.0
        });
        let number = found.unwrap_or(last);
        (number as u8, &self.segments[number])
    }
}

fn law_of_expertise(segment: &Segment) -> Option<Beta<f64>> {
    let (mean, variance) = (segment.expertise, segment.expertise_sd * segment.expertise_sd);
    let concentration = mean * (1.0 - mean) / variance.max(1e-12) - 1.0;
    let law = || Beta::new(mean * concentration, (1.0 - mean) * concentration).ok();
    if concentration > 1e6 { None } else { law() }
}

/// Draws the user at `index` anew, as someone who arrives in `round` (0: before the first).
pub fn sample_user(block: &mut Block, index: usize, laws: &Laws, seed: u64, round: u32) {
    let address = Address { stream: Stream::Traits, round, day: 0, event: 0, user: block.user(index) };
    let mut draws = address.draws(seed);
    let (number, SegmentLaws { segment, expertise, cringe, taste }) = laws.sample_segment(&mut draws);
    block.marks[index] = Marks::new(number, Marks::ACTIVE);
    let expertise = expertise.map_or(segment.expertise, |law| law.sample(&mut draws));
    let cringe = cringe.map_or(segment.cringe.max(0.0), |law| law.sample(&mut draws));
    let (normal, rounding) = draws.normal_and_spare_bits();
    let propensity = segment.rating_propensity + segment.rating_propensity_sd * normal;
    block.rating_propensity.set(0, index, propensity as f32, rounding);
    block.expertise.set(0, index, expertise as f32, rounding >> 8);
    block.marks[index].set(Marks::OPTED_OUT, draws.uniform() < laws.settings.memory.opt_out_share);
    for (row, (behaviour, mean)) in laws.settings.behaviours.values().zip(taste).enumerate() {
        let (normal, rounding) = draws.normal_and_spare_bits();
        let multiplier = mean + segment.taste_sd * normal;
        block.taste.set(row, index, (behaviour.liking * multiplier) as f32, rounding);
    }
    start_state(&mut draws, block, index, segment, cringe as f32, laws.settings);
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
