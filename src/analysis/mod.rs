//! Analyses on top of the simulation.

pub mod autopsy;
pub mod comparison;
pub mod compounding;
pub mod ensemble;
pub mod family;
pub mod gain;
pub mod sensitivity;
pub mod signal_by_signal;
pub mod study;
