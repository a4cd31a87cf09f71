//! Sweep files: a scenario, what is varied in it and how, and what is kept of every run.

mod settings;

pub use settings::{DesignKind, RandomNumbers, SweepDesign, SweepOutcomes};

use super::build::build;
use super::chain::{Loader, is_absolute, leaves_folder, merged_layer};
use super::code::Code;
use super::diagnostic::{Diagnostic, ScenarioErrors};
use super::document::{Node, Table, Value, parse};
use super::names::{list, nearest};
use super::parameter::{Kind, ParameterType};
use super::read::{At, Notes, TableAt, read_one};
use super::source::{Layer, Origin, Source};
use super::varied::{Varied, check_varied, factor_column, read_parameters};
use super::{Scenario, short_name};
use std::sync::Arc;

const KEYS: [&str; 11] = [
    "question",
    "expected",
    "sources",
    "scenario",
    "set",
    "seed",
    "replicates",
    "design",
    "parameters",
    "factors",
    "outcomes",
];
/// Those that the scenario under the sweep takes over: a sweep asks its own question.
const OF_THE_SCENARIO: [&str; 3] = ["question", "expected", "sources"];

/// A sweep as it is written, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepFile {
    /// The file name without extension.
    pub name: String,
    /// The scenario that is varied, with the sweep's own question and `[set]`.
    pub scenario: Scenario,
    /// Name of that scenario.
    pub scenario_name: String,
    /// Seed of the design and of all runs.
    pub seed: u64,
    /// Runs of every point.
    pub replicates: u32,
    /// Which points.
    pub design: SweepDesign,
    /// What is varied: keys of the scenario, then factors that are off or on.
    pub parameters: Vec<Varied>,
    /// Names of the factors among the parameters.
    pub factors: Vec<String>,
    /// What is kept.
    pub outcomes: SweepOutcomes,
    /// The text of the file.
    pub text: String,
    /// Where the measures are asked for.
    measures_at: Option<Origin>,
}

impl SweepFile {
    /// Reads and checks a sweep. `loader` gives the text of a scenario by path, `sets` change the scenario as `--set` does.
    ///
    /// # Errors
    /// All problems of the file, and of the scenario with what the file sets, each where it is written.
    pub fn from_toml(
        name: &str,
        text: &str,
        loader: Loader<'_>,
        sets: &[String],
    ) -> Result<Self, ScenarioErrors> {
        let source = Arc::new(Source { name: name.to_string(), text: text.to_string(), layer: Layer::File });
        let tree = parse(&source).map_err(ScenarioErrors::from_found)?;
        let read = read(name, &tree, loader, sets).map_err(|errors| errors.placed_in(name, text))?;
        Ok(Self { text: text.to_string(), ..read })
    }

    /// The problem that one of the measures is no column; `known` are the columns.
    pub fn unknown_measure(&self, known: &[String]) -> Option<ScenarioErrors> {
        let unknown = self.outcomes.measures.iter().find(|name| !known.contains(name))?;
        let message = format!("there is no measure {unknown:?} in the table of rounds");
        let suggestion = nearest(unknown, known.iter().map(String::as_str));
        let problem = Diagnostic::new(Code::UnknownName, "outcomes.measures", message).suggest(suggestion);
        let problem = problem.at_maybe(self.measures_at.as_ref());
        Some(problem.help("`thumbscale run SCENARIO --format csv` shows all of them").into())
    }
}

fn read(name: &str, tree: &Table, loader: Loader<'_>, sets: &[String]) -> Result<SweepFile, ScenarioErrors> {
    let mut notes = Notes::default();
    let root = TableAt::root(tree);
    root.refuse_unknown(&KEYS, &mut notes);
    let seed = root.value("seed", 0.0, i64::MAX as f64, &mut notes).unwrap_or(1);
    let replicates = root.value("replicates", 1.0, 10_000.0, &mut notes).unwrap_or(1);
    let design: SweepDesign = read_one(&root, "design", &mut notes);
    let outcomes: SweepOutcomes = read_one(&root, "outcomes", &mut notes);
    check_design(tree, &design, &outcomes, &mut notes);
    let found = scenario(name, tree, loader, sets, &mut notes);
    let (scenario, scenario_name) = match found {
        Ok(found) => found,
        Err(more) => {
            notes.found.extend(more.0);
            return Err(ScenarioErrors::from_found(notes.found));
        }
    };
    let mut parameters = read_parameters(&scenario, &root, &mut notes);
    notes.found.extend(check_varied(&scenario, &parameters));
    let factors = factors(tree, &scenario, &mut notes);
    parameters.extend(factors.iter().map(|(factor, at)| factor_column(&scenario, factor, at)));
    let factors = factors.into_iter().map(|(factor, _)| factor).collect();
    if parameters.is_empty() && design.kind != DesignKind::FromFile && notes.found.is_empty() {
        let message = "nothing is varied: the sweep has no parameters".to_string();
        let help = "[parameters] lists them, as in \"policy.kl_strength\" = { range = [0.05, 0.5] }";
        notes.push(Diagnostic::new(Code::Empty, "parameters", message).help(help));
    }
    if !notes.found.is_empty() {
        return Err(ScenarioErrors::from_found(notes.found));
    }
    let measures_at = super::document::node_at(tree, "outcomes.measures").map(|node| node.at.clone());
    let name = short_name(name).to_string();
    Ok(SweepFile {
        name,
        scenario,
        scenario_name,
        seed,
        replicates,
        design,
        parameters,
        factors,
        outcomes,
        text: String::new(),
        measures_at,
    })
}

