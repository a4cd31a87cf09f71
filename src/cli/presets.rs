//! `thumbscale presets`: the scenarios that come with the program.

use super::exit::Exit;
use super::talk::print;
use crate::scenario::{Scenario, preset_text};
use clap::Args;

/// List the shipped scenarios with their questions, or print one
#[derive(Args)]
#[command(after_help = "Example: thumbscale presets gpt4o-april-2025 > mine.toml")]
pub struct Arguments {
    /// Print the file of this scenario
    name: Option<String>,
}

pub fn presets(arguments: &Arguments) -> anyhow::Result<Exit> {
    match &arguments.name {
        Some(name) => print(text(name)?)?,
        None => print(&list())?,
    }
    Ok(Exit::Fine)
}

fn text(name: &str) -> anyhow::Result<&'static str> {
    match preset_text(&format!("{}.toml", name.strip_suffix(".toml").unwrap_or(name))) {
        Some(text) => Ok(text),
        // Says which name comes nearest.
        None => Ok(Scenario::preset(name, &[]).map(|_| "")?),
    }
}

fn list() -> String {
    let presets = crate::scenario::presets();
    let width = presets.iter().map(|preset| preset.name.len()).max().unwrap_or(0);
    presets.iter().map(|preset| format!("{:width$}  {}\n", preset.name, preset.question)).collect()
}
