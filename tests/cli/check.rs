//! `check`: all errors of all files.

use super::*;

#[test]
fn every_file_gets_its_line() {
    let place = Place::new();
    place.write("mine.toml", "base = 'all-three.toml'\n[run]\nrounds = 9\n");
    let output = place.output(&["check", "mine.toml", "baseline"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    insta::assert_snapshot!(stdout(&output), @r"
    mine.toml: mine is fine: 9 rounds, 100000 users, factors thumbs, memory, fresh_data
    baseline: baseline is fine: 40 rounds, 100000 users, no factors
    ");
}

#[test]
fn all_errors_of_all_files_are_shown() {
    let place = Place::new();
    place.write("a.toml", "[run]\nround = 1\nseed = 'x'\n");
    place.write("b.toml", "[population]\nusers = 0\n");
    let output = place.output(&["check", "a.toml", "baseline", "b.toml"]);
    assert_eq!(code(&output), 3);
    let said = stderr(&output);
    for place in ["a.toml:2:1", "a.toml:3:8", "b.toml:2:9", "2 errors", "1 error;"] {
        assert!(said.contains(place), "{place}: {said}");
    }
    assert!(stdout(&output).starts_with("baseline: "));
}

#[test]
fn json_says_the_same_to_programs() {
    let place = Place::new();
    place.write("a.toml", "[run]\nround = 1\n");
    let output = place.output(&["check", "--format", "json", "a.toml", "thumbs-only"]);
    assert_eq!((code(&output), stderr(&output).as_str()), (3, ""));
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let [bad, good] = json["files"].as_array().unwrap().as_slice() else { panic!("two files") };
    assert_eq!((&bad["ok"], &bad["errors"][0]["code"]), (&false.into(), &"unknown_key".into()));
    assert_eq!(bad["errors"][0]["origin"]["line"], 2);
    assert_eq!((&good["ok"], &good["active_factors"][0]), (&true.into(), &"thumbs".into()));
}
