//! The JSON Schema says the same as the reader.

use serde_json::{Value, json};
use thumbscale::scenario::{Scenario, preset_loader, presets, schema};

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::new(&schema()).expect("the schema is a schema")
}

fn json_of(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let generated = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write("scenarios/scenario.schema.json", &generated).unwrap();
    }
    let committed = std::fs::read_to_string("scenarios/scenario.schema.json").unwrap();
    assert!(committed == generated, "run `UPDATE_SCHEMA=1 cargo test --test scenario_schema` and commit");
}

#[test]
fn shipped_and_resolved_scenarios_validate() {
    let validator = validator();
    for preset in presets() {
        validator.validate(&json_of(preset.text)).unwrap_or_else(|error| panic!("{}: {error}", preset.name));
        let resolved = Scenario::preset(preset.name, &[]).unwrap().to_toml();
        validator.validate(&json_of(&resolved)).unwrap_or_else(|error| panic!("{}: {error}", preset.name));
    }
}

#[test]
fn what_the_reader_refuses_in_one_value_the_schema_refuses_too() {
    let validator = validator();
    let bad = [
        "qestion = 'x'",
        "question = 1",
        "[memory]\nenabled = 'true'",
        "[memory]\nopt_out_share = 30",
        "[memory]\ncapacity = 1.5",
        "[run]\nrounds = 0",
        "[policy]\noptimiser = 'exakt'",
        "[signals.thumbs]\nwieght = 1",
        "[signals]\n'a.b' = {}",
        "[segments.general]\ntaste = { flattery = 99 }",
        "[factors.x]\nset = { memory = { enabeld = true } }",
        "[factors.x]\nfrom_round = 0",
        "base = true",
        "signals = false",
    ];
    for text in bad {
        assert!(!validator.is_valid(&json_of(text)), "schema accepts {text}");
        assert!(Scenario::from_toml("a.toml", text, &preset_loader, &[]).is_err(), "reader accepts {text}");
    }
}

#[test]
fn removal_of_an_entry_is_valid() {
    assert!(validator().is_valid(&json!({ "signals": { "thumbs": false }, "base": false })));
}
