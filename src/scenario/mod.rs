//! Scenario files: TOML in, a checked and immutable [`Scenario`] out.

pub mod parameter;
mod settings;

pub use settings::*;
