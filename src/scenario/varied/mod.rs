//! Parameters to vary: which key of a scenario moves, and by which law.

#![allow(clippy::result_large_err, reason = "a refusal is made once, when a command starts, and then shown")]

mod around;
mod key;
mod law;
mod table;
mod written;

pub use around::around;
pub use law::Law;
pub(super) use table::read_parameters;

use super::code::Code;
use super::diagnostic::{Diagnostic, ScenarioErrors};
use super::source::{Layer, Origin, Source};
use super::{Scenario, ScenarioErrors as Errors};
use serde::Serialize;
use std::sync::Arc;

/// How the name of a parameter begins that switches a factor.
const FACTORS: &str = "factors.";

/// A key of a scenario that is varied.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Varied {
    /// Path of the key, as for `--set`.
    pub key: String,
    /// What its values follow.
    pub law: Law,
    /// The values as TOML texts where they are words; then [`Law::Values`] counts them from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Unit of the key.
    pub unit: &'static str,
    /// What the key is.
    pub meaning: &'static str,
    /// Where it was asked for.
    pub origin: String,
    /// The scenario's own value, where it has one; of words its number.
    pub value: Option<f64>,
    /// Whether the key takes only whole numbers.
    #[serde(skip)]
    whole: bool,
    #[serde(skip)]
    at: Option<Origin>,
}

impl Varied {
    /// The `--set` that gives the key this value.
    pub fn set(&self, value: f64) -> String {
        let text = match self.words.get(value as usize) {
            Some(word) => word.clone(),
            None if self.whole => format!("{value:.0}"),
            None => format!("{value:?}"),
        };
        format!("{}={text}", self.key)
    }

    /// The factor that this parameter switches, if it is one.
    pub fn factor(&self) -> Option<&str> {
        // No key of a scenario is `factors.NAME` alone.
        self.key.strip_prefix(FACTORS).filter(|name| !name.contains('.'))
    }

    /// Whether the key takes only whole numbers.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether `value` can be a value of this key in a design.
    pub fn accepts(&self, value: f64) -> bool {
        match self.words.is_empty() {
            true if self.factor().is_some() => value == 0.0 || value == 1.0,
            true => value.is_finite() && (!self.whole || value.fract() == 0.0),
            false => value.fract() == 0.0 && value >= 0.0 && value < self.words.len() as f64,
        }
    }
}

/// Reads what `--parameter` asks for, and what tables `parameters` in files of `(name, text)` do, and checks the ends of
/// every law in the scenario. All problems are reported at once, each where it is written.
///
/// # Errors
/// If a text is malformed, a key unknown, named twice or without effect, or a law leaves the key's range.
pub fn read_varied(
    scenario: &Scenario,
    parameters: &[String],
    files: &[(String, String)],
) -> Result<Vec<Varied>, ScenarioErrors> {
    let mut found = Vec::new();
    let mut problems = Vec::new();
    let written = parameters.iter().map(|text| written::read(scenario, text).map(|it| vec![it]));
    let tables = files.iter().map(|(name, text)| table::read(scenario, name, text));
    for read in written.chain(tables) {
        match read {
            Ok(varied) => found.extend(varied),
            Err(more) => problems.extend(more),
        }
    }
    problems.extend(check_varied(scenario, &found));
    if problems.is_empty() { Ok(found) } else { Err(Errors::from_found(problems)) }
}

/// What is wrong with parameters that are each well formed: one is there twice, or the scenario refuses an end of its law.
pub(super) fn check_varied(scenario: &Scenario, found: &[Varied]) -> Vec<Diagnostic> {
    let refused = found.iter().flat_map(|varied| check_ends(scenario, varied));
    named_twice(found).into_iter().chain(refused).collect()
}

/// A parameter that was read before, from its key, law and words; `None` if the scenario has no such key.
pub fn varied_again(scenario: &Scenario, key: &str, law: &Law, words: &[String]) -> Option<Varied> {
    let source = Arc::new(Source { name: "the design".into(), text: key.into(), layer: Layer::CommandLine });
    let at = Origin::new(&source, 0..key.len());
    if let Some(factor) = key.strip_prefix(FACTORS).filter(|name| scenario.factors.contains_key(*name)) {
        return Some(factor_column(scenario, factor, &at));
    }
    let key = key::Key::find(scenario, key, &at).ok()?;
    let whole = matches!(key.parameter.kind, super::parameter::Kind::Integer { .. });
    Some(key.varied(law.clone(), words.to_vec(), whole, &at))
}

