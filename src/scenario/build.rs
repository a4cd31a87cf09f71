//! From a merged tree to a [`Scenario`]: what it is about, its factors, and its settings by phase.

use super::catalogue::{FACTOR_KEYS, FROM_ROUND, SECTIONS, TOP_KEYS, read_settings};
use super::check::check;
use super::code::Code;
use super::diagnostic::{Diagnostic, ScenarioErrors};
use super::document::{Node, Table, Value};
use super::fixed::refuse_changes_during_run;
use super::merge::overlay;
use super::names::{list, nearest};
use super::parameter::{Kind, ParameterType};
use super::read::{At, Notes, TableAt, entry_names};
use super::{About, Document, Factor, Phase, Scenario, Settings};
use indexmap::IndexMap;

/// Every factor is checked on its own, and k factors have 2^k combinations to compare.
const MOST_FACTORS: usize = 32;

/// Names of behaviours and of signals kept for checking tables per name; a scenario with more is refused anyway.
const NAMES_KEPT: usize = 256;

/// A factor with what it changes.
struct Declared<'a> {
    factor: Factor,
    set: Option<&'a Table>,
}

/// Builds the scenario, with the factors that `active` names or else those that the tree does. Problems that are
/// already in `notes` are reported with the others.
pub fn build(
    name: &str,
    tree: Table,
    active: Option<&[String]>,
    notes: Notes,
) -> Result<Scenario, ScenarioErrors> {
    build_checking(name, tree, active, true, notes)
}

/// The same for a tree whose factors were each checked before: only those that are on are looked at.
pub fn rebuild(
    name: &str,
    tree: Table,
    active: Option<&[String]>,
    notes: Notes,
) -> Result<Scenario, ScenarioErrors> {
    build_checking(name, tree, active, false, notes)
}

fn build_checking(
    name: &str,
    tree: Table,
    active: Option<&[String]>,
    all_factors: bool,
    mut notes: Notes,
) -> Result<Scenario, ScenarioErrors> {
    let root = TableAt::root(&tree);
    refuse_unknown_sections(&root, &mut notes);
    let about = read_about(&root, &mut notes);
    let base = settings_of(&tree, &mut notes);
    let declared = read_factors(&root, &mut notes);
    for factor in declared.values().filter(|_| all_factors) {
        check_alone(&tree, factor, &base, &mut notes);
    }
    let on = match active {
        Some(names) => known_factors(names, &declared, &mut notes),
        None => read_active(&root, &declared, &mut notes),
    };
    let phases = phases_of(&tree, base, &declared, &on, &mut notes);
    if !notes.found.is_empty() {
        return Err(ScenarioErrors::from_found(notes.found));
    }
    let factors = declared.into_iter().map(|(name, it)| (name, it.factor)).collect();
    let document = Document::new(tree);
    Ok(Scenario { name: name.to_string(), about, factors, active_factors: on, phases, document })
}

fn refuse_unknown_sections(root: &TableAt<'_>, notes: &mut Notes) {
    let sections = SECTIONS.iter().map(|section| section.name);
    let known: Vec<&str> = TOP_KEYS.iter().copied().chain(sections).collect();
    root.refuse_unknown(&known, notes);
}

fn read_about(root: &TableAt<'_>, notes: &mut Notes) -> About {
    About {
        question: root.value("question", 0.0, 0.0, notes).unwrap_or_default(),
        expected: root.value("expected", 0.0, 0.0, notes).unwrap_or_default(),
        sources: root.value("sources", 0.0, 0.0, notes).unwrap_or_default(),
    }
}

/// Reads and checks the settings of one tree.
fn settings_of(tree: &Table, notes: &mut Notes) -> Settings {
    notes.behaviours = entry_names(tree, "behaviours");
    notes.behaviours.truncate(NAMES_KEPT);
    notes.signals = entry_names(tree, "signals");
    notes.signals.truncate(NAMES_KEPT);
    let settings = read_settings(&TableAt::root(tree), notes);
    check(&settings, tree, notes);
    settings
}

fn read_factors<'a>(root: &TableAt<'a>, notes: &mut Notes) -> IndexMap<String, Declared<'a>> {
    let entries = root.entries("factors", notes);
    if entries.len() > MOST_FACTORS {
        let message = format!("{} factors, more than the {MOST_FACTORS} that fit", entries.len());
        let place = root.table.and_then(|table| table.get("factors")).map(|node| &node.at);
        notes.push(Diagnostic::new(Code::TooMany, "factors", message).at_maybe(place));
    }
    entries
        .into_iter()
        .take(MOST_FACTORS)
        .map(|(name, _, table)| (name, read_factor(&table, notes)))
        .collect()
}

