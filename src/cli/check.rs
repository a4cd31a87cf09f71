//! `thumbscale check`: every error of every file, at once.

use super::exit::{Exit, say_errors};
use super::talk::{print, print_json};
use crate::analysis::study::variants;
use crate::scenario::{Scenario, ScenarioErrors};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Check scenario files without running them; all errors of all files are shown
#[derive(Args)]
#[command(after_help = "Example: thumbscale check scenarios/*.toml")]
pub struct Arguments {
    /// Scenario files, or names of shipped scenarios
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// What to print on stdout: a line per file, or everything as JSON
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// What was found in one file.
#[derive(Serialize)]
struct Checked {
    file: String,
    ok: bool,
    #[serde(flatten)]
    facts: Option<Facts>,
    errors: Option<ScenarioErrors>,
}

/// A scenario in a nutshell.
#[derive(Serialize)]
struct Facts {
    name: String,
    rounds: u32,
    users: u64,
    active_factors: Vec<String>,
}

pub fn check(arguments: &Arguments) -> anyhow::Result<Exit> {
    let checked: Vec<Checked> = arguments.files.iter().map(|file| check_file(file)).collect();
    match arguments.format {
        Format::Human => checked.iter().try_for_each(show)?,
        Format::Json => print_json(&serde_json::json!({ "format": 1, "files": &checked }))?,
    }
    Ok(if checked.iter().all(|file| file.ok) { Exit::Fine } else { Exit::BadScenario })
}

fn check_file(path: &Path) -> Checked {
    let file = path.display().to_string();
    match read(path) {
        Ok(facts) => Checked { file, ok: true, facts: Some(facts), errors: None },
        Err(errors) => Checked { file, ok: false, facts: None, errors: Some(errors) },
    }
}

/// Reads the scenario and every version of it that a run would compare.
fn read(path: &Path) -> Result<Facts, ScenarioErrors> {
    let scenario = Scenario::load(path, &[])?;
    variants(&scenario)?;
    let settings = scenario.settings_in(0);
    Ok(Facts {
        name: scenario.name.clone(),
        rounds: settings.run.rounds,
        users: settings.population.users,
        active_factors: scenario.active_factors.clone(),
    })
}

fn show(checked: &Checked) -> anyhow::Result<()> {
    if let Some(errors) = &checked.errors {
        say_errors(errors);
    }
    match &checked.facts {
        Some(facts) => print(&format!("{}: {}\n", checked.file, facts.sentence())),
        None => Ok(()),
    }
}

impl Facts {
    fn sentence(&self) -> String {
        let factors = match self.active_factors.as_slice() {
            [] => "no factors".to_string(),
            names => format!("factors {}", names.join(", ")),
        };
        format!("{} is fine: {} rounds, {} users, {factors}", self.name, self.rounds, self.users)
    }
}
