//! Reads a tree into typed sections while collecting every problem instead of stopping at the first.

use super::code::Code;
use super::diagnostic::Diagnostic;
use super::document::{Node, Table, Value};
use super::names::{is_name, join, list, nearest};
use super::parameter::{ParameterType, Section};
use super::{catalogue, source::Origin};
use indexmap::IndexMap;

/// More problems than this say nothing new.
const MOST_PROBLEMS: usize = 1000;

/// The problems found so far, and what later keys need to know of earlier ones.
#[derive(Debug, Default)]
pub struct Notes {
    /// Every problem, in the order found.
    pub found: Vec<Diagnostic>,
    /// Names of the behaviours, which tables per behaviour may use.
    pub behaviours: Vec<String>,
    /// Names of the signals, which tables per signal may use.
    pub signals: Vec<String>,
}

impl Notes {
    /// Keeps a problem.
    pub fn push(&mut self, problem: Diagnostic) {
        if !self.is_full() {
            self.found.push(problem);
        }
    }

    /// Whether a problem was found in the section `path` or below.
    pub fn touches(&self, path: &str) -> bool {
        let below =
            |key: &str| key.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.found.iter().any(|problem| below(&problem.key))
    }

    /// Whether looking for more is pointless.
    pub fn is_full(&self) -> bool {
        self.found.len() >= MOST_PROBLEMS
    }
}

/// A value and its path.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// Path from the root.
    pub path: &'a str,
    /// Value with its place.
    pub node: &'a Node,
}

impl At<'_> {
    /// A problem with this value.
    pub fn problem(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, self.path, message).at(&self.node.at)
    }

    /// The value has the wrong type.
    pub fn wrong_type(&self, expected: &str) -> Diagnostic {
        let found = self.node.value.type_name();
        let problem =
            self.problem(Code::WrongType, format!("`{}` must be {expected}, not {found}", self.path));
        problem.label(format!("this is {found}")).expected(expected)
    }
}

/// A table and its path; a table that is not written reads like an empty one.
#[derive(Clone, Debug)]
pub struct TableAt<'a> {
    /// Path from the root.
    pub path: String,
    /// Its entries.
    pub table: Option<&'a Table>,
}

impl<'a> TableAt<'a> {
    /// The root of a tree.
    pub fn root(table: &'a Table) -> Self {
        Self { path: String::new(), table: Some(table) }
    }

    /// The value of `key`, if written and right.
    pub fn value<T: ParameterType>(&self, key: &str, min: f64, max: f64, notes: &mut Notes) -> Option<T> {
        let node = self.table?.get(key)?;
        T::read(At { path: &join(&self.path, key), node }, &T::kind(min, max), notes)
    }

    /// The table under `key`; a value of another type is a problem.
    pub fn child(&self, key: &str, notes: &mut Notes) -> TableAt<'a> {
        let path = join(&self.path, key);
        let node = self.table.and_then(|table| table.get(key));
        if let Some(node) = node.filter(|node| node.table().is_none()) {
            notes.push(At { path: &path, node }.wrong_type("a table"));
        }
        TableAt { path, table: node.and_then(Node::table) }
    }

    /// The entries of a named list, without removed ones.
    pub fn entries(&self, key: &str, notes: &mut Notes) -> Vec<(String, Origin, TableAt<'a>)> {
        let list = self.child(key, notes);
        let mut entries = Vec::new();
        for (name, node) in list.table.into_iter().flatten().filter(|(_, node)| !node.is_removal()) {
            if !is_name(name) {
                notes.push(bad_name(&list.path, name, &node.key));
            } else {
                entries.push((name.clone(), node.key.clone(), list.child(name, notes)));
            }
        }
        entries
    }

    /// Refuses every key that is not in `known`.
    pub fn refuse_unknown(&self, known: &[&str], notes: &mut Notes) {
        for (key, node) in self.table.into_iter().flatten() {
            if !known.contains(&key.as_str()) && !notes.is_full() {
                notes.push(unknown_key(&self.path, key, node, known));
            }
        }
    }
}

fn bad_name(path: &str, name: &str, key: &Origin) -> Diagnostic {
    Diagnostic::new(Code::BadName, join(path, name), format!("{name:?} cannot be a name"))
        .at(key)
        .expected("letters, digits, '-' and '_', at most 64")
}

