//! The repository keeps its own promises: scenarios run and are documented, folders are the ones named, words are in
//! the glossary, and nothing reads the clock where it must not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use thumbscale::analysis::study::Variant;
use thumbscale::analysis::study::run_study;
use thumbscale::measure::table::Table;
use thumbscale::scenario::{Scenario, mitigations, presets, schema};

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn names_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Two rounds with few users. Factors start in the first round, so that they take part.
fn two_rounds(name: &str) -> Table {
    let mut sets = ["population.users=300", "run.rounds=2", "run.warm_up_rounds=0", "run.replicates=1"]
        .map(String::from)
        .to_vec();
    let plain = Scenario::preset(name, &[]).unwrap();
    sets.extend(plain.active_factors.iter().map(|factor| format!("factors.{factor}.from_round=1")));
    let scenario = Scenario::preset(name, &sets).unwrap_or_else(|errors| panic!("{name}: {errors}"));
    let only = [Variant { name: "all".into(), scenario }];
    let study = run_study(&only, |_| std::ops::ControlFlow::Continue(()));
    study.unwrap_or_else(|error| panic!("{name}: {error}")).tables.rounds
}

#[test]
fn every_shipped_scenario_runs() {
    for preset in presets() {
        let rounds = two_rounds(preset.name);
        assert_eq!(rounds.rows(), 2, "{}", preset.name);
    }
}

#[test]
fn every_shipped_scenario_is_in_the_documentation() {
    let page = read("docs/scenarios.md");
    let published = names_in("scenarios/published").into_iter().map(|name| format!("published/{name}"));
    let files: Vec<String> = names_in("scenarios").into_iter().chain(published).collect();
    for file in files.iter().filter_map(|name| name.strip_suffix(".toml")) {
        assert!(page.contains(&format!("`{file}`")), "docs/scenarios.md does not name {file}");
        assert!(presets().iter().any(|preset| preset.name == file), "{file} is not built in");
    }
}

#[test]
fn every_mitigation_is_built_in_and_in_the_documentation() {
    let page = read("docs/autopsy.md");
    let built_in = mitigations().unwrap_or_else(|errors| panic!("{errors}"));
    let mut names: Vec<String> = built_in.iter().map(|it| format!("{}.toml", it.name)).collect();
    for it in built_in {
        assert!(page.contains(&format!("`{}`", it.name)), "docs/autopsy.md does not name {}", it.name);
    }
    let mut files = names_in("scenarios/mitigations");
    names.sort();
    files.sort();
    assert_eq!(files, names, "a file in scenarios/mitigations is not built in, or the other way round");
}

/// What may lie at the top. `web`, `python` and `fuzz` are for doors that may come.
const TOP: &str = "Cargo.toml Cargo.lock CHANGELOG.md CONTRIBUTING.md LICENSE-APACHE LICENSE-MIT README.md build.rs \
    clippy.toml rustfmt.toml benches docs output scenarios src tests web python fuzz target";

#[test]
fn nothing_unexpected_lies_at_the_top() {
    let known: BTreeSet<&str> = TOP.split_whitespace().collect();
    for name in names_in(".").iter().filter(|name| !name.starts_with('.')) {
        assert!(known.contains(name.as_str()), "{name} is not among the documented names");
    }
}

#[test]
fn every_folder_of_the_source_is_in_the_guide() {
    let guide = read("CONTRIBUTING.md");
    for name in names_in("src") {
        let stem = name.trim_end_matches(".rs");
        let described = [format!("`{name}`"), format!("`{stem}/`"), format!("`{stem}.rs`")];
        assert!(
            described.iter().any(|name| guide.contains(name)),
            "CONTRIBUTING.md does not name src/{name}"
        );
    }
}

/// Words set as code in the glossary.
fn glossary_words() -> BTreeSet<String> {
    let page = read("docs/glossary.md");
    page.split('`').skip(1).step_by(2).map(str::to_string).collect()
}

#[test]
fn every_section_of_a_scenario_is_in_the_glossary() {
    let words = glossary_words();
    for section in schema()["properties"].as_object().unwrap().keys() {
        assert!(words.contains(section), "docs/glossary.md does not name the section {section}");
    }
}

/// A column without what belongs to a scenario rather than to the program: `mean_flattery_se` is `mean_<behaviour>`.
fn family(column: &str, behaviours: &[&str]) -> String {
    let bare = column.strip_suffix("_se").unwrap_or(column);
    behaviours.iter().fold(bare.to_string(), |name, behaviour| {
        let parts: Vec<&str> = name.split('_').collect();
        let position = parts.iter().position(|part| part == behaviour && parts.len() > 1);
        match position {
            Some(index) if matches!(parts[0], "mean" | "targeting") => {
                let mut parts = parts.clone();
                parts[index] = "<behaviour>";
                parts.join("_")
            }
            _ => name,
        }
    })
}

#[test]
fn every_column_of_the_rounds_table_is_in_the_glossary() {
    let words = glossary_words();
    let behaviours = ["deference", "flattery", "amplification", "substance"];
    for column in two_rounds("all-three").columns {
        let family = family(&column.name, &behaviours);
        assert!(words.contains(&family), "docs/glossary.md does not name the column {family}");
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn only_the_command_line_reads_the_clock() {
    for path in rust_files(Path::new("src")).iter().filter(|path| !path.starts_with("src/cli")) {
        let text = fs::read_to_string(path).unwrap();
        for clock in ["Instant::now", "SystemTime::now"] {
            assert!(!text.contains(clock), "{}: {clock}", path.display());
        }
    }
}

#[test]
fn the_lints_that_keep_every_public_item_documented_are_on() {
    let library = read("src/lib.rs");
    for lint in ["#![forbid(unsafe_code)]", "#![deny(missing_docs)]"] {
        assert!(library.contains(lint), "src/lib.rs: {lint}");
    }
}
