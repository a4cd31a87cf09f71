//! Scenarios as people use them: shipped files, inheritance, factors, phases, and where values come from.

use std::collections::BTreeMap;
use thumbscale::scenario::{Code, LoadError, Scenario, ScenarioErrors, preset_loader, presets};

/// Reads `main.toml` from files that exist only here.
fn load(files: &[(&str, &str)], sets: &[&str]) -> Result<Scenario, ScenarioErrors> {
    let files: BTreeMap<String, String> = files.iter().map(|(p, t)| (p.to_string(), t.to_string())).collect();
    let loader = |path: &str| files.get(path).cloned().ok_or(LoadError::NotFound);
    let sets: Vec<String> = sets.iter().map(|set| set.to_string()).collect();
    Scenario::from_toml("main.toml", &files["main.toml"], &loader, &sets)
}

fn main_only(text: &str) -> Result<Scenario, ScenarioErrors> {
    load(&[("main.toml", text)], &[])
}

fn codes(errors: &ScenarioErrors) -> Vec<Code> {
    errors.0.iter().map(|problem| problem.code).collect()
}

#[test]
fn every_shipped_scenario_is_embedded_checks_cleanly_and_asks_a_question() {
    let in_folder = |folder: &str, prefix: &str| -> Vec<String> {
        let names =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".toml")).map(|name| format!("{prefix}{name}")).collect()
    };
    let mut files = [in_folder("scenarios", ""), in_folder("scenarios/published", "published/")].concat();
    files.sort();
    let mut embedded: Vec<String> = presets().iter().map(|preset| format!("{}.toml", preset.name)).collect();
    embedded.sort();
    assert_eq!(files, embedded);
    for preset in presets() {
        let scenario = Scenario::preset(preset.name, &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let (up, name) = preset.name.rsplit_once('/').map_or(("", preset.name), |(_, name)| ("../", name));
        assert_eq!(scenario.name, name);
        assert_eq!(scenario.about.question, preset.question);
        assert!(preset.question.ends_with('?') && !scenario.about.expected.is_empty(), "{}", preset.name);
        assert!(preset.text.starts_with(&format!("#:schema {up}scenario.schema.json\n")), "{}", preset.name);
    }
}

#[test]
fn an_empty_file_is_the_built_in_defaults() {
    let scenario = main_only("").unwrap();
    assert_eq!(scenario.name, "main");
    let settings = scenario.settings_in(1);
    assert_eq!(settings.prompts.keys().collect::<Vec<_>>(), ["factual", "advice", "feedback", "emotional"]);
    assert_eq!(settings.policy, Default::default());
}

#[test]
fn later_layers_win_and_say_where_a_value_comes_from() {
    let files = [
        ("main.toml", "base = 'b/mid.toml'\n[memory]\ncapacity = 3"),
        ("b/mid.toml", "base = 'c/root.toml'\nquestion = 'Not mine?'\n[memory]\ncapacity = 2\nwrite = 0.5"),
        ("b/c/root.toml", "[memory]\ncapacity = 1\nwrite = 0.1\nopt_out_share = 0.2"),
    ];
    let scenario = load(&files, &["memory.opt_out_share=0.3"]).unwrap();
    let memory = &scenario.settings_in(1).memory;
    assert_eq!((memory.capacity, memory.write, memory.opt_out_share), (3, 0.5, 0.3));
    assert_eq!(scenario.about.question, "");
    let origins: Vec<(String, String)> =
        scenario.changes().into_iter().map(|it| (it.key, it.origin)).collect();
    let expected = [
        ("memory.write", "b/mid.toml:5"),
        ("memory.capacity", "main.toml:3"),
        ("memory.opt_out_share", "--set memory.opt_out_share=0.3"),
    ];
    assert_eq!(origins, expected.map(|(key, origin)| (key.to_string(), origin.to_string())));
}

#[test]
fn false_removes_an_inherited_entry_and_what_refers_to_it() {
    let text = "[behaviours]\namplification = false\n[signals]\nthumbs = false";
    let scenario = main_only(text).unwrap();
    let settings = scenario.settings_in(1);
    assert!(!settings.behaviours.contains_key("amplification"));
    assert!(!settings.segments["vulnerable"].taste.contains_key("amplification"));
    assert_eq!(settings.signals.keys().collect::<Vec<_>>(), ["raters"]);
    let removed: Vec<String> =
        scenario.changes().into_iter().filter(|it| it.value == false).map(|it| it.key).collect();
    assert_eq!(removed, ["behaviours.amplification", "signals.thumbs"]);
}

