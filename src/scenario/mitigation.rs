//! Mitigations: what a lab might do differently, as a small TOML text laid over a scenario like one more factor.

use super::build::build;
use super::catalogue::SECTIONS;
use super::code::Code;
use super::diagnostic::{Diagnostic, ScenarioErrors};
use super::document::{Node, Table, Value, parse};
use super::kept::short_name;
use super::merge::overlay;
use super::names::is_name;
use super::read::{Notes, TableAt};
use super::source::{Layer, Origin, Source};
use super::{LoadError, Scenario};
use std::sync::Arc;

/// The keys of a mitigation.
const KEYS: &[&str] = &["meaning", "source", "expected", "from_round", "set"];

/// The last round from which a mitigation can hold; 0 is from the start, warm-up included.
const LAST_ROUND: f64 = 100_000.0;

/// What a lab might do differently.
#[derive(Clone, Debug)]
pub struct Mitigation {
    /// Short name: the file name without extension.
    pub name: String,
    /// What the lab would do, in one sentence.
    pub meaning: String,
    /// Who announced it, and where.
    pub source: String,
    /// The outcome to expect, honestly.
    pub expected: String,
    /// First round in which it holds, counted from 1; 0 is from the start, for what users bring with them.
    pub from_round: u32,
    /// The text it was read from.
    pub text: String,
    path: String,
    set: Node,
}

impl Mitigation {
    /// Reads and checks a mitigation as far as that is possible without a scenario. `path` is where it is written.
    ///
    /// # Errors
    /// If it is no TOML, or has other keys than meaning, source, expected, from_round and set.
    pub fn from_toml(path: &str, text: &str) -> Result<Self, ScenarioErrors> {
        let source = Arc::new(Source { name: path.to_string(), text: text.to_string(), layer: Layer::File });
        let table = parse(&source).map_err(ScenarioErrors::from_found)?;
        let mut notes = Notes::default();
        let read = read(path, text, &source, &table, &mut notes);
        match notes.found.is_empty() {
            true => Ok(read),
            false => Err(ScenarioErrors::from_found(notes.found).placed_in(path, text)),
        }
    }

    /// The mitigation as the factor that it is once it is laid over a scenario.
    fn as_factor(&self) -> Node {
        let node = |value: Value| Node { key: self.set.key.clone(), at: self.set.at.clone(), value };
        let entries = [
            ("meaning", node(Value::Text(self.meaning.clone()))),
            ("from_round", node(Value::Integer(Some(i64::from(self.from_round))))),
            ("set", self.set.clone()),
        ];
        node(Value::Table(entries.into_iter().map(|(key, node)| (key.to_string(), node)).collect()))
    }
}

fn read(path: &str, text: &str, source: &Arc<Source>, table: &Table, notes: &mut Notes) -> Mitigation {
    let root = TableAt::root(table);
    root.refuse_unknown(KEYS, notes);
    let name = short_name(path).to_string();
    if !is_name(&name) {
        let message = format!("{name:?} cannot be the name of a mitigation");
        notes.push(Diagnostic::new(Code::BadName, "", message).expected("letters, digits, '-' and '_'"));
    }
    let sections: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
    root.child("set", notes).refuse_unknown(&sections, notes);
    let words = |key: &str, notes: &mut Notes| root.value(key, 0.0, 0.0, notes).unwrap_or_default();
    Mitigation {
        meaning: words("meaning", notes),
        source: words("source", notes),
        expected: words("expected", notes),
        from_round: root.value("from_round", 0.0, LAST_ROUND, notes).unwrap_or(1),
        set: table.get("set").cloned().unwrap_or_else(|| changes_nothing(source)),
        name,
        text: text.to_string(),
        path: path.to_string(),
    }
}

fn changes_nothing(source: &Arc<Source>) -> Node {
    let nowhere = Origin::new(source, 0..0);
    Node { key: nowhere.clone(), at: nowhere, value: Value::Table(Table::new()) }
}

impl Scenario {
    /// The same scenario with a mitigation laid over it, after all factors that are on. One that holds from the start
    /// (`from_round = 0`) changes the scenario's own values; any other is one more active factor.
    ///
    /// # Errors
    /// If the result is no valid scenario, or has a factor of that name already; problems point into the mitigation.
    pub fn with_mitigation(&self, mitigation: &Mitigation) -> Result<Scenario, ScenarioErrors> {
        let (mut tree, mut notes) = (self.document.tree().clone(), Notes::default());
        let mut active = self.active_factors.clone();
        if self.factors.contains_key(&mitigation.name) {
            let message = format!("the scenario has a factor {:?} already", mitigation.name);
            notes.push(Diagnostic::new(Code::Duplicate, "factors", message).help("rename the mitigation"));
        } else if mitigation.from_round == 0 {
            overlay(&mut tree, mitigation.set.table().unwrap_or(&Table::new()), &mut notes);
        } else {
            let factor = Table::from_iter([(mitigation.name.clone(), mitigation.as_factor())]);
            let factors = Node { value: Value::Table(factor), ..mitigation.set.clone() };
            overlay(&mut tree, &Table::from_iter([("factors".to_string(), factors)]), &mut notes);
            active.push(mitigation.name.clone());
        }
        build(&self.name, tree, Some(&active), notes)
            .map_err(|errors| errors.placed_in(&mitigation.path, &mitigation.text))
    }
}

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        const EMBEDDED: &[(&str, &str)] =
            &[$( ($name, include_str!(concat!("../../scenarios/mitigations/", $name, ".toml"))) ),*];
    };
}
embedded![
    "sycophancy-eval",
    "sycophancy-eval-strangers",
    "tester-veto",
    "more-spot-checks",
    "long-term-metric",
    "longer-ab-test",
    "better-offline-evals",
    "spec-adherence",
    "alpha",
    "staged-rollout",
    "canary-monitoring",
    "sycophancy-penalty",
    "hindsight",
    "inverse-propensity",
    "system-prompt",
    "honesty-guardrails",
    "memory-opt-out",
    "known-limitations",
];

