//! Records the git commit that the binary is built from, where there is one.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=THUMBSCALE_GIT_COMMIT");
    for path in [".git/HEAD", ".git/index", "src"] {
        if std::path::Path::new(path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    if let Some(commit) = given().or_else(from_git) {
        println!("cargo::rustc-env=THUMBSCALE_GIT_COMMIT={commit}");
    }
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
