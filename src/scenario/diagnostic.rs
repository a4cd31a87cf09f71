//! One thing that is wrong with a scenario, as facts: what, where, what is allowed, what to do.

use super::code::Code;
use super::source::{Layer, Origin, Source};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// One thing that is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, thiserror::Error)]
#[error("{}{message}", place(origin))]
pub struct Diagnostic {
    /// What is wrong, in one word; `thumbscale explain` documents it.
    pub code: Code,
    /// Path of the key, or "" if it is about the whole file.
    pub key: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where it is written; `None` if nowhere in a text.
    pub origin: Option<Origin>,
    /// Words beside the caret.
    pub label: String,
    /// What the key accepts.
    pub expected: Option<String>,
    /// The nearest valid name or value.
    pub suggestion: Option<String>,
    /// What to do.
    pub help: Vec<String>,
}

fn place(origin: &Option<Origin>) -> String {
    origin.as_ref().map_or(String::new(), |at| format!("{}:{}:{}: ", at.source.name, at.line(), at.column()))
}

impl Diagnostic {
    /// A problem without a place yet.
    pub(super) fn new(code: Code, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            key: key.into(),
            message: message.into(),
            origin: None,
            label: String::new(),
            expected: None,
            suggestion: None,
            help: Vec::new(),
        }
    }

    /// Says where it is written.
    pub(super) fn at(self, origin: &Origin) -> Self {
        self.at_maybe(Some(origin))
    }

    /// Says where it is written, if known.
    pub(super) fn at_maybe(mut self, origin: Option<&Origin>) -> Self {
        self.origin = origin.cloned();
        self
    }

    /// Says what stands beside the caret.
    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Says what is accepted.
    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what was probably meant.
    pub(super) fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }

    /// Says what to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Whether `other` is the same problem, found again in another phase.
    fn repeats(&self, other: &Diagnostic) -> bool {
        self.code == other.code && self.key == other.key && self.origin == other.origin
    }
}

/// Everything that is wrong with a scenario, in the order of the file. Never empty.
#[derive(Clone, Debug, PartialEq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct ScenarioErrors(pub Vec<Diagnostic>);

impl ScenarioErrors {
    /// Sorts by place and drops what several phases repeat.
    pub(super) fn from_found(found: Vec<Diagnostic>) -> Self {
        let mut kept: Vec<Diagnostic> = Vec::new();
        for problem in found {
            if !kept.iter().any(|known| known.repeats(&problem)) {
                kept.push(problem);
            }
        }
        kept.sort_by(|a, b| match (&a.origin, &b.origin) {
            (Some(a), Some(b)) => a.rank().cmp(&b.rank()),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
        Self(kept)
    }
}

impl ScenarioErrors {
    /// Gives what is missing from the whole file the start of the file as its place, so that the file is named.
    pub(super) fn placed_in(mut self, name: &str, text: &str) -> Self {
        let source = Arc::new(Source { name: name.to_string(), text: text.to_string(), layer: Layer::File });
        for problem in self.0.iter_mut().filter(|problem| problem.origin.is_none()) {
            problem.origin = Some(Origin::new(&source, 0..0));
            problem.label = "in this scenario".into();
        }
        self
    }
}

impl From<Diagnostic> for ScenarioErrors {
    fn from(problem: Diagnostic) -> Self {
        Self(vec![problem])
    }
}

/// One line per problem. [`ScenarioErrors::render`] shows the source as well.
impl fmt::Display for ScenarioErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Diagnostic::to_string).collect();
        write!(out, "{}", lines.join("\n"))
    }
}
