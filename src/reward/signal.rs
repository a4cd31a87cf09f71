//! A reward model: the window of feedback it is fitted to, its coefficients and its own statistics.

use super::least_squares::{Scored, fit_scores};
use super::logistic::{Curvature, Example, MOST_STEPS, fit, flatten, total_loss};
use super::packed::{Group, Packed, Rows};
use crate::doubles;
use crate::policy::{Policy, stored_matrix};
use crate::scenario::{Settings, Signal, SignalKind};
use crate::statistics::FitError;
use nalgebra::DMatrix;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Every tenth row of a batch is held out of the fit.
const HELD_OUT: usize = 10;

/// Answers collected in one training iteration, and the curvature of their fit when they came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Batch {
    fitted: Packed,
    held_out: Packed,
    curvature: Curvature,
}

/// A learned signal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RewardModel {
    /// Recent batches of feedback, oldest first.
    window: VecDeque<Batch>,
    /// The same for answers on a scale.
    scores: VecDeque<Vec<Scored>>,
    /// Coefficients in log-odds. For answers about one response the first row is a control: what depends on the
    /// context alone and is no merit of the response.
    #[serde(with = "stored_matrix")]
    theta: DMatrix<f64>,
    /// Behaviours J.
    behaviours: usize,
    /// Statistics of the last fit.
    pub statistics: Statistics,
}

/// What a reward model says about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Rows in the window.
    pub rows: usize,
    /// Share of yes among them.
    pub yes_share: f64,
    /// Log-loss on held-out rows, nats.
    pub held_out_log_loss: f64,
    /// Log-loss of a model that only knows the share of yes, on the same rows.
    pub baseline_log_loss: f64,
    /// Mean predicted minus observed share of yes on the same rows.
    pub calibration_error: f64,
    /// Mean standard error of the coefficients, by the curvature at which each batch was collected.
    pub mean_standard_error: f64,
    /// Newton steps.
    pub steps: usize,
}

impl Statistics {
    /// Whether the last fit converged rather than ran out of steps.
    pub fn converged(&self) -> bool {
        self.steps < MOST_STEPS
    }
}

impl RewardModel {
    /// A model without feedback: indifferent.
    pub fn new(signal: &Signal, policy: &Policy) -> Self {
        let control = usize::from(signal.kind != SignalKind::Raters);
        Self {
            window: VecDeque::new(),
            scores: VecDeque::new(),
            theta: DMatrix::zeros(2 * policy.behaviours + control, policy.weights.ncols()),
            behaviours: policy.behaviours,
            statistics: Statistics::default(),
        }
    }

    /// Takes in a batch of feedback, drops the oldest beyond the window, and refits.
    ///
    /// # Errors
    /// If the fit fails; then the model is what it was, but for the window.
    pub fn fit_batch(&mut self, batch: Vec<Example>, signal: &Signal) -> Result<(), FitError> {
        self.window.push_back(Batch::new(batch, &self.theta));
        while self.window.len() > signal.window as usize {
            self.window.pop_front();
        }
        let fitted = Rows::of(self.window.iter().map(|batch| &batch.fitted));
        let held_out = Rows::of(self.window.iter().map(|batch| &batch.held_out));
        if fitted.is_empty() {
            return Ok(());
        }
        let mut curvature = self.window[0].curvature.clone();
        for batch in self.window.iter().skip(1) {
            curvature.add(&batch.curvature);
        }
        let fit = fit(&fitted, signal.l2, &self.theta, &curvature)?;
        self.statistics = Statistics { rows: self.rows(), ..statistics(&held_out, &fitted, &fit.theta) };
        self.theta = fit.theta;
        self.statistics.mean_standard_error = fit.standard_error.mean();
        self.statistics.steps = fit.steps;
        Ok(())
    }

    /// Takes in a batch of scores, drops the oldest beyond the window, and refits by least squares. What only makes sense
    /// of yes and no stays missing in the statistics.
    ///
    /// # Errors
    /// If the fit fails; then the model is what it was, but for the window.
    pub fn fit_scores(&mut self, batch: Vec<Scored>, signal: &Signal) -> Result<(), FitError> {
        self.scores.push_back(batch);
        while self.scores.len() > signal.window as usize {
            self.scores.pop_front();
        }
        let rows: Vec<&Scored> = self.scores.iter().flatten().collect();
        let Some(fit) = fit_scores(&rows, signal.l2)? else { return Ok(()) };
        self.theta = fit.theta;
        self.statistics = Statistics {
            rows: rows.len(),
            yes_share: f64::NAN,
            held_out_log_loss: f64::NAN,
            baseline_log_loss: f64::NAN,
            calibration_error: f64::NAN,
            mean_standard_error: fit.standard_error.mean(),
            steps: 1,
        };
        Ok(())
    }

    /// Answers in the window.
    pub fn rows(&self) -> usize {
        let answers = self.window.iter().map(|batch| batch.fitted.len() + batch.held_out.len());
        answers.sum::<usize>() + self.scores.iter().map(Vec::len).sum::<usize>()
    }

    /// theta in the policy's span, (2 J) x F, in log-odds.
    pub fn reward(&self) -> DMatrix<f64> {
        let control = self.theta.nrows() - 2 * self.behaviours;
        self.theta.rows(control, 2 * self.behaviours).into_owned()
    }
}

