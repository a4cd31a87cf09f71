//! One file per command, and what commands share.

pub mod autopsy;
pub mod check;
pub mod compare;
pub mod completions;
pub mod explain;
pub mod init;
pub mod presets;
pub mod run;
pub mod schema;

pub mod exit;
mod interrupt;
mod memory;
mod progress;
mod scenario;
mod simulate;
pub mod talk;
