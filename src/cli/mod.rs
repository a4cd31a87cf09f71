//! One file per command, and what commands share.

pub mod autopsy;
pub mod check;
pub mod compare;
pub mod completions;
pub mod compound;
pub mod demo;
pub mod explain;
pub mod gain;
pub mod init;
pub mod presets;
pub mod run;
pub mod schema;
pub mod sensitivity;
pub mod serve;
pub mod sweep;

mod checkpoint;
pub mod exit;
mod histories;
mod interrupt;
mod json_lines;
mod memory;
mod place;
mod progress;
mod scan;
mod scenario;
mod simulate;
pub mod talk;
pub mod verify;
