//! Files that are either whole or absent: written under another name, flushed to disk, then renamed.

use super::error::OutputError;
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// Writes `bytes` to `path`, replacing an older file only once the new one is safely on disk. Who is killed on the way leaves
/// `.NAME.partial-XXXXXX` beside it.
///
/// # Errors
/// If the folder cannot be written or the disk is full; then nothing new remains beside `path`.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let folder = parent(path);
    let mut file = readable_by_all(&mut tempfile::Builder::new())
        .prefix(&unfinished(path))
        .tempfile_in(folder)
        .map_err(|source| OutputError::io("create a file in", folder, source))?;
    let written = file.write_all(bytes).and_then(|()| file.as_file().sync_all());
    written.map_err(|source| OutputError::io("write", path, source))?;
    file.persist(path).map_err(|failed| OutputError::io("rename into place", path, failed.error))?;
    sync_folder(folder)
}

/// What the name of a file that is being written begins with.
fn unfinished(path: &Path) -> String {
    format!(".{}.partial-", path.file_name().unwrap_or_default().to_string_lossy())
}

/// Makes sure that a rename in `folder` survives a power cut.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), OutputError> {
    // Only Unix lets a folder be opened and flushed.
    if cfg!(unix) {
        let flushed = File::open(folder).and_then(|handle| handle.sync_all());
        flushed.map_err(|source| OutputError::io("flush", folder, source))?;
    }
    Ok(())
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Temporary files are private by default; results are not secret, so they get the usual permissions (less the umask).
#[cfg(unix)]
fn readable_by_all<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn readable_by_all<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write_atomic(&path, b"old").unwrap();
        write_atomic(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_failed_rename_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        std::fs::create_dir_all(path.join("by-a-folder")).unwrap();
        assert!(write_atomic(&path, b"text").is_err());
        assert_eq!(names(folder.path()), ["taken"]);
    }

    #[test]
    fn a_missing_folder_is_named_in_the_error() {
        let error = write_atomic(Path::new("/no/such/folder/file"), b"").unwrap_err();
        assert!(matches!(error, OutputError::NotAFolder { .. }), "{error}");
        assert!(error.to_string().contains("/no/such/folder"), "{error}");
    }
}
