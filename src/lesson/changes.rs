//! The state of a lesson: a shipped scenario, what was changed and from which round on, and the checks that were ticked. It
//! is written as a scenario file, and that file is what runs: page, share link and command line cannot differ.

use crate::scenario::{Mitigation, Scenario, ScenarioErrors, mitigation, preset_loader};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use toml::Table;

/// Limits that keep a page lively and a class's machine answering.
pub const MOST_USERS: u64 = 200_000;
/// Rounds of a run.
pub const MOST_ROUNDS: u32 = 200;
/// Rounds in which something changes: each is a factor, and a scenario has room for 32 of them.
pub const MOST_CHANGES: usize = 20;

/// Values that hold from a round on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Round, from 1: from the start.
    pub round: u32,
    /// Values by key, as after `--set`.
    pub set: BTreeMap<String, Value>,
}

/// Everything that decides the numbers of a run on the page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lesson {
    pub preset: String,
    pub seed: u64,
    pub users: u64,
    pub rounds: u32,
    /// By round; at most one a round.
    pub changes: Vec<Change>,
    /// Names of shipped mitigations.
    pub checks: Vec<String>,
}

/// The same as it is asked for: what is left out is as in the preset.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    preset: Option<String>,
    seed: Option<u64>,
    users: Option<u64>,
    rounds: Option<u32>,
    changes: Vec<Change>,
    checks: Vec<String>,
}

