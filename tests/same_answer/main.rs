//! The same answer by two roads.

#![allow(clippy::disallowed_methods, reason = "tests compare with the system's functions within a tolerance")]

#[path = "../laboratory/mod.rs"]
mod laboratory;

mod compact_vs_wide;
mod fast_vs_reference;
mod kernel_vs_approval_model;
mod mirrored_stances;
mod one_extra_user;
#[cfg(feature = "files")]
mod resumed_vs_straight;
mod threads_and_blocks;
