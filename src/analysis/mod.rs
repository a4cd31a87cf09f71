//! Analyses on top of finished runs.

pub mod signal_by_signal;
