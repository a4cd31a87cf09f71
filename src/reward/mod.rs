//! Reward signals: who judged what, and the reward model fitted to it.

mod least_squares;
mod logistic;
mod packed;
mod propensity;
mod signal;

pub use least_squares::{ScoreFit, Scored, fit_scores};
pub use logistic::{Curvature, Example, LogisticFit, fit_logistic, fit_with_curvature, log_loss};
pub use propensity::weigh_by_propensity;
pub use signal::{RewardModel, rule_reward};
