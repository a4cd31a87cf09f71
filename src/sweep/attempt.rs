//! Signs of life: a small file for each attempt at a shard, from its start until the shard is finished. They tell people how
//! things are; no result depends on them.

use super::error::SweepError;
use crate::output::write_atomic;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Seconds from one sign to the next.
pub const EVERY: f64 = 15.0;
/// An attempt without a sign for so long is lost.
const PATIENCE: Duration = Duration::from_secs(90);

/// An attempt at a shard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The shard.
    pub shard: u32,
    /// Who works on it: machine and process.
    pub worker: String,
    /// What a scheduler calls it, "" without one.
    pub job: String,
    /// Runs that are done, those found from earlier attempts too.
    pub runs_done: u64,
    /// Runs of the shard.
    pub runs: u64,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

/// How an attempt that did not finish its shard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It gave a sign not long ago.
    Running,
    /// It gave none for too long: killed, or its machine is gone.
    Lost,
    /// It said why it failed.
    Failed,
}

impl Attempt {
    fn path(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{:05}.{}.json", self.shard, self.worker))
    }

    /// Gives a sign. One that cannot be given is no reason to stop working.
    pub fn tell(&self, folder: &Path) {
        let Ok(text) = serde_json::to_vec(self) else { return };
        let written = fs::create_dir_all(folder).is_ok() && write_atomic(&self.path(folder), &text).is_ok();
        if !written {
            let _ = overwrite(&self.path(folder), &text);
        }
    }

    /// Takes the sign away: the attempt ended in order.
    pub fn withdraw(&self, folder: &Path) {
        let _ = fs::remove_file(self.path(folder));
    }
}

/// Puts a text in place of one that is there already: on a full disk there is no room for another file, and it is just then that
/// people want to know why.
fn overwrite(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::options().write(true).open(path)?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)?;
    file.sync_all()
}

/// All attempts that left a sign in `folder`, by shard. Ages are told by the clock of the file system that wrote them, so that
/// clocks of machines may differ; `now` is only for folders that cannot be written.
///
/// # Errors
/// If the folder cannot be read.
pub fn attempts(folder: &Path, now: SystemTime) -> Result<Vec<(Attempt, Life)>, SweepError> {
    let now = clock_of(folder).unwrap_or(now);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let read = |entry: fs::DirEntry| {
        // One that is being written, or was when its worker was killed, is none yet.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            return None;
        }
        let attempt: Attempt = serde_json::from_slice(&fs::read(entry.path()).ok()?).ok()?;
        let age = now.duration_since(entry.metadata().ok()?.modified().ok()?).unwrap_or_default();
        let life = match () {
            () if attempt.failure.is_some() => Life::Failed,
            () if age > PATIENCE => Life::Lost,
            () => Life::Running,
        };
        Some((attempt, life))
    };
    let mut found: Vec<_> = entries.filter_map(read).collect();
    found.sort_by(|a, b| (a.0.shard, &a.0.worker).cmp(&(b.0.shard, &b.0.worker)));
    Ok(found)
}

/// The time at which the file system thinks a file is written now.
fn clock_of(folder: &Path) -> Option<SystemTime> {
    let probe = tempfile::Builder::new().prefix(".clock-").tempfile_in(folder).ok()?;
    probe.as_file().metadata().ok()?.modified().ok()
}

/// Takes away all signs of a shard, unfinished ones too: it is finished, or to be tried afresh.
pub fn forget(folder: &Path, shard: u32) {
    let prefix = format!("{shard:05}.");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().trim_start_matches('.').starts_with(&prefix) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(shard: u32, failure: Option<&str>) -> Attempt {
        Attempt {
            shard,
            worker: format!("n{shard}"),
            job: String::new(),
            runs_done: 1,
            runs: 2,
            failure: failure.map(String::from),
        }
    }

    #[test]
    fn attempts_run_fail_or_are_lost() {
        let folder = tempfile::tempdir().unwrap();
        let (alive, failed, lost) = (attempt(1, None), attempt(2, Some("disk full")), attempt(3, None));
        [&alive, &failed, &lost].iter().for_each(|it| it.tell(folder.path()));
        let old = clock_of(folder.path()).unwrap() - Duration::from_secs(600);
        let file = fs::File::options().write(true).open(lost.path(folder.path())).unwrap();
        file.set_modified(old).unwrap();
        let found = attempts(folder.path(), old).unwrap();
        let lives: Vec<Life> = found.iter().map(|it| it.1).collect();
        assert_eq!(lives, [Life::Running, Life::Failed, Life::Lost]);
        assert_eq!(found[1].0, failed);
        forget(folder.path(), 2);
        alive.withdraw(folder.path());
        assert_eq!(attempts(folder.path(), old).unwrap().len(), 1);
    }

    #[test]
    fn a_sign_that_was_not_finished_counts_for_nothing_and_is_taken_away_with_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let killed = attempt(1, None);
        killed.tell(folder.path());
        let finished = killed.path(folder.path());
        let name = finished.file_name().unwrap().to_string_lossy();
        let unfinished = folder.path().join(format!(".{name}.partial-abc123"));
        fs::copy(&finished, &unfinished).unwrap();
        assert_eq!(attempts(folder.path(), SystemTime::UNIX_EPOCH).unwrap().len(), 1);
        forget(folder.path(), 2);
        assert!(unfinished.exists());
        forget(folder.path(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_sign_is_overwritten_where_no_file_can_be_made() {
        let folder = tempfile::tempdir().unwrap();
        let (long, short) = (attempt(1, Some("a reason with many words")), attempt(1, Some("short")));
        long.tell(folder.path());
        overwrite(&short.path(folder.path()), &serde_json::to_vec(&short).unwrap()).unwrap();
        assert_eq!(attempts(folder.path(), SystemTime::UNIX_EPOCH).unwrap()[0].0, short);
        assert!(overwrite(&folder.path().join("none"), b"").is_err());
    }

    #[test]
    fn what_is_no_sign_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("00001.x.json"), "{").unwrap();
        assert!(attempts(folder.path(), SystemTime::UNIX_EPOCH).unwrap().is_empty());
        assert!(attempts(&folder.path().join("none"), SystemTime::UNIX_EPOCH).unwrap().is_empty());
    }
}
