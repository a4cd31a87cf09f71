//! `--around 25%`: every assumed number of a scenario, moved around its value.

use super::key::{Key, declared};
use super::{Law, Varied, with_point};
use crate::scenario::document::{Value, node_at};
use crate::scenario::fixed::{covers, flat};
use crate::scenario::parameter::Kind;
use crate::scenario::source::{Layer, Origin, Source};
use crate::scenario::{CheckRole, Scenario, Settings};
use std::sync::Arc;

/// Not moved: shares that must sum to 1, and how long or how often a run is.
const LEFT: [&str; 3] = ["run", "prompts.*.share", "segments.*.share"];

/// How often an end that is refused is moved before the key is left alone.
const HALVINGS: u32 = 6;

/// Every number of the scenario whose source is an assumption, from (1 - share) to (1 + share) times its value, cut at
/// what the key accepts; an end that the scenario refuses for another reason (no Beta law has such a mean and spread) is
/// moved half way back to the value until it is accepted. Zeros stay, and so do shares that must sum to 1 and what belongs to
/// something that is off. A value that an active factor sets is moved
/// where the factor sets it.
pub fn around(scenario: &Scenario, share: f64) -> Vec<Varied> {
    let values = flat(&scenario.phases[0].settings);
    let numbers = values.into_iter().filter_map(|(path, value)| Some((path, value.as_f64()?)));
    let moved = |(path, value): (String, f64)| {
        let parameter = declared(&path)?;
        let left = LEFT.iter().any(|pattern| covers(pattern, &path));
        if left || !parameter.source.starts_with("assumed") || is_off(scenario, &path) {
            return None;
        }
        let (path, value) = in_factor(scenario, &path).unwrap_or((path, value));
        let law = law(value, share, &parameter.kind)?;
        let whole = matches!(parameter.kind, Kind::Integer { .. });
        let varied =
            Key { path, parameter, value: Some(value.into()) }.varied(law, Vec::new(), whole, &origin(share));
        accepted(scenario, varied, value)
    };
    numbers.filter_map(moved).collect()
}

/// Whether a key belongs to something that is off in every phase, so that its value changes nothing.
fn is_off(scenario: &Scenario, path: &str) -> bool {
    let off = |settings: &Settings| {
        let mut steps = path.split('.');
        match (steps.next(), steps.next()) {
            (Some("signals"), Some(name)) => settings.signals.get(name).is_none_or(|it| it.weight == 0.0),
            (Some("checks"), Some(name)) => {
                settings.checks.get(name).is_none_or(|it| it.role == CheckRole::Off)
            }
            (Some("monitoring"), _) => settings.monitoring.watch_days == 0,
            (Some("social"), _) => settings.social.influence == 0.0,
            (Some("optimiser"), Some(key)) => !settings.policy.optimiser.reads(key),
            _ => false,
        }
    };
    scenario.phases.iter().all(|phase| off(&phase.settings))
}

/// The path and value in the last active factor that sets `path`: it is the one that counts.
fn in_factor(scenario: &Scenario, path: &str) -> Option<(String, f64)> {
    scenario.active_factors.iter().rev().find_map(|factor| {
        let node = node_at(scenario.document.factor_set(factor)?, path)?;
        let value = match node.value {
            Value::Number(number) => number,
            Value::Integer(whole) => whole? as f64,
            _ => return None,
        };
        Some((format!("factors.{factor}.set.{path}"), value))
    })
}

fn law(value: f64, share: f64, kind: &Kind) -> Option<Law> {
    let (min, max) = kind.range();
    let ends = [value * (1.0 - share), value * (1.0 + share)];
    let (low, high) = (ends[0].min(ends[1]).max(min), ends[0].max(ends[1]).min(max));
    match kind {
        Kind::Integer { .. } => {
            let (low, high) = (low.round(), high.round());
            (low < high).then_some(Law::Whole { low, high })
        }
        _ => (low < high).then_some(Law::Range { low, high }),
    }
}

/// The law with ends that the scenario accepts; `None` if there are none but the value itself.
fn accepted(scenario: &Scenario, mut varied: Varied, value: f64) -> Option<Varied> {
    let refused =
        |varied: &Varied, end: f64| with_point(scenario, std::slice::from_ref(varied), &[end]).is_err();
    for _ in 0..HALVINGS {
        let Law::Range { low, high } = varied.law else { return Some(varied) };
        let (below, above) = (refused(&varied, low), refused(&varied, high));
        if !below && !above {
            return Some(varied);
        }
        let back = |end: f64, is_refused: bool| if is_refused { 0.5 * (end + value) } else { end };
        varied.law = Law::Range { low: back(low, below), high: back(high, above) };
    }
    None
}

fn origin(share: f64) -> Origin {
    let text = format!("{}%", 100.0 * share);
    Origin::new(&Arc::new(Source { name: "--around".into(), text, layer: Layer::CommandLine }), 0..0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(scenario: &str) -> Vec<Varied> {
        around(&Scenario::preset(scenario, &[]).expect("shipped"), 0.25)
    }

    #[test]
    fn assumed_numbers_move_and_others_stay() {
        let found = moved("gpt4o-april-2025");
        let law = |key: &str| found.iter().find(|it| it.key == key).map(|it| it.law.clone());
        assert_eq!(law("policy.kl_strength"), Some(Law::Range { low: 0.09, high: 0.15 }));
        for left in
            ["segments.expert.share", "run.rounds", "run.seed", "population.users", "policy.fresh_data"]
        {
            assert_eq!(law(left), None, "{left}");
        }
        assert!(found.iter().all(|it| it.law.ends()[0] < it.law.ends()[1]), "{found:?}");
    }

    #[test]
    fn the_scenario_accepts_both_ends_of_every_law() {
        for name in ["gpt4o-april-2025", "all-three"] {
            let scenario = Scenario::preset(name, &[]).expect("shipped");
            for varied in around(&scenario, 0.25) {
                let problems = super::super::check_ends(&scenario, &varied);
                assert!(problems.is_empty(), "{name}: {problems:?}");
            }
        }
    }

    #[test]
    fn settings_of_an_optimiser_move_where_it_is_the_one_chosen() {
        let moved = |word: &str| -> Vec<String> {
            let sets = [format!("policy.optimiser={word}")];
            let found = around(&Scenario::preset("baseline", &sets).expect("valid"), 0.25);
            found.into_iter().map(|it| it.key).filter(|key| key.starts_with("optimiser.")).collect()
        };
        assert!(moved("exact").is_empty());
        assert_eq!(moved("dpo"), ["optimiser.pairs"]);
    }

    #[test]
    fn what_a_factor_sets_is_moved_in_the_factor() {
        let text = "base = 'gpt4o-april-2025.toml'\n[factors.thumbs.set]\nmemory.write = 0.4\n";
        let scenario = Scenario::from_toml("mine.toml", text, &crate::scenario::preset_loader, &[]).unwrap();
        let found = around(&scenario, 0.5);
        let inside = found.iter().find(|it| it.key == "factors.thumbs.set.memory.write").expect("moved");
        assert_eq!(inside.law, Law::Range { low: 0.2, high: 0.6000000000000001 });
        assert!(!found.iter().any(|it| it.key == "memory.write"));
    }
}
