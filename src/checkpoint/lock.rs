//! One process at a time in a folder. The system releases the lock however the process ends.

use super::error::CheckpointError;
use crate::output::OutputError;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;

/// Times that a folder may vanish while it is being locked.
const ATTEMPTS: usize = 10;

/// Makes `folder` if need be and locks the file `name` in it, for as long as the result lives.
pub fn lock(folder: &Path, name: &str) -> Result<File, CheckpointError> {
    let path = folder.join(name);
    for _ in 0..ATTEMPTS {
        fs::create_dir_all(folder).map_err(|source| OutputError::io("create", folder, source))?;
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = match opened {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            opened => opened.map_err(|source| OutputError::io("create", &path, source))?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => break,
            // Some network disks know no locks; then two runs at a time are the user's own affair.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => return Ok(file),
            Err(TryLockError::Error(source)) => return Err(OutputError::io("lock", &path, source).into()),
        }
        if is_still_there(&file, &path) {
            return Ok(file);
        }
    }
    Err(CheckpointError::InUse { folder: folder.to_path_buf() })
}

/// Whether `file` is the one at `path`: its last owner may have deleted it after this process opened it.
#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_still_there(_: &File, path: &Path) -> bool {
    path.exists()
}