/// Every shipped mitigation, in the order in which an autopsy shows them.
///
/// # Errors
/// Never: that they read is tested.
pub fn mitigations() -> Result<Vec<Mitigation>, ScenarioErrors> {
    EMBEDDED.iter().map(|(name, text)| Mitigation::from_toml(&format!("{name}.toml"), text)).collect()
}

/// The shipped mitigation of this name.
///
/// # Errors
/// If there is none; the nearest name is suggested.
pub fn mitigation(name: &str) -> Result<Mitigation, ScenarioErrors> {
    match EMBEDDED.iter().find(|(known, _)| *known == name) {
        Some((name, text)) => Mitigation::from_toml(&format!("{name}.toml"), text),
        None => {
            let names: Vec<&str> = EMBEDDED.iter().map(|(name, _)| *name).collect();
            let suggestion = super::names::nearest(name, names.iter().copied());
            let problem = LoadError::NotFound.problem(name).suggest(suggestion);
            Err(problem.expected(super::names::list(&names)).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident() -> Scenario {
        Scenario::preset("gpt4o-april-2025", &[]).expect("a shipped scenario")
    }

    fn problems(text: &str) -> Vec<Diagnostic> {
        let laid = Mitigation::from_toml("mine.toml", text).and_then(|it| incident().with_mitigation(&it));
        laid.expect_err("it is wrong").0
    }

    #[test]
    fn every_shipped_mitigation_fits_the_incident_and_says_what_it_is() {
        for it in mitigations().expect("they read") {
            let laid = incident().with_mitigation(&it);
            assert!(
                laid.is_ok(),
                "{}: {}",
                it.name,
                laid.map_or_else(|it| it.to_string(), |_| String::new())
            );
            for words in [&it.meaning, &it.source, &it.expected] {
                assert!(!words.is_empty(), "{} has meaning, source and expectation", it.name);
            }
        }
    }

    #[test]
    fn a_mitigation_holds_from_its_round_on_and_beside_the_factors() {
        let it = Mitigation::from_toml("mine.toml", "from_round = 3\n[set]\nmemory.write = 0.5").unwrap();
        let laid = incident().with_mitigation(&it).unwrap();
        let write = |round| laid.settings_in(round).memory.write;
        assert_eq!([2, 3, 6].map(write), [0.8, 0.5, 0.5]);
        assert!(laid.settings_in(6).memory.enabled, "the incident's own factors are still on");
    }

    #[test]
    fn one_from_the_start_changes_what_users_bring_with_them() {
        let it =
            Mitigation::from_toml("mine.toml", "from_round = 0\n[set]\nmemory.opt_out_share = 0.7").unwrap();
        let laid = incident().with_mitigation(&it).unwrap();
        assert_eq!(laid.settings_in(0).memory.opt_out_share, 0.7);
        assert_eq!(laid.active_factors, incident().active_factors);
    }

    #[test]
    fn a_wrong_value_is_shown_in_the_mitigation_s_own_text() {
        for from_round in [0, 1] {
            let text = format!("from_round = {from_round}\n[set]\nchecks.ab_test.share = 2.0");
            let found = &problems(&text)[0];
            let at = found.origin.as_ref().unwrap();
            assert_eq!((found.code, at.source.name.as_str(), at.line()), (Code::OutOfRange, "mine.toml", 3));
        }
    }

    #[test]
    fn unknown_keys_are_refused_at_every_level() {
        for text in
            ["weight = 1", "[set]\ncheck.a = 1", "[set]\nchecks.ab_test.shares = 0.1", "[set]\nfactors.a = 1"]
        {
            assert_eq!(problems(text)[0].code, Code::UnknownKey, "{text}");
        }
    }

    #[test]
    fn a_factor_of_the_same_name_is_refused() {
        let twice = Mitigation::from_toml("thumbs.toml", "").and_then(|it| incident().with_mitigation(&it));
        assert_eq!(twice.unwrap_err().0[0].code, Code::Duplicate);
    }

    #[test]
    fn a_misspelt_name_gets_a_suggestion() {
        let unknown = mitigation("sycophancy-evil").unwrap_err();
        assert_eq!(unknown.0[0].suggestion.as_deref(), Some("sycophancy-eval"));
    }
}
