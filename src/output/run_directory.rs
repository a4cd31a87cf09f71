//! The folder of one run: prepared under another name, renamed into place when complete.

use super::atomic::{sync_folder, write_atomic};
use super::error::OutputError;
use super::identity::Identity;
use crate::scenario::Scenario;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What the name of a folder under construction goes on with after the run's.
const PARTIAL: &str = ".partial-";

/// A result folder under construction. Dropped before [`RunDirectory::publish`], it vanishes.
pub struct RunDirectory {
    target: PathBuf,
    staging: TempDir,
    force: bool,
    files: Vec<PathBuf>,
}

impl RunDirectory {
    /// Starts `root/<scenario>/<run_id>/`.
    ///
    /// # Errors
    /// If that folder already holds results and `force` is off, or cannot be written.
    pub fn create(root: &Path, scenario: &str, run_id: &str, force: bool) -> Result<Self, OutputError> {
        let parent = root.join(plain_name(scenario));
        let target = parent.join(plain_name(run_id));
        refuse_overwriting(&target, force)?;
        fs::create_dir_all(&parent).map_err(|source| OutputError::io("create", &parent, source))?;
        let staging = staging_folder(&parent, run_id)?;
        Ok(Self { target, staging, force, files: Vec::new() })
    }

    /// The path `root/<scenario>/.<run_id><suffix>`: what belongs to a run but is no result.
    pub fn beside(root: &Path, scenario: &Scenario, suffix: &str) -> PathBuf {
        let identity = Identity::of(scenario);
        root.join(plain_name(&identity.scenario)).join(format!(".{}{suffix}", plain_name(&identity.run_id())))
    }

    /// Deletes what runs that were killed left of `root/<scenario>/<run_id>/` under construction. Only for a process that
    /// knows that no other is constructing it.
    pub fn sweep(root: &Path, scenario: &Scenario) {
        let unfinished = Self::beside(root, scenario, PARTIAL);
        let (Some(parent), Some(prefix)) = (unfinished.parent(), unfinished.file_name()) else { return };
        let prefix = prefix.to_string_lossy();
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&*prefix) {
                // Best effort: what remains is in nobody's way.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Adds a file, `name` relative to the run's folder (`figures/a.svg`).
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), OutputError> {
        let path = self.staging.path().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|source| OutputError::io("create", folder, source))?;
        }
        write_atomic(&path, bytes)?;
        self.files.push(PathBuf::from(name));
        Ok(())
    }

    /// Where the folder will be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Files so far, relative to the run's folder, in the order added.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Puts the finished folder in its place and returns its path. Results replaced under `force` are removed last.
    ///
    /// # Errors
    /// If the rename fails; then older results are where they were.
    pub fn publish(self) -> Result<PathBuf, OutputError> {
        put_in_place(self.staging.path(), &self.target, self.force)?;
        Ok(self.target)
    }
}

/// Puts the folder `ready` in the place of `target`; results that are there are replaced under `force` and removed last.
///
/// # Errors
/// If there are results and `force` is off, or the rename fails; then older results are where they were.
pub(crate) fn put_in_place(ready: &Path, target: &Path, force: bool) -> Result<(), OutputError> {
    let parent = target.parent().unwrap_or(Path::new("."));
    // Another program may put its results there between looking and renaming; the rename then fails, never mixes.
    for _ in 0..TRIES {
        refuse_overwriting(target, force)?;
        // Without force only an empty folder gives way, and to that the renaming itself sees.
        let replaced = if force { set_aside(target, parent)? } else { None };
        match fs::rename(ready, target) {
            Ok(()) => return sync_folder(parent),
            Err(source) if is_taken(&source) => {}
            Err(source) => {
                if let Some(old) = replaced {
                    // Best effort: the error below is the one worth reporting.
                    let _ = fs::rename(old.path().join("old"), target);
                }
                return Err(OutputError::io("move the results to", target, source));
            }
        }
    }
    Err(OutputError::AlreadyThere { path: target.to_path_buf() })
}

/// How often results are put in their place while others put theirs there.
const TRIES: u32 = 100;

/// Whether a rename failed because somebody else's results are there by now.
fn is_taken(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists)
}

/// Moves what stands at `target` into a temporary folder that is deleted when dropped.
fn set_aside(target: &Path, parent: &Path) -> Result<Option<TempDir>, OutputError> {
    if !target.exists() {
        return Ok(None);
    }
    let aside = staging_folder(parent, "replaced")?;
    match fs::rename(target, aside.path().join("old")) {
        Ok(()) => Ok(Some(aside)),
        // Somebody else who replaces them was quicker.
        Err(source) if source.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(OutputError::io("set aside the older results in", target, source)),
    }
}

fn staging_folder(parent: &Path, run_id: &str) -> Result<TempDir, OutputError> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Temporary folders are private by default; results are not secret (the umask still applies).
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    builder
        .prefix(&format!(".{}{PARTIAL}", plain_name(run_id)))
        .tempdir_in(parent)
        .map_err(|source| OutputError::io("create a folder in", parent, source))
}

