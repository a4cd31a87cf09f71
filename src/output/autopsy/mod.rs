//! What an autopsy leaves behind: a verdict per mitigation, a table for people, JSON, files.

mod summary;
mod text;
mod verdict;
#[cfg(feature = "files")]
mod write;

pub use summary::{AutopsySummary, Judged};
pub use text::{autopsy_text, sizes_text};
#[cfg(feature = "plots")]
pub(super) use text::{cells, name, size_cells};
#[cfg(feature = "files")]
pub use write::{autopsy_folder, write_autopsy};