fn unknown_key(path: &str, key: &str, node: &Node, known: &[&str]) -> Diagnostic {
    let full = join(path, key);
    let suggestion = nearest(key, known.iter().copied());
    let problem = Diagnostic::new(Code::UnknownKey, &full, format!("there is no key `{full}`"));
    let problem = problem.at(&node.key).label("unknown key");
    let elsewhere = catalogue::paths_of_key(key);
    match suggestion {
        Some(_) => problem.suggest(suggestion.map(|name| join(path, &name))),
        None if !elsewhere.is_empty() => {
            problem.help(format!("a key of that name exists as {}", list(&elsewhere)))
        }
        None => problem.expected(list(known)),
    }
}

/// Reads a section of its own.
pub fn read_one<S: Section>(root: &TableAt<'_>, key: &str, notes: &mut Notes) -> S {
    let table = root.child(key, notes);
    S::read(&table, notes)
}

/// Reads a list of sections by name.
pub fn read_named<S: Section>(root: &TableAt<'_>, key: &str, notes: &mut Notes) -> IndexMap<String, S> {
    let entries = root.entries(key, notes);
    entries.into_iter().map(|(name, _, table)| (name, S::read(&table, notes))).collect()
}

/// Names of the entries of a list that are not removed.
pub fn entry_names(root: &Table, key: &str) -> Vec<String> {
    let entries = root.get(key).and_then(Node::table).into_iter().flatten();
    entries.filter(|(_, node)| !node.is_removal()).map(|(name, _)| name.clone()).collect()
}

/// A number, whole or not.
pub fn read_number(at: At<'_>, (min, max): (f64, f64), notes: &mut Notes) -> Option<f64> {
    let number = match at.node.value {
        Value::Number(number) => number,
        // Whole numbers up to 2^53 are exact; beyond that the nearest double is what TOML means anyway.
        Value::Integer(Some(whole)) => whole as f64,
        Value::Integer(None) => return refuse(notes, out_of_range(at, min, max, false)),
        _ => return refuse(notes, at.wrong_type("a number").expected(bounds(min, max, false))),
    };
    if !number.is_finite() {
        let problem = at.problem(Code::NotFinite, format!("`{}` must be finite", at.path));
        return refuse(notes, problem.expected(bounds(min, max, false)));
    }
    if number < min || number > max {
        return refuse(notes, out_of_range(at, min, max, false));
    }
    Some(number)
}

/// A whole number.
pub fn read_whole(at: At<'_>, (min, max): (f64, f64), notes: &mut Notes) -> Option<i64> {
    match at.node.value {
        Value::Integer(Some(whole)) if whole as f64 >= min && whole as f64 <= max => Some(whole),
        Value::Integer(_) => refuse(notes, out_of_range(at, min, max, true)),
        Value::Number(number) => {
            let problem = at.wrong_type("a whole number").expected(bounds(min, max, true));
            let exact = number.fract() == 0.0 && number.abs() < 1e15;
            refuse(notes, problem.suggest(exact.then(|| format!("{number:.0}"))))
        }
        _ => refuse(notes, at.wrong_type("a whole number").expected(bounds(min, max, true))),
    }
}

fn refuse<T>(notes: &mut Notes, problem: Diagnostic) -> Option<T> {
    notes.push(problem);
    None
}

fn out_of_range(at: At<'_>, min: f64, max: f64, whole: bool) -> Diagnostic {
    let range = bounds(min, max, whole);
    at.problem(Code::OutOfRange, format!("`{}` is outside its range", at.path)).expected(range)
}

/// `0 to 1`, with long numbers as powers of ten unless they are whole by nature.
pub fn bounds(min: f64, max: f64, whole: bool) -> String {
    if whole {
        format!("{} to {}", min as i64, max as i64)
    } else {
        format!("{} to {}", short(min), short(max))
    }
}

fn short(number: f64) -> String {
    let plain = number == 0.0 || (1e-4..1e6).contains(&number.abs());
    if plain { number.to_string() } else { format!("{number:e}") }
}

/// A word of a closed list.
pub fn read_word<'a>(at: At<'a>, words: &[&'static str], notes: &mut Notes) -> Option<&'a str> {
    let Value::Text(word) = &at.node.value else {
        return refuse(notes, at.wrong_type("text in quotes").expected(list(words)));
    };
    if words.contains(&word.as_str()) {
        return Some(word);
    }
    let problem = at.problem(Code::UnknownWord, format!("`{}` cannot be {word:?}", at.path));
    refuse(notes, problem.expected(list(words)).suggest(nearest(word, words.iter().copied())))
}
