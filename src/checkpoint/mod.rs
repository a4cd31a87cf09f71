//! Checkpoints: a study between two rounds, on disk, so that it can go on to the same bits after an interruption.
//!
//! A file holds, in this order: a line that names the format, then chunks with a checksum each, and in them a header that
//! people can read, the small parts of the study, and the users block by block as they lie in memory. Nothing of what is
//! large is held twice. A file that is not whole, bit for bit, is not used.

mod chunks;
mod error;
mod file;
mod folder;
mod identity;
mod lock;

pub use error::CheckpointError;
pub use file::{read_checkpoint, write_checkpoint};
pub use folder::{Checkpoints, Resumed};
pub use identity::StudyIdentity;
