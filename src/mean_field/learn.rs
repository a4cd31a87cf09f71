//! Training on weighted conversations: what is drawn in a simulation enters as its probability.

use super::conversations::{Conversations, Point};
use crate::feedback::{ApprovalModel, Interaction, logistic};
use crate::policy::{self, Demonstration, Feature, Policy, Refit, refit_reference};
use crate::reward::{Example, fit_logistic, rule_reward};
use crate::scenario::{Settings, Signal, SignalKind};
use crate::statistics::FitError;
use crate::training::{FRESH_BATCHES, TrainingError, panel, powers, with_control};
use nalgebra::DMatrix;
use std::collections::VecDeque;

/// Share of a batch that reward models are fitted to; the rest is held out.
const FITTED: f64 = 0.9;

/// What training carries from round to round.
#[derive(Clone, Debug)]
pub struct Learner {
    /// The reference policy.
    pub reference: Policy,
    /// The total reward of the last fit.
    pub reward: DMatrix<f64>,
    /// Recent batches of answers by signal, oldest first.
    windows: Vec<VecDeque<Vec<Example>>>,
    /// Coefficients of the last fits, in the features that vary.
    thetas: Vec<Option<DMatrix<f64>>>,
    liked: VecDeque<Vec<Demonstration>>,
    /// Features that vary without memory.
    live: Vec<usize>,
}

impl Learner {
    /// No feedback yet.
    pub fn new(settings: &Settings, reference: &Policy) -> Self {
        let needs_memory =
            |it: &Feature| matches!(it, Feature::Remembered | Feature::Known | Feature::Taste(_));
        let features = Feature::list(settings);
        Self {
            reference: reference.clone(),
            reward: DMatrix::zeros(2 * reference.behaviours, reference.weights.ncols()),
            windows: vec![VecDeque::new(); settings.signals.len()],
            thetas: vec![None; settings.signals.len()],
            liked: VecDeque::new(),
            live: (0..features.len()).filter(|&f| !needs_memory(&features[f])).collect(),
        }
    }

    /// A candidate, by the same steps as in a simulation.
    ///
    /// # Errors
    /// As in a simulation.
    pub fn train(
        &mut self,
        deployed: &Policy,
        mut served: Conversations,
        settings: &Settings,
    ) -> Result<Policy, TrainingError> {
        let approval = ApprovalModel::from_scenario(settings);
        let mut candidate = deployed.clone();
        for iteration in 0..settings.policy.training_iterations {
            if iteration > 0 {
                served.points.iter_mut().for_each(|point| point.row.response = point.response(&candidate, 0));
            }
            for (index, (name, signal)) in settings.signals.iter().enumerate() {
                if signal.weight > 0.0 && signal.kind != SignalKind::Rule {
                    let fitted = self.fit(index, signal, &candidate, &served, settings, &approval);
                    fitted.map_err(|source| TrainingError::RewardModel {
                        signal: name.clone(),
                        iteration: iteration + 1,
                        rows: self.windows[index].iter().map(Vec::len).sum(),
                        source,
                    })?;
                }
            }
            self.reward = self.total_reward(settings);
            let optimum = policy::optimum(&self.reference, &self.reward, settings.policy.kl_strength);
            candidate = policy::step_towards(&candidate, &optimum, settings.policy.learning_rate);
            TrainingError::check(
                iteration,
                "a weight of the candidate policy",
                candidate.weights.as_slice(),
            )?;
            self.refresh_reference(&served, settings, &approval, iteration)?;
        }
        Ok(candidate)
    }

