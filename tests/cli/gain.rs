//! `gain`: its files, what it refuses, and that settings are measured once.

use super::*;

/// A push held for a round and followed for two.
const SHORT: [&str; 12] = [
    "gain",
    "all-three",
    "--after",
    "0",
    "--hold",
    "1",
    "--span",
    "2",
    "--directions",
    "1",
    "--replicates",
    "2",
];

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SHORT.into_iter().chain(more.iter().copied()).collect()
}

fn results(place: &Place) -> PathBuf {
    only_entry(&place.path().join("output/all-three"))
}

#[test]
fn gain_is_measured_for_every_combination_and_split_by_path() {
    let place = Place::new();
    let output = place.small(&words(&[]));
    let text = stdout(&output);
    let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(long.is_empty(), "{long:?}");
    for row in ["  None of them", "  All together", "  without moving reference", "  without change of users"]
    {
        assert!(text.contains(row), "{row}: {text}");
    }
    for file in ["gain.parquet", "gain.json", "report.html", "figures/gain.png", "figures/push.png"] {
        assert!(results(&place).join(file).is_file(), "{file}");
    }
    let found: serde_json::Value =
        serde_json::from_slice(&std::fs::read(results(&place).join("gain.json")).unwrap()).unwrap();
    let settings = found["settings"].as_array().unwrap();
    assert_eq!(settings.len(), 8);
    assert_eq!(settings[7]["loops"].as_array().unwrap().len(), 5);
    let page = std::fs::read_to_string("docs/gain.md").unwrap();
    for value in [&found, &settings[7], &settings[7]["loops"][0], &found["options"]] {
        for key in value.as_object().unwrap().keys() {
            assert!(page.contains(key.as_str()), "docs/gain.md does not name {key}");
        }
    }
}

#[test]
fn a_scan_foretells_and_is_measured_once() {
    let place = Place::new();
    let scan = ["--scan", "policy.kl_strength=0.1..0.4:3:log", "--horizon", "6", "--format", "json"];
    let first = place.small(&words(&scan));
    let found: serde_json::Value = serde_json::from_str(&stdout(&first)).unwrap();
    let values: Vec<&str> =
        found["settings"].as_array().unwrap().iter().map(|it| it["values"][0].as_str().unwrap()).collect();
    assert_eq!(values, ["0.1", "0.2", "0.4"]);
    assert_eq!(found["hit_rate"]["of"], 3);
    assert_eq!(found["settings"][0]["course"].as_array().unwrap().len(), 7);
    let again = place.small(&words(&[&scan[..], &["--force", "--threads", "1"]].concat()));
    assert!(stderr(&again).contains("rounds were known from before"), "{}", stderr(&again));
    assert_eq!(stdout(&first), stdout(&again));
    let afresh = place.small(&words(&[&scan[..], &["--force", "--no-cache", "--threads", "1"]].concat()));
    assert_eq!(stdout(&first), stdout(&afresh), "on any number of threads");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let place = Place::new();
    let refused = |more: &[&str], exit: i32, expected: &str| {
        let output = place.output(&small(&words(more)));
        assert_eq!(code(&output), exit, "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{expected}: {}", stderr(&output));
    };
    refused(&["--scan", "policy.kl_strength=0.4..0.1:3"], 2, "the range is empty or reversed");
    refused(&["--scan", "policy.kl_strenth=0.1,0.2"], 3, "kl_strength");
    refused(&["--scan", "policy.kl_strength=-1,0.2"], 3, "policy.kl_strength");
    refused(&["--push", "0"], 2, "above 0");
    let three = ["--scan", "a.b=1,2", "--scan", "a.c=1,2", "--scan", "a.d=1,2"];
    refused(&three, 2, "once or twice");
}