/// A factor as a parameter: off (0) or on (1).
pub(super) fn factor_column(scenario: &Scenario, factor: &str, at: &Origin) -> Varied {
    Varied {
        key: format!("{FACTORS}{factor}"),
        law: Law::Values(vec![0.0, 1.0]),
        words: Vec::new(),
        unit: "",
        meaning: "Whether the factor is on",
        origin: at.to_string(),
        value: Some(f64::from(u8::from(scenario.active_factors.iter().any(|it| it == factor)))),
        whole: true,
        at: Some(at.clone()),
    }
}

/// The scenario at a point: every varied key has its value.
///
/// # Errors
/// If the values are no valid scenario together; problems stand where the key was asked for.
pub fn with_point(scenario: &Scenario, varied: &[Varied], point: &[f64]) -> Result<Scenario, ScenarioErrors> {
    scenario.with_set(&point_sets(scenario, varied, point))
}

/// The `--set`s that make the point of the scenario. All factors that are parameters become one list of those that are on.
pub fn point_sets(scenario: &Scenario, varied: &[Varied], point: &[f64]) -> Vec<String> {
    let of_factor = |it: &Varied| it.factor().is_some();
    let keys = varied.iter().zip(point).filter(|(it, _)| !of_factor(it));
    let mut sets: Vec<String> = keys.map(|(it, &value)| it.set(value)).collect();
    if varied.iter().any(of_factor) {
        let switched = |name: &String| varied.iter().position(|it| it.factor() == Some(name));
        let is_on = |name: &&String| match switched(name) {
            Some(column) => point[column] != 0.0,
            None => scenario.active_factors.contains(name),
        };
        let on: Vec<String> = scenario.factors.keys().filter(is_on).map(|name| format!("{name:?}")).collect();
        sets.push(format!("active_factors=[{}]", on.join(",")));
    }
    sets
}

fn named_twice(found: &[Varied]) -> Vec<Diagnostic> {
    let twice = |(nth, it): (usize, &Varied)| {
        let before = found[..nth].iter().any(|earlier| earlier.key == it.key);
        let problem = || Diagnostic::new(Code::Duplicate, &it.key, format!("`{}` is varied twice", it.key));
        before.then(|| problem().at_maybe(it.at.as_ref()))
    };
    found.iter().enumerate().filter_map(twice).collect()
}