fn read_factor<'a>(table: &TableAt<'a>, notes: &mut Notes) -> Declared<'a> {
    table.refuse_unknown(FACTOR_KEYS, notes);
    let (first, last) = FROM_ROUND;
    let factor = Factor {
        meaning: table.value("meaning", 0.0, 0.0, notes).unwrap_or_default(),
        from_round: table.value("from_round", first, last, notes).unwrap_or(1),
    };
    let set = table.child("set", notes);
    let sections: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
    set.refuse_unknown(&sections, notes);
    Declared { factor, set: set.table }
}

/// Checks a factor on its own, so that a mistake shows before the factor is switched on.
fn check_alone(tree: &Table, factor: &Declared<'_>, base: &Settings, notes: &mut Notes) {
    let mut alone = Notes::default();
    let laid = laid_over(tree, [factor], &mut alone);
    let settings = settings_of(&laid, &mut alone);
    if alone.found.is_empty() {
        refuse_changes_during_run(base, &settings, &laid, &mut alone);
    }
    alone.found.into_iter().for_each(|problem| notes.push(problem));
}

fn laid_over<'a>(
    tree: &Table,
    factors: impl IntoIterator<Item = &'a Declared<'a>>,
    notes: &mut Notes,
) -> Table {
    let mut laid = tree.clone();
    for set in factors.into_iter().filter_map(|factor| factor.set) {
        overlay(&mut laid, set, notes);
    }
    laid
}

/// The tree with the given factors laid over it, in declared order.
pub fn tree_with_factors(tree: &Table, names: &[&str]) -> Table {
    let mut notes = Notes::default();
    let mut laid = tree.clone();
    for name in names {
        if let Some(set) =
            super::document::node_at(tree, &format!("factors.{name}.set")).and_then(Node::table)
        {
            overlay(&mut laid, set, &mut notes);
        }
    }
    laid
}

fn read_active(
    root: &TableAt<'_>,
    declared: &IndexMap<String, Declared<'_>>,
    notes: &mut Notes,
) -> Vec<String> {
    let Some(node) = root.table.and_then(|table| table.get("active_factors")) else { return Vec::new() };
    let Value::List(items) = &node.value else {
        notes.push(At { path: "active_factors", node }.wrong_type("a list of factor names"));
        return Vec::new();
    };
    let mut named = Vec::new();
    for item in items {
        if notes.is_full() {
            break;
        }
        let at = At { path: "active_factors", node: item };
        let Some(name) = String::read(at, &Kind::Text, notes) else { continue };
        match unfit_factor(&name, &named, declared) {
            Some(problem) => notes.push(problem.at(&item.at)),
            None => named.push(name),
        }
    }
    in_declared_order(&named, declared)
}

fn known_factors(
    names: &[String],
    declared: &IndexMap<String, Declared<'_>>,
    notes: &mut Notes,
) -> Vec<String> {
    for (nth, name) in names.iter().enumerate() {
        unfit_factor(name, &names[..nth], declared).into_iter().for_each(|problem| notes.push(problem));
    }
    in_declared_order(names, declared)
}

fn unfit_factor(
    name: &str,
    before: &[String],
    declared: &IndexMap<String, Declared<'_>>,
) -> Option<Diagnostic> {
    if !declared.contains_key(name) {
        let names: Vec<&str> = declared.keys().map(String::as_str).collect();
        let suggestion = nearest(name, names.iter().copied());
        let message = format!("there is no factor {name:?}");
        let problem = Diagnostic::new(Code::UnknownName, "active_factors", message);
        return Some(problem.suggest(suggestion).expected(list(&names)));
    }
    let twice = before.iter().any(|earlier| earlier == name);
    let problem =
        || Diagnostic::new(Code::Duplicate, "active_factors", format!("factor {name:?} is listed twice"));
    twice.then(problem)
}

fn in_declared_order(names: &[String], declared: &IndexMap<String, Declared<'_>>) -> Vec<String> {
    declared.keys().filter(|name| names.contains(name)).cloned().collect()
}

/// The warm-up without factors, then a phase for each round in which factors start.
fn phases_of(
    tree: &Table,
    base: Settings,
    declared: &IndexMap<String, Declared<'_>>,
    on: &[String],
    notes: &mut Notes,
) -> Vec<Phase> {
    let on: Vec<&Declared<'_>> = on.iter().filter_map(|name| declared.get(name)).collect();
    let mut starts: Vec<u32> = on.iter().map(|it| it.factor.from_round).collect();
    starts.sort_unstable();
    starts.dedup();
    let mut phases = vec![Phase { from_round: 0, settings: base }];
    for from_round in starts {
        let begun = on.iter().copied().filter(|it| it.factor.from_round <= from_round);
        let laid = laid_over(tree, begun, notes);
        let settings = settings_of(&laid, notes);
        refuse_changes_during_run(&phases[0].settings, &settings, &laid, notes);
        phases.push(Phase { from_round, settings });
    }
    phases
}
