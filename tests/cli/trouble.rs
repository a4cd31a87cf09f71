//! What can go wrong: one clear message, the promised exit code, nothing half-written, no panic.

use super::*;
use std::fs::File;

/// Runs the program, which must end with `expected` and say all of `words` on stderr and nothing on stdout.
fn refuses(place: &Place, arguments: &[&str], expected: i32, words: &[&str]) {
    let output = place.output(arguments);
    let said = stderr(&output);
    assert_eq!(code(&output), expected, "{arguments:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{arguments:?} does not say {word:?}: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(stdout(&output), "", "{arguments:?}");
}

#[test]
fn bad_scenarios_end_with_3_and_say_what_is_meant() {
    let place = Place::new();
    place.write("typo.toml", "[policy]\nkl_strenght = 0.2\n");
    place.write("cycle.toml", "base = 'cycle.toml'\n");
    place.write("binary.toml", "question = \"\u{7}\"\n\0");
    refuses(&place, &["run", "typo.toml"], 3, &["typo.toml:2:1", "did you mean", "kl_strength"]);
    refuses(&place, &["run", "cycle.toml"], 3, &["base_cycle"]);
    refuses(&place, &["run", "binary.toml"], 3, &["syntax"]);
    refuses(&place, &["run", "none.toml"], 3, &["cannot read none.toml"]);
    refuses(&place, &["run", "."], 3, &["not a regular file"]);
    refuses(&place, &["run", "baselin"], 3, &["did you mean baseline?"]);
    refuses(&place, &["run", "baseline", "--set", "run.round=1"], 3, &["--set:1", "run.rounds"]);
    refuses(&place, &["run", "baseline", "--set", "nonsense"], 3, &["bad_set"]);
    refuses(&place, &["compare", "baseline", "typo.toml"], 3, &["kl_strength"]);
    assert!(!place.path().join("output").exists());
}

#[test]
fn a_file_too_large_to_be_a_scenario_is_not_read() {
    let place = Place::new();
    File::create(place.path().join("large.toml")).unwrap().set_len(100 << 20).unwrap();
    refuses(&place, &["run", "large.toml"], 3, &["too_large", "1048576"]);
}

#[test]
fn wrong_usage_ends_with_2() {
    let place = Place::new();
    refuses(&place, &[], 2, &["Usage: thumbscale"]);
    refuses(&place, &["run"], 2, &["<FILE|PRESET>"]);
    refuses(&place, &["rum"], 2, &["run"]);
    refuses(&place, &["compare", "baseline"], 2, &["2 values required"]);
    refuses(&place, &["run", "baseline", "--threads", "0"], 2, &["1..=1024"]);
    refuses(&place, &["run", "baseline", "--seed", "one"], 2, &["--seed"]);
    refuses(&place, &["explain", "kl_strenght"], 2, &["did you mean kl_strength"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_population_that_does_not_fit_is_refused_with_the_memory_it_needs() {
    let place = Place::new();
    let huge = ["--set", "population.users=4000000000"];
    let needs = ["4 billion users need about", "GB of memory", "--set population.users="];
    refuses(&place, &[&["run", "baseline"], &huge[..]].concat(), 3, &needs);
    refuses(&place, &[&["compare", "baseline", "all-three"], &huge[..]].concat(), 3, &needs);
    assert!(!place.path().join("output").exists());
}

#[test]
fn a_place_that_cannot_hold_results_is_found_before_the_simulation() {
    let place = Place::new();
    place.write("taken", "a file");
    let run = |out| small(&["run", "baseline", "--rounds", "100000", "--out", out]);
    refuses(&place, &run("taken"), 1, &["taken"]);
    if cfg!(target_os = "linux") {
        refuses(&place, &run("/proc"), 1, &["/proc/baseline"]);
    }
    assert_eq!(std::fs::read_to_string(place.path().join("taken")).unwrap(), "a file");
}

/// A disk that fills up while results are written, as the limit on the size of files imitates it.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up_leaves_nothing_half_written() {
    let place = Place::new();
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
    let output = std::process::Command::new("bash")
        .args(["-c", script, "bash", env!("CARGO_BIN_EXE_thumbscale")])
        .args(small(&["run", "baseline", "--rounds", "1"]))
        .current_dir(place.path())
        .output()
        .unwrap();
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stderr(&output).contains("could not write") && !stderr(&output).contains("panicked"));
    assert!(stdout(&output).contains("Sycophancy index"), "the story is not lost");
    assert_eq!(files(place.path()), Vec::<PathBuf>::new());
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_are_no_reason_to_panic() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.toml");
    let output = place.command(&["check"]).arg(name).output().unwrap();
    assert_eq!(code(&output), 3);
    std::fs::write(place.path().join(name), "base = 'baseline.toml'\n").unwrap();
    let output = place.command(&["check"]).arg(name).output().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}
