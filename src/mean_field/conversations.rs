//! The conversations of a round as equally weighted points of a Sobol' sequence: who asks, what is read, what is answered.

use super::quadrature::{Quantiles, cringe, expertise, rating_probability};
use super::stances::During;
use crate::feedback::{Interaction, Judge, Liking, Situation};
use crate::policy::{Feature, MAX_BEHAVIOURS, Policy, Reading, phi, sample_from};
use crate::scenario::{Segment, Settings};
use crate::statistics::normal_quantile;

/// Points, a power of two: as many as the sequence has. With 2^13 round-1 deference errs by 0.001 and what is learned in four
/// rounds by 0.004, through the levels of responses, which jump with their coordinate.
const POINTS: u32 = 1 << 16;
/// Owen scrambling of the sequence; any other is as good.
const SCRAMBLE: u32 = 20_250_425;
/// Dimensions before those of responses.
const FIXED: u32 = 8;

/// One point: a conversation, with the coordinates that decide its responses.
#[derive(Clone, Debug)]
pub struct Point {
    /// The conversation, as it would be logged; whether it was rated and how is left open.
    pub row: Interaction,
    /// P(rate).
    pub rated: f64,
    index: u32,
    tastes: u32,
}

/// The conversations of a round.
#[derive(Clone, Debug)]
pub struct Conversations {
    /// The points.
    pub points: Vec<Point>,
    /// Conversations per user.
    pub per_user: f64,
}

fn coordinate(index: u32, dimension: u32) -> f64 {
    // In the middle of its cell of single precision: quantiles of 0 and 1 are infinite.
    f64::from(sobol_burley::sample(index, dimension, SCRAMBLE)) + 0.5 / 16_777_216.0
}

/// Traits and beliefs of a segment, to be looked up by quantile.
struct Who<'a> {
    segment: &'a Segment,
    expertise: Quantiles,
    stances: Quantiles,
    rated: f64,
}

impl Conversations {
    /// What is said while users believe `during`.
    pub fn new(during: &During, policy: &Policy, features: &[Feature], settings: &Settings) -> Self {
        let who: Vec<Who<'_>> = settings
            .segments
            .values()
            .zip(&during.densities)
            .map(|(segment, density)| Who {
                segment,
                expertise: expertise(segment),
                stances: Quantiles::new(density, during.grid.0, during.grid.1),
                rated: rating_probability(segment),
            })
            .collect();
        let indices: Vec<u32> = (0..POINTS).collect();
        let chunks = crate::parallel::map_chunks(&indices, 256, |indices| -> Vec<Point> {
            indices.iter().map(|&index| point(index, &who, policy, features, settings)).collect()
        });
        Self { points: chunks.into_iter().flatten().collect(), per_user: during.conversations_per_user }
    }
}

fn point(index: u32, who: &[Who<'_>], policy: &Policy, features: &[Feature], settings: &Settings) -> Point {
    let u = |dimension: u32| coordinate(index, dimension);
    let segment = pick(u(0), who.iter().map(|it| it.segment.share));
    let it = &who[segment];
    let kind = pick(u(1), settings.prompts.values().map(|prompt| prompt.share));
    let (prompt, b) = (&settings.prompts[kind], it.stances.at(u(2)));
    let visible = u(3) < prompt.stated;
    let read = if visible { b + settings.world.stance_noise_stated * normal_quantile(u(4)) } else { 0.0 };
    let likings = (FIXED..).zip(&settings.behaviours).map(|(dimension, (name, behaviour))| {
        let mean = it.segment.taste.get(name).copied().unwrap_or(1.0);
        let multiplier = mean + it.segment.taste_sd * normal_quantile(u(dimension));
        Liking { taste: behaviour.liking * multiplier, habituation: 0.0 }
    });
    let tastes = vec![0.0; settings.behaviours.len()];
    let reading = Reading {
        visible,
        remembered: false,
        stance: read,
        charge: prompt.charge,
        known: false,
        tastes: &tastes,
        kind,
        cues: &[],
    };
    // Through single precision, in which the policy sees them.
    let context = phi(features, &reading).into_iter().map(|value| f64::from(value as f32));
    let row = Interaction {
        key: index,
        user: index,
        day: 0,
        conversation: 0,
        segment: segment as u8,
        response: [0; MAX_BEHAVIOURS],
        phi: context.collect(),
        situation: Situation {
            stance_error: b,
            stance_read: read,
            visible,
            estimate: settings.world.model_error_sd * normal_quantile(u(5)),
            charge: prompt.charge,
        },
        judge: Judge {
            expertise: it.expertise.at(u(6)),
            cringe: cringe(it.segment, u(7)),
            likings: likings.collect(),
            known: false,
        },
        satisfaction: settings.approval.reference,
        rated: false,
        up: false,
        returned: false,
    };
    let mut point = Point { row, rated: it.rated, index, tastes: settings.behaviours.len() as u32 };
    point.row.response = point.response(policy, 0);
    point
}

/// The interval of cumulative shares that holds `u`.
fn pick(u: f64, shares: impl Iterator<Item = f64>) -> usize {
    let mut ends = Vec::new();
    for share in shares {
        ends.push(ends.last().copied().unwrap_or(0.0) + share);
    }
    ends.iter().position(|&end| u < end).unwrap_or(ends.len() - 1)
}

impl Point {
    /// The `nth` response (0 or 1) of a policy to this prompt.
    pub fn response(&self, policy: &Policy, nth: u32) -> [u8; MAX_BEHAVIOURS] {
        let mut dimension = FIXED + self.tastes * (1 + nth);
        sample_from(&policy.response_law(&self.row.phi), || {
            dimension += 1;
            coordinate(self.index, dimension - 1)
        })
    }
}
