//! Histories kept on disk by content, so that an interrupted or repeated analysis simulates nothing twice.
//!
//! One file per history, `<first two digits>/<key>.history`: the SHA-256 of a Parquet file, then that file. A damaged
//! file is as good as none. Any file may be deleted at any time; the history is then simulated again.

use super::atomic::write_atomic;
use super::error::OutputError;
use super::parquet_reader::decode_parquet;
use super::to_parquet;
use crate::analysis::ensemble::Store;
use crate::measure::table::Table;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const CHECKSUM: usize = 32;

/// A folder of histories.
pub struct HistoryStore {
    folder: PathBuf,
    trouble: Mutex<Option<OutputError>>,
}

impl HistoryStore {
    /// The histories in `folder`, which is made when the first is kept.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), trouble: Mutex::new(None) }
    }

    /// The first thing that went wrong with keeping histories, if anything did.
    pub fn trouble(self) -> Option<OutputError> {
        self.trouble.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(&key[..2]).join(format!("{key}.history"))
    }

    fn write(&self, key: &str, history: &Table) -> Result<(), OutputError> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.folder);
        std::fs::create_dir_all(folder).map_err(|source| OutputError::io("create", folder, source))?;
        let parquet = to_parquet("history", history, &[("key", key.to_string())])?;
        let mut bytes = Sha256::digest(&parquet).to_vec();
        bytes.extend(parquet);
        write_atomic(&path, &bytes)
    }
}

impl Store for HistoryStore {
    fn get(&self, key: &str) -> Option<Table> {
        let bytes = std::fs::read(self.path(key)).ok()?;
        let (checksum, parquet) = bytes.split_at_checked(CHECKSUM)?;
        let is_whole = Sha256::digest(parquet).as_slice() == checksum;
        decode_parquet(parquet.to_vec()).ok().filter(|_| is_whole)
    }

    fn put(&self, key: &str, history: &Table) {
        if let Err(error) = self.write(key, history) {
            self.trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::table::Entry;

    const KEY: &str = "ab12";

    fn table() -> Table {
        let mut table = Table::default();
        for (round, value) in [(1, 0.1), (2, f64::NAN)] {
            let words = Entry::text("review_verdict", "Whether it was launched", "held");
            let number = Entry::number("sycophancy_index", "", "Mean of the probes", value);
            table.push(vec![Entry::integer("round", "", "Round", round), number, words]);
        }
        table
    }

    #[test]
    fn a_history_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let store = HistoryStore::new(folder.path());
        assert!(store.get(KEY).is_none());
        store.put(KEY, &table());
        // NaN differs from itself, so the tables are compared as they print.
        assert_eq!(format!("{:?}", store.get(KEY).unwrap()), format!("{:?}", table()));
        assert!(store.trouble().is_none());
    }

    #[test]
    fn a_damaged_history_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = HistoryStore::new(folder.path());
        store.put(KEY, &table());
        let whole = std::fs::read(store.path(KEY)).unwrap();
        for position in [0, CHECKSUM, whole.len() / 2, whole.len() - 1] {
            let mut altered = whole.clone();
            altered[position] ^= 1;
            std::fs::write(store.path(KEY), &altered).unwrap();
            assert!(store.get(KEY).is_none(), "byte {position}");
            std::fs::write(store.path(KEY), &whole[..position]).unwrap();
            assert!(store.get(KEY).is_none(), "cut at {position}");
        }
        store.put(KEY, &table());
        assert!(store.get(KEY).is_some(), "a whole one takes its place");
    }

    #[test]
    fn a_store_that_cannot_write_says_so_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ab"), "in the way").unwrap();
        let store = HistoryStore::new(folder.path());
        store.put(KEY, &table());
        assert!(store.trouble().is_some());
    }
}
