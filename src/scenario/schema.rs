//! The JSON Schema (draft 2020-12) by which editors complete and check scenario files.

use super::catalogue::{FROM_ROUND, SECTIONS, SectionInfo};
use super::parameter::{Kind, Parameter};
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
