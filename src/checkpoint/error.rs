//! What can be wrong with a checkpoint, and what to do about it.

use crate::output::OutputError;
use std::path::PathBuf;

/// A checkpoint that cannot be written or used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The folder or file cannot be written or opened.
    #[error(transparent)]
    File(#[from] OutputError),
    /// The file is cut short or altered.
    #[error("the checkpoint `{}` is damaged: {reason}", path.display())]
    Damaged {
        /// File concerned.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// The file belongs to another study or another program.
    #[error("the checkpoint `{}` does not belong to this run: {reason}", path.display())]
    Foreign {
        /// File concerned.
        path: PathBuf,
        /// What differs, and what to do.
        reason: String,
    },
    /// All checkpoints are damaged.
    #[error("no checkpoint in `{}` can be used; start anew with --force. {}", folder.display(), all(refused))]
    NoneWhole {
        /// Their folder.
        folder: PathBuf,
        /// What is wrong with each.
        refused: Vec<CheckpointError>,
    },
    /// There is no checkpoint.
    #[error("there is no checkpoint in `{}`{}; leave out --resume to start this run", folder.display(), beside(others))]
    NoneThere {
        /// Where it would be.
        folder: PathBuf,
        /// Folders beside it that hold checkpoints of other runs of a scenario of that name.
        others: Vec<String>,
    },
    /// Another process runs the same study.
    #[error("another process is running this, with its checkpoints in `{}`; wait for it, or choose another place with --out", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// An earlier run of the same study was not finished.
    #[error("an unfinished run of this is kept in `{}`; --resume continues it, --force starts anew", folder.display())]
    Unfinished {
        /// The folder.
        folder: PathBuf,
    },
}

fn all(refused: &[CheckpointError]) -> String {
    refused.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn beside(others: &[String]) -> String {
    match others {
        [] => String::new(),
        others => format!(
            " (beside it: {}; the name tells the seed and the first digits of the scenario's hash)",
            others.join(", ")
        ),
    }
}
