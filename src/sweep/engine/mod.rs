//! What schedulers are given: scripts that all call `sweep run --shard`, and nothing else.

pub mod dask;
pub mod hyperqueue;
pub mod kubernetes;
pub mod slurm;
pub mod snakemake;

use std::path::PathBuf;

/// What every engine needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// Name of the sweep.
    pub name: String,
    /// The program, by its full path.
    pub program: PathBuf,
    /// Folder of the sweep, by its full path.
    pub folder: PathBuf,
    /// Shards to run.
    pub shards: Vec<u32>,
    /// Shards of the whole sweep.
    pub all_shards: u32,
    /// Cores of a job.
    pub cores: u32,
    /// Minutes after which a job is ended.
    pub minutes: u64,
    /// Memory of a job in MB.
    pub memory_mb: u64,
}

/// `text` as one word of a shell.
pub fn quoted(text: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "/._-+=:,@%".contains(it);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// `text` as a string of Python; JSON's are.
fn python(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A sweep for the tests of this folder.
#[cfg(test)]
fn example(shards: u32) -> Work {
    Work {
        name: "phases".into(),
        program: "/opt/thumbscale".into(),
        folder: "/shared/my sweep".into(),
        shards: (1..=shards).collect(),
        all_shards: shards,
        cores: 2,
        minutes: 1505,
        memory_mb: 300,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_shell_are_quoted_where_need_be() {
        assert_eq!(quoted("/a/b-c_1.x"), "/a/b-c_1.x");
        assert_eq!(quoted("it's $HOME"), "'it'\\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
