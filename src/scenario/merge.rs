//! Layers: a tree of changes laid over a tree of values.

use super::catalogue::SECTIONS;
use super::code::Code;
use super::diagnostic::Diagnostic;
use super::document::{Node, Table, Value};
use super::names::{join, list, nearest};
use super::parameter::Kind;
use super::read::{Notes, entry_names};

/// Lays `upper` over `lower`: tables merge, everything else replaces, and `false` in place of an entry of a named
/// list removes the entry. A removed entry stays behind as `false`, which later layers may fill again.
pub fn overlay(lower: &mut Table, upper: &Table, notes: &mut Notes) {
    for removed in removals(upper, "behaviours") {
        forget_name(lower, removed, |kind| matches!(kind, Kind::PerBehaviour { .. }));
    }
    for removed in removals(upper, "signals") {
        forget_name(lower, removed, |kind| matches!(kind, Kind::PerSignal { .. }));
    }
    for (key, node) in upper {
        if is_named_list(key) {
            refuse_empty_removals(lower, key, node, notes);
        }
        merge_entry(lower, key, node);
    }
}

fn is_named_list(key: &str) -> bool {
    key == "factors" || SECTIONS.iter().any(|section| section.named && section.name == key)
}

fn merge_entry(lower: &mut Table, key: &str, upper: &Node) {
    match (lower.get_mut(key), &upper.value) {
        (Some(Node { value: Value::Table(below), key, at }), Value::Table(above)) => {
            (*key, *at) = (upper.key.clone(), upper.at.clone());
            above.iter().for_each(|(name, node)| merge_entry(below, name, node));
        }
        _ => {
            lower.insert(key.to_string(), upper.clone());
        }
    }
}

fn removals<'a>(tree: &'a Table, key: &str) -> impl Iterator<Item = &'a str> {
    let entries = tree.get(key).and_then(Node::table).into_iter().flatten();
    entries.filter(|(_, node)| node.is_removal()).map(|(name, _)| name.as_str())
}

fn refuse_empty_removals(lower: &Table, key: &str, upper: &Node, notes: &mut Notes) {
    let inherited = entry_names(lower, key);
    for (name, node) in upper.table().into_iter().flatten() {
        if node.is_removal() && !inherited.contains(name) && !notes.is_full() {
            let message = format!("there is no inherited `{}` to remove", join(key, name));
            let problem = Diagnostic::new(Code::NothingToRemove, join(key, name), message).at(&node.key);
            let suggestion = nearest(name, inherited.iter().map(String::as_str));
            notes.push(problem.suggest(suggestion).expected(list(&inherited)));
        }
    }
}

/// Drops what lower layers say about a behaviour or signal that an upper one removes, so that removing it is one line.
fn forget_name(tree: &mut Table, removed: &str, is_per_name: fn(&Kind) -> bool) {
    for section in SECTIONS {
        let Some(Value::Table(table)) = tree.get_mut(section.name).map(|node| &mut node.value) else {
            continue;
        };
        if section.named {
            table
                .values_mut()
                .for_each(|entry| forget_in_section(entry, removed, section.parameters, is_per_name));
        } else if let Some(node) = tree.get_mut(section.name) {
            forget_in_section(node, removed, section.parameters, is_per_name);
        }
    }
    let Some(Value::Table(factors)) = tree.get_mut("factors").map(|node| &mut node.value) else { return };
    for factor in factors.values_mut() {
        if let Some(set) = child_table(factor, "set") {
            forget_name(set, removed, is_per_name);
        }
    }
}

fn forget_in_section(
    section: &mut Node,
    removed: &str,
    parameters: fn() -> Vec<super::parameter::Parameter>,
    is_per_name: fn(&Kind) -> bool,
) {
    for parameter in parameters().iter().filter(|it| is_per_name(&it.kind)) {
        if let Some(numbers) = child_table(section, parameter.key) {
            numbers.shift_remove(removed);
        }
    }
}

fn child_table<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Table> {
    let Value::Table(table) = &mut node.value else { return None };
    match table.get_mut(key).map(|child| &mut child.value) {
        Some(Value::Table(child)) => Some(child),
        _ => None,
    }
}
