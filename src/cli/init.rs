//! `thumbscale init`: a scenario to start from.

use super::exit::Exit;
use super::talk::Talk;
use crate::output::write_atomic;
use anyhow::{Context, bail};
use clap::Args;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

const STARTER: &str = include_str!("starter.toml");

/// Write a commented scenario file to start from
#[derive(Args)]
#[command(after_help = "Example: thumbscale init my-question")]
pub struct Arguments {
    /// Name of the scenario; the file is NAME.toml
    #[arg(default_value = "my-scenario")]
    name: PathBuf,
    /// Replace a file of that name
    #[arg(long)]
    force: bool,
}

pub fn init(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let path = with_extension(&arguments.name);
    match arguments.force {
        true => write_atomic(&path, STARTER.as_bytes())?,
        false => write_new(&path)?,
    }
    talk.say(&next_steps(&path));
    Ok(Exit::Fine)
}

fn next_steps(path: &Path) -> String {
    let file = path.display();
    let steps = [
        (format!("check {file}"), "after every change"),
        (format!("run {file}"), "tables, figures and a report"),
        ("explain".to_string(), "every key that it can set"),
    ];
    let width = steps.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
    let lines = steps.iter().map(|(command, what)| format!("\n  thumbscale {command:width$}   {what}"));
    format!("wrote {file}. Next:{}", lines.collect::<String>())
}

fn with_extension(name: &Path) -> PathBuf {
    match name.extension() {
        Some(extension) if extension == "toml" => name.to_path_buf(),
        _ => {
            let mut file = name.as_os_str().to_os_string();
            file.push(".toml");
            file.into()
        }
    }
}

fn write_new(path: &Path) -> anyhow::Result<()> {
    let file = path.display();
    let mut created = match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{file} already exists; use --force to replace it or give another name")
        }
        opened => opened.with_context(|| format!("cannot create {file}"))?,
    };
    created
        .write_all(STARTER.as_bytes())
        .inspect_err(|_| {
            // Half a scenario is worse than none, and would be in the way of the next try.
            let _ = std::fs::remove_file(path);
        })
        .with_context(|| format!("cannot write {file}"))
}
