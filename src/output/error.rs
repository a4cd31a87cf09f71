//! What can go wrong while results are written, and what to do about it.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// A result that could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The disk or the quota is used up.
    #[error("no space left while trying to {action} `{}`; free some space or choose another place with --out", path.display())]
    DiskFull {
        /// File or folder concerned.
        path: PathBuf,
        /// What was attempted.
        action: &'static str,
        /// The operating system's word.
        source: Error,
    },
    /// The folder or file may not be written by this user, or lies on a read-only disk.
    #[error("no permission to {action} `{}`; change its permissions or choose another place with --out", path.display())]
    NoPermission {
        /// File or folder concerned.
        path: PathBuf,
        /// What was attempted.
        action: &'static str,
        /// The operating system's word.
        source: Error,
    },
    /// A folder on the way does not exist, or is a file.
    #[error("cannot {action} `{}`: a part of the path is missing or is not a folder; check the path", path.display())]
    NotAFolder {
        /// File or folder concerned.
        path: PathBuf,
        /// What was attempted.
        action: &'static str,
        /// The operating system's word.
        source: Error,
    },
    /// The same run has been written before.
    #[error("`{}` already holds results; use --force to replace them or --out for another place", path.display())]
    AlreadyThere {
        /// The run's folder.
        path: PathBuf,
    },
    /// Anything else that the operating system reports.
    #[error("could not {action} `{}`: {source}", path.display())]
    Other {
        /// File or folder concerned.
        path: PathBuf,
        /// What was attempted.
        action: &'static str,
        /// The operating system's word.
        source: Error,
    },
    /// A file of an earlier run is damaged, or of another program.
    #[error("`{}` is not a result that thumbscale wrote: {reason}", path.display())]
    Unreadable {
        /// File concerned.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of designs or results that is no table.
    #[error("`{}` is no table of designs or results: {reason}", path.display())]
    NotTabular {
        /// File concerned.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A table, summary or figure could not be turned into its file format: a defect of thumbscale.
    #[error("could not put `{what}` into its file format: {reason}; please report this with the scenario")]
    Format {
        /// Which result.
        what: String,
        /// What the format's library said.
        reason: String,
    },
}

impl OutputError {
    /// The error for a failed `action` on `path`.
    pub fn io(action: &'static str, path: &Path, source: Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path, action, source },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::NoPermission { path, action, source }
            }
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::NotAFolder { path, action, source },
            _ => Self::Other { path, action, source },
        }
    }

    /// The error for a file that is not what it should be.
    pub fn unreadable(path: &Path, reason: impl std::fmt::Display) -> Self {
        Self::Unreadable { path: path.to_path_buf(), reason: reason.to_string() }
    }

    /// The error for a result that does not fit its format.
    pub fn format(what: &str, reason: impl std::fmt::Display) -> Self {
        Self::Format { what: what.to_string(), reason: reason.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_named_and_says_what_to_do() {
        let error = OutputError::io("write", Path::new("out/x"), Error::from(ErrorKind::StorageFull));
        assert!(matches!(error, OutputError::DiskFull { .. }));
        assert!(error.to_string().contains("free some space"), "{error}");
    }

    #[test]
    fn missing_permission_is_named() {
        let error = OutputError::io("create", Path::new("/x"), Error::from(ErrorKind::PermissionDenied));
        assert!(matches!(error, OutputError::NoPermission { .. }));
    }
}