#[test]
fn a_cycle_of_bases_ends() {
    let files = [("main.toml", "base = 'b.toml'"), ("b.toml", "base = 'main.toml'")];
    assert_eq!(codes(&load(&files, &[]).unwrap_err()), [Code::BaseCycle]);
}

const TWO_FACTORS: &str = "
active_factors = ['late', 'early']
[factors.early.set]
memory.enabled = true
[factors.late]
from_round = 11
[factors.late.set]
signals.thumbs.weight = 0.3
";

#[test]
fn a_factor_holds_from_its_round_on() {
    let scenario = main_only(TWO_FACTORS).unwrap();
    assert_eq!(scenario.active_factors, ["early", "late"]);
    assert_eq!(scenario.phases.iter().map(|phase| phase.from_round).collect::<Vec<_>>(), [0, 1, 11]);
    let weight = |round| scenario.settings_in(round).signals["thumbs"].weight;
    assert_eq!((weight(1), weight(10), weight(11), weight(99)), (0.0, 0.0, 0.3, 0.3));
    assert!(!scenario.settings_in(0).memory.enabled, "no factor holds in the warm-up");
    assert!(scenario.settings_in(1).memory.enabled && scenario.settings_in(11).memory.enabled);
    let rounds: Vec<(u32, String)> =
        scenario.changes().into_iter().map(|it| (it.from_round, it.origin)).collect();
    assert_eq!(rounds, [(1, "main.toml:4".to_string()), (11, "main.toml:8".to_string())]);
}

#[test]
fn factors_can_be_switched_by_name() {
    let scenario = main_only(TWO_FACTORS).unwrap();
    let none = scenario.with_active_factors(&[] as &[&str]).unwrap();
    assert_eq!(none.phases.len(), 1);
    assert!(!none.settings_in(50).memory.enabled);
    assert_eq!(none.with_active_factors(&["late", "early"]).unwrap(), scenario);
    let errors = scenario.with_active_factors(&["erly", "late", "late"]).unwrap_err();
    assert_eq!(codes(&errors), [Code::UnknownName, Code::Duplicate]);
    assert_eq!(errors.0[0].suggestion.as_deref(), Some("early"));
}

#[test]
fn values_can_be_changed_afterwards_and_factors_stay_on() {
    let scenario = main_only(TWO_FACTORS).unwrap().with_active_factors(&["early"]).unwrap();
    let changed = scenario.with_seed(7).unwrap().with_set(&["policy.kl_strength=0.5"]).unwrap();
    assert_eq!(changed.active_factors, ["early"]);
    assert_eq!(changed.settings_in(1).run.seed, 7);
    assert_eq!(changed.settings_in(1).policy.kl_strength, 0.5);
    let mut run = scenario.settings_in(1).run.clone();
    run.rounds = 3;
    assert_eq!(scenario.with_run(&run).unwrap().settings_in(1).run, run);
    assert_eq!(codes(&scenario.with_seed(u64::MAX).unwrap_err()), [Code::OutOfRange]);
}

#[test]
fn a_scenario_without_the_built_in_lists_starts_from_nothing() {
    let text = "base = false\n[prompts.only]\nshare = 1\n[behaviours.praise]\n[segments.all]\nshare = 1\n[signals.up]\nweight = 1";
    let settings = main_only(text).unwrap().phases.remove(0).settings;
    assert_eq!(settings.behaviours.keys().collect::<Vec<_>>(), ["praise"]);
    assert_eq!(settings.signals.len(), 1);
}

#[test]
fn the_resolved_text_of_every_shipped_scenario_reads_back_equal() {
    for preset in presets() {
        let scenario = Scenario::preset(preset.name, &["run.rounds=5".into()]).unwrap();
        let text = scenario.to_toml();
        let again = Scenario::from_toml(&format!("{}.toml", preset.name), &text, &preset_loader, &[])
            .unwrap_or_else(|errors| panic!("{}\n{text}", errors.render(false)));
        assert_eq!(again, scenario);
        assert_eq!(again.to_toml(), text);
    }
}

#[test]
fn resolved_text_keeps_the_order_of_entries() {
    let text =
        "[behaviours]\nsubstance = false\nbrevity = {}\n[factors.back.set]\nsegments.general.cringe = 2.0";
    let scenario = main_only(text).unwrap();
    let again = main_only(&scenario.to_toml()).unwrap();
    let names = |scenario: &Scenario| scenario.settings_in(1).behaviours.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&again), ["deference", "flattery", "amplification", "brevity"]);
    assert_eq!(names(&again), names(&scenario));
}
