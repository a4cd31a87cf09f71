//! `run`: the good path, its files, and what must not change them.

use super::*;
use std::ops::ControlFlow;
use thumbscale::analysis::study::{run_study, variants};
use thumbscale::output::{Results, Summary, to_csv};
use thumbscale::scenario::Scenario;

#[test]
fn a_run_tells_its_story_and_leaves_its_files() {
    let place = Place::new();
    let output = place.small(&["run", "all-three", "--rounds", "2"]);
    assert!(stdout(&output).starts_with("all-three (seed 1): 1 run of 2 rounds"), "{}", stdout(&output));
    assert!(stderr(&output).contains("warning: 500 simulated users"), "{}", stderr(&output));
    assert!(stderr(&output).contains("results: output/all-three/seed1-"));
    for file in ["rounds.parquet", "summary.json", "manifest.json", "report.html", "figures/headline.svg"] {
        assert!(place.results().join(file).is_file(), "{file}");
    }
}

#[test]
fn the_manifest_knows_every_change_and_where_it_came_from() {
    let place = Place::new();
    place.small(&["run", "baseline", "--rounds", "2", "--seed", "7", "--replicates", "2", "--threads", "1"]);
    let text = std::fs::read_to_string(place.results().join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(manifest["identity"]["seed"], 7);
    assert_eq!(manifest["replicates"], 2);
    assert_eq!(manifest["threads"], 1);
    let changes = manifest["changes"].as_array().unwrap();
    for (key, value) in [("run.seed", 7), ("run.rounds", 2), ("run.replicates", 2), ("population.users", 500)]
    {
        let change = changes.iter().find(|change| change["key"] == key).expect(key);
        assert_eq!(change["value"], value);
        assert_eq!(change["origin"], format!("--set {key}={value}"));
    }
}

#[test]
fn one_thread_and_two_leave_the_same_bytes() {
    let tables = |threads: &str| -> Vec<(PathBuf, Vec<u8>)> {
        let place = Place::new();
        // More than one block of users, so that there is work to share.
        place.small(&[
            "run",
            "all-three",
            "--rounds",
            "2",
            "--threads",
            threads,
            "--set",
            "population.users=5000",
        ]);
        let folder = place.results();
        let tables =
            files(&folder).into_iter().filter(|path| path.extension().is_some_and(|it| it == "parquet"));
        tables
            .map(|path| (path.strip_prefix(&folder).unwrap().into(), std::fs::read(&path).unwrap()))
            .collect()
    };
    let (one, two) = (tables("1"), tables("2"));
    assert_eq!(one.len(), 5);
    assert!(one == two, "tables differ between one thread and two");
}

#[test]
fn the_program_and_the_library_give_the_same_numbers() {
    let sets: Vec<String> = SMALL.into_iter().chain(["run.rounds=2"]).map(String::from).collect();
    let scenario = Scenario::preset("all-three", &sets).unwrap();
    let study = run_study(&variants(&scenario).unwrap(), |_| ControlFlow::Continue(())).unwrap();
    let effects = study.signal_by_signal.as_ref();
    let results =
        Results { scenario: &scenario, tables: &study.tables, signal_by_signal: effects, warnings: &[] };

    let place = Place::new();
    let csv = place.small(&["run", "all-three", "--rounds", "2", "--format", "csv"]);
    assert_eq!(csv.stdout, to_csv("rounds", &study.tables.rounds).unwrap());
    let json = place.small(&["run", "all-three", "--rounds", "2", "--format", "json", "--force"]);
    let expected = serde_json::to_string_pretty(&Summary::new(&results)).unwrap();
    assert_eq!(stdout(&json), expected.clone() + "\n");
    assert_eq!(std::fs::read_to_string(place.results().join("summary.json")).unwrap(), expected);
}

#[test]
fn tables_can_be_csv() {
    let place = Place::new();
    let output = place.small(&["run", "baseline", "--rounds", "1", "--tables", "csv", "--format", "csv"]);
    assert_eq!(std::fs::read(place.results().join("rounds.csv")).unwrap(), output.stdout);
    assert!(!place.results().join("rounds.parquet").exists());
}

#[test]
fn without_contrast_only_the_scenario_itself_is_run() {
    let place = Place::new();
    let output = place.small(&["run", "all-three", "--rounds", "1", "--no-contrast", "--format", "csv"]);
    let text = stdout(&output);
    assert!(text.lines().skip(1).all(|line| line.starts_with("all,")), "{text}");
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn older_results_are_replaced_only_by_force() {
    let place = Place::new();
    place.small(&["run", "baseline", "--rounds", "1"]);
    let manifest = place.results().join("manifest.json");
    let before = std::fs::read(&manifest).unwrap();
    let refused = place.output(&small(&["run", "baseline", "--rounds", "1"]));
    assert_eq!(code(&refused), 1);
    assert!(stderr(&refused).contains("already holds results; use --force"), "{}", stderr(&refused));
    assert!(refused.stdout.is_empty(), "refused before anything was simulated");
    assert_eq!(std::fs::read(&manifest).unwrap(), before);
    place.small(&["run", "baseline", "--rounds", "1", "--force"]);
    assert_ne!(std::fs::read(&manifest).unwrap(), before, "the manifest knows of --force");
}

#[test]
fn a_file_of_ones_own_can_build_on_a_shipped_scenario() {
    let place = Place::new();
    place.write("mine.toml", "base = 'all-three.toml'\nactive_factors = ['thumbs']\n[run]\nrounds = 1\n");
    let output = place.small(&["run", "mine.toml", "--out", "elsewhere"]);
    assert!(stdout(&output).starts_with("mine (seed 1)"));
    assert_eq!(entries(&place.path().join("elsewhere/mine")).len(), 1);
}
