//! The response: a level of every behaviour, drawn from the policy.

use super::batch::Record;
use super::coefficients::Tilts;
use super::kernel::Seat;
use super::prompt::Prompt;
use crate::lanes::{self, Lanes};
use crate::policy::{MAX_BEHAVIOURS, MAX_LEVELS};
use crate::random::Stream;
use crate::vector::{Floats, Simd};

/// Draws a response per user, in the context on record, and puts it there; every turn has numbers of its own.
#[inline(always)]
pub(super) fn sample_response<S: Simd>(
    prompt: &Prompt<S>,
    policy: &[Tilts],
    seat: &Seat<S>,
    turn: u32,
    record: &mut Record,
) {
    const BLOCKS: u32 = (MAX_BEHAVIOURS / 4) as u32;
    let mut words = [seat.word(0); 4];
    let step = 1.0 / (seat.serving.levels - 1) as f32;
    for (j, tilts) in policy.iter().enumerate() {
        if j % 4 == 0 {
            words = seat.words(Stream::Response, turn * BLOCKS + (j / 4) as u32);
        }
        let (w1, w2) = tilts_of_prompt(tilts, prompt, seat, record);
        let cumulative = &mut record.cumulative[..tilts.allowed];
        if tilts.bounded {
            weigh_by_recurrence(w1, w2, step, seat, cumulative);
        } else {
            weigh_by_logits(w1, w2, step, seat, cumulative);
        }
        let chosen = choose_level(cumulative, words[j % 4].uniform(), seat);
        seat.store(chosen * step, &mut record.level[j]);
        let packed = chosen.whole() | ((chosen * chosen).whole() << 16);
        seat.store_words(packed, &mut record.packed_level[j]);
        seat.store_words(words[j % 4], &mut record.response_words[j]);
    }
}

/// w1 . phi and w2 . phi.
#[inline(always)]
fn tilts_of_prompt<S: Simd>(
    tilts: &Tilts,
    prompt: &Prompt<S>,
    seat: &Seat<S>,
    record: &Record,
) -> (Floats<S>, Floats<S>) {
    let (mut w1, mut w2) = (tilts.by_kind[0].look_up(prompt.kind), tilts.by_kind[1].look_up(prompt.kind));
    for (place, &[a, b]) in tilts.weights.iter().enumerate() {
        let x = seat.load(&record.phi[place]);
        w1 = w1 + x * a;
        w2 = w2 + x * b;
    }
    (w1, w2)
}

/// Running sums of the weights exp(w1 a + w2 a^2) of equally spaced levels, from two exponentials: the ratio of neighbours
/// changes by a constant factor.
#[inline(always)]
fn weigh_by_recurrence<S: Simd>(
    w1: Floats<S>,
    w2: Floats<S>,
    step: f32,
    seat: &Seat<S>,
    cumulative: &mut [Lanes],
) {
    let mut ratio = ((w1 + w2 * step) * step).bounded_exp();
    let factor = (w2 * (2.0 * step * step)).bounded_exp();
    let (mut weight, mut sum) = (seat.all(1.0), seat.all(0.0));
    for below in cumulative {
        sum = sum + weight;
        seat.store(sum, below);
        weight = weight * ratio;
        ratio = ratio * factor;
    }
}

/// The same with one exponential per level, the largest logit subtracted: nothing overflows whatever the policy.
#[inline(always)]
fn weigh_by_logits<S: Simd>(
    w1: Floats<S>,
    w2: Floats<S>,
    step: f32,
    seat: &Seat<S>,
    cumulative: &mut [Lanes],
) {
    let mut largest = seat.all(0.0);
    for l in 0..cumulative.len() {
        let logit = logit_of(l, w1, w2, step);
        largest = largest.lt(logit).choose(logit, largest);
    }
    let mut sum = seat.all(0.0);
    for (l, below) in cumulative.iter_mut().enumerate() {
        sum = sum + (logit_of(l, w1, w2, step) - largest).exp();
        seat.store(sum, below);
    }
}

#[inline(always)]
fn logit_of<S: Simd>(l: usize, w1: Floats<S>, w2: Floats<S>, step: f32) -> Floats<S> {
    let a = l as f32 * step;
    (w1 + w2 * a) * a
}

/// Draws a level with probability proportional to its weight, by inversion; its index, as a number.
#[inline(always)]
fn choose_level<S: Simd>(cumulative: &[Lanes], u: Floats<S>, seat: &Seat<S>) -> Floats<S> {
    let mut chosen = seat.all(0.0);
    if let Some((whole, parts)) = cumulative.split_last() {
        let drawn = u * seat.load(whole);
        for below in parts {
            chosen = drawn.ge(seat.load(below)).choose(chosen + 1.0, chosen);
        }
    }
    chosen
}

/// The level to be expected of a behaviour where its tilts are `w1` and `w2`.
pub(super) fn expected_level(w1: f32, w2: f32, tilts: &Tilts, levels: usize) -> f32 {
    let (step, allowed) = (1.0 / (levels - 1) as f32, tilts.allowed);
    let mut weights = [1.0; MAX_LEVELS];
    let weights = &mut weights[..allowed];
    if tilts.bounded {
        let (mut ratio, factor) = (lanes::exp(step * (w1 + w2 * step)), lanes::exp(2.0 * w2 * step * step));
        for l in 1..allowed {
            weights[l] = weights[l - 1] * ratio;
            ratio *= factor;
        }
    } else {
        let logit = |l: usize| l as f32 * step * (w1 + w2 * l as f32 * step);
        let largest = (0..allowed).map(logit).fold(0.0, f32::max);
        weights.iter_mut().enumerate().for_each(|(l, weight)| *weight = lanes::exp(logit(l) - largest));
    }
    let mean: f32 = weights.iter().enumerate().map(|(l, weight)| l as f32 * step * weight).sum();
    mean / weights.iter().sum::<f32>()
}
