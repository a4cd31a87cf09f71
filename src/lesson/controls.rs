//! What can be changed while a run goes on: a few keys of a scenario, each with the range of a slider.

use crate::scenario::parameter::Kind;
use crate::scenario::{Settings, parameter_of};
use serde::Serialize;
use serde_json::{Map, Value};

/// A slider, or a switch.
#[derive(Clone, Debug, Serialize)]
pub struct Control {
    /// The key of a scenario.
    pub key: &'static str,
    /// What it is, in one sentence.
    pub meaning: &'static str,
    /// Its unit, or "".
    pub unit: &'static str,
    /// "number" or "switch".
    pub kind: &'static str,
    /// Left end of the slider; the scenario itself may take more.
    pub low: f64,
    /// Right end.
    pub high: f64,
}

/// Keys with the ends of their sliders: the range over which docs/parameters.md sweeps them, and "off".
const CONTROLS: &[(&str, f64, f64)] = &[
    ("signals.thumbs.weight", 0.0, 2.0),
    ("signals.raters.weight", 0.0, 2.0),
    ("approval.sharpness", 1.0, 8.0),
    ("approval.surprise", 0.0, 2.0),
    ("memory.enabled", 0.0, 1.0),
    ("memory.personal", 0.0, 2.0),
    ("policy.fresh_data", 0.0, 1.0),
    ("world.stance_renewal", 0.0, 0.5),
    ("policy.kl_strength", 0.02, 0.6),
    ("policy.learning_rate", 0.0, 1.0),
    ("guardrails.highest.flattery", 0.2, 1.0),
    ("system_prompt.shift.flattery", -6.0, 6.0),
];

/// What an absent entry of a table per behaviour means.
const ABSENT: &[(&str, f64)] = &[("guardrails.highest.flattery", 1.0), ("system_prompt.shift.flattery", 0.0)];

/// All controls, in the order of the page.
pub fn controls() -> Vec<Control> {
    CONTROLS.iter().filter_map(|&(key, low, high)| control(key, low, high)).collect()
}

fn control(key: &'static str, low: f64, high: f64) -> Option<Control> {
    let parameter = parameter_of(key)?;
    let kind = if matches!(parameter.kind, Kind::Switch) { "switch" } else { "number" };
    Some(Control { key, meaning: parameter.meaning, unit: parameter.unit, kind, low, high })
}

/// The value of every control under these settings.
pub fn values_in_force(settings: &Settings) -> Map<String, Value> {
    let all = serde_json::to_value(settings).unwrap_or_default();
    CONTROLS.iter().map(|(key, ..)| (key.to_string(), value_of(key, &all))).collect()
}

fn value_of(key: &str, settings: &Value) -> Value {
    let absent = || ABSENT.iter().find(|(it, _)| *it == key).map(|(_, value)| Value::from(*value));
    let found = settings.pointer(&format!("/{}", key.replace('.', "/")));
    found.cloned().or_else(absent).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn every_control_has_a_meaning_a_value_and_a_range_that_the_scenario_takes() {
        let scenario = Scenario::preset("all-three", &[]).unwrap();
        let values = values_in_force(scenario.settings_in(1));
        assert_eq!(controls().len(), CONTROLS.len());
        for it in controls() {
            assert!(!it.meaning.is_empty() && !values[it.key].is_null(), "{}", it.key);
            for end in [it.low, it.high] {
                let value = if it.kind == "switch" { (end > 0.5).to_string() } else { end.to_string() };
                let laid = scenario.with_set(&[format!("factors.fresh_data.set.{}={value}", it.key)]);
                assert!(laid.is_ok(), "{}: {}", it.key, laid.unwrap_err());
            }
        }
        assert_eq!(values["signals.thumbs.weight"], 1.0);
        assert_eq!(values["guardrails.highest.flattery"], 1.0);
    }
}
