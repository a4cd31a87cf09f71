//! What a page knows before anything runs: presets, controls, checks and limits.

use super::refusal::Refusal;
use crate::lesson::{Lesson, LessonError, MOST_CHANGES, MOST_ROUNDS, MOST_USERS, controls};
use crate::scenario::{Scenario, mitigations};
use axum::Json;
use serde_json::{Value, json};

/// The presets of the page, the first one first.
const PRESETS: [&str; 9] = [
    "all-three",
    "gpt4o-april-2025",
    "baseline",
    "thumbs-only",
    "memory-only",
    "fresh-data-only",
    "praise-first",
    "honest-world",
    "no-feedback",
];

/// Most histories in a band.
pub const MOST_SEEDS: u32 = 20;

pub async fn lesson() -> Result<Json<Value>, Refusal> {
    let presets = PRESETS.into_iter().map(preset).collect::<Result<Vec<Value>, LessonError>>()?;
    let checks = mitigations().map_err(LessonError::from)?;
    let checks: Vec<Value> = checks
        .iter()
        .map(|it| json!({"name": it.name, "meaning": it.meaning, "source": it.source, "expected": it.expected, "from_round": it.from_round}))
        .collect();
    Ok(Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "limits": {"users": MOST_USERS, "rounds": MOST_ROUNDS, "changes": MOST_CHANGES, "seeds": MOST_SEEDS},
        "presets": presets,
        "controls": controls(),
        "mitigations": checks,
        "behaviours": ["deference", "flattery", "amplification", "substance"],
    })))
}

fn preset(name: &str) -> Result<Value, LessonError> {
    let scenario = Scenario::preset(name, &[])?;
    let state = Lesson::of_preset(name)?;
    let about = &scenario.about;
    Ok(
        json!({"name": name, "question": about.question, "expected": about.expected, "state": state, "factors": factors(&scenario)}),
    )
}

/// Every factor, and whether it is on.
pub fn factors(scenario: &Scenario) -> Vec<Value> {
    let active = |name: &String| scenario.active_factors.contains(name);
    let all = scenario.factors.iter();
    all.map(|(name, it)| json!({"name": name, "meaning": it.meaning, "from_round": it.from_round, "active": active(name)})).collect()
}
