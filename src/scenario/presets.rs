//! The shipped scenarios, embedded so that they need no files.

use super::{LoadError, Scenario, ScenarioErrors};
use serde::Serialize;

/// A shipped scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preset {
    /// Name, as in `scenarios/NAME.toml`.
    pub name: &'static str,
    /// The question that it asks.
    pub question: String,
    /// Its text.
    pub text: &'static str,
}

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        const EMBEDDED: &[(&str, &str)] =
            &[$( ($name, include_str!(concat!("../../scenarios/", $name, ".toml"))) ),*];
    };
}
embedded![
    "baseline",
    "thumbs-only",
    "memory-only",
    "fresh-data-only",
    "all-three",
    "praise-first",
    "gpt4o-april-2025",
    "honest-world",
    "no-feedback",
    "mean-field",
    "published/bayesian-user",
    "published/gameable-users",
    "published/preference-data",
    "published/memory-profile",
    "published/hindsight",
    "published/agreeable-answers",
    "published/lock-in",
    "published/overoptimisation",
    "published/best-of-n-preferences",
];

macro_rules! embedded_sweeps {
    ($($name:literal),* $(,)?) => {
        const SWEEPS: &[(&str, &str)] =
            &[$( ($name, include_str!(concat!("../../scenarios/sweeps/", $name, ".toml"))) ),*];
    };
}
embedded_sweeps!["phase-diagram", "april-2025-factorial", "sobol-indices", "million-runs"];

/// Every shipped sweep.
pub fn sweeps() -> Vec<Preset> {
    SWEEPS.iter().map(|(name, text)| Preset { name, question: question(text), text }).collect()
}

/// Every shipped scenario.
pub fn presets() -> Vec<Preset> {
    EMBEDDED.iter().map(|(name, text)| Preset { name, question: question(text), text }).collect()
}

fn question(text: &str) -> String {
    let table: toml::Table = text.parse().unwrap_or_default();
    table.get("question").and_then(toml::Value::as_str).unwrap_or_default().to_string()
}

/// Text of the shipped scenario with this file name, as `baseline.toml` or `scenarios/baseline.toml`.
pub fn preset_text(path: &str) -> Option<&'static str> {
    let file = path.rsplit('/').next()?;
    let name = file.strip_suffix(".toml")?;
    let is_wanted = |known: &str| known == name || known.ends_with(&format!("/{name}"));
    EMBEDDED.iter().find(|(known, _)| is_wanted(known)).map(|(_, text)| *text)
}

/// A loader that knows only the shipped scenarios.
pub fn preset_loader(path: &str) -> Result<String, LoadError> {
    preset_text(path).map(str::to_string).ok_or(LoadError::NotFound)
}

impl Scenario {
    /// The shipped scenario `name`, with values changed by `sets` as by `--set`.
    pub fn preset(name: &str, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let path = format!("{name}.toml");
        match preset_text(&path) {
            Some(text) => Scenario::from_toml(&path, text, &preset_loader, sets),
            None => {
                let known = EMBEDDED.iter().map(|(name, _)| *name);
                let suggestion = super::names::nearest(name, known);
                Err(LoadError::NotFound.problem(name).suggest(suggestion).into())
            }
        }
    }
}
