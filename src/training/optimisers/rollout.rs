//! Responses sampled to learn from: prompts drawn from those served, a group of responses to each.

use super::Problem;
use crate::parallel;
use crate::policy::{Levels, MAX_BEHAVIOURS, Policy, sample_from};
use crate::random::{Address, Draws, Stream};
use crate::scenario::Optimiser;
use nalgebra::DMatrix;

/// Prompts that are worked on at a stretch.
const CHUNK: usize = 32;

/// One sampled response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rollout {
    /// Level index of every behaviour.
    pub response: [u8; MAX_BEHAVIOURS],
    /// ln of its probability under the policy that gave it.
    pub log_probability: f64,
    /// The same under the reference.
    pub log_reference: f64,
    /// Total reward, log-odds.
    pub reward: f64,
    /// What the optimiser makes of it: how much more probable it should become. 0 until then.
    pub advantage: f64,
}

/// A prompt and the responses to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'a> {
    /// phi(x).
    pub phi: &'a [f64],
    /// The responses.
    pub rollouts: Vec<Rollout>,
}

impl Group<'_> {
    /// Mean advantage of the responses.
    pub(super) fn mean_advantage(&self) -> f64 {
        self.rollouts.iter().map(|rollout| rollout.advantage).sum::<f64>() / self.rollouts.len() as f64
    }
}

impl Problem<'_> {
    /// Draws of one prompt of a batch.
    pub(super) fn draws(&self, stream: Stream, step: u32, row: u32) -> Draws {
        let event = self.iteration << 14 | step;
        Address { stream, round: self.round, day: 0, event, user: row }.draws(self.seed)
    }
}

/// `prompts` prompts with `responses` responses each from `policy`; batches of different steps are independent.
pub fn sample_groups<'a>(
    problem: &Problem<'a>,
    policy: &Policy,
    step: u32,
    (prompts, responses): (u32, u32),
) -> Vec<Group<'a>> {
    let rows: Vec<u32> = (0..prompts).collect();
    let chunks = parallel::map_chunks(&rows, CHUNK, |rows| -> Vec<Group<'a>> {
        let one =
            |row: &u32| sample_group(problem, policy, problem.draws(Stream::Rollouts, step, *row), responses);
        rows.iter().map(one).collect()
    });
    chunks.into_iter().flatten().collect()
}

fn sample_group<'a>(problem: &Problem<'a>, policy: &Policy, mut draws: Draws, responses: u32) -> Group<'a> {
    let pick = (draws.uniform() * problem.contexts.len() as f64) as usize;
    let phi: &[f64] = &problem.contexts[pick];
    let (laws, reference) = (policy.response_law(phi), problem.reference.response_law(phi));
    let rewards = tilts(problem.reward, policy, phi);
    let settings = &problem.settings.optimiser;
    let mut error_draws = draws.clone().of_stream(Stream::RewardError);
    let respond = |_| {
        let response = sample_from(&laws, || draws.uniform());
        let levels = levels(&response, policy);
        Rollout {
            response,
            log_probability: log_probability(&laws, &response),
            log_reference: log_probability(&reference, &response),
            reward: levels
                .iter()
                .zip(&rewards)
                .map(|(a, (linear, square))| a * (linear + a * square))
                .sum::<f64>()
                + reward_error(settings, &mut error_draws),
            advantage: 0.0,
        }
    };
    Group { phi, rollouts: (0..responses).map(respond).collect() }
}

/// What the reward model gets wrong about one response: normal, or Student's t as a normal number over the root of the mean
/// of squares of df others.
fn reward_error(settings: &Optimiser, draws: &mut Draws) -> f64 {
    if settings.reward_error_sd == 0.0 {
        return 0.0;
    }
    let normal = draws.normal();
    let df = settings.reward_error_df;
    let squares: f64 = (0..df).map(|_| draws.normal()).map(|x| x * x).sum();
    let scale = if df == 0 { 1.0 } else { libm::sqrt(squares / f64::from(df)) };
    settings.reward_error_sd * normal / scale
}

/// Reward per level and per squared level of every behaviour in a context.
pub(super) fn tilts(reward: &DMatrix<f64>, policy: &Policy, phi: &[f64]) -> Vec<(f64, f64)> {
    let dot = |row: usize| phi.iter().enumerate().map(|(f, x)| reward[(row, f)] * x).sum();
    (0..policy.behaviours).map(|j| (dot(j), dot(policy.behaviours + j))).collect()
}

/// The levels of a response, J.
pub(super) fn levels(response: &[u8; MAX_BEHAVIOURS], policy: &Policy) -> Vec<f64> {
    response[..policy.behaviours].iter().map(|&index| policy.level(usize::from(index))).collect()
}

fn log_probability(laws: &[Levels], response: &[u8; MAX_BEHAVIOURS]) -> f64 {
    laws.iter().zip(response).map(|(law, &index)| law.logarithm(usize::from(index))).sum()
}

/// Mean over all rollouts of weight x score, where the score is the gradient of ln pi_W(a | x):
/// (t(a) - E_pi[t | x]) (x) phi(x) with t = (a, a^2). The weight may depend on ln pi_W(a | x).
pub(super) fn mean_score(
    policy: &Policy,
    groups: &[Group],
    weight: impl Fn(&Rollout, f64) -> f64 + Sync,
) -> DMatrix<f64> {
    let mut sum = DMatrix::zeros(policy.weights.nrows(), policy.weights.ncols());
    let parts = parallel::map_chunks(groups, CHUNK, |groups| {
        let mut part = sum.clone();
        groups.iter().for_each(|group| add_scores(&mut part, policy, group, &weight));
        part
    });
    for part in parts {
        sum += part;
    }
    let rollouts: usize = groups.iter().map(|group| group.rollouts.len()).sum();
    sum / rollouts as f64
}

fn add_scores(
    sum: &mut DMatrix<f64>,
    policy: &Policy,
    group: &Group,
    weight: &impl Fn(&Rollout, f64) -> f64,
) {
    let (laws, behaviours) = (policy.response_law(group.phi), policy.behaviours);
    let means: Vec<_> = laws.iter().map(Levels::moments).collect();
    let mut scores = vec![0.0; 2 * behaviours];
    for rollout in &group.rollouts {
        let weight = weight(rollout, log_probability(&laws, &rollout.response));
        for (j, a) in levels(&rollout.response, policy).into_iter().enumerate() {
            scores[j] += weight * (a - means[j].mean);
            scores[behaviours + j] += weight * (a * a - means[j].mean_square);
        }
    }
    for (f, x) in group.phi.iter().enumerate() {
        scores.iter().enumerate().for_each(|(row, score)| sum[(row, f)] += score * x);
    }
}
