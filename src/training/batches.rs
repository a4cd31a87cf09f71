//! One batch of feedback per training iteration and signal.

use crate::doubles::WIDTH;
use crate::feedback::{ApprovalModel, Interaction, Judge, Liking, Sample, logistic};
use crate::parallel;
use crate::policy::{MAX_BEHAVIOURS, Policy, eight_contexts};
use crate::random::{Address, Draws, Stream};
use crate::reward::{Example, Scored, weigh_by_propensity};
use crate::scenario::{Settings, Signal, SignalKind};
use crate::statistics::FitError;

const CHUNK: usize = 256;

/// When a batch is collected.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// The run's seed.
    pub seed: u64,
    /// Update round.
    pub round: u32,
    /// Training iteration within it.
    pub iteration: u32,
}

impl When {
    /// Draws for one row of a batch; `part` tells signals apart.
    fn draws(self, stream: Stream, part: usize, row: &Interaction) -> Draws {
        let event = self.iteration << 12 | (part as u32 & 0xF) << 8 | row.conversation.min(255);
        Address { stream, round: self.round, day: row.day, event, user: row.user }.draws(self.seed)
    }
}

/// Lets the candidate answer the sampled prompts again; the same users thumb its answers and come back or not.
pub fn answer_again(sample: &mut Sample, candidate: &Policy, approval: &ApprovalModel, when: When) {
    for (part, rows) in [&mut sample.rated, &mut sample.uniform].into_iter().enumerate() {
        let draws = |row: &Interaction| when.draws(Stream::CandidateFeedback, part, row);
        parallel::map_chunks_mut(rows, CHUNK, |rows| {
            rows.chunks_mut(WIDTH).for_each(|rows| answer_eight(rows, candidate, approval, draws));
        });
    }
}

/// The same for up to eight prompts.
fn answer_eight(
    rows: &mut [Interaction],
    candidate: &Policy,
    approval: &ApprovalModel,
    draws_of: impl Fn(&Interaction) -> Draws,
) {
    let mut draws: Vec<Draws> = rows.iter().map(draws_of).collect();
    let mut uniforms = [[0.0; MAX_BEHAVIOURS]; WIDTH];
    for (uniforms, draws) in uniforms.iter_mut().zip(&mut draws) {
        uniforms[..candidate.behaviours].fill_with(|| draws.uniform());
    }
    let contexts = eight_contexts(rows.iter().map(|row| &*row.phi));
    let [responses] = candidate.respond_to_eight(&contexts[..candidate.weights.ncols()], &[uniforms]);
    for ((row, response), draws) in rows.iter_mut().zip(responses).zip(&mut draws) {
        row.response = response;
        let levels = levels(row, candidate);
        let pleased = approval.thumbs_up_probability(approval.approval(&row.judge, &row.situation, &levels));
        row.up = draws.uniform() < pleased;
        row.returned = draws.uniform() < pleased;
    }
}

/// The answers that a signal's reward model learns from, and whether the fit of their weights, if there is one, converged.
pub fn collect(
    signal: &Signal,
    index: usize,
    candidate: &Policy,
    sample: &Sample,
    settings: &Settings,
    approval: &ApprovalModel,
    when: When,
) -> Result<(Vec<Example>, bool), FitError> {
    let first = |rows: &[Interaction]| rows.len().min(signal.rows as usize);
    let about_one = |rows: &[Interaction], yes: &(dyn Fn(&Interaction) -> bool + Sync)| -> Vec<Example> {
        map_rows(&rows[..first(rows)], |row| Example {
            z: with_control(&levels(row, candidate)),
            phi: row.phi.to_vec(),
            yes: yes(row),
            weight: 1.0,
        })
    };
    let mut converged = true;
    let answers = match signal.kind {
        SignalKind::Thumbs => {
            let mut rows = about_one(&sample.rated, &|row| row.up);
            if signal.inverse_propensity {
                converged = weigh_by_propensity(&mut rows, &whether_rated(&sample.uniform, candidate))?;
            }
            rows
        }
        SignalKind::Engagement => about_one(&sample.uniform, &|row| row.returned),
        SignalKind::DelayedOutcome => about_one(&sample.uniform, &|row| {
            let benefit = approval.benefit(&row.situation, &levels(row, candidate));
            let mut draws = when.draws(Stream::DelayedOutcome, index, row);
            draws.uniform() < with_errors(logistic(signal.sharpness * (benefit - approval.reference)), signal)
        }),
        SignalKind::Raters => {
            let panel = Panel { judge: panel(signal, settings), approval, signal, index };
            let rows = &sample.uniform[..first(&sample.uniform)];
            let parts = parallel::map_chunks(rows, CHUNK, |rows| {
                rows.chunks(WIDTH).flat_map(|rows| panel.compare(rows, candidate, when)).collect::<Vec<_>>()
            });
            parts.into_iter().flatten().collect()
        }
        SignalKind::Scores | SignalKind::Rule => unreachable!("neither is learned from yes and no"),
    };
    Ok((answers, converged))
}

