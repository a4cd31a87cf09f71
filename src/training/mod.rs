//! From a round's feedback to one candidate: reward models refitted, policy stepped, reference refitted, once or
//! several times.

mod batches;
mod error;
pub mod optimisers;
mod size;

pub(crate) use batches::{panel, powers, with_control};
pub use error::TrainingError;
pub use size::bytes_needed;

use crate::feedback::{ApprovalModel, Interaction, Sample};
use crate::parallel;
use crate::policy::{self, Demonstration, Policy};
use crate::reward::{RewardModel, rule_reward};
use crate::scenario::{OptimiserKind, Settings, Signal, SignalKind};
use crate::statistics::FitError;
use nalgebra::DMatrix;
use optimisers::{Problem, improve};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::VecDeque;

/// What training carries from round to round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trainer {
    /// The reference policy that the KL penalty pulls to; moves if data are fresh.
    pub reference: Policy,
    /// Reward models of the learned signals, in the scenario's order (`None` for rules).
    pub models: Vec<Option<RewardModel>>,
    /// The total reward of the last fit, in the policy's span, log-odds.
    #[serde(with = "policy::stored_matrix")]
    pub reward: DMatrix<f64>,
    /// What the last training went through. The next one begins it anew, so that it is not stored.
    #[serde(skip)]
    pub course: Course,
    /// Recent batches of thumbed-up conversations, oldest first.
    thumbed_up: VecDeque<Vec<Demonstration>>,
}

/// What a training goes through, one entry per iteration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Total rewards, log-odds.
    pub rewards: Vec<DMatrix<f64>>,
    /// References as they are afterwards.
    pub references: Vec<Policy>,
    /// Fits that ran out of steps before they converged, each once: names of signals, `optimiser`, `reference`.
    pub unconverged: Vec<String>,
}

impl Course {
    fn note(&mut self, fit: &str, converged: bool) {
        if !converged && !self.unconverged.iter().any(|known| known == fit) {
            self.unconverged.push(fit.to_string());
        }
    }
}

/// What a training takes from the course of another instead of finding it itself: a path of influence that is cut.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held<'a> {
    /// The rewards.
    pub rewards: Option<&'a [DMatrix<f64>]>,
    /// The references.
    pub references: Option<&'a [Policy]>,
}

/// Batches of thumbed-up conversations that fresh data draw on: as many as thumbs signals use by default.
pub(crate) const FRESH_BATCHES: usize = 6;

impl Trainer {
    /// Before the first round: no feedback, the reference as given.
    pub fn new(settings: &Settings, reference: &Policy) -> Self {
        let model =
            |signal: &Signal| (signal.kind != SignalKind::Rule).then(|| RewardModel::new(signal, reference));
        Self {
            reference: reference.clone(),
            models: settings.signals.values().map(model).collect(),
            reward: DMatrix::zeros(2 * reference.behaviours, reference.weights.ncols()),
            course: Course::default(),
            thumbed_up: VecDeque::new(),
        }
    }

    /// Trains a candidate from the deployed policy and the conversations it served. What is `held` is taken from another
    /// training of as many iterations.
    ///
    /// From the second iteration on, the candidate of the iteration before answers the sampled prompts again and
    /// their users and the raters judge it (online iterations, Bai et al. 2022, arXiv 2204.05862, section 4.5).
    ///
    /// # Errors
    /// If a fit has no result or a number is not finite; the error says which, from how many rows, and what to do.
    pub fn train_candidate(
        &mut self,
        deployed: &Policy,
        served: &Sample,
        settings: &Settings,
        held: Held<'_>,
        (seed, round): (u64, u32),
    ) -> Result<Policy, TrainingError> {
        let mut candidate = deployed.clone();
        let mut sample = Cow::Borrowed(served);
        self.course = Course::default();
        let approval = ApprovalModel::from_scenario(settings);
        for iteration in 0..settings.policy.training_iterations {
            let when = batches::When { seed, round, iteration };
            if iteration > 0 {
                batches::answer_again(sample.to_mut(), &candidate, &approval, when);
            }
            let place = iteration as usize;
            self.reward = match held.rewards.and_then(|rewards| rewards.get(place)) {
                Some(reward) => reward.clone(),
                None => {
                    self.fit_reward_models(&candidate, &sample, settings, &approval, when)?;
                    self.total_reward(settings)
                }
            };
            TrainingError::check(iteration, "a coefficient of the total reward", self.reward.as_slice())?;
            candidate = self.improve(&candidate, &sample, settings, when)?;
            match held.references.and_then(|references| references.get(place)) {
                Some(reference) => self.reference = reference.clone(),
                None => self.refresh_reference(&sample.rated, settings, iteration)?,
            }
            self.course.rewards.push(self.reward.clone());
            self.course.references.push(self.reference.clone());
        }
        Ok(candidate)
    }