/// A lesson that cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum LessonError {
    /// More than a page takes.
    #[error("{what}: {value} is outside what the page takes, {low} to {high}")]
    OutOfRange { what: &'static str, value: u64, low: u64, high: u64 },
    /// The state itself cannot be read.
    #[error("the state cannot be read: {0}")]
    Unreadable(String),
    /// The scenario that it describes is refused.
    #[error(transparent)]
    Scenario(#[from] ScenarioErrors),
}

/// The scenario that a page opens with.
const FIRST: &str = "all-three";

/// Users, unless asked otherwise: enough for reward models to learn, few enough for many rounds a second.
const USERS: u64 = 50_000;

impl Lesson {
    /// Reads the state that a page sends, with the preset's values for what it leaves out.
    ///
    /// # Errors
    /// If it is no such state, is beyond the page's limits, or makes no valid scenario.
    pub fn from_json(text: &str) -> Result<Self, LessonError> {
        let asked: Asked =
            serde_json::from_str(text).map_err(|error| LessonError::Unreadable(error.to_string()))?;
        let lesson = Self::complete(asked)?;
        lesson.scenario()?;
        Ok(lesson)
    }

    /// A shipped scenario as it is.
    ///
    /// # Errors
    /// If there is no such scenario.
    pub fn of_preset(name: &str) -> Result<Self, LessonError> {
        Self::complete(Asked { preset: Some(name.to_string()), ..Asked::default() })
    }

    /// The same with another number of users.
    pub fn with_users(self, users: u64) -> Self {
        Self { users, ..self }
    }

    fn complete(asked: Asked) -> Result<Self, LessonError> {
        let preset = asked.preset.unwrap_or_else(|| FIRST.to_string());
        let scenario = Scenario::preset(&preset, &[])?;
        let settings = scenario.settings_in(0);
        let run = settings.run.clone();
        // Complaints are rare: an alarm that they raise needs all users of the scenario.
        let users = if settings.monitoring.complaints { settings.population.users } else { USERS };
        let mut lesson = Self {
            preset,
            seed: asked.seed.unwrap_or(run.seed),
            users: asked.users.unwrap_or(users),
            rounds: asked.rounds.unwrap_or(run.rounds),
            changes: Vec::new(),
            checks: asked.checks,
        };
        for change in asked.changes {
            lesson.change(change);
        }
        lesson.refuse_too_much()?;
        Ok(lesson)
    }

    fn refuse_too_much(&self) -> Result<(), LessonError> {
        let within = |what, value, low, high| match (low..=high).contains(&value) {
            true => Ok(()),
            false => Err(LessonError::OutOfRange { what, value, low, high }),
        };
        within("users", self.users, 100, MOST_USERS)?;
        within("rounds", u64::from(self.rounds), 1, u64::from(MOST_ROUNDS))?;
        within("rounds in which something changes", self.changes.len() as u64, 0, MOST_CHANGES as u64)?;
        let rounds = self.changes.iter().map(|it| u64::from(it.round));
        rounds.into_iter().try_for_each(|round| within("round of a change", round, 1, u64::from(MOST_ROUNDS)))
    }

    /// Adds a change; within a round, values of later ones replace earlier ones.
    pub fn change(&mut self, change: Change) {
        match self.changes.binary_search_by_key(&change.round, |it| it.round) {
            Ok(place) => self.changes[place].set.extend(change.set),
            Err(place) => self.changes.insert(place, change),
        }
    }

    /// The same with one more change.
    ///
    /// # Errors
    /// If that is one too many, or makes no valid scenario.
    pub fn with_change(&self, change: Change) -> Result<Self, LessonError> {
        let mut changed = self.clone();
        changed.change(change);
        changed.refuse_too_much()?;
        changed.scenario()?;
        Ok(changed)
    }

    /// The scenario, checked.
    ///
    /// # Errors
    /// Every problem that a scenario file has.
    pub fn scenario(&self) -> Result<Scenario, LessonError> {
        Ok(Scenario::from_toml(&format!("{}.toml", self.name()), &self.to_toml()?, &preset_loader, &[])?)
    }

    /// Name of the scenario file; not that of the preset, which it rests on.
    pub fn name(&self) -> String {
        format!("lesson-{}", self.preset)
    }

    /// The scenario file: short, because it rests on the preset.
    ///
    /// # Errors
    /// If the preset or a check does not exist.
    pub fn to_toml(&self) -> Result<String, LessonError> {
        let preset = Scenario::preset(&self.preset, &[])?;
        let checks = self.checks.iter().map(|name| mitigation(name)).collect::<Result<Vec<_>, _>>()?;
        let mut tree = Table::new();
        tree.insert("base".into(), format!("{}.toml", self.preset).into());
        tree.insert("question".into(), preset.about.question.clone().into());
        put(&mut tree, "run.seed", integer(self.seed));
        put(&mut tree, "run.rounds", i64::from(self.rounds).into());
        put(&mut tree, "run.replicates", 1.into());
        put(&mut tree, "population.users", integer(self.users));
        if !checks.is_empty() {
            put(&mut tree, "review.rule", "checks".into());
        }
        let mut active = preset.active_factors.clone();
        for check in &checks {
            lay(check, &mut tree, &mut active);
        }
        for change in &self.changes {
            let name = format!("changed_in_round_{}", change.round);
            put(&mut tree, &format!("factors.{name}.from_round"), i64::from(change.round).into());
            for (key, value) in &change.set {
                put(&mut tree, &format!("factors.{name}.set.{key}"), as_toml(key, value)?);
            }
            active.push(name);
        }
        tree.insert("active_factors".into(), active.into());
        Ok(format!("{HEADER}{tree}"))
    }
}

const HEADER: &str = "\
# From the teaching page. `thumbscale run FILE --no-contrast` gives the same numbers.
#:schema scenario.schema.json
";

/// A mitigation as the factor that it is, or, where it holds from the start, as values of the scenario.
fn lay(check: &Mitigation, tree: &mut Table, active: &mut Vec<String>) {
    let text: Table = check.text.parse().unwrap_or_default();
    let set = text.get("set").cloned().unwrap_or_else(|| Table::new().into());
    if check.from_round == 0 {
        merge(tree, set);
        return;
    }
    let name = &check.name;
    put(tree, &format!("factors.{name}.meaning"), check.meaning.clone().into());
    put(tree, &format!("factors.{name}.from_round"), i64::from(check.from_round).into());
    put(tree, &format!("factors.{name}.set"), set);
    active.push(name.clone());
}

fn merge(tree: &mut Table, set: toml::Value) {
    let toml::Value::Table(set) = set else { return };
    for (key, value) in set {
        match (tree.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), value @ toml::Value::Table(_)) => merge(below, value),
            (_, value) => {
                tree.insert(key, value);
            }
        }
    }
}