/// An answer per row, on all cores, in order.
fn map_rows(rows: &[Interaction], answer: impl Fn(&Interaction) -> Example + Sync + Send) -> Vec<Example> {
    let parts = parallel::map_chunks(rows, CHUNK, |rows| rows.iter().map(&answer).collect::<Vec<_>>());
    parts.into_iter().flatten().collect()
}

/// A probability if a share of the answers is a coin flip.
fn with_errors(probability: f64, signal: &Signal) -> f64 {
    probability + signal.error_rate * (0.5 - probability)
}

/// The scores that users give: their approval, with an error.
pub fn collect_scores(
    signal: &Signal,
    index: usize,
    candidate: &Policy,
    sample: &Sample,
    approval: &ApprovalModel,
    when: When,
) -> Vec<Scored> {
    let score = |row: &Interaction| {
        let levels = levels(row, candidate);
        let felt = approval.approval(&row.judge, &row.situation, &levels);
        let error = signal.score_noise_sd * when.draws(Stream::Scores, index, row).normal();
        Scored { z: with_control(&levels), phi: row.phi.to_vec(), score: felt + error }
    };
    sample.uniform.iter().take(signal.rows as usize).map(score).collect()
}

/// Of every logged conversation, whether it was rated.
fn whether_rated(rows: &[Interaction], candidate: &Policy) -> Vec<Example> {
    let example = |row: &Interaction| Example {
        z: with_control(&levels(row, candidate)),
        phi: row.phi.to_vec(),
        yes: row.rated,
        weight: 1.0,
    };
    map_rows(rows, example)
}

/// Raters who compare two responses to the same prompt.
struct Panel<'a> {
    judge: Judge,
    approval: &'a ApprovalModel,
    signal: &'a Signal,
    index: usize,
}

impl Panel<'_> {
    /// P(first preferred) = logistic(k (U_1 - U_2)) (Bradley and Terry 1952), for up to eight prompts.
    fn compare(&self, rows: &[Interaction], candidate: &Policy, when: When) -> Vec<Example> {
        let (behaviours, mut uniforms) = (candidate.behaviours, [[[0.0; MAX_BEHAVIOURS]; WIDTH]; 2]);
        let mut verdicts = [0.0; WIDTH];
        for (lane, row) in rows.iter().enumerate() {
            let mut draws = when.draws(Stream::Raters, self.index, row);
            for of_response in &mut uniforms {
                of_response[lane][..behaviours].fill_with(|| draws.uniform());
            }
            verdicts[lane] = draws.uniform();
        }
        let contexts = eight_contexts(rows.iter().map(|row| &*row.phi));
        let responses = candidate.respond_to_eight(&contexts[..candidate.weights.ncols()], &uniforms);
        let example = |(lane, row): (usize, &Interaction)| {
            let [first, second] = [0, 1].map(|nth: usize| {
                Interaction::levels_of(&responses[nth][lane][..behaviours], candidate.levels)
            });
            let value = |levels: &[f64]| self.approval.approval(&self.judge, &row.situation, levels);
            let preference = logistic(self.signal.sharpness * (value(&first) - value(&second)));
            let preference = with_errors(preference, self.signal);
            let z = powers(&first).iter().zip(powers(&second)).map(|(a, b)| a - b).collect();
            Example { z, phi: row.phi.to_vec(), yes: verdicts[lane] < preference, weight: 1.0 }
        };
        rows.iter().enumerate().map(example).collect()
    }
}

/// The panel as judge: its own expertise and tastes, no habituation, nothing personal.
pub fn panel(signal: &Signal, settings: &Settings) -> Judge {
    let likings = settings.behaviours.iter().map(|(name, behaviour)| Liking {
        taste: behaviour.liking * signal.taste.get(name).copied().unwrap_or(1.0),
        habituation: 0.0,
    });
    Judge { expertise: signal.expertise, cringe: signal.cringe, likings: likings.collect(), known: false }
}

fn levels(row: &Interaction, policy: &Policy) -> Vec<f64> {
    Interaction::levels_of(&row.response[..policy.behaviours], policy.levels)
}

/// (a_1 .. a_J, a_1^2 .. a_J^2).
pub fn powers(levels: &[f64]) -> Vec<f64> {
    levels.iter().copied().chain(levels.iter().map(|a| a * a)).collect()
}

/// (1, a_1 .. a_J, a_1^2 .. a_J^2): the constant takes what depends on the context alone.
pub fn with_control(levels: &[f64]) -> Vec<f64> {
    std::iter::once(1.0).chain(powers(levels)).collect()
}