impl Batch {
    fn new(rows: Vec<Example>, theta: &DMatrix<f64>) -> Self {
        let is_held_out = |row: usize| row % HELD_OUT == HELD_OUT - 1;
        let part = |held_out: bool| -> Packed {
            let own = rows.iter().enumerate().filter(|&(row, _)| is_held_out(row) == held_out);
            Packed::new(&own.map(|(_, example)| example).collect::<Vec<_>>())
        };
        let (fitted, held_out) = (part(false), part(true));
        let curvature = Curvature::of(&Rows::of([&fitted]), theta);
        Self { fitted, held_out, curvature }
    }
}

fn statistics(held_out: &Rows, fitted: &Rows, theta: &DMatrix<f64>) -> Statistics {
    let sum = |rows: &Rows, of: fn(f64, f64) -> f64| -> f64 {
        rows.all_groups().map(|group| doubles::total(&doubles::map2(group.weight, group.answer, of))).sum()
    };
    let yes = |rows: &Rows| sum(rows, |weight, answer| weight * answer);
    let weight = |rows: &Rows| sum(rows, |weight, _| weight);
    let yes_share = (yes(held_out) + yes(fitted)) / (weight(held_out) + weight(fitted));
    let count = weight(held_out);
    Statistics {
        yes_share,
        held_out_log_loss: total_loss(held_out, theta) / count,
        baseline_log_loss: entropy(yes_share, yes(held_out) / count),
        calibration_error: (predicted(held_out, theta) - yes(held_out)) / count,
        ..Statistics::default()
    }
}

/// How many answers of yes are expected.
fn predicted(rows: &Rows, theta: &DMatrix<f64>) -> f64 {
    let theta = flatten(theta);
    let of_group = |group: Group| {
        let yes = doubles::logistic(&group.log_odds(&theta));
        doubles::total(&doubles::map2(group.weight, &yes, |weight, yes| weight * yes))
    };
    rows.all_groups().map(of_group).sum()
}

/// Log-loss of always predicting `predicted` where `observed` is the share of yes.
fn entropy(predicted: f64, observed: f64) -> f64 {
    // What is never observed costs nothing, however improbable it was said to be.
    let term = |share: f64, p: f64| if share == 0.0 { 0.0 } else { -share * libm::log(p) };
    term(observed, predicted) + term(1.0 - observed, 1.0 - predicted)
}

/// The reward of a `rule` signal: its linear and quadratic coefficients on the bias feature.
pub fn rule_reward(signal: &Signal, settings: &Settings, policy: &Policy) -> DMatrix<f64> {
    let mut reward = DMatrix::zeros(2 * policy.behaviours, policy.weights.ncols());
    for (j, name) in settings.behaviours.keys().enumerate() {
        reward[(j, 0)] = signal.linear.get(name).copied().unwrap_or(0.0);
        reward[(policy.behaviours + j, 0)] = signal.quadratic.get(name).copied().unwrap_or(0.0);
    }
    reward
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Feature;
    use crate::scenario::Scenario;

    fn answer(i: usize) -> Example {
        let a = (i % 6) as f64 / 5.0;
        let z = std::iter::once(1.0).chain((0..8).map(|k| if k % 4 == i % 4 { a } else { 0.0 }));
        Example {
            z: z.collect(),
            phi: vec![1.0, (i % 7) as f64 - 3.0],
            yes: i.is_multiple_of(3),
            weight: 1.0 + (i % 5) as f64,
        }
    }

    // Row by row, by definition: every tenth row of each batch is held out, and the oldest batch is gone.
    #[test]
    fn statistics_are_those_of_the_rows_in_the_window() {
        let scenario =
            Scenario::preset("thumbs-only", &["signals.thumbs.window=2".to_string()]).expect("valid");
        let settings = scenario.settings_in(0);
        let policy = Policy::from_scenario(settings, &Feature::list(settings)[..2].to_vec());
        let signal = &settings.signals["thumbs"];
        let mut model = RewardModel::new(signal, &policy);
        let batches = [0..45, 45..96, 96..163].map(|rows| rows.map(answer).collect::<Vec<_>>());
        for batch in &batches {
            model.fit_batch(batch.clone(), signal).expect("regular");
        }
        let (mut held_out, mut all) = (Vec::new(), Vec::new());
        for batch in &batches[1..] {
            held_out.extend(batch.iter().skip(9).step_by(10));
            all.extend(batch);
        }
        let mean = |rows: &[&Example], of: &dyn Fn(&Example) -> f64| {
            let weight: f64 = rows.iter().map(|row| row.weight).sum();
            rows.iter().map(|row| row.weight * of(row)).sum::<f64>() / weight
        };
        let yes = |row: &Example| f64::from(u8::from(row.yes));
        let predicted = |row: &Example| crate::feedback::logistic(row.log_odds(&model.theta));
        let loss = |row: &Example, p: f64| -libm::log(if row.yes { p } else { 1.0 - p });
        let share = mean(&all, &yes);
        let found = model.statistics;
        assert_eq!((found.rows, model.rows(), held_out.len()), (118, 118, 11));
        for (found, expected) in [
            (found.yes_share, share),
            (found.held_out_log_loss, mean(&held_out, &|row| loss(row, predicted(row)))),
            (found.baseline_log_loss, mean(&held_out, &|row| loss(row, share))),
            (found.calibration_error, mean(&held_out, &|row| predicted(row) - yes(row))),
        ] {
            assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
        }
    }
}
