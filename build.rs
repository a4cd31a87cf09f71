//! Records the git commit that the binary is built from, where there is one, and a fingerprint of the engine.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=THUMBSCALE_GIT_COMMIT");
    for path in [".git/HEAD", ".git/index", "Cargo.lock"].map(PathBuf::from).into_iter().chain(library()) {
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    if let Some(commit) = given().or_else(from_git) {
        println!("cargo::rustc-env=THUMBSCALE_GIT_COMMIT={commit}");
    }
    println!("cargo::rustc-env=THUMBSCALE_ENGINE={:016x}", engine_fingerprint());
}

/// The sources of the library: what only the program has needs neither another commit nor another fingerprint.
fn library() -> Vec<PathBuf> {
    let program = ["src/cli", "src/lesson", "src/main.rs"].map(Path::new);
    let mut files = files_below(Path::new("src"));
    files.retain(|file| !program.iter().any(|it| file.starts_with(it)));
    files
}

/// A hash of the sources that histories and gains depend on: what was kept is not used by another engine. What only reads
/// arguments or shows results does not count.
fn engine_fingerprint() -> u64 {
    let mut hash = DefaultHasher::new();
    let mut files = library();
    files.retain(|file| !file.starts_with("src/output"));
    files.push(PathBuf::from("Cargo.lock"));
    files.sort();
    for file in files {
        file.hash(&mut hash);
        std::fs::read(&file).unwrap_or_default().hash(&mut hash);
    }
    hash.finish()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files_below(&path),
            path => vec![path],
        })
        .collect()
}

/// Packagers who build without a repository can pass the commit in.
fn given() -> Option<String> {
    std::env::var("THUMBSCALE_GIT_COMMIT").ok().filter(|commit| !commit.is_empty())
}

/// The commit, with `-dirty` if tracked files differ from it. No git or no repository is no error.
fn from_git() -> Option<String> {
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(if changed.is_empty() { commit } else { format!("{commit}-dirty") })
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}