    fn fit(
        &mut self,
        index: usize,
        signal: &Signal,
        candidate: &Policy,
        served: &Conversations,
        settings: &Settings,
        approval: &ApprovalModel,
    ) -> Result<(), FitError> {
        let judge = panel(signal, settings);
        // Thumbs come from those who rate, all other answers from everybody.
        let weight = |point: &Point| if signal.kind == SignalKind::Thumbs { point.rated } else { 1.0 };
        let total: f64 = served.points.iter().map(weight).sum();
        let scale = FITTED * f64::from(signal.rows) / total;
        let answer = |point: &Point| -> (Vec<f64>, f64) {
            let levels = levels(&point.row.response, candidate);
            match signal.kind {
                SignalKind::Raters => {
                    let (first, second) = (
                        self::levels(&point.response(candidate, 0), candidate),
                        self::levels(&point.response(candidate, 1), candidate),
                    );
                    let value = |levels: &[f64]| approval.approval(&judge, &point.row.situation, levels);
                    let z = powers(&first).iter().zip(powers(&second)).map(|(a, b)| a - b).collect();
                    (z, with_errors(logistic(signal.sharpness * (value(&first) - value(&second))), signal))
                }
                SignalKind::DelayedOutcome => {
                    let benefit = approval.benefit(&point.row.situation, &levels);
                    let yes = logistic(signal.sharpness * (benefit - approval.reference));
                    (with_control(&levels), with_errors(yes, signal))
                }
                _ => (with_control(&levels), self::pleased(&point.row, &levels, approval)),
            }
        };
        let mut batch = Vec::new();
        for point in &served.points {
            let (z, p) = answer(point);
            let phi: Vec<f64> = self.live.iter().map(|&f| point.row.phi[f]).collect();
            let weight = scale * weight(point);
            batch.push(Example { z: z.clone(), phi: phi.clone(), yes: true, weight: weight * p });
            batch.push(Example { z, phi, yes: false, weight: weight * (1.0 - p) });
        }
        let window = &mut self.windows[index];
        window.push_back(batch);
        while window.len() > signal.window as usize {
            window.pop_front();
        }
        let rows: Vec<&Example> = window.iter().flatten().collect();
        let start = self.thetas[index].take();
        let start = start.unwrap_or_else(|| DMatrix::zeros(rows[0].z.len(), self.live.len()));
        self.thetas[index] = Some(fit_logistic(&rows, signal.l2, &start)?.theta);
        Ok(())
    }

    /// The total reward in the policy's span; what does not vary has no coefficient.
    fn total_reward(&self, settings: &Settings) -> DMatrix<f64> {
        let sum: f64 = settings.signals.values().map(|signal| signal.weight).sum();
        let scale = if settings.policy.normalise_weights && sum > 0.0 { 1.0 / sum } else { 1.0 };
        let mut total = DMatrix::zeros(self.reward.nrows(), self.reward.ncols());
        for (signal, theta) in settings.signals.values().zip(&self.thetas) {
            let weight = signal.weight * scale;
            match theta {
                _ if signal.kind == SignalKind::Rule => {
                    total += rule_reward(signal, settings, &self.reference) * weight
                }
                Some(theta) => {
                    let control = theta.nrows() - total.nrows();
                    for (column, &f) in self.live.iter().enumerate() {
                        (0..total.nrows())
                            .for_each(|k| total[(k, f)] += weight * theta[(control + k, column)]);
                    }
                }
                None => {}
            }
        }
        total
    }

    fn refresh_reference(
        &mut self,
        served: &Conversations,
        settings: &Settings,
        approval: &ApprovalModel,
        iteration: u32,
    ) -> Result<(), TrainingError> {
        let policy = &settings.policy;
        let thumbs = settings.signals.values().filter(|signal| signal.kind == SignalKind::Thumbs);
        let rows = thumbs.map(|signal| signal.rows).max().unwrap_or(1);
        let total: f64 = served.points.iter().map(|point| point.rated).sum();
        let liked = served.points.iter().map(|point| {
            let levels = levels(&point.row.response, &self.reference);
            let up = pleased(&point.row, &levels, approval);
            let weight = f64::from(rows) * point.rated * up / total;
            Demonstration { phi: point.row.phi.to_vec(), levels, weight }
        });
        self.liked.push_back(liked.collect());
        while self.liked.len() > FRESH_BATCHES {
            self.liked.pop_front();
        }
        // Batches are kept even so: a factor may begin to draw on them later.
        if policy.fresh_data == 0.0 {
            return Ok(());
        }
        let (share, prior) = (policy.fresh_data, policy.fresh_data_prior);
        let refit = Refit { share, prior, spread: policy.fresh_data_refits_spread };
        let rows = self.liked.iter().flatten();
        let fitted = refit_reference(&self.reference, rows, refit).map_err(|source| {
            let rows = self.liked.iter().map(Vec::len).sum();
            TrainingError::Reference { iteration: iteration + 1, rows, source }
        })?;
        self.reference = fitted.policy;
        Ok(())
    }
}

fn with_errors(probability: f64, signal: &Signal) -> f64 {
    probability + signal.error_rate * (0.5 - probability)
}

/// P(up | rated).
pub(super) fn pleased(row: &Interaction, levels: &[f64], approval: &ApprovalModel) -> f64 {
    approval.thumbs_up_probability(approval.approval(&row.judge, &row.situation, levels))
}

pub(super) fn levels(response: &[u8], policy: &Policy) -> Vec<f64> {
    Interaction::levels_of(&response[..policy.behaviours], policy.levels)
}