/// Puts a value at a dotted key, making the tables above it.
fn put(tree: &mut Table, key: &str, value: toml::Value) {
    match key.split_once('.') {
        None => {
            tree.insert(key.to_string(), value);
        }
        Some((first, rest)) => {
            let below = tree.entry(first).or_insert_with(|| Table::new().into());
            if let toml::Value::Table(below) = below {
                put(below, rest, value);
            }
        }
    }
}

fn integer(value: u64) -> toml::Value {
    i64::try_from(value).map_or_else(|_| toml::Value::String(value.to_string()), toml::Value::Integer)
}

fn as_toml(key: &str, value: &Value) -> Result<toml::Value, LessonError> {
    toml::Value::try_from(value).map_err(|_| LessonError::Unreadable(format!("{key} has no value")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(json: &str) -> Lesson {
        Lesson::from_json(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn what_is_left_out_is_as_in_the_preset() {
        let lesson = lesson(r#"{"preset": "gpt4o-april-2025"}"#);
        assert_eq!((lesson.seed, lesson.rounds, lesson.users), (15, 7, 100_000));
        assert_eq!(lesson.scenario().unwrap().active_factors, ["thumbs", "memory", "fresh_data"]);
    }

    #[test]
    fn a_change_holds_from_its_round_on_and_wins_over_the_preset_s_factors() {
        let json = r#"{"changes": [{"round": 9, "set": {"signals.thumbs.weight": 0.25}},
            {"round": 3, "set": {"memory.enabled": false, "policy.kl_strength": 1}},
            {"round": 9, "set": {"policy.kl_strength": 0.5}}]}"#;
        let scenario = lesson(json).scenario().unwrap();
        let in_round = |round| {
            let settings = scenario.settings_in(round);
            (settings.signals["thumbs"].weight, settings.memory.enabled, settings.policy.kl_strength)
        };
        assert_eq!(in_round(2), (1.0, true, 0.12));
        assert_eq!(in_round(3), (1.0, false, 1.0));
        assert_eq!(in_round(9), (0.25, false, 0.5));
    }

    #[test]
    fn every_check_can_be_ticked_for_the_incident_alone_and_all_together() {
        let names: Vec<String> =
            crate::scenario::mitigations().unwrap().into_iter().map(|it| it.name).collect();
        for checks in names.chunks(1).chain([names.as_slice()]) {
            let json = serde_json::json!({"preset": "gpt4o-april-2025", "checks": checks}).to_string();
            let laid = lesson(&json).scenario().unwrap();
            let expected =
                checks.iter().fold(Scenario::preset("gpt4o-april-2025", &[]).unwrap(), |it, name| {
                    it.with_mitigation(&mitigation(name).unwrap()).unwrap()
                });
            assert_eq!(laid.settings_in(6).checks, expected.settings_in(6).checks, "{checks:?}");
            assert_eq!(laid.settings_in(6).monitoring, expected.settings_in(6).monitoring, "{checks:?}");
            assert_eq!(laid.settings_in(0).memory, expected.settings_in(0).memory, "{checks:?}");
        }
    }

    #[test]
    fn a_state_beyond_the_limits_or_the_model_is_refused() {
        let refused = [
            (r#"{"users": 3000000}"#, "users"),
            (r#"{"rounds": 0}"#, "rounds"),
            (r#"{"changes": [{"round": 0, "set": {}}]}"#, "round of a change"),
            (r#"{"preset": "all-tree"}"#, "all-tree"),
            (r#"{"changes": [{"round": 2, "set": {"policy.kl_strength": -1}}]}"#, "kl_strength"),
            (r#"{"changes": [{"round": 2, "set": {"population.users": 7}}]}"#, "population.users"),
            (r#"{"speed": 3}"#, "speed"),
            ("[", "cannot be read"),
        ];
        for (json, word) in refused {
            let error = Lesson::from_json(json).expect_err(json).to_string();
            assert!(error.contains(word), "{json}: {error}");
        }
        let many: Vec<_> = (1..=21).map(|round| serde_json::json!({"round": round, "set": {}})).collect();
        assert!(Lesson::from_json(&serde_json::json!({ "changes": many }).to_string()).is_err());
    }
}
