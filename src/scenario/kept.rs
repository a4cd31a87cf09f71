//! What a scenario keeps of the text it was read from, and the scenarios that can be made of it.

use super::build::{build, rebuild};
use super::chain::{Loader, merged, read_set};
use super::code::Code;
use super::diagnostic::{Diagnostic, ScenarioErrors};
use super::document::{Node, Table, Value, node_at};
use super::merge::overlay;
use super::read::Notes;
use super::source::{Layer, Origin};
use super::{Run, Scenario};
use std::fmt;
use std::sync::Arc;

/// The merged tree of a scenario, before any factor.
#[derive(Clone)]
pub struct Document(Arc<Table>);

impl Document {
    pub(super) fn new(tree: Table) -> Self {
        Self(Arc::new(tree))
    }

    pub(super) fn tree(&self) -> &Table {
        &self.0
    }

    pub(super) fn factor_set(&self, factor: &str) -> Option<&Table> {
        node_at(self.tree(), &format!("factors.{factor}.set")).and_then(Node::table)
    }
}

/// Two scenarios are equal if they say the same, wherever it is written.
impl PartialEq for Document {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Document")
    }
}

impl Scenario {
    /// Reads and checks a scenario. `name` is its path, `loader` gives the text of a `base` by path, and `sets` are
    /// changes as given by `--set`. All problems are reported at once.
    ///
    /// ```
    /// use thumbscale::scenario::{Scenario, preset_loader};
    /// let text = "base = 'baseline.toml'\n[memory]\nenabled = true";
    /// let scenario = Scenario::from_toml("mine.toml", text, &preset_loader, &[]).unwrap();
    /// assert!(scenario.settings_in(1).memory.enabled);
    /// ```
    pub fn from_toml(
        name: &str,
        text: &str,
        loader: Loader<'_>,
        sets: &[String],
    ) -> Result<Scenario, ScenarioErrors> {
        let mut notes = Notes::default();
        let tree = merged(name, text, loader, sets, &mut notes)?;
        let built =
            build(short_name(name), tree, None, notes).map_err(|errors| errors.placed_in(name, text))?;
        built.refuse_sets_without_effect()
    }

    /// The same scenario with other factors on.
    pub fn with_active_factors(&self, names: &[impl AsRef<str>]) -> Result<Scenario, ScenarioErrors> {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_string()).collect();
        rebuild(&self.name, self.document.tree().clone(), Some(&names), Notes::default())
    }

    /// The same scenario, same factors on, with values changed as by `--set`.
    pub fn with_set(&self, sets: &[impl AsRef<str>]) -> Result<Scenario, ScenarioErrors> {
        let mut notes = Notes::default();
        let mut tree = self.document.tree().clone();
        let mut names_factors = false;
        for set in sets {
            if let Some(layer) = read_set(set.as_ref(), &mut notes) {
                names_factors |= layer.contains_key("active_factors");
                overlay(&mut tree, &layer, &mut notes);
            }
        }
        if notes.found.iter().any(|problem| problem.code != Code::NothingToRemove) {
            return Err(ScenarioErrors::from_found(notes.found));
        }
        let active = (!names_factors).then_some(self.active_factors.as_slice());
        rebuild(&self.name, tree, active, notes)?.refuse_sets_without_effect()
    }

    /// The same scenario with another seed.
    pub fn with_seed(&self, seed: u64) -> Result<Scenario, ScenarioErrors> {
        self.with_set(&[format!("run.seed={seed}")])
    }

    /// The same scenario with another length, seed and number of replicates.
    pub fn with_run(&self, run: &Run) -> Result<Scenario, ScenarioErrors> {
        let values = super::parameter::Section::to_toml(run);
        let sets: Vec<String> = values.iter().map(|(key, value)| format!("run.{key}={value}")).collect();
        self.with_set(&sets)
    }

    /// A value from the command line that an active factor overrides would be ignored in silence.
    fn refuse_sets_without_effect(self) -> Result<Scenario, ScenarioErrors> {
        self.refuse_without_effect(|at| at.source.layer == Layer::CommandLine)
    }

    /// The same for every value whose place `is_set`.
    pub(super) fn refuse_without_effect(
        self,
        is_set: impl Fn(&Origin) -> bool,
    ) -> Result<Scenario, ScenarioErrors> {
        let mut problems = Vec::new();
        for name in self.active_factors.iter().filter(|name| self.factors[*name].from_round == 1) {
            if let Some(set) = self.document.factor_set(name) {
                overridden((self.document.tree(), set), name, String::new(), &is_set, &mut problems);
            }
        }
        if problems.is_empty() { Ok(self) } else { Err(ScenarioErrors::from_found(problems)) }
    }
}

fn overridden(
    (values, set): (&Table, &Table),
    factor: &str,
    path: String,
    is_set: &dyn Fn(&Origin) -> bool,
    problems: &mut Vec<Diagnostic>,
) {
    for (key, above) in set {
        let path = super::names::join(&path, key);
        let Some(below) = values.get(key) else { continue };
        match (&below.value, &above.value) {
            (Value::Table(below), Value::Table(above)) => {
                overridden((below, above), factor, path, is_set, problems)
            }
            _ if is_set(&below.at) => {
                let message = format!("setting `{path}` has no effect: factor {factor:?} sets it too");
                let problem = Diagnostic::new(Code::SetWithoutEffect, path.clone(), message);
                let help = format!(
                    "set factors.{factor}.set.{path} instead, or leave {factor} out of active_factors"
                );
                problems.push(problem.at(&below.at).help(help));
            }
            _ => {}
        }
    }
}

/// The file name without folder and extension.
pub(super) fn short_name(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.strip_suffix(".toml").unwrap_or(file)
}
