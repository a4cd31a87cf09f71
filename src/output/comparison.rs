//! What a comparison leaves behind: a table for people, JSON, files.

mod notes;
mod run;
mod summary;
mod text;
#[cfg(feature = "files")]
mod write;

pub use run::{ComparedRun, RunFacts};
pub use summary::{ComparisonSummary, RunSummary};
pub use text::comparison_text;
#[cfg(feature = "files")]
pub use write::{comparison_folder, write_comparison};

#[cfg(test)]
mod tests;