    fn improve(
        &mut self,
        start: &Policy,
        sample: &Sample,
        settings: &Settings,
        when: batches::When,
    ) -> Result<Policy, TrainingError> {
        let contexts: Vec<Vec<f64>> = match settings.policy.optimiser {
            OptimiserKind::Exact => Vec::new(),
            _ => sample.uniform.iter().map(|row| row.phi.to_vec()).collect(),
        };
        let batches::When { seed, round, iteration } = when;
        let (reference, reward) = (&self.reference, &self.reward);
        let found = improve(&Problem {
            reference,
            start,
            reward,
            contexts: &contexts,
            settings,
            seed,
            round,
            iteration,
        })
        .map_err(|source| TrainingError::Optimiser { iteration: iteration + 1, source })?;
        self.course.note("optimiser", found.converged);
        Ok(found.policy)
    }

    fn fit_reward_models(
        &mut self,
        candidate: &Policy,
        sample: &Sample,
        settings: &Settings,
        approval: &ApprovalModel,
        when: batches::When,
    ) -> Result<(), TrainingError> {
        let feedback = Feedback { candidate, sample, settings, approval, when };
        let signals = settings.signals.iter().enumerate().zip(&mut self.models);
        // A signal without weight is not collected: nobody pays for labels that train nothing.
        let mut fits: Vec<_> = signals
            .filter(|((_, (_, signal)), _)| signal.weight > 0.0)
            .filter_map(|((index, (name, signal)), model)| Some((index, name, signal, model.as_mut()?)))
            .collect();
        let converged = parallel::map_mut(&mut fits, |(index, name, signal, model)| {
            feedback.fit(model, signal, *index).map_err(|source| TrainingError::RewardModel {
                signal: name.to_string(),
                iteration: when.iteration + 1,
                rows: model.rows(),
                source,
            })
        });
        for ((_, name, ..), converged) in fits.iter().zip(converged) {
            self.course.note(name, converged?);
        }
        Ok(())
    }

    /// r = sum_i w_i r_i, with w_i / sum w if weights are normalised.
    fn total_reward(&self, settings: &Settings) -> DMatrix<f64> {
        let sum: f64 = settings.signals.values().map(|signal| signal.weight).sum();
        let scale = if settings.policy.normalise_weights && sum > 0.0 { 1.0 / sum } else { 1.0 };
        let mut total = DMatrix::zeros(self.reward.nrows(), self.reward.ncols());
        for (signal, model) in settings.signals.values().zip(&self.models) {
            let reward = match model {
                Some(model) => model.reward(),
                None => rule_reward(signal, settings, &self.reference),
            };
            total += reward * (signal.weight * scale);
        }
        total
    }

    fn refresh_reference(
        &mut self,
        rated: &[Interaction],
        settings: &Settings,
        iteration: u32,
    ) -> Result<(), TrainingError> {
        let liked = rated.iter().filter(|row| row.rated && row.up).map(|row| Demonstration {
            phi: row.phi.to_vec(),
            levels: Interaction::levels_of(&row.response[..self.reference.behaviours], self.reference.levels),
            weight: 1.0,
        });
        self.thumbed_up.push_back(liked.collect());
        while self.thumbed_up.len() > FRESH_BATCHES {
            self.thumbed_up.pop_front();
        }
        let policy = &settings.policy;
        let refit = policy::Refit {
            share: policy.fresh_data,
            prior: policy.fresh_data_prior,
            spread: policy.fresh_data_refits_spread,
        };
        let rows = self.thumbed_up.iter().flatten();
        let fitted = policy::refit_reference(&self.reference, rows, refit).map_err(|source| {
            let rows = self.thumbed_up.iter().map(Vec::len).sum();
            TrainingError::Reference { iteration: iteration + 1, rows, source }
        })?;
        self.course.note("reference", fitted.converged);
        self.reference = fitted.policy;
        Ok(())
    }
}

/// What reward models are fitted to in one iteration.
struct Feedback<'a> {
    candidate: &'a Policy,
    sample: &'a Sample,
    settings: &'a Settings,
    approval: &'a ApprovalModel,
    when: batches::When,
}

impl Feedback<'_> {
    /// Collects the answers of the signal with that index and refits its model; returns whether all that was fitted converged.
    fn fit(&self, model: &mut RewardModel, signal: &Signal, index: usize) -> Result<bool, FitError> {
        let Self { candidate, sample, settings, approval, when } = *self;
        if signal.kind == SignalKind::Scores {
            let batch = batches::collect_scores(signal, index, candidate, sample, approval, when);
            model.fit_scores(batch, signal)?;
            return Ok(true);
        }
        let (batch, weighed) = batches::collect(signal, index, candidate, sample, settings, approval, when)?;
        model.fit_batch(batch, signal)?;
        Ok(weighed && model.statistics.converged())
    }
}
