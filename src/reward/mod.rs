//! Reward signals: who judged what, and the reward model fitted to it.

mod logistic;
mod signal;

pub use logistic::{Example, LogisticFit, fit_logistic, log_loss};
pub use signal::{RewardModel, rule_reward};
