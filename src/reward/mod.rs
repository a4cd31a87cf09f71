//! Reward signals: who judged what, and the reward model fitted to it.

mod gradient;
mod least_squares;
mod logistic;
mod packed;
mod propensity;
mod secant;
mod signal;

pub use least_squares::{ScoreFit, Scored, fit_scores};
pub use logistic::{Example, LogisticFit, fit_logistic, log_loss};
pub use propensity::weigh_by_propensity;
pub use signal::{RewardModel, rule_reward};
