//! Which keys can be varied: those that are declared, in entries that the scenario has, and that say something about
//! the world.

use super::{Law, Varied};
use crate::scenario::Scenario;
use crate::scenario::catalogue::{SECTIONS, all_parameters};
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::document::{Value, node_at};
use crate::scenario::fixed::{covers, flat};
use crate::scenario::names::{list, nearest};
use crate::scenario::parameter::{Kind, Parameter};
use crate::scenario::source::Origin;
use serde_json::Value as Json;

/// Keys that say how often and with which numbers a run is repeated, not what it is about.
const REPETITION: [&str; 2] = ["run.seed", "run.replicates"];

/// A key of a scenario and its declaration.
#[derive(Clone, Debug)]
pub struct Key {
    /// Path, as for `--set`.
    pub path: String,
    /// Declaration.
    pub parameter: Parameter,
    /// The scenario's own value, if it is given.
    pub value: Option<Json>,
}

impl Key {
    /// The key at `path`, if it can be varied in this scenario.
    pub fn find(scenario: &Scenario, path: &str, at: &Origin) -> Result<Self, Diagnostic> {
        let Some(parameter) = declared(path) else { return Err(unknown(scenario, path, at)) };
        if let Some(problem) = unknown_names(scenario, path) {
            return Err(problem.at(at));
        }
        let words = matches!(parameter.kind, Kind::Text | Kind::Words);
        if words || REPETITION.contains(&path) {
            let message = format!("`{path}` cannot be varied: it is no quantity of the model");
            return Err(Diagnostic::new(Code::WrongType, path, message).at(at));
        }
        Ok(Self { path: path.to_string(), parameter, value: own_value(scenario, path) })
    }

    /// The key with the law that it follows.
    pub fn varied(self, law: Law, words: Vec<String>, whole: bool, at: &Origin) -> Varied {
        let text = self.value.as_ref().map(Json::to_string);
        let word = text.and_then(|text| words.iter().position(|word| *word == text));
        let value = if words.is_empty() {
            self.value.as_ref().and_then(Json::as_f64)
        } else {
            word.map(|it| it as f64)
        };
        Varied {
            law,
            words,
            value,
            unit: self.parameter.unit,
            meaning: self.parameter.meaning,
            origin: at.to_string(),
            key: self.path,
            whole,
            at: Some(at.clone()),
        }
    }
}

fn own_value(scenario: &Scenario, path: &str) -> Option<Json> {
    match split(path) {
        (Some(factor), rest) if rest != path => {
            match &node_at(scenario.document.factor_set(factor)?, rest)?.value {
                Value::Number(number) => Some(Json::from(*number)),
                Value::Integer(whole) => whole.map(Json::from),
                Value::Switch(on) => Some(Json::from(*on)),
                Value::Text(word) => Some(Json::from(word.as_str())),
                _ => None,
            }
        }
        (Some(factor), _) => scenario.factors.get(factor).map(|it| Json::from(it.from_round)),
        _ => flat(&scenario.phases[0].settings)
            .into_iter()
            .find(|(key, _)| key == path)
            .map(|(_, value)| value),
    }
}

/// The factor and the path below `factors.<name>.set`, or the path itself.
fn split(path: &str) -> (Option<&str>, &str) {
    let within = path.strip_prefix("factors.").and_then(|rest| rest.split_once('.'));
    match within.and_then(|(factor, rest)| Some((factor, rest.strip_prefix("set.")?))) {
        Some((factor, rest)) => (Some(factor), rest),
        None => (within.map(|(factor, _)| factor), path),
    }
}

/// The declaration of the key at `path`.
pub fn declared(path: &str) -> Option<Parameter> {
    let path = split(path).1;
    let steps = path.split('.').count();
    let fits = |(pattern, parameter): &(String, Parameter)| {
        let by_name = matches!(parameter.kind, Kind::PerBehaviour { .. } | Kind::PerSignal { .. });
        covers(pattern, path) && pattern.split('.').count() + usize::from(by_name) == steps
    };
    all_parameters().into_iter().find(fits).map(|(_, parameter)| parameter)
}

fn unknown(scenario: &Scenario, path: &str, at: &Origin) -> Diagnostic {
    let known = flat(&scenario.phases[0].settings);
    let suggestion = nearest(path, known.iter().map(|(key, _)| key.as_str()));
    let problem = Diagnostic::new(Code::UnknownKey, path, format!("there is no key `{path}`")).at(at);
    let problem = problem.label("unknown key");
    match suggestion {
        Some(_) => problem.suggest(suggestion),
        None => problem.help("`thumbscale explain` lists all keys"),
    }
}

/// An entry of a list, or a factor, that the scenario does not have: to set it would make a new one.
fn unknown_names(scenario: &Scenario, path: &str) -> Option<Diagnostic> {
    let (factor, path) = split(path);
    if let Some(factor) = factor {
        let on: Vec<&str> = scenario.active_factors.iter().map(String::as_str).collect();
        if !on.contains(&factor) {
            return Some(missing("active factor", "factors", factor, &on));
        }
    }
    let mut steps = path.split('.');
    let section = steps.next()?;
    let name = steps.next()?;
    SECTIONS.iter().find(|it| it.named && it.name == section)?;
    let known = flat(&scenario.phases[0].settings);
    let below =
        known.iter().filter_map(|(key, _)| key.strip_prefix(section)?.strip_prefix('.')?.split('.').next());
    let mut names: Vec<&str> = below.collect();
    names.dedup();
    (!names.contains(&name)).then(|| missing("entry", section, name, &names))
}

fn missing(what: &str, list_name: &str, name: &str, known: &[&str]) -> Diagnostic {
    let message = format!("`{list_name}` has no {what} {name:?}");
    let problem = Diagnostic::new(Code::UnknownName, format!("{list_name}.{name}"), message);
    problem.suggest(nearest(name, known.iter().copied())).expected(list(known))
}
