//! `autopsy`: its files, what it refuses, and that a wrong mitigation is shown where it is wrong.

use super::*;

/// An incident in the second of three short rounds.
const SHORT: [&str; 12] = [
    "--rounds",
    "3",
    "--replicates",
    "2",
    "--set",
    "factors.thumbs.from_round=2",
    "--set",
    "factors.memory.from_round=2",
    "--set",
    "factors.fresh_data.from_round=2",
    "--set",
    "clock.days_per_round=14",
];

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["autopsy", "gpt4o-april-2025"];
    words.extend(SHORT);
    words.extend(more);
    words
}

#[test]
fn an_autopsy_judges_every_mitigation_and_leaves_its_files() {
    let place = Place::new();
    let output = place.small(&words(&["--mitigation", "sycophancy-eval", "--mitigation", "hindsight"]));
    let text = stdout(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    for row in ["As it was", "Sycophancy eval", "Hindsight"] {
        assert!(text.lines().any(|line| line.starts_with(row)), "{row}: {text}");
    }
    assert!(
        stderr(&output).contains("results: output/gpt4o-april-2025/autopsy-seed15-"),
        "{}",
        stderr(&output)
    );
    let files =
        ["autopsy.parquet", "histories.parquet", "autopsy.json", "report.html", "figures/autopsy.png"];
    for file in files {
        assert!(place.results().join(file).is_file(), "{file}");
    }
}

#[test]
fn json_is_what_the_page_documents_and_sizes_come_when_asked_for() {
    let place = Place::new();
    let output = place.small(&words(&["--mitigation", "tester-veto", "--power", "--format", "json"]));
    let found: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let page = std::fs::read_to_string("docs/autopsy.md").unwrap();
    let keys =
        |value: &serde_json::Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    for key in keys(&found).iter().chain(&keys(&found["outcomes"][0])).chain(&keys(&found["sizes"][0])) {
        assert!(page.contains(key.as_str()), "docs/autopsy.md does not name {key}");
    }
    assert_eq!(found["format"], 1);
    assert_eq!(found["sizes"].as_array().unwrap().len(), 9);
    let written = std::fs::read_to_string(place.results().join("autopsy.json")).unwrap();
    assert_eq!(written.trim(), stdout(&output).trim());
}

#[test]
fn an_autopsy_is_not_overwritten_without_force() {
    let place = Place::new();
    let words = words(&["--mitigation", "more-spot-checks"]);
    place.small(&words);
    let again = place.output(&small(&words));
    assert_eq!(code(&again), 1);
    assert!(stderr(&again).contains("use --force"), "{}", stderr(&again));
}

#[test]
fn a_wrong_mitigation_is_shown_with_its_line() {
    let place = Place::new();
    place.write("mine.toml", "meaning = 'mine'\n[set.checks.ab_test]\nshares = 0.1\n");
    let output = place.output(&small(&words(&["--mitigation", "mine.toml"])));
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("mine.toml:3:1"), "{}", stderr(&output));
    let unknown = place.output(&small(&words(&["--mitigation", "tester-vote"])));
    assert_eq!(code(&unknown), 3);
    assert!(stderr(&unknown).contains("did you mean tester-veto?"), "{}", stderr(&unknown));
}

#[test]
fn a_scenario_without_an_incident_is_refused() {
    let output = Place::new().output(&["autopsy", "baseline"]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("baseline has no incident"), "{}", stderr(&output));
}
