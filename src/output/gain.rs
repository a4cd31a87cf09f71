//! What a measurement of loop gain leaves behind: a paragraph made from its numbers, a text for the terminal, JSON, files.

mod paragraph;
mod summary;
mod text;
#[cfg(feature = "files")]
mod write;

#[cfg(feature = "plots")]
pub(crate) use paragraph::{path_name, with_interval};
pub use summary::{GainSummary, gain_table};
pub use text::gain_text;
#[cfg(feature = "files")]
pub use write::{gain_folder, write_gain};
