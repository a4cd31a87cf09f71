//! Ctrl-C: the round is finished, and what was computed is kept.

#![cfg(unix)]

use super::*;
use std::process::{Child, Stdio};
use std::time::Duration;
use thumbscale::output::FinishedRun;

/// A run that would take hours, stopped by `signal` after a while.
fn stopped(place: &Place, words: &[&str], signal: &str) -> Output {
    let child = std::process::Command::new(env!("CARGO_BIN_EXE_thumbscale"))
        .current_dir(place.path())
        .args(small(words))
        .args(["--rounds", "100000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    send(&child, signal);
    child.wait_with_output().unwrap()
}

pub fn send(child: &Child, signal: &str) {
    let sent = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn an_interrupted_run_keeps_the_rounds_that_are_done() {
    for signal in ["-INT", "-TERM"] {
        let place = Place::new();
        let output = stopped(&place, &["run", "baseline"], signal);
        assert_eq!(code(&output), 130, "{}", stderr(&output));
        assert!(stderr(&output).contains("stopping after this round"), "{}", stderr(&output));
        assert!(stderr(&output).contains("interrupted: the rounds done by then are kept"));
        let rounds = FinishedRun::read(&place.results()).unwrap().rounds.numbers("round").unwrap();
        let expected: Vec<f64> = (1..=rounds.len()).map(|round| round as f64).collect();
        assert_eq!(rounds, expected);
        let manifest = std::fs::read_to_string(place.results().join("manifest.json")).unwrap();
        assert!(manifest.contains(&format!("the run was stopped after round {}", rounds.len())));
    }
}

#[test]
fn an_interrupted_comparison_says_so() {
    let place = Place::new();
    let output = stopped(&place, &["compare", "baseline", "thumbs-only"], "-INT");
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    assert!(stderr(&output).contains("interrupted; nothing was compared") && output.stdout.is_empty());
}
