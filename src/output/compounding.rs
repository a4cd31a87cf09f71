//! What a factorial leaves behind: a paragraph made from its numbers, a text for the terminal, JSON, files.

mod paragraph;
mod summary;
mod text;
#[cfg(feature = "files")]
mod write;

pub use paragraph::paragraph;
pub use summary::CompoundingSummary;
pub use text::compounding_text;
#[cfg(feature = "files")]
pub use write::{compounding_folder, write_compounding};
