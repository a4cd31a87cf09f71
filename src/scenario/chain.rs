//! From a scenario's text to one merged tree: built-in lists, the chain of bases, the file, `--set`.

use super::code::Code;
use super::diagnostic::{Diagnostic, ScenarioErrors};
use super::document::{Node, Table, Value, parse, parse_set};
use super::merge::overlay;
use super::read::Notes;
use super::source::{Layer, Origin, Source};
use std::sync::Arc;

/// Longest chain of bases.
const LONGEST_CHAIN: usize = 16;

/// Largest scenario text, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// The lists that every scenario starts from.
const DEFAULTS: &str = include_str!("defaults.toml");

/// Why the text of a scenario could not be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LoadError {
    /// There is nothing of that name.
    #[error("not found")]
    NotFound,
    /// The text is larger than 1 MiB.
    #[error("{bytes} bytes, more than the 1048576 of a scenario file")]
    TooLarge {
        /// Its size.
        bytes: u64,
    },
    /// The text is not UTF-8.
    #[error("not UTF-8: the byte at line {line}, column {column} (byte {offset} of the file)")]
    NotUtf8 {
        /// Line of the first wrong byte, counted from 1.
        line: usize,
        /// Column of the first wrong byte, counted from 1.
        column: usize,
        /// Bytes before it.
        offset: usize,
    },
    /// Links lead out of the folder of the scenario.
    #[error("links lead out of the folder of the scenario, to {target}")]
    Outside {
        /// Where they lead.
        target: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl LoadError {
    /// The problem that this is for a scenario.
    pub(super) fn problem(&self, path: &str) -> Diagnostic {
        let code = match self {
            LoadError::NotFound | LoadError::Other(_) => Code::Unreadable,
            LoadError::TooLarge { .. } => Code::TooLarge,
            LoadError::NotUtf8 { .. } => Code::NotUtf8,
            LoadError::Outside { .. } => Code::BadBase,
        };
        Diagnostic::new(code, "", format!("cannot read {path}: {self}"))
    }
}

/// Gives the text of the scenario at a path.
pub type Loader<'a> = &'a dyn Fn(&str) -> Result<String, LoadError>;

/// Reads the text named `name` and all that it builds on. What goes wrong in merging is left in `notes`, so that it
/// is reported together with what is wrong with the values.
pub fn merged(
    name: &str,
    text: &str,
    loader: Loader<'_>,
    sets: &[String],
    notes: &mut Notes,
) -> Result<Table, ScenarioErrors> {
    let first = read_layer(name, text.to_string(), Layer::File, notes);
    merged_layer(name, first, loader, sets, notes)
}

/// The same for a first layer that is read already; `None` if it could not be.
pub fn merged_layer(
    name: &str,
    first: Option<Table>,
    loader: Loader<'_>,
    sets: &[String],
    notes: &mut Notes,
) -> Result<Table, ScenarioErrors> {
    let layers = file_layers(name, first, loader, notes);
    let set_layers: Vec<Table> = sets.iter().filter_map(|set| read_set(set, notes)).collect();
    if !notes.found.is_empty() {
        return Err(ScenarioErrors::from_found(std::mem::take(&mut notes.found)));
    }
    let mut tree = Table::new();
    for layer in layers.iter().chain(&set_layers) {
        overlay(&mut tree, layer, notes);
    }
    Ok(tree)
}

/// Reads one `--set`; the base is chosen by the file alone.
pub fn read_set(set: &str, notes: &mut Notes) -> Option<Table> {
    match parse_set(set) {
        Ok(table) => match table.get("base") {
            Some(node) => {
                let problem = Diagnostic::new(Code::BadSet, "base", "`base` cannot be given by --set");
                notes.push(problem.at(&node.key));
                None
            }
            None => Some(table),
        },
        Err(problem) => {
            notes.push(*problem);
            None
        }
    }
}

/// The layers below the command line, lowest first.
fn file_layers(name: &str, first: Option<Table>, loader: Loader<'_>, notes: &mut Notes) -> Vec<Table> {
    let mut layers = Vec::new();
    let mut visited = vec![normal(name)];
    let mut next = first;
    let mut starts_from_nothing = false;
    while let Some(mut layer) = next.take() {
        let base = layer.shift_remove("base");
        if !layers.is_empty() {
            // Each file asks its own question.
            layer.shift_remove("question");
            layer.shift_remove("expected");
        }
        layers.push(layer);
        match base {
            Some(node) if node.is_removal() => starts_from_nothing = true,
            Some(node) => next = base_layer(&node, &mut visited, loader, notes),
            None => {}
        }
    }
    if !starts_from_nothing {
        layers.extend(read_layer("built-in defaults", DEFAULTS.to_string(), Layer::Defaults, notes));
    }
    layers.reverse();
    layers
}

fn read_layer(name: &str, text: String, layer: Layer, notes: &mut Notes) -> Option<Table> {
    if text.len() > MAX_BYTES {
        notes.push(LoadError::TooLarge { bytes: text.len() as u64 }.problem(name));
        return None;
    }
    match parse(&Arc::new(Source { name: name.to_string(), text, layer })) {
        Ok(table) => Some(table),
        Err(problems) => {
            problems.into_iter().for_each(|problem| notes.push(problem));
            None
        }
    }
}

fn base_layer(
    node: &Node,
    visited: &mut Vec<String>,
    loader: Loader<'_>,
    notes: &mut Notes,
) -> Option<Table> {
    match base_text(node, visited, loader) {
        Ok((path, text)) => read_layer(&path, text, Layer::Base, notes),
        Err(problem) => {
            notes.push(*problem);
            None
        }
    }
}

fn base_text(
    node: &Node,
    visited: &mut Vec<String>,
    loader: Loader<'_>,
) -> Result<(String, String), Box<Diagnostic>> {
    let problem = |code, message: String| Box::new(Diagnostic::new(code, "base", message).at(&node.at));
    let Value::Text(base) = &node.value else {
        let message = format!("`base` must be a path in quotes or false, not {}", node.value.type_name());
        return Err(problem(Code::BadBase, message));
    };
    if is_absolute(base) {
        return Err(problem(Code::BadBase, "`base` must be a path relative to this file".into()));
    }
    if leaves_folder(base) {
        let message = "`base` must be in the folder of this file or below, without `..`".to_string();
        let found = problem(Code::BadBase, message);
        return Err(Box::new(found.help("put the file beside this one, or name a shipped scenario")));
    }
    let path = beside(&node.at, base);
    if visited.contains(&path) || visited.len() >= LONGEST_CHAIN {
        let message = format!("the scenario inherits from itself: {} -> {path}", visited.join(" -> "));
        return Err(problem(Code::BaseCycle, message));
    }
    let text = loader(&path).map_err(|error| error.problem(&path)).map_err(|unplaced| {
        let key = "base".to_string();
        Box::new(Diagnostic { key, ..unplaced }.at(&node.at).help("the path is relative to this file"))
    })?;
    visited.push(path.clone());
    Ok((path, text))
}

/// Whether a path starts anywhere but beside the file that names it.
pub fn is_absolute(path: &str) -> bool {
    path.is_empty() || path.starts_with(['/', '\\']) || path.get(1..2) == Some(":")
}

/// Whether a step of the path goes up. A scenario that was given away must not read what lies around it.
pub fn leaves_folder(path: &str) -> bool {
    path.split(['/', '\\']).any(|step| step == "..")
}

/// `base` as seen from the file that names it.
fn beside(origin: &Origin, base: &str) -> String {
    let folder = origin.source.name.rfind('/').map_or("", |slash| &origin.source.name[..=slash]);
    normal(&format!("{folder}{base}"))
}

/// `path` without `.` and `..` where they can be resolved by name alone.
fn normal(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match (step, steps.last()) {
            (".", _) => {}
            ("", Some(_)) => {}
            ("..", Some(&last)) if last != ".." && !last.is_empty() => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_by_name() {
        assert_eq!(normal("a/./b/../c.toml"), "a/c.toml");
        assert_eq!(normal("../../c.toml"), "../../c.toml");
        assert_eq!(normal("/x//y/../c.toml"), "/x/c.toml");
    }

    #[test]
    fn absolute_bases_are_recognised() {
        for path in ["/a.toml", "C:\\a.toml", "\\a", ""] {
            assert!(is_absolute(path), "{path}");
        }
        assert!(!is_absolute("a.toml") && !is_absolute("../a.toml"));
    }

    #[test]
    fn steps_up_are_recognised() {
        for path in ["..", "../a.toml", "a/../../b.toml", "a\\..\\b.toml", "a/.."] {
            assert!(leaves_folder(path), "{path}");
        }
        assert!(!leaves_folder("a/b..toml") && !leaves_folder("...toml") && !leaves_folder("./a.toml"));
    }
}