fn refuse_overwriting(target: &Path, force: bool) -> Result<(), OutputError> {
    let holds_results = match fs::read_dir(target) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => target.exists(),
    };
    if holds_results && !force {
        return Err(OutputError::AlreadyThere { path: target.to_path_buf() });
    }
    Ok(())
}

/// A name that is one path component on every system.
fn plain_name(name: &str) -> String {
    let kept = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let plain: String = name.chars().map(|letter| if kept(letter) { letter } else { '-' }).collect();
    match plain.trim_start_matches('.') {
        "" => "unnamed".to_string(),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(root: &Path, force: bool, text: &str) -> Result<PathBuf, OutputError> {
        let mut run = RunDirectory::create(root, "demo", "seed1-abc", force)?;
        run.add("figures/a.svg", text.as_bytes())?;
        run.publish()
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_finished_run_is_all_that_remains() {
        let root = tempfile::tempdir().unwrap();
        let path = publish(root.path(), false, "one").unwrap();
        assert_eq!(path, root.path().join("demo/seed1-abc"));
        assert_eq!(fs::read_to_string(path.join("figures/a.svg")).unwrap(), "one");
        assert_eq!(entries(&root.path().join("demo")), 1);
    }

    #[test]
    fn an_unfinished_run_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let mut run = RunDirectory::create(root.path(), "demo", "seed1-abc", false).unwrap();
        run.add("rounds.parquet", b"half").unwrap();
        drop(run);
        assert_eq!(entries(&root.path().join("demo")), 0);
    }

    #[test]
    fn older_results_are_kept_without_force_and_replaced_with_it() {
        let root = tempfile::tempdir().unwrap();
        let path = publish(root.path(), false, "one").unwrap();
        assert!(matches!(publish(root.path(), false, "two"), Err(OutputError::AlreadyThere { .. })));
        assert_eq!(fs::read_to_string(path.join("figures/a.svg")).unwrap(), "one");
        publish(root.path(), true, "two").unwrap();
        assert_eq!(fs::read_to_string(path.join("figures/a.svg")).unwrap(), "two");
        assert_eq!(entries(&root.path().join("demo")), 1);
    }

    #[test]
    fn an_empty_folder_gives_way() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("demo/seed1-abc")).unwrap();
        let path = publish(root.path(), false, "one").unwrap();
        assert_eq!(fs::read_to_string(path.join("figures/a.svg")).unwrap(), "one");
    }

    // Nobody's results are set aside by somebody who looked before they were there.
    #[test]
    fn of_two_who_finish_at_the_same_moment_one_is_refused() {
        for _ in 0..200 {
            let root = tempfile::tempdir().unwrap();
            let runs = [(); 2].map(|()| {
                let mut run = RunDirectory::create(root.path(), "demo", "seed1-abc", false).unwrap();
                run.add("a", b"whole").unwrap();
                run
            });
            let start = std::sync::Barrier::new(2);
            let publish = |run: RunDirectory| {
                start.wait();
                run.publish()
            };
            let ends = std::thread::scope(|scope| {
                runs.map(|run| scope.spawn(|| publish(run))).map(|it| it.join().unwrap())
            });
            assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
        }
    }

    // Sixteen programs that write the same run at once: whole results of one of them are there at the end, and no others.
    #[test]
    fn many_writers_at_once_leave_one_whole_result() {
        for force in [false, true] {
            let root = tempfile::tempdir().unwrap();
            let write = |writer: usize| {
                let mut run = RunDirectory::create(root.path(), "demo", "seed1-abc", force)?;
                let text = writer.to_string().repeat(1000);
                for name in ["a", "b/c", "d"] {
                    run.add(name, text.as_bytes())?;
                }
                run.publish()
            };
            let ends: Vec<Result<PathBuf, OutputError>> = std::thread::scope(|scope| {
                let writers: Vec<_> = (0..16).map(|writer| scope.spawn(move || write(writer))).collect();
                writers.into_iter().map(|it| it.join().unwrap()).collect()
            });
            let refused = |end: &Result<_, _>| matches!(end, Err(OutputError::AlreadyThere { .. }));
            assert!(ends.iter().all(|end| end.is_ok() || refused(end)), "{ends:?}");
            assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), if force { 16 } else { 1 });
            let place = root.path().join("demo/seed1-abc");
            let texts = ["a", "b/c", "d"].map(|name| fs::read_to_string(place.join(name)).unwrap());
            assert!(texts[0].len() >= 1000 && texts[0] == texts[1] && texts[1] == texts[2]);
            assert_eq!((entries(&place), entries(&root.path().join("demo"))), (3, 1));
        }
    }

    #[test]
    fn names_cannot_leave_the_output_folder() {
        assert_eq!(plain_name("../../etc"), "-..-etc");
        assert_eq!(plain_name(".."), "unnamed");
    }
}
