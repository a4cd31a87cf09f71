//! Where the values of a scenario come from, and the scenario written out in full.

use super::build::tree_with_factors;
use super::catalogue::{SECTIONS, settings_to_toml};
use super::document::{Node, Table, Value, nearest_node};
use super::fixed::flat;
use super::parameter::quoted;
use super::source::Layer;
use super::{Phase, Scenario};
use serde::Serialize;
use serde_json::Value as Json;
use std::fmt::Write;

/// A key whose value is not the built-in default.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// First round in which it holds.
    pub from_round: u32,
    /// Path of the key.
    pub key: String,
    /// Its value; `false` for a removed entry of a list.
    pub value: Json,
    /// The built-in value, or what held before for a later phase; `None` if there was none.
    pub instead_of: Option<Json>,
    /// `file:line`, or the `--set`.
    pub origin: String,
}

type Flat = Vec<(String, Json)>;

impl Scenario {
    /// Every key that differs from the built-in defaults, and where it was given. Phases after the first list what
    /// they change.
    pub fn changes(&self) -> Vec<Change> {
        let mut before = built_in();
        let mut changes = Vec::new();
        for phase in &self.phases {
            let after = flat(&phase.settings);
            changes.extend(self.changes_of_phase(phase, &before, &after));
            before = after;
        }
        changes
    }

    fn changes_of_phase(&self, phase: &Phase, before: &Flat, after: &Flat) -> Vec<Change> {
        let tree = self.tree_in(phase.from_round);
        let change = |key: &str, value: Json, instead_of: Option<Json>| Change {
            from_round: phase.from_round,
            key: key.to_string(),
            value,
            instead_of,
            origin: origin_of(&tree, key),
        };
        let mut changes: Vec<Change> = Vec::new();
        for (key, value) in after {
            let old = find(before, key).or_else(|| entry_default(key));
            if old.as_ref() != Some(value) {
                changes.push(change(key, value.clone(), old));
            }
        }
        let removed = removed_entries(before, after);
        changes.extend(removed.iter().map(|entry| change(entry, Json::Bool(false), None)));
        changes
    }

    /// The merged tree with all factors that have begun by `round`.
    fn tree_in(&self, round: u32) -> Table {
        let begun = |name: &&String| self.factors.get(*name).is_some_and(|factor| factor.from_round <= round);
        let names: Vec<&str> = self.active_factors.iter().filter(begun).map(String::as_str).collect();
        tree_with_factors(self.document.tree(), &names)
    }

    /// The scenario with every key written out, independent of any other file and of the built-in lists. Reads back
    /// to an equal scenario.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        let line = |text: &mut String, key: &str, value: &str| writeln!(text, "{key} = {value}").is_ok();
        line(&mut text, "base", "false");
        line(&mut text, "question", &quoted(&self.about.question));
        line(&mut text, "expected", &quoted(&self.about.expected));
        line(&mut text, "sources", &words(&self.about.sources));
        line(&mut text, "active_factors", &words(&self.active_factors));
        for (name, factor) in &self.factors {
            let _ = writeln!(text, "\n[factors.{name}]");
            line(&mut text, "meaning", &quoted(&factor.meaning));
            line(&mut text, "from_round", &factor.from_round.to_string());
            if let Some(set) = self.document.factor_set(name) {
                line(&mut text, "set", &inline(set));
            }
        }
        for (header, lines) in settings_to_toml(&self.phases[0].settings) {
            let _ = writeln!(text, "\n[{header}]");
            lines.iter().for_each(|(key, value)| {
                line(&mut text, key, value);
            });
        }
        text
    }
}

fn built_in() -> Flat {
    let empty = Scenario::from_toml("defaults", "", &|_| Err(super::LoadError::NotFound), &[]);
    flat(&empty.expect("the built-in defaults are a scenario, as a test checks").phases[0].settings)
}

fn find(flat: &Flat, key: &str) -> Option<Json> {
    flat.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
}

/// The default of a key in an entry that the built-in lists do not have.
fn entry_default(key: &str) -> Option<Json> {
    let mut steps = key.split('.');
    let section = SECTIONS.iter().find(|section| Some(section.name) == steps.next())?;
    let name = if section.named { steps.nth(1) } else { steps.next() }?;
    let default = (section.parameters)().into_iter().find(|parameter| parameter.key == name)?.default?;
    let table: toml::Table = format!("v = {default}").parse().ok()?;
    serde_json::to_value(table.get("v")?).ok()
}

fn removed_entries(before: &Flat, after: &Flat) -> Vec<String> {
    let entry = |key: &str| {
        let named =
            SECTIONS.iter().any(|section| section.named && key.starts_with(&format!("{}.", section.name)));
        named.then(|| key.split('.').take(2).collect::<Vec<_>>().join("."))
    };
    let still_there = |entry: &String| after.iter().any(|(key, _)| key.starts_with(&format!("{entry}.")));
    let mut removed: Vec<String> = before.iter().filter_map(|(key, _)| entry(key)).collect();
    removed.dedup();
    removed.retain(|entry| !still_there(entry));
    removed
}

fn origin_of(tree: &Table, key: &str) -> String {
    match nearest_node(tree, key) {
        Some(node) if node.at.source.layer != Layer::Defaults => node.at.to_string(),
        _ => "built-in default".to_string(),
    }
}

fn words(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", quoted.join(", "))
}

/// A table on one line, exactly as it was read.
fn inline(table: &Table) -> String {
    let entries: Vec<String> =
        table.iter().map(|(key, node)| format!("{} = {}", quoted(key), inline_value(node))).collect();
    format!("{{ {} }}", entries.join(", "))
}

fn inline_value(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => quoted(text),
        Value::Integer(whole) => whole.unwrap_or_default().to_string(),
        Value::Number(number) => format!("{number:?}"),
        Value::Switch(on) => on.to_string(),
        Value::Date => String::new(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(inline_value).collect::<Vec<_>>().join(", "))
        }
        Value::Table(table) => inline(table),
    }
}
