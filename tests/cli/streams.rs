//! Results on stdout, talk on stderr; colours and closed pipes.

use super::*;
use std::process::Stdio;

const ESCAPE: char = '\u{1b}';

#[test]
fn quiet_leaves_only_the_result() {
    let output = Place::new().small(&["run", "baseline", "--rounds", "1", "--quiet", "--format", "json"]);
    assert_eq!(stderr(&output), "");
    assert!(serde_json::from_str::<serde_json::Value>(&stdout(&output)).is_ok());
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    let place = Place::new();
    let said = |words: &[&str], no_color: Option<&str>| {
        let mut command = place.command(&["run", "baselin"]);
        command.args(words).envs(no_color.map(|value| ("NO_COLOR", value)));
        stderr(&command.output().unwrap())
    };
    assert!(!said(&[], None).contains(ESCAPE), "stderr is no terminal");
    assert!(!said(&[], Some("1")).contains(ESCAPE));
    assert!(!said(&["--color", "never"], None).contains(ESCAPE));
    assert!(said(&["--color", "always"], None).contains(ESCAPE));
    let mut forced = place.command(&["run", "baselin"]);
    forced.env("CLICOLOR_FORCE", "1");
    assert!(stderr(&forced.output().unwrap()).contains(ESCAPE));
    forced.env("NO_COLOR", "1");
    assert!(!stderr(&forced.output().unwrap()).contains(ESCAPE), "NO_COLOR wins");
}

#[cfg(unix)]
#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    for words in [&["explain"][..], &["schema"], &["presets"], &["completions", "bash"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_thumbscale"));
        let output = command.args(words).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{words:?}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_reading_at_all_does_not_stop_a_run() {
    let place = Place::new();
    let pipes = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_thumbscale"));
    command.current_dir(place.path()).args(small(&["run", "baseline", "--rounds", "1"]));
    assert!(command.stdout(pipes()).stderr(pipes()).status().unwrap().success());
    assert!(place.results().join("report.html").is_file());
}
