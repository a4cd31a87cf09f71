//! Which sections a scenario has, and the list of all keys.

use super::parameter::{Kind, Parameter, Section};
use super::read::{Notes, TableAt, read_named, read_one};
use super::settings::*;

/// A section of [`Settings`].
#[derive(Clone, Copy, Debug)]
pub struct SectionInfo {
    /// Name, as written in the file.
    pub name: &'static str,
    /// What it holds.
    pub meaning: &'static str,
    /// Whether it is a list of entries by name, each with these keys.
    pub named: bool,
    /// Its keys.
    pub parameters: fn() -> Vec<Parameter>,
}

/// Lists every section once: for reading, writing, explaining and the schema.
macro_rules! settings_sections {
    ($( $name:ident : $shape:ident $section:ident, $meaning:literal; )*) => {
        /// Every section, in the order of [`Settings`].
        pub const SECTIONS: &[SectionInfo] = &[$( SectionInfo {
            name: stringify!($name),
            meaning: $meaning,
            named: settings_sections!(@named $shape),
            parameters: <$section as Section>::parameters,
        } ),*];

        /// Reads every section of a tree, noting every problem.
        pub fn read_settings(root: &TableAt<'_>, notes: &mut Notes) -> Settings {
            Settings { $( $name: settings_sections!(@read $shape)(root, stringify!($name), notes), )* }
        }

        /// The tables of a scenario: header and lines.
        pub fn settings_to_toml(settings: &Settings) -> Vec<(String, Vec<(&'static str, String)>)> {
            let mut tables = Vec::new();
            $( settings_sections!(@write $shape)(&mut tables, stringify!($name), &settings.$name); )*
            tables
        }
    };
    (@named one) => { false };
    (@named named) => { true };
    (@read one) => { read_one };
    (@read named) => { read_named };
    (@write one) => { write_one };
    (@write named) => { write_named };
}

settings_sections! {
    run: one Run, "How long a run is and which random numbers it uses.";
    clock: one Clock, "Time.";
    population: one Population, "Who is simulated and whom they stand for.";
    world: one World, "Topics, truth and what users wrongly believe.";
    evidence: one Evidence, "What users who learn by Bayes' rule are shown.";
    prompts: named PromptKind, "Kinds of prompts, by name. Their shares sum to 1.";
    behaviours: named Behaviour, "Behaviours of a response, by name, each a level in [0, 1].";
    segments: named Segment, "Groups of users, by name. Their shares sum to 1.";
    approval: one Approval, "Immediate approval, what a rating says about it, and who rates.";
    consequences: one Consequences, "What a conversation does to its user afterwards.";
    social: one Social, "Influence of users on each other's stances.";
    knowledge: one Knowledge, "Users and model who learn from each other's beliefs.";
    memory: one Memory, "What the assistant remembers of a user.";
    signals: named Signal, "Reward signals, by name.";
    policy: one Policy, "The policy, its reference and its training.";
    optimiser: one Optimiser, "Optimisers that improve the policy from sampled responses.";
    system_prompt: one SystemPrompt, "An additive shift of the policy at serving time.";
    guardrails: one Guardrails, "Levels that are not let through at serving time.";
    checks: named Check, "Checks of a candidate before launch, by name.";
    review: one Review, "From the results of the checks to launch or hold.";
    monitoring: one Monitoring, "What is watched after a launch, and what an alarm is answered with.";
}

type Tables = Vec<(String, Vec<(&'static str, String)>)>;

fn write_one<S: Section>(tables: &mut Tables, name: &str, section: &S) {
    tables.push((name.to_string(), section.to_toml()));
}

fn write_named<S: Section>(tables: &mut Tables, list: &str, entries: &indexmap::IndexMap<String, S>) {
    tables.extend(entries.iter().map(|(name, section)| (format!("{list}.{name}"), section.to_toml())));
}

/// The keys outside the sections.
pub const TOP_KEYS: &[&str] = &["question", "expected", "sources", "base", "active_factors", "factors"];

/// The keys of a factor.
pub const FACTOR_KEYS: &[&str] = &["meaning", "from_round", "set"];

/// First round in which a factor can start, and the last.
pub const FROM_ROUND: (f64, f64) = (1.0, 100_000.0);

const fn top(key: &'static str, meaning: &'static str, kind: Kind) -> Parameter {
    Parameter { key, meaning, unit: "", kind, default: None, source: "choice of the author" }
}

/// Keys outside the sections, by full path.
fn top_parameters() -> Vec<Parameter> {
    let (min, max) = FROM_ROUND;
    let mut from_round =
        top("factors.*.from_round", "First round in which the change holds.", Kind::Integer { min, max });
    (from_round.unit, from_round.default) = ("round", Some("1".into()));
    vec![
        top("question", "The question that the scenario asks. Not inherited.", Kind::Text),
        top("expected", "The outcome to expect. Not inherited.", Kind::Text),
        top("sources", "Where its numbers come from.", Kind::Words),
        top(
            "base",
            "Scenario that this one starts from, relative to this file; `false` starts from nothing, without the built-in lists.",
            Kind::Text,
        ),
        top("active_factors", "Names of the factors that are on.", Kind::Words),
        top("factors.*.meaning", "What the factor changes, in one sentence.", Kind::Text),
        from_round,
        top(
            "factors.*.set",
            "What changes: keys as at the top of the file, as in signals.thumbs.weight = 0.3.",
            Kind::Text,
        ),
    ]
}

/// Every key by full path, with `*` for a name: `signals.*.weight`.
pub fn all_parameters() -> Vec<(String, Parameter)> {
    let top = top_parameters().into_iter().map(|parameter| (parameter.key.to_string(), parameter));
    let of_section = |section: &SectionInfo| {
        let prefix = if section.named { format!("{}.*", section.name) } else { section.name.to_string() };
        let keys = (section.parameters)().into_iter();
        keys.map(|parameter| (format!("{prefix}.{}", parameter.key), parameter)).collect::<Vec<_>>()
    };
    top.chain(SECTIONS.iter().flat_map(of_section)).collect()
}

/// Paths whose last part is `key`.
pub fn paths_of_key(key: &str) -> Vec<String> {
    let paths = all_parameters().into_iter().map(|(path, _)| path);
    paths.filter(|path| path.rsplit('.').next() == Some(key)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_of_the_settings_is_listed() {
        let settings = serde_json::to_value(Settings::default()).unwrap();
        let fields: Vec<&str> = settings.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(SECTIONS.iter().map(|section| section.name).collect::<Vec<_>>(), fields);
    }

    #[test]
    fn every_parameter_says_what_it_is_and_where_its_default_comes_from() {
        for (path, parameter) in all_parameters() {
            assert!(parameter.meaning.ends_with('.'), "{path}: the meaning is a sentence");
            assert!(!parameter.source.is_empty(), "{path}: source");
            let (min, max) = parameter.kind.range();
            assert!(min < max, "{path}: empty range");
        }
    }
}
