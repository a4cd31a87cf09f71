//! The repository keeps its own promises: scenarios run and are documented, folders are the ones named, words are in
//! the glossary, and nothing reads the clock where it must not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use thumbscale::analysis::study::Variant;
use thumbscale::analysis::study::run_study;
use thumbscale::measure::table::Table;
use thumbscale::scenario::{Scenario, mitigations, presets, schema, sweeps};

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
fn every_shipped_sweep_is_in_the_documentation() {
    let page = read("docs/sweeps.md");
    for sweep in sweeps() {
        assert!(
            page.contains(&format!("| `{}` |", sweep.name)),
            "docs/sweeps.md does not name {}",
            sweep.name
        );
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
    clippy.toml deny.toml rustfmt.toml benches docs output scenarios src tests web python fuzz target";

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

/// What differs from one moment, machine or user to the next.
const CHANGEABLE: [&str; 9] = [
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "thread_rng",
    "rand::rng()",
    "from_os_rng",
    "getrandom",
    "env::var(",
];

#[test]
fn only_the_command_line_reads_the_clock() {
    for path in rust_files(Path::new("src")).iter().filter(|path| !path.starts_with("src/cli")) {
        let text = fs::read_to_string(path).unwrap();
        // Tests at the end of a file may be asked for more cases.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for source in CHANGEABLE {
            assert!(!text.contains(source), "{}: {source}", path.display());
        }
    }
    // Progress and durations. A date is only in the manifest of a run, and in the signs of life of a sweep.
    let dated = rust_files(Path::new("src")).into_iter().filter(|path| {
        let text = fs::read_to_string(path).unwrap();
        text.contains("SystemTime") || text.contains("UNIX_EPOCH")
    });
    let dated: BTreeSet<String> = dated.map(|path| path.display().to_string()).collect();
    let expected = [
        "src/cli/run.rs",
        "src/cli/sweep/retry.rs",
        "src/cli/sweep/status.rs",
        "src/cli/sweep/submit.rs",
        "src/cli/sweep/worker.rs",
        "src/output/manifest.rs",
        "src/sweep/attempt.rs",
        "src/sweep/retry.rs",
        "src/sweep/status.rs",
    ];
    assert_eq!(dated, expected.map(String::from).into());
}

fn toml_of(path: &str) -> toml::Table {
    read(path).parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Name, version, source of every crate in `Cargo.lock`.
fn locked() -> Vec<(String, String, Option<String>)> {
    let word = |package: &toml::Value, key: &str| package.get(key)?.as_str().map(str::to_string);
    let lock = toml_of("Cargo.lock");
    let packages = lock["package"].as_array().unwrap().iter();
    packages.map(|it| (word(it, "name").unwrap(), word(it, "version").unwrap(), word(it, "source"))).collect()
}

/// The crates of a list in `deny.toml`.
fn listed(list: &str) -> Vec<String> {
    let rules = toml_of("deny.toml");
    let entries = rules["bans"][list].as_array().unwrap().iter();
    entries.map(|entry| entry["crate"].as_str().unwrap().to_string()).collect()
}

#[test]
fn every_dependency_comes_from_crates_io() {
    const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
    for (name, version, source) in locked().iter().filter(|(name, ..)| name != "thumbscale") {
        assert_eq!(source.as_deref(), Some(CRATES_IO), "{name} {version}");
    }
    assert!(locked().len() > 100, "negative control: there are dependencies");
}

/// `1`, or `0.7` before 1.0: what Cargo takes for the same.
fn major(version: &str) -> String {
    let parts: Vec<&str> = version.split('.').collect();
    if parts[0] == "0" { format!("0.{}", parts[1]) } else { parts[0].to_string() }
}

#[test]
fn no_dependency_is_there_twice_unless_listed() {
    let mut seen = BTreeSet::new();
    for (name, version, _) in locked() {
        assert!(seen.insert((name.clone(), major(&version))), "{name} {version} twice");
    }
    let versions = |wanted: &str| locked().iter().filter(|(name, ..)| name == wanted).count();
    let skipped = listed("skip");
    for entry in &skipped {
        let name = entry.split('@').next().unwrap();
        assert!(versions(name) > 1, "deny.toml: {entry} is not there twice any more");
    }
    assert!(skipped.len() <= 8, "{skipped:?}");
}

#[test]
fn nothing_asks_a_network_for_anything() {
    let barred = listed("deny");
    for (name, ..) in locked() {
        assert!(!barred.contains(&name), "{name} in Cargo.lock");
    }
    for word in ["reqwest", "ureq", "curl", "openssl", "h2", "rustls"] {
        assert!(barred.iter().any(|name| name == word), "deny.toml does not bar {word}");
    }
    for path in rust_files(Path::new("src")) {
        let text = fs::read_to_string(&path).unwrap();
        for word in ["TcpStream", "UdpSocket", "UnixStream"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
        // Only the teaching page listens.
        let listens = text.contains("std::net") || text.contains("TcpListener");
        assert!(!listens || path.starts_with("src/cli/serve"), "{}", path.display());
    }
}

#[test]
fn the_lints_that_keep_every_public_item_documented_are_on() {
    let library = read("src/lib.rs");
    for lint in ["#![forbid(unsafe_code)]", "#![deny(missing_docs)]"] {
        assert!(library.contains(lint), "src/lib.rs: {lint}");
    }
}

/// All text under a folder.
fn text_under(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(
            |path| {
                if path.is_dir() { text_under(&path) } else { fs::read_to_string(path).unwrap_or_default() }
            },
        )
        .collect()
}

// A sentence that was changed in the program would stay English on the Chinese page, and nobody would hear of it.
#[test]
fn every_sentence_that_the_page_translates_is_one_that_the_program_says() {
    let words: serde_json::Value = serde_json::from_str(&read("web/strings.json")).unwrap();
    let program = text_under(Path::new("src"));
    let phrases = words["phrases"].as_array().unwrap();
    assert!(phrases.len() > 40);
    for phrase in phrases {
        let sentence = phrase["en"].as_str().unwrap();
        // A `#` stands for a number.
        for part in sentence.split('#') {
            assert!(program.contains(part), "the program never says {part:?} of {sentence:?}");
        }
    }
}
