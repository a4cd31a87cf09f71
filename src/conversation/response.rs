//! The response: a level of every behaviour, drawn from the policy.

use super::batch::Batch;
use super::coefficients::{Coefficients, Serving};
use super::prompt::Prompt;
use crate::lanes::{self, LANES, Lanes};
use crate::policy::{MAX_BEHAVIOURS, MAX_FEATURES, MAX_LEVELS};
use crate::random::{Stream, uniform};

type Behaviours = [Lanes; MAX_BEHAVIOURS];

/// Response levels as indices and in [0, 1], and the tilts w1 . phi and w2 . phi they were drawn with.
pub(super) struct Response {
    pub index: [[u32; LANES]; MAX_BEHAVIOURS],
    pub level: Behaviours,
    linear: Behaviours,
    quadratic: Behaviours,
    /// 1 / (L - 1).
    step: f32,
    /// By behaviour: levels that guardrails let through.
    allowed: [usize; MAX_BEHAVIOURS],
}

impl Response {
    /// Room for a batch of responses.
    pub fn empty(levels: usize) -> Self {
        let zero = [[0.0; LANES]; MAX_BEHAVIOURS];
        let index = [[0; LANES]; MAX_BEHAVIOURS];
        let (step, allowed) = (1.0 / (levels - 1) as f32, [levels; MAX_BEHAVIOURS]);
        Self { index, level: zero, linear: zero, quadratic: zero, step, allowed }
    }

    /// The expected level of behaviour `j` in the context of `lane`.
    pub fn expected(&self, j: usize, lane: usize) -> f32 {
        let (step, allowed) = (self.step, self.allowed[j]);
        let logit = |l: usize| {
            let a = l as f32 * step;
            a * (self.linear[j][lane] + self.quadratic[j][lane] * a)
        };
        let largest = (0..allowed).map(logit).fold(0.0, f32::max);
        let (mut sum, mut mean) = (0.0, 0.0);
        for l in 0..allowed {
            let weight = lanes::exp(logit(l) - largest);
            sum += weight;
            mean += l as f32 * step * weight;
        }
        mean / sum
    }
}

/// Draws a response per lane; every turn has numbers of its own.
#[inline(always)]
pub(super) fn sample_responses(
    response: &mut Response,
    batch: &Batch,
    prompt: &Prompt,
    policy: &Coefficients,
    serving: &Serving,
    turn: u32,
) {
    const BLOCKS: u32 = (MAX_BEHAVIOURS / 4) as u32;
    let mut words = [[0; LANES]; 4];
    for j in 0..serving.terms.len() {
        if j % 4 == 0 {
            words = batch.words(serving, Stream::Response, turn * BLOCKS + (j / 4) as u32);
        }
        response.linear[j] = weighted_sum(&policy.linear[j], &prompt.phi, &serving.live_features);
        response.quadratic[j] = weighted_sum(&policy.quadratic[j], &prompt.phi, &serving.live_features);
        let mut weights = [[0.0; LANES]; MAX_LEVELS];
        response.allowed[j] = policy.allowed[j];
        let weights = &mut weights[..policy.allowed[j]];
        if policy.bounded[j] {
            weigh_by_recurrence(&response.linear[j], &response.quadratic[j], response.step, weights);
        } else {
            weigh_by_logits(&response.linear[j], &response.quadratic[j], response.step, weights);
        }
        choose_levels(weights, &words[j % 4], response, j);
    }
}

#[inline(always)]
fn weighted_sum(weights: &[f32], phi: &[Lanes; MAX_FEATURES], features: &[usize]) -> Lanes {
    let mut sum = [0.0; LANES];
    for &f in features {
        let (weight, x) = (weights[f], &phi[f]);
        for i in 0..LANES {
            sum[i] += weight * x[i];
        }
    }
    sum
}

/// Weights exp(w1 a + w2 a^2) of equally spaced levels from two exponentials: the ratio of neighbours changes by a
/// constant factor.
#[inline(always)]
fn weigh_by_recurrence(w1: &Lanes, w2: &Lanes, step: f32, weights: &mut [Lanes]) {
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
fn weigh_by_logits(w1: &Lanes, w2: &Lanes, step: f32, weights: &mut [Lanes]) {
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
    let step = response.step;
    let mut sum = [0.0f32; LANES];
    for weight in weights {
        for i in 0..LANES {
            sum[i] += weight[i];
        }
    }
    let mut below = [0.0f32; LANES];
    let mut chosen = [0u32; LANES];
    for weight in &weights[..weights.len() - 1] {
        for i in 0..LANES {
            below[i] += weight[i];
            chosen[i] += u32::from(uniform(words[i]) * sum[i] >= below[i]);
        }
    }
    for i in 0..LANES {
        response.level[j][i] = chosen[i] as i32 as f32 * step;
    }
    response.index[j] = chosen;
}
