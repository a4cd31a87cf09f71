//! What a sensitivity analysis leaves behind: sentences made from its numbers, a text for the terminal, JSON, files.

#[cfg(feature = "files")]
mod read;
mod sentences;
mod summary;
mod text;
mod words;
#[cfg(feature = "files")]
mod write;

#[cfg(feature = "files")]
pub use read::{Earlier, EarlierResults, read_design, read_results};
#[cfg(feature = "plots")]
pub(crate) use sentences::sorted_by;
pub use summary::{SensitivityStudy, SensitivitySummary};
pub use text::sensitivity_text;
#[cfg(feature = "plots")]
pub(crate) use words::short;
pub use words::{law_words, outcome_name, parameter_name, value_words};
#[cfg(feature = "files")]
pub use write::{sensitivity_folder, write_sensitivity};
