//! The checkpoints of one run in their folder: the last two, written under another name first, by one process at a time.

use super::error::CheckpointError;
use super::file::{read_checkpoint, write_checkpoint};
use super::identity::StudyIdentity;
use super::lock::lock;
use crate::analysis::study::{UnfinishedStudy, Variant};
use crate::output::{OutputError, RunDirectory, sync_folder};
use crate::scenario::Scenario;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Checkpoints kept: the newest, and one in case it cannot be read.
const KEPT: usize = 2;
const NAME: &str = "checkpoint-";
const WRITING: &str = "writing";
const LOCK: &str = "lock";
const SUFFIX: &str = ".checkpoint";

/// The checkpoints of a run that this process has for itself. Where there are none in the end, nothing is left.
pub struct Checkpoints {
    folder: PathBuf,
    identity: StudyIdentity,
    /// Numbers of those known to be whole, oldest first.
    whole: Vec<u64>,
    /// Number of the next.
    next: u64,
    /// Released when dropped.
    _lock: File,
}

/// A study that goes on.
pub struct Resumed<'a> {
    /// The study.
    pub study: UnfinishedStudy<'a>,
    /// The checkpoint it was read from.
    pub path: PathBuf,
    /// What is wrong with newer ones.
    pub refused: Vec<CheckpointError>,
}

impl Checkpoints {
    /// Takes the folder `root/<scenario>/.<run-id>.checkpoint/` for this process, and makes it if it is not there.
    ///
    /// # Errors
    /// If another process has it, or it cannot be written.
    pub fn open(root: &Path, scenario: &Scenario, variants: &[Variant]) -> Result<Self, CheckpointError> {
        let folder = RunDirectory::beside(root, scenario, SUFFIX);
        let _lock = lock(&folder, LOCK)?;
        let next = numbers(&folder).last().map_or(1, |last| last + 1);
        Ok(Self { folder, identity: StudyIdentity::of(scenario, variants), whole: Vec::new(), next, _lock })
    }

    /// Their folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is none, whole or not.
    pub fn is_empty(&self) -> bool {
        numbers(&self.folder).is_empty()
    }

    /// Writes the next checkpoint and deletes what is older than the one before.
    ///
    /// # Errors
    /// If it cannot be written; the ones before are as they were then.
    pub fn write(&mut self, study: &UnfinishedStudy<'_>) -> Result<(), CheckpointError> {
        let (writing, path) = (self.folder.join(WRITING), self.path(self.next));
        if let Err(source) = self.write_file(study, &writing) {
            // Best effort: the error below is the one worth reporting.
            let _ = fs::remove_file(&writing);
            return Err(OutputError::io("write the checkpoint", &path, source).into());
        }
        fs::rename(&writing, &path).map_err(|source| OutputError::io("rename into place", &path, source))?;
        sync_folder(&self.folder)?;
        self.whole.push(self.next);
        self.next += 1;
        self.delete_all_but(KEPT);
        Ok(())
    }

    fn write_file(&self, study: &UnfinishedStudy<'_>, path: &Path) -> std::io::Result<()> {
        let mut file = File::create(path)?;
        write_checkpoint(study, &self.identity, &mut file)?;
        file.sync_all()
    }

    /// Goes on from the newest checkpoint that is whole.
    ///
    /// # Errors
    /// If there is none, or it belongs to another study.
    pub fn resume<'a>(&mut self, variants: &'a [Variant]) -> Result<Resumed<'a>, CheckpointError> {
        let numbers = numbers(&self.folder);
        let folder = self.folder.clone();
        if numbers.is_empty() {
            return Err(CheckpointError::NoneThere { others: others(&folder), folder });
        }
        let mut refused = Vec::new();
        for &number in numbers.iter().rev() {
            let path = self.path(number);
            match self.read(variants, &path) {
                Ok(study) => {
                    self.whole = vec![number];
                    return Ok(Resumed { study, path, refused });
                }
                Err(error @ CheckpointError::Damaged { .. }) => refused.push(error),
                Err(error) => return Err(error),
            }
        }
        Err(CheckpointError::NoneWhole { folder, refused })
    }

    fn read<'a>(&self, variants: &'a [Variant], path: &Path) -> Result<UnfinishedStudy<'a>, CheckpointError> {
        let file = File::open(path).map_err(|source| OutputError::io("open", path, source))?;
        let path = path.to_path_buf();
        match read_checkpoint(variants, &self.identity, BufReader::new(file)) {
            Ok(Ok(study)) => Ok(study),
            Ok(Err(reason)) => Err(CheckpointError::Foreign { path, reason }),
            Err(error) => Err(CheckpointError::Damaged { path, reason: error.to_string() }),
        }
    }

    /// Deletes all checkpoints.
    pub fn clear(&mut self) {
        self.whole.clear();
        self.delete_all_but(0);
    }

    /// Deletes all but so many of the newest whole ones. One that cannot be deleted does no harm.
    fn delete_all_but(&mut self, kept: usize) {
        let older = self.whole.len().saturating_sub(kept);
        self.whole.drain(..older);
        for number in numbers(&self.folder).into_iter().filter(|number| !self.whole.contains(number)) {
            let _ = fs::remove_file(self.path(number));
        }
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{NAME}{number}"))
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        if self.is_empty() {
            // Best effort: what remains is in nobody's way.
            let _ = fs::remove_file(self.folder.join(WRITING));
            let _ = fs::remove_file(self.folder.join(LOCK));
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// The numbers of all checkpoints in `folder`, in order.
fn numbers(folder: &Path) -> Vec<u64> {
    let mut numbers: Vec<u64> =
        names(folder).iter().filter_map(|name| name.strip_prefix(NAME)?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

/// Other folders of checkpoints beside `folder`.
fn others(folder: &Path) -> Vec<String> {
    let beside = folder.parent().unwrap_or(Path::new("."));
    let holds_some = |name: &String| {
        let other = beside.join(name);
        name.ends_with(SUFFIX) && other != folder && !numbers(&other).is_empty()
    };
    let mut others: Vec<String> = names(beside).into_iter().filter(holds_some).collect();
    others.sort();
    others
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
