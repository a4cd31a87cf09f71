//! The program as its users run it: the real binary, its two streams, its files and its exit codes.

#![cfg(feature = "cli")]

mod autopsy;
mod check;
mod compare;
mod compound;
mod demo;
mod faults;
mod gain;
mod interrupt;
mod killed;
mod resume;
mod run;
mod sensitivity;
mod serve;
mod small_commands;
mod streams;
mod sweep;
mod trouble;
mod verify;

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// Settings under which a round takes milliseconds.
const SMALL: [&str; 5] = [
    "population.users=500",
    "run.warm_up_rounds=0",
    "run.measure_rows=64",
    "signals.raters.rows=256",
    "signals.thumbs.rows=256",
];

/// The program in an empty folder of its own.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thumbscale"));
        command.current_dir(self.path()).args(words).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs the program and gives what it left.
    fn output(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs it on few users; it must end well.
    fn small(&self, words: &[&str]) -> Output {
        let output = self.output(&small(words));
        assert!(output.status.success(), "{}", stderr(&output));
        output
    }

    /// The folder of the only scenario below `output`.
    fn scenario(&self) -> PathBuf {
        entries(&self.path().join("output")).pop().unwrap_or_default()
    }

    /// The only result folder below `output`.
    fn results(&self) -> PathBuf {
        let scenario = only_entry(&self.path().join("output"));
        let mut results: Vec<PathBuf> = entries(&scenario).into_iter().filter(|it| !is_hidden(it)).collect();
        assert_eq!(results.len(), 1, "{results:?}");
        results.remove(0)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }
}

/// `words` with the settings of a small run.
fn small<'a>(words: &[&'a str]) -> Vec<&'a str> {
    words.iter().copied().chain(SMALL.into_iter().flat_map(|set| ["--set", set])).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    };
    entries.sort();
    entries
}

/// Whether it is something else than results: a checkpoint, or what is under construction.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn only_entry(folder: &Path) -> PathBuf {
    let entries = entries(folder);
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries[0].clone()
}

/// Everything below `folder` that is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let below = entries(folder).into_iter().map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    below.flatten().collect()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by itself")
}
