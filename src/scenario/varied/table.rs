//! The table `parameters` of a file: `"policy.kl_strength" = { range = [0.05, 0.5], scale = "log" }`.

use super::Varied;
use super::key::{Key, declared};
use super::law::Wish;
use crate::scenario::Scenario;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::document::{Node, Table, Value, parse};
use crate::scenario::names::list;
use crate::scenario::parameter::quoted;
use crate::scenario::read::{Notes, TableAt};
use crate::scenario::source::{Layer, Source};
use std::sync::Arc;

const LAWS: [&str; 3] = ["range", "normal", "values"];
const KEYS: [&str; 4] = ["range", "normal", "values", "scale"];

/// Reads a file.
pub fn read(scenario: &Scenario, name: &str, text: &str) -> Result<Vec<Varied>, Vec<Diagnostic>> {
    let source = Arc::new(Source { name: name.to_string(), text: text.to_string(), layer: Layer::File });
    let root = parse(&source)?;
    let mut notes = Notes::default();
    let root = TableAt::root(&root);
    root.refuse_unknown(&["parameters"], &mut notes);
    let found = read_parameters(scenario, &root, &mut notes);
    if found.is_empty() && notes.found.is_empty() {
        let message = "no parameter to vary".to_string();
        let problem = Diagnostic::new(Code::Empty, "parameters", message);
        let start = crate::scenario::source::Origin::new(&source, 0..0);
        notes.push(
            problem
                .at(&start)
                .help("[parameters] lists them, as in \"policy.kl_strength\" = { range = [0.05, 0.5] }"),
        );
    }
    if notes.found.is_empty() { Ok(found) } else { Err(notes.found) }
}

/// Reads the table `parameters` of a root that may hold other keys as well.
pub fn read_parameters(scenario: &Scenario, root: &TableAt<'_>, notes: &mut Notes) -> Vec<Varied> {
    let mut found = Vec::new();
    if let Some(table) = root.child("parameters", notes).table {
        walk(scenario, table, "", &mut found, notes);
    }
    found
}

/// Keys may be quoted whole, or stand in tables.
fn walk(scenario: &Scenario, table: &Table, path: &str, found: &mut Vec<Varied>, notes: &mut Notes) {
    for (key, node) in table {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match &node.value {
            Value::Table(below) if is_law(below, &path) => match law(scenario, below, &path, node) {
                Ok(varied) => found.push(varied),
                Err(problem) => notes.push(problem),
            },
            Value::Table(below) => walk(scenario, below, &path, found, notes),
            other => {
                let message = format!(
                    "`{path}` must be a table with range, normal or values, not {}",
                    other.type_name()
                );
                notes.push(
                    Diagnostic::new(Code::WrongType, &path, message)
                        .at(&node.at)
                        .expected("{ range = [LOW, HIGH] }, { normal = [MEAN, SD] } or { values = [...] }"),
                );
            }
        }
    }
}

fn is_law(table: &Table, path: &str) -> bool {
    declared(path).is_some() || table.is_empty() || table.keys().any(|key| KEYS.contains(&key.as_str()))
}

fn law(scenario: &Scenario, table: &Table, path: &str, node: &Node) -> Result<Varied, Diagnostic> {
    let key = Key::find(scenario, path, &node.key)?;
    if let Some((unknown, at)) = table.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
        let message = format!("there is no key `{path}.{unknown}`");
        let suggestion = crate::scenario::names::nearest(unknown, KEYS);
        let problem = Diagnostic::new(Code::UnknownKey, format!("{path}.{unknown}"), message).at(&at.key);
        return Err(problem.suggest(suggestion).expected(list(&KEYS)));
    }
    let given: Vec<&str> = LAWS.into_iter().filter(|law| table.contains_key(*law)).collect();
    let [law] = given[..] else {
        let message = format!("`{path}` needs exactly one of {}", list(&LAWS));
        return Err(Diagnostic::new(Code::Inconsistent, path, message).at(&node.at));
    };
    let value = &table[law];
    wish(law, value, path, is_log(table, path)?)?.fit(key, &value.at)
}

fn is_log(table: &Table, path: &str) -> Result<bool, Diagnostic> {
    let Some(node) = table.get("scale") else { return Ok(false) };
    match &node.value {
        Value::Text(word) if word == "log" => Ok(true),
        Value::Text(word) if word == "linear" => Ok(false),
        _ => {
            let message = format!("`{path}.scale` is \"linear\" or \"log\"");
            Err(Diagnostic::new(Code::UnknownWord, path, message).at(&node.at).expected("linear or log"))
        }
    }
}

fn wish(law: &str, node: &Node, path: &str, log: bool) -> Result<Wish, Diagnostic> {
    let problem = |message: &str| {
        Diagnostic::new(Code::WrongType, path, format!("`{path}.{law}` {message}")).at(&node.at)
    };
    let Value::List(items) = &node.value else { return Err(problem("is a list")) };
    if law == "values" {
        let texts: Option<Vec<String>> = items.iter().map(|item| text(&item.value)).collect();
        return texts.map(Wish::Values).ok_or_else(|| problem("lists numbers, words, true or false"));
    }
    let numbers: Vec<f64> = items.iter().filter_map(|item| number(&item.value)).collect();
    match (numbers[..].first_chunk::<2>(), items.len(), law) {
        (Some(&[low, high]), 2, "range") => Ok(Wish::Range { low, high, log }),
        (Some(&[mean, sd]), 2, _) if !log => Ok(Wish::Normal(mean, sd)),
        (Some(_), 2, _) => Err(problem("has no scale")),
        (_, _, "range") => Err(problem("is two numbers, [LOW, HIGH]")),
        _ => Err(problem("is two numbers, [MEAN, SD]")),
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Integer(whole) => whole.map(|whole| whole as f64),
        _ => None,
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(format!("{number:?}")),
        Value::Integer(whole) => whole.map(|whole| whole.to_string()),
        Value::Switch(on) => Some(on.to_string()),
        Value::Text(word) => Some(quoted(word)),
        _ => None,
    }
}
