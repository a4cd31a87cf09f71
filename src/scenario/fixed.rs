//! What a factor must leave alone, because a run begins without factors.

use super::Settings;
use super::catalogue::SECTIONS;
use super::code::Code;
use super::diagnostic::Diagnostic;
use super::document::{Table, nearest_node};
use super::read::Notes;
use serde_json::Value;

/// Keys with one value for the whole run; a path covers all below it.
const FIXED: &[&str] = &[
    "run",
    "clock",
    "population.users",
    "world.topics",
    "world.belief_rule",
    "world.stance_limit",
    "knowledge.enabled",
    "policy.levels",
    "policy.features",
    "segments.*.share",
];

/// Notes every fixed value in which `later` differs from `first`.
pub fn refuse_changes_during_run(first: &Settings, later: &Settings, tree: &Table, notes: &mut Notes) {
    if agree(first, later) {
        return;
    }
    let (before, after) = (flat(first), flat(later));
    for (key, value) in &after {
        if is_fixed(key) && before.iter().any(|(known, old)| known == key && old != value) {
            notes.push(changed(key, "change", tree));
        }
    }
    for section in SECTIONS.iter().filter(|section| section.named) {
        names_changed(section.name, &before, &after)
            .iter()
            .for_each(|key| notes.push(changed(key, "come or go", tree)));
    }
}

/// Whether everything in [`FIXED`] and all names agree: the same question without a word for each key, since every point of a
/// large design asks it.
fn agree(first: &Settings, later: &Settings) -> bool {
    let fixed = |it: &Settings| {
        (it.population.users, it.world.topics, it.world.belief_rule, it.knowledge.enabled, it.policy.levels)
    };
    let shares = |it: &Settings| it.segments.values().map(|segment| segment.share).collect::<Vec<_>>();
    first.run == later.run
        && first.clock == later.clock
        && fixed(first) == fixed(later)
        && first.world.stance_limit == later.world.stance_limit
        && first.policy.features == later.policy.features
        && shares(first) == shares(later)
        && first.prompts.keys().eq(later.prompts.keys())
        && first.behaviours.keys().eq(later.behaviours.keys())
        && first.segments.keys().eq(later.segments.keys())
        && first.signals.keys().eq(later.signals.keys())
        && first.checks.keys().eq(later.checks.keys())
}

fn changed(key: &str, how: &str, tree: &Table) -> Diagnostic {
    let help = match key.split('.').next() {
        Some("signals") => "declare the signal outside the factor; with weight 0 it does nothing",
        _ => "give it outside the factor, or write two scenarios and compare them",
    };
    let message = format!("`{key}` cannot {how} during a run");
    Diagnostic::new(Code::ChangesDuringRun, key, message)
        .at_maybe(nearest_node(tree, key).map(|node| &node.at))
        .help(help)
}

fn is_fixed(key: &str) -> bool {
    FIXED.iter().any(|pattern| covers(pattern, key))
}

/// Whether the path `pattern`, with `*` for any name, is `key` or above it.
pub fn covers(pattern: &str, key: &str) -> bool {
    let mut steps = key.split('.');
    pattern.split('.').all(|part| steps.next().is_some_and(|step| part == "*" || part == step))
}

/// Entries of `list` that only one of the two has.
fn names_changed(list: &str, before: &[(String, Value)], after: &[(String, Value)]) -> Vec<String> {
    let (old, new) = (entries(list, before), entries(list, after));
    let gone = old.iter().filter(|name| !new.contains(name));
    let come = new.iter().filter(|name| !old.contains(name));
    gone.chain(come).map(|name| format!("{list}.{name}")).collect()
}

fn entries<'a>(list: &str, flat: &'a [(String, Value)]) -> Vec<&'a str> {
    let below =
        flat.iter().filter_map(|(key, _)| key.strip_prefix(list)?.strip_prefix('.')?.split('.').next());
    let mut names: Vec<&str> = below.collect();
    names.dedup();
    names
}

/// Every value of the settings by path. Lists and words are values; names hold no dots, so paths are unique.
pub fn flat(settings: &Settings) -> Vec<(String, Value)> {
    let whole = serde_json::to_value(settings).expect("settings are plain tables with text keys");
    let mut leaves = Vec::new();
    flatten(String::new(), whole, &mut leaves);
    leaves
}

fn flatten(path: String, value: Value, leaves: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = if path.is_empty() { key } else { format!("{path}.{key}") };
                flatten(path, value, leaves);
            }
        }
        leaf => leaves.push((path, leaf)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Every number and switch of the settings, changed by itself: the short way and the long way say the same.
    #[test]
    fn the_short_way_agrees_with_the_long_way() {
        let settings =
            crate::scenario::Scenario::preset("all-three", &[]).expect("shipped").settings_in(1).clone();
        let whole = serde_json::to_value(&settings).unwrap();
        let mut fixed = 0;
        for (key, value) in flat(&settings) {
            let mut other = whole.clone();
            let place =
                other.pointer_mut(&format!("/{}", key.replace('.', "/"))).expect("a path of the settings");
            *place = match value {
                Value::Number(number) if number.is_f64() => Value::from(number.as_f64().unwrap() + 0.5),
                Value::Number(number) => Value::from(number.as_u64().unwrap() + 1),
                Value::Bool(on) => Value::from(!on),
                _ => continue,
            };
            let other: Settings =
                serde_json::from_value(other).unwrap_or_else(|error| panic!("{key}: {error}"));
            assert_eq!(agree(&settings, &other), !is_fixed(&key), "{key}");
            fixed += usize::from(is_fixed(&key));
        }
        assert!(fixed > 15, "{fixed}");
        let mut other = settings.clone();
        other.signals.shift_remove("thumbs");
        assert!(!agree(&settings, &other) && agree(&settings, &settings));
    }

    #[test]
    fn a_pattern_covers_itself_and_what_is_below() {
        assert!(covers("run", "run.seed") && covers("segments.*.share", "segments.expert.share"));
        assert!(!covers("run", "runner.seed") && !covers("segments.*.share", "segments.expert"));
    }
}