/// Keys of the design that its kind does not read would be ignored in silence.
fn check_design(tree: &Table, design: &SweepDesign, outcomes: &SweepOutcomes, notes: &mut Notes) {
    use DesignKind as Is;
    let kind = design.kind;
    let reads = |key: &str| match key {
        "samples" => !matches!(kind, Is::Grid | Is::Factorial | Is::FromFile),
        "steps" => kind == Is::Grid,
        "second_order" => kind == Is::Saltelli,
        "file" => kind == Is::FromFile,
        _ => true,
    };
    let written = tree.get("design").and_then(Node::table).into_iter().flatten();
    for (key, node) in written.filter(|(key, _)| !reads(key)) {
        let message = format!("a design of kind {:?} does not use `{key}`", kind.word());
        notes.push(Diagnostic::new(Code::Inconsistent, format!("design.{key}"), message).at(&node.key));
    }
    let place = tree.get("design").map(|node| &node.at);
    if kind == Is::FromFile && design.file.is_empty() {
        let message = "a design of kind \"from_file\" needs `file`".to_string();
        notes.push(Diagnostic::new(Code::Inconsistent, "design.file", message).at_maybe(place));
    }
    // A sweep that was given away must not read what lies around it.
    if !design.file.is_empty() && (is_absolute(&design.file) || leaves_folder(&design.file)) {
        let message = "`design.file` must be in the folder of this file or below, without `..`".to_string();
        notes.push(Diagnostic::new(Code::Inconsistent, "design.file", message).at_maybe(place));
    }
    if outcomes.measures.is_empty() {
        let place = tree.get("outcomes").map(|node| &node.at);
        let message = "at least one measure must be kept".to_string();
        notes.push(Diagnostic::new(Code::Empty, "outcomes.measures", message).at_maybe(place));
    }
}

/// The scenario that `scenario` names, under `[set]` and `sets`, and its name.
fn scenario(
    name: &str,
    tree: &Table,
    loader: Loader<'_>,
    sets: &[String],
    notes: &mut Notes,
) -> Result<(Scenario, String), ScenarioErrors> {
    let Some(node) = tree.get("scenario") else {
        let problem = Diagnostic::new(Code::Empty, "scenario", "the sweep names no scenario to vary");
        return Err(problem.help("scenario = \"all-three\", or a file beside this one").into());
    };
    let Some(file) = String::read(At { path: "scenario", node }, &Kind::Text, notes) else {
        return Err(ScenarioErrors(Vec::new()));
    };
    let file = if file.ends_with(".toml") { file } else { format!("{file}.toml") };
    let named = short_name(&file).to_string();
    let mut layer: Table =
        OF_THE_SCENARIO.iter().filter_map(|key| Some((key.to_string(), tree.get(*key)?.clone()))).collect();
    layer.insert("base".into(), Node { value: Value::Text(file), ..node.clone() });
    let set = TableAt::root(tree).child("set", notes);
    for (key, node) in set.table.into_iter().flatten() {
        place_at(&mut layer, key, node);
    }
    // Problems of the sweep itself are told with those of the scenario, and stop nothing here.
    let mut own = Notes::default();
    let tree = merged_layer(name, Some(layer), loader, sets, &mut own)?;
    let scenario = build(short_name(name), tree, None, own)?;
    let is_set = |at: &Origin| matches!(at.source.layer, Layer::File | Layer::CommandLine);
    Ok((scenario.refuse_without_effect(is_set)?, named))
}

/// Puts a node where its key says: `"policy.kl_strength"` in quotes stands for nested tables.
fn place_at(table: &mut Table, key: &str, node: &Node) {
    let Some((first, rest)) = key.split_once('.') else {
        match (table.get_mut(key).map(|it| &mut it.value), &node.value) {
            (Some(Value::Table(below)), Value::Table(above)) => {
                above.iter().for_each(|(key, node)| place_at(below, key, node));
            }
            _ => {
                table.insert(key.to_string(), node.clone());
            }
        }
        return;
    };
    let within = table.entry(first.to_string()).or_insert_with(|| Node {
        value: Value::Table(Table::new()),
        key: node.key.clone(),
        at: node.at.clone(),
    });
    if let Value::Table(below) = &mut within.value {
        place_at(below, rest, node);
    }
}

/// The factors that are varied, with their places.
fn factors(tree: &Table, scenario: &Scenario, notes: &mut Notes) -> Vec<(String, Origin)> {
    let Some(node) = tree.get("factors") else { return Vec::new() };
    let at = At { path: "factors", node };
    let Some(names) = Vec::<String>::read(at, &Kind::Words, notes) else { return Vec::new() };
    let known: Vec<&str> = scenario.factors.keys().map(String::as_str).collect();
    let mut found: Vec<(String, Origin)> = Vec::new();
    for (nth, name) in names.into_iter().enumerate() {
        let place = match &node.value {
            Value::List(items) => items[nth].at.clone(),
            _ => node.at.clone(),
        };
        let problem = match () {
            () if !known.contains(&name.as_str()) => {
                let problem =
                    Diagnostic::new(Code::UnknownName, "factors", format!("there is no factor {name:?}"));
                problem.suggest(nearest(&name, known.iter().copied())).expected(list(&known))
            }
            () if found.iter().any(|(earlier, _)| *earlier == name) => {
                Diagnostic::new(Code::Duplicate, "factors", format!("factor {name:?} is listed twice"))
            }
            () => {
                found.push((name, place));
                continue;
            }
        };
        notes.push(problem.at(&place));
    }
    found
}
