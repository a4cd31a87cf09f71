//! The simulator's parts against the laws that they must obey. One file per pair: ours against the law.
//!
//! Each begins with five lines: law, source, assumptions, statistic, why this tolerance. Random quantities may be
//! off by z = 4 standard errors (1 test in 16,000 fails by chance, and seeds are fixed). Each has a negative
//! control: something slightly wrong that must be rejected.

#![allow(clippy::disallowed_methods, reason = "tests compare with the system's functions within a tolerance")]

#[path = "../laboratory/mod.rs"]
mod laboratory;

mod ab_gate_vs_level;
mod ab_power_vs_textbook;
mod anchor_vs_accumulating_logit;
mod checks_vs_equal_policies;
mod cusum_vs_markov_chain;
mod dilution_vs_quadratic_rewards;
mod directional_effects;
mod experiment_arms_vs_level_and_selection;
mod factorial_vs_closed_forms;
mod gain_vs_moving_anchor;
mod logistic_fit_vs_bradley_terry;
mod newton_vs_finite_differences;
mod optimiser_defaults_vs_kl_tilt;
mod optimisers_vs_best_of_n;
mod optimisers_vs_gradients;
mod optimisers_vs_kl_tilt;
mod optimum_vs_kl_tilt;
mod penalty_vs_minimal_correction;
mod refit_vs_maximum_likelihood;
mod refit_vs_wright_fisher;
mod sampling_vs_stated_probabilities;
mod sensitivity_vs_known_functions;
mod silence_vs_no_drift;
mod spread_vs_root_n;
mod tilt_vs_covariance_identity;
mod traits_vs_laws;
mod usage_vs_poisson;
mod world_vs_rates;
