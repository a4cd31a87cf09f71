//! The response: a level of every behaviour, drawn from the policy.

use super::batch::Batch;
use super::coefficients::Serving;
use super::prompt::Prompt;
use crate::lanes::{self, LANES, Lanes};
use crate::policy::{MAX_BEHAVIOURS, MAX_FEATURES, MAX_LEVELS};
use crate::random::{Stream, uniform};

type Behaviours = [Lanes; MAX_BEHAVIOURS];

/// Response levels as indices and in [0, 1], and their expectation given the context.
pub(super) struct Response {
    pub index: [[u8; LANES]; MAX_BEHAVIOURS],
    pub level: Behaviours,
    pub expected: Behaviours,
}

pub(super) fn sample_responses(batch: &Batch, prompt: &Prompt, serving: &Serving) -> Response {
    let mut response = Response {
        index: [[0; LANES]; MAX_BEHAVIOURS],
        level: [[0.0; LANES]; MAX_BEHAVIOURS],
        expected: [[0.0; LANES]; MAX_BEHAVIOURS],
    };
    let mut words = [[0; LANES]; 4];
    for j in 0..serving.terms.len() {
        if j % 4 == 0 {
            words = batch.words(serving, Stream::Response, (j / 4) as u32);
        }
        let linear = weighted_sum(&serving.linear[j], &prompt.phi);
        let quadratic = weighted_sum(&serving.quadratic[j], &prompt.phi);
        let mut weights = [[0.0; LANES]; MAX_LEVELS];
        if serving.bounded[j] {
            weigh_by_recurrence(&linear, &quadratic, &mut weights[..serving.levels]);
        } else {
            weigh_by_logits(&linear, &quadratic, &mut weights[..serving.levels]);
        }
        choose_levels(&weights[..serving.levels], &words[j % 4], &mut response, j);
    }
    response
}

#[inline(always)]
fn weighted_sum(weights: &[f32], phi: &[Lanes; MAX_FEATURES]) -> Lanes {
    let mut sum = [0.0; LANES];
    for (weight, x) in weights.iter().zip(phi) {
        for i in 0..LANES {
            sum[i] += weight * x[i];
        }
    }
    sum
}

/// Weights exp(w1 a + w2 a^2) of equally spaced levels from two exponentials: the ratio of neighbours changes by a
/// constant factor.
#[inline(always)]
fn weigh_by_recurrence(w1: &Lanes, w2: &Lanes, weights: &mut [Lanes]) {
    let step = 1.0 / (weights.len() - 1) as f32;
    let mut ratio = lanes::map2(w1, w2, |w1, w2| lanes::exp(step * (w1 + w2 * step)));
    let factor = lanes::map(w2, |w2| lanes::exp(2.0 * w2 * step * step));
    let mut weight = [1.0; LANES];
    for level in weights {
        *level = weight;
        for i in 0..LANES {
            weight[i] *= ratio[i];
            ratio[i] *= factor[i];
        }
    }
}

/// The same with one exponential per level, the largest logit subtracted: nothing overflows whatever the policy.
#[inline(never)]
fn weigh_by_logits(w1: &Lanes, w2: &Lanes, weights: &mut [Lanes]) {
    let step = 1.0 / (weights.len() - 1) as f32;
    let mut largest = [0.0f32; LANES];
    for (l, logit) in weights.iter_mut().enumerate() {
        let a = l as f32 * step;
        for i in 0..LANES {
            logit[i] = a * (w1[i] + w2[i] * a);
            largest[i] = if logit[i] > largest[i] { logit[i] } else { largest[i] };
        }
    }
    for weight in weights {
        for i in 0..LANES {
            weight[i] = lanes::exp(weight[i] - largest[i]);
        }
    }
}

/// Draws a level with probability proportional to its weight, by inversion.
#[inline(always)]
fn choose_levels(weights: &[Lanes], words: &[u32; LANES], response: &mut Response, j: usize) {
    let step = 1.0 / (weights.len() - 1) as f32;
    let (mut sum, mut mean) = ([0.0f32; LANES], [0.0f32; LANES]);
    for (l, weight) in weights.iter().enumerate() {
        let a = l as f32 * step;
        for i in 0..LANES {
            sum[i] += weight[i];
            mean[i] += a * weight[i];
        }
    }
    let (mut below, mut chosen) = ([0.0f32; LANES], [0.0f32; LANES]);
    for weight in &weights[..weights.len() - 1] {
        for i in 0..LANES {
            below[i] += weight[i];
            chosen[i] += if uniform(words[i]) * sum[i] >= below[i] { 1.0 } else { 0.0 };
        }
    }
    for i in 0..LANES {
        response.index[j][i] = chosen[i] as u8;
        response.level[j][i] = chosen[i] * step;
        response.expected[j][i] = mean[i] / sum[i];
    }
}
