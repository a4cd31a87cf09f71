//! The JSON Schema (draft 2020-12) by which editors complete and check scenario files.

use super::catalogue::{FROM_ROUND, SECTIONS, SectionInfo};
use super::parameter::{Kind, Parameter, Section};
use super::sweep_file::{SweepDesign, SweepOutcomes};
use serde_json::{Map, Value, json};

/// Names of prompts, behaviours, segments, signals and factors.
const NAME: &str = "^[A-Za-z0-9_-]{1,64}$";

/// The schema of a scenario file.
pub fn schema() -> Value {
    let mut properties = top_properties();
    properties.extend(SECTIONS.iter().map(|section| (section.name.to_string(), reference(section.name))));
    let mut definitions: Map<String, Value> =
        SECTIONS.iter().map(|section| (section.name.to_string(), section_schema(section))).collect();
    definitions.insert("factor".into(), factor_schema());
    definitions.insert("settings".into(), settings_schema());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "thumbscale scenario",
        "description": "What `thumbscale run` runs. Keys that are not given come from `base` and from the built-in defaults.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "$defs": definitions,
    })
}

/// The schema of a sweep file.
pub fn sweep_schema() -> Value {
    let section = |parameters: Vec<Parameter>, description: &str| {
        let properties: Map<String, Value> =
            parameters.iter().map(|it| (it.key.to_string(), parameter_schema(it))).collect();
        json!({ "type": "object", "additionalProperties": false, "properties": properties, "description": description })
    };
    let words = |description: &str, unique: bool| json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": unique, "description": description });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "thumbscale sweep",
        "description": "What `thumbscale sweep plan` plans: many runs of one scenario at chosen points.",
        "type": "object",
        "additionalProperties": false,
        "required": ["scenario"],
        "properties": {
            "question": text("The question that the sweep asks."),
            "expected": text("The outcome to expect."),
            "sources": words("Where its numbers come from.", false),
            "scenario": { "type": "string", "minLength": 1, "description": "The scenario that is varied: a file in the folder of this one or below, or the name of a shipped one." },
            "set": { "type": "object", "description": "Values of the scenario that all runs share, by key, as in \"population.users\" = 4000." },
            "seed": { "type": "integer", "minimum": 0, "maximum": i64::MAX, "default": 1, "description": "Seed of the design and of all runs." },
            "replicates": { "type": "integer", "minimum": 1, "maximum": 10_000, "default": 1, "description": "Runs of every point." },
            "design": section(SweepDesign::parameters(), "Which points the sweep has."),
            "parameters": { "type": "object", "additionalProperties": reference("parameter"), "description": "Keys that are varied, each with a law." },
            "factors": words("Factors that are varied: each off and on.", true),
            "outcomes": section(SweepOutcomes::parameters(), "What is kept of every run."),
        },
        "$defs": { "parameter": { "anyOf": [law_schema(), { "type": "object", "additionalProperties": reference("parameter") }] } },
    })
}

fn law_schema() -> Value {
    let pair = |description: &str| json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2, "description": description });
    json!({
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
            "range": pair("Uniform from the first number to the second."),
            "normal": pair("Normal with this mean and standard deviation, cut to what the key accepts."),
            "values": { "type": "array", "minItems": 2, "items": { "type": ["number", "string", "boolean"] }, "description": "Each as likely as the others." },
            "scale": { "enum": ["linear", "log"], "description": "Whether a range is uniform in its logarithm." },
        },
    })
}

fn top_properties() -> Map<String, Value> {
    let words = |description: &str, unique: bool| json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": unique, "description": description });
    let mut properties = Map::new();
    let mut add = |key: &str, value: Value| properties.insert(key.to_string(), value);
    add("question", text("The question that the scenario asks."));
    add("expected", text("The outcome to expect."));
    add("sources", words("Where its numbers come from.", false));
    add(
        "base",
        json!({
            "anyOf": [{ "type": "string", "minLength": 1 }, { "const": false }],
            "description": "Scenario that this one starts from, relative to this file; false starts from nothing, without the built-in lists.",
        }),
    );
    add("active_factors", words("Names of the factors that are on.", true));
    add("factors", entries("factor", "Named changes that can be switched on, alone or with others."));
    properties
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{definition}") })
}

/// A named list: entries of one shape, or `false` to remove an inherited one.
fn entries(definition: &str, description: &str) -> Value {
    entries_of(reference(definition), description)
}

fn entries_of(entry: Value, description: &str) -> Value {
    json!({
        "type": "object",
        "description": description,
        "propertyNames": { "pattern": NAME },
        "additionalProperties": { "anyOf": [entry, { "const": false }] },
    })
}

fn factor_schema() -> Value {
    let (first, last) = FROM_ROUND;
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "meaning": text("What the factor changes, in one sentence."),
            "from_round": {
                "type": "integer", "minimum": bound(first, true), "maximum": bound(last, true), "default": 1,
                "description": "First round in which the change holds.",
            },
            "set": reference("settings"),
        },
    })
}

fn settings_schema() -> Value {
    let properties: Map<String, Value> =
        SECTIONS.iter().map(|section| (section.name.to_string(), reference(section.name))).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn section_schema(section: &SectionInfo) -> Value {
    let properties: Map<String, Value> = (section.parameters)()
        .iter()
        .map(|parameter| (parameter.key.to_string(), parameter_schema(parameter)))
        .collect();
    let table = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if section.named {
        return entries_of(table, section.meaning);
    }
    let mut table = table;
    table["description"] = section.meaning.into();
    table
}

fn parameter_schema(parameter: &Parameter) -> Value {
    let mut schema = kind_schema(&parameter.kind);
    schema["description"] = description(parameter).into();
    if let Some(default) = parameter.default.as_deref().and_then(default_value) {
        schema["default"] = default;
    }
    schema
}

fn kind_schema(kind: &Kind) -> Value {
    let number =
        |min, max| json!({ "type": "number", "minimum": bound(min, false), "maximum": bound(max, false) });
    match *kind {
        Kind::Number { min, max } => number(min, max),
        Kind::Integer { min, max } => {
            json!({ "type": "integer", "minimum": bound(min, true), "maximum": bound(max, true) })
        }
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::Text => json!({ "type": "string" }),
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::Words => json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true }),
        Kind::PerBehaviour { min, max } | Kind::PerSignal { min, max } => {
            json!({ "type": "object", "propertyNames": { "pattern": NAME }, "additionalProperties": number(min, max) })
        }
    }
}

/// Whole bounds are written as such; the largest is that of a TOML integer.
fn bound(bound: f64, whole: bool) -> Value {
    if whole { json!(bound as i64) } else { json!(bound) }
}

fn description(parameter: &Parameter) -> String {
    let mut text = parameter.meaning.to_string();
    if !parameter.unit.is_empty() {
        text += &format!(" Unit: {}.", parameter.unit);
    }
    if let Some(default) = &parameter.default {
        text += &format!(" Default: {default}.");
    }
    text + &format!(" Source: {}.", parameter.source)
}

fn default_value(default: &str) -> Option<Value> {
    let table: toml::Table = format!("v = {default}").parse().ok()?;
    serde_json::to_value(table.get("v")?).ok()
}