/// The scenario's own word on both ends of a law, shown where the law is written.
fn check_ends(scenario: &Scenario, varied: &Varied) -> Vec<Diagnostic> {
    let values = varied.law.ends();
    let refused =
        values.iter().find_map(|&value| with_point(scenario, std::slice::from_ref(varied), &[value]).err());
    let placed = |mut problem: Diagnostic| {
        let elsewhere = problem.origin.as_ref().is_some_and(|at| at.source.name != "--set");
        if !elsewhere {
            problem.origin = varied.at.clone();
        }
        problem
    };
    refused.map_or(Vec::new(), |errors| errors.0.into_iter().map(placed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident() -> Scenario {
        Scenario::preset("gpt4o-april-2025", &[]).expect("a shipped scenario")
    }

    fn read(text: &str) -> Result<Vec<Varied>, ScenarioErrors> {
        read_varied(&incident(), &[text.to_string()], &[])
    }

    fn problem(text: &str) -> Diagnostic {
        read(text).expect_err(text).0.remove(0)
    }

    #[test]
    fn ranges_lists_and_words_are_read() {
        let law = |text: &str| read(text).unwrap().remove(0).law;
        assert_eq!(law("policy.kl_strength=0.05..0.5"), Law::Range { low: 0.05, high: 0.5 });
        assert_eq!(law("policy.kl_strength=5e-2..0.5:log"), Law::LogRange { low: 0.05, high: 0.5 });
        assert_eq!(law("world.topics=2..8"), Law::Whole { low: 2.0, high: 8.0 });
        assert_eq!(law("world.topics=2,8"), Law::Values(vec![2.0, 8.0]));
        let words = read("policy.normalise_weights=true,false").unwrap().remove(0);
        assert_eq!((words.set(1.0), words.accepts(2.0)), ("policy.normalise_weights=false".into(), false));
    }

    #[test]
    fn a_point_of_the_design_is_a_set() {
        let varied = read_varied(
            &incident(),
            &["world.topics=2..8", "policy.kl_strength=0.05..0.5"].map(String::from),
            &[],
        );
        let point = with_point(&incident(), &varied.unwrap(), &[3.0, 0.25]).unwrap();
        assert_eq!((point.settings_in(1).world.topics, point.settings_in(1).policy.kl_strength), (3, 0.25));
    }

    #[test]
    fn what_cannot_be_varied_is_refused_with_its_reason() {
        for (text, code) in [
            ("policy.kl_strength", Code::BadSet),
            ("policy.kl_strength=low..high", Code::BadSet),
            ("policy.kl_strength=0.5..0.1", Code::Inconsistent),
            ("policy.kl_strength=0.5..0.5", Code::Inconsistent),
            ("policy.kl_strength=0.5", Code::Inconsistent),
            ("policy.kl_strength=0.5,0.5", Code::Duplicate),
            ("policy.kl_strength=-1..0.1", Code::OutOfRange),
            ("policy.kl_strength=nan..0.1", Code::NotFinite),
            ("memory.write=0..0.5:log", Code::OutOfRange),
            ("policy.kl_strenght=0.1..0.2", Code::UnknownKey),
            ("behaviours.flatery.liking=0.1..0.2", Code::UnknownName),
            ("factors.thumb.set.signals.thumbs.weight=0.1..0.2", Code::UnknownName),
            ("policy.optimiser=exact,newton", Code::UnknownWord),
            ("question=1..2", Code::WrongType),
            ("run.seed=1..2", Code::WrongType),
            ("world.topics=1.5,2", Code::WrongType),
        ] {
            let found = problem(text);
            assert_eq!(found.code, code, "{text}: {found:?}");
            assert_eq!(
                found.origin.as_ref().map(|at| at.source.name.as_str()),
                Some("--parameter"),
                "{text}"
            );
        }
        assert_eq!(problem("policy.kl_strenght=0.1..0.2").suggestion.as_deref(), Some("policy.kl_strength"));
        assert_eq!(problem("policy.kl_strength=-1..0.1").expected.as_deref(), Some("1e-9 to 1e9"));
    }

    #[test]
    fn a_key_that_a_factor_sets_from_the_start_is_refused_with_the_factor_s_own_path() {
        let all = Scenario::preset("all-three", &["factors.memory.from_round=1".to_string()]).unwrap();
        let refused = read_varied(&all, &["memory.enabled=true,false".to_string()], &[]).unwrap_err();
        assert_eq!(refused.0[0].code, Code::SetWithoutEffect);
        assert!(refused.0[0].help[0].contains("factors.memory.set.memory.enabled"), "{refused:?}");
    }

    #[test]
    fn all_problems_of_a_file_have_their_place() {
        let text = "[parameters]\n\"policy.kl_strength\" = { range = [0.05, 0.5], scale = \"log\" }\n\
            \"policy.eta\" = { range = [0, 1] }\n\"memory.write\" = { normal = [0.8] }\n\
            memory.capacity = { values = [1, 2, 99] }\n\"memory.taste_rate\" = { rang = [0, 1] }\n";
        let found = read_varied(&incident(), &[], &[("mine.toml".into(), text.into())]).unwrap_err();
        let lines: Vec<usize> = found.0.iter().map(|it| it.origin.as_ref().unwrap().line()).collect();
        assert_eq!(lines, [3, 4, 5, 6], "{found}");
    }

    #[test]
    fn files_know_normal_laws_and_nested_keys() {
        let text = "[parameters]\nmemory.write = { normal = [0.8, 0.1] }\n[parameters.world]\ntopics = { range = [2, 5] }\n";
        let found = read_varied(&incident(), &[], &[("mine.toml".into(), text.into())]).unwrap();
        assert_eq!(found[0].law, Law::Normal { mean: 0.8, sd: 0.1, low: 0.0, high: 1.0 });
        assert_eq!(
            (found[1].key.as_str(), &found[1].law),
            ("world.topics", &Law::Whole { low: 2.0, high: 5.0 })
        );
        assert_eq!(found[1].origin, "mine.toml:4");
    }

    #[test]
    fn a_key_is_varied_once() {
        let twice = ["memory.write=0.1..0.2", "memory.write=0.3..0.4"].map(String::from);
        assert_eq!(read_varied(&incident(), &twice, &[]).unwrap_err().0[0].code, Code::Duplicate);
    }
}
