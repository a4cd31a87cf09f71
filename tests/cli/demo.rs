//! `demo` as a program. `.ci/run` tells the story to its end.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// Lines of the story up to the one with `last`; then the reader has seen enough, and the program must end well.
fn told(words: &[&str], last: &str) -> Vec<String> {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_thumbscale"));
    command.args(["demo", "--users", "500"]).args(words).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        lines.push(line.unwrap());
        if lines[lines.len() - 1].contains(last) {
            break;
        }
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    lines
}

/// The guess of step 1 is asked, nobody answers, and the run is told in its own numbers.
#[test]
fn the_story_goes_on_when_nobody_is_there_to_guess() {
    let lines = told(&[], "Step 2 of 7");
    let text = lines.join("\n");
    assert!(text.contains("Step 1 of 7"), "{text}");
    let chart = lines.iter().find(|line| line.contains("█") || line.contains("▁")).expect("a small chart");
    let numbers: Vec<f64> = chart.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert_eq!(numbers.len(), 2, "where it began and where it is: {chart}");
    let moved = text.split_once("Step 2").unwrap().0;
    assert!(numbers.iter().all(|number| moved.matches(&format!("{number:.2}")).count() >= 2), "{text}");
    assert!(lines.iter().all(|line| line.chars().count() <= 88), "{text}");
}

#[test]
fn the_story_is_told_in_chinese() {
    let text = told(&["--language", "zh", "--no-pause"], "1").join("\n");
    assert!(text.chars().any(|letter| ('\u{4e00}'..'\u{9fff}').contains(&letter)), "{text}");
}
