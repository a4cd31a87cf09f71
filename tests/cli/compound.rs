//! `compound`: its files, what it refuses, and that nothing is simulated twice.

use super::*;
use std::process::Stdio;
use std::time::Duration;

/// A short factorial of three factors.
fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    sized("2", "3", more)
}

fn sized<'a>(rounds: &'a str, replicates: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let short = ["compound", "all-three", "--rounds", rounds, "--replicates", replicates];
    short.into_iter().chain(more.iter().copied()).collect()
}

fn results(place: &Place) -> PathBuf {
    only_entry(&place.path().join("output/all-three"))
}

#[test]
fn a_factorial_leaves_its_tables_figures_and_a_paragraph() {
    let place = Place::new();
    let output = place.small(&words(&[]));
    let text = stdout(&output);
    let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(long.is_empty(), "{long:?}");
    for row in ["  Thumbs + memory + fresh data", "  Users' stance error", "Review launched the update"] {
        assert!(text.contains(row), "{row}: {text}");
    }
    let files =
        ["effects", "shapley", "compounding", "review", "rounds"].map(|name| format!("{name}.parquet"));
    let more = ["compounding.json", "report.html", "scenario.toml", "figures/interactions.png"];
    for file in files.iter().map(String::as_str).chain(more) {
        assert!(results(&place).join(file).is_file(), "{file}");
    }
    let found: serde_json::Value =
        serde_json::from_slice(&std::fs::read(results(&place).join("compounding.json")).unwrap()).unwrap();
    let page = std::fs::read_to_string("docs/compounding.md").unwrap();
    for value in [&found, &found["outcomes"][0], &found["review"][0], &found["outcomes"][0]["effects"][0]] {
        for key in value.as_object().unwrap().keys() {
            assert!(page.contains(key.as_str()), "docs/compounding.md does not name {key}");
        }
    }
    // Shapley values sum to the joint rise.
    let effects = &found["outcomes"][0];
    let shapley: f64 =
        effects["shapley"].as_array().unwrap().iter().map(|it| it["mean"].as_f64().unwrap()).sum();
    assert!((shapley - effects["joint"]["mean"].as_f64().unwrap()).abs() < 1e-12);
}

#[test]
fn what_was_simulated_once_is_known_and_the_answer_is_the_same() {
    let place = Place::new();
    let json = |more: &[&str]| place.small(&words(&[&["--format", "json"], more].concat()));
    let first = json(&[]);
    assert!(!stderr(&first).contains("known from before"));
    let again = json(&["--force"]);
    assert!(stderr(&again).contains("48 of 48 rounds were known from before"), "{}", stderr(&again));
    let more = place.small(&sized("2", "4", &["--force"]));
    assert!(stderr(&more).contains("48 of 64 rounds were known from before"), "{}", stderr(&more));
    let afresh = json(&["--force", "--no-cache", "--threads", "1"]);
    assert!(!stderr(&afresh).contains("known from before"));
    assert_eq!(stdout(&first), stdout(&again));
    assert_eq!(stdout(&first), stdout(&afresh));
    // A damaged history is simulated again, not believed.
    let kept = files(&place.path().join("output/.histories"));
    std::fs::write(&kept[0], "not a history").unwrap();
    assert_eq!(stdout(&first), stdout(&json(&["--force"])));
}

#[cfg(unix)]
#[test]
fn a_killed_factorial_goes_on_from_what_was_finished() {
    let place = Place::new();
    let arguments = sized("8", "12", &["--format", "json"]);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_thumbscale"))
        .current_dir(place.path())
        .args(small(&arguments))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Until something is finished: it would take a hundred times as long to finish all.
    let kept = || files(&place.path().join("output/.histories")).len();
    for _ in 0..600 {
        if kept() >= 8 {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let resumed = place.small(&arguments);
    assert!(stderr(&resumed).contains("rounds were known from before"), "{}", stderr(&resumed));
    let straight = place.small(&[&arguments[..], &["--no-cache", "--force"]].concat());
    assert_eq!(stdout(&resumed), stdout(&straight));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_runs() {
    let place = Place::new();
    let refused = |more: &[&str], expected: &str| {
        let output = place.output(&small(&words(more)));
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{expected}: {}", stderr(&output));
        assert!(output.stdout.is_empty());
    };
    refused(&["--outcome", "sycophany_index"], "did you mean \"sycophancy_index\"?");
    refused(&["--factors", "thumbs,memry"], "has no factor \"memry\"; it has: thumbs, memory, fresh_data");
    let none = place.output(&small(&["compound", "baseline"]));
    assert!(code(&none) == 2 && stderr(&none).contains("no factor is on in baseline"), "{}", stderr(&none));
    assert!(entries(&place.path().join("output/.histories")).is_empty());
}

#[test]
fn some_factors_and_other_outcomes_can_be_asked_for() {
    let place = Place::new();
    let output =
        place.small(&words(&["--factors", "memory,thumbs", "--outcome", "mean_trust", "--format", "csv"]));
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    // Three sets in each of two rounds.
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|row| &row[0] == "mean_trust"));
    assert_eq!(
        rows.iter().map(|row| row[2].to_string()).take(3).collect::<Vec<_>>(),
        ["memory", "thumbs", "all"]
    );
}
