//! Tables from a name that the scenario declares (a behaviour, a signal) to a number.

use super::code::Code;
use super::document::Node;
use super::names::{join, list, nearest};
use super::parameter::{Kind, ParameterType};
use super::read::{At, Notes, read_number};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Numbers per behaviour, in the order written.
pub type PerBehaviour = IndexMap<String, f64>;

/// Numbers per signal, in the order written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PerSignal(pub IndexMap<String, f64>);

impl ParameterType for PerBehaviour {
    fn kind(min: f64, max: f64) -> Kind {
        Kind::PerBehaviour { min, max }
    }
    fn to_toml(&self) -> Option<String> {
        Some(inline_table(self))
    }
    fn read(at: At<'_>, kind: &Kind, notes: &mut Notes) -> Option<Self> {
        let known = notes.behaviours.clone();
        read_table(at, kind, "behaviour", &known, notes)
    }
}

impl ParameterType for PerSignal {
    fn kind(min: f64, max: f64) -> Kind {
        Kind::PerSignal { min, max }
    }
    fn to_toml(&self) -> Option<String> {
        Some(inline_table(&self.0))
    }
    fn read(at: At<'_>, kind: &Kind, notes: &mut Notes) -> Option<Self> {
        let known = notes.signals.clone();
        read_table(at, kind, "signal", &known, notes).map(Self)
    }
}

fn inline_table(numbers: &IndexMap<String, f64>) -> String {
    let entries: Vec<String> = numbers.iter().map(|(name, value)| format!("{name} = {value:?}")).collect();
    if entries.is_empty() { "{}".into() } else { format!("{{ {} }}", entries.join(", ")) }
}

fn read_table(
    at: At<'_>,
    kind: &Kind,
    what: &str,
    known: &[String],
    notes: &mut Notes,
) -> Option<IndexMap<String, f64>> {
    let Some(table) = at.node.table() else {
        notes.push(at.wrong_type(&format!("a table from {what} to number")));
        return None;
    };
    let mut numbers = IndexMap::new();
    for (name, node) in table {
        if known.contains(name) {
            let path = join(at.path, name);
            let number = read_number(At { path: &path, node }, kind.range(), notes);
            numbers.extend(number.map(|number| (name.clone(), number)));
        } else {
            refuse_unknown_name(at, name, node, what, known, notes);
        }
    }
    Some(numbers)
}

fn refuse_unknown_name(at: At<'_>, name: &str, node: &Node, what: &str, known: &[String], notes: &mut Notes) {
    let path = join(at.path, name);
    let unknown = At { path: &path, node }.problem(Code::UnknownName, format!("there is no {what} {name:?}"));
    let suggestion = nearest(name, known.iter().map(String::as_str));
    let unknown = unknown.at(&node.key).label(format!("unknown {what}")).suggest(suggestion);
    notes.push(unknown.expected(list(known)));
}
