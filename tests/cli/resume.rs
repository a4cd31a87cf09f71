//! A run that was interrupted says how to go on, and does; what cannot be continued is refused.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "a wait for a checkpoint has an end")]

use super::interrupt::send;
use super::*;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

pub fn spawn(place: &Place, words: &[&str]) -> Child {
    std::process::Command::new(env!("CARGO_BIN_EXE_thumbscale"))
        .current_dir(place.path())
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Every file of the finished results with its bytes. The manifest tells of the command and the time.
pub fn result_files(place: &Place) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = place.results();
    let kept = files(&folder).into_iter().filter(|path| !path.ends_with("manifest.json"));
    kept.map(|path| (path.strip_prefix(&folder).unwrap().into(), std::fs::read(&path).unwrap())).collect()
}

pub fn checkpoints(place: &Place) -> Vec<PathBuf> {
    let folders =
        entries(&place.scenario()).into_iter().filter(|it| it.to_string_lossy().ends_with(".checkpoint"));
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let number =
        |path: &PathBuf| name(path).strip_prefix("checkpoint-").and_then(|it| it.parse::<u64>().ok());
    let mut found: Vec<PathBuf> =
        folders.flat_map(|folder| entries(&folder)).filter(|path| number(path).is_some()).collect();
    found.sort_by_key(number);
    found
}

/// Interrupts a run after its first checkpoint.
fn interrupted(place: &Place, more: &[&str]) -> Output {
    let child = spawn(place, &[&long_run()[..], more].concat());
    let clock = Instant::now();
    while checkpoints(place).len() < 2 {
        assert!(clock.elapsed() < Duration::from_secs(60), "no checkpoint is written");
        std::thread::sleep(Duration::from_millis(5));
    }
    send(&child, "-INT");
    child.wait_with_output().unwrap()
}

/// A run that takes seconds, of which the first rounds are awaited.
fn long_run() -> Vec<&'static str> {
    small(&["run", "baseline", "--rounds", "150", "--checkpoint-every", "5", "--tables", "csv"])
}

#[test]
fn an_interrupted_run_says_how_to_go_on_and_goes_on() {
    let place = Place::new();
    let output = interrupted(&place, &[]);
    assert_eq!(code(&output), 130, "{}", stderr(&output));
    assert!(stderr(&output).contains("thumbscale run baseline --rounds 150"), "{}", stderr(&output));
    assert!(stderr(&output).contains("--resume\n"), "{}", stderr(&output));

    let again = place.output(&long_run());
    assert_eq!(code(&again), 1);
    assert!(stderr(&again).contains("--resume continues it, --force starts anew"), "{}", stderr(&again));
    assert!(again.stdout.is_empty());

    let resumed = place.output(&[&long_run()[..], &["--resume"]].concat());
    assert_eq!(code(&resumed), 0, "{}", stderr(&resumed));
    assert!(stderr(&resumed).contains("going on after"), "{}", stderr(&resumed));
    assert_eq!(entries(&place.scenario()).len(), 1, "checkpoints are gone");
    let other = Place::new();
    assert_eq!(code(&other.output(&long_run())), 0);
    assert!(result_files(&place) == result_files(&other));

    let finished = place.output(&[&long_run()[..], &["--resume"]].concat());
    assert_eq!(code(&finished), 1);
    assert!(stderr(&finished).contains("there is no checkpoint"), "{}", stderr(&finished));
}

#[test]
fn a_damaged_checkpoint_is_named_and_the_one_before_is_used() {
    let place = Place::new();
    interrupted(&place, &[]);
    let there = checkpoints(&place);
    let damage = |path: &PathBuf, place: usize| {
        let mut bytes = std::fs::read(path).unwrap();
        let place = place.min(bytes.len() - 1);
        bytes[place] ^= 4;
        std::fs::write(path, bytes).unwrap();
    };
    let expected = rounds_of(&there[0]);
    damage(&there[1], 20_000);
    let resumed = interrupted_again(&place);
    let said = stderr(&resumed);
    assert!(said.contains("do not match their checksum; the one before it is used"), "{said}");
    assert!(said.contains(&format!("going on after {expected} of 150 rounds")), "{said}");
    let there = checkpoints(&place);
    assert_eq!(there.len(), 2, "the damaged one is gone");

    there.iter().for_each(|path| damage(path, usize::MAX));
    let refused = place.output(&[&long_run()[..], &["--resume"]].concat());
    assert_eq!(code(&refused), 1);
    assert!(stderr(&refused).contains("no checkpoint in") && stderr(&refused).contains("--force"));
    assert_eq!(checkpoints(&place), there, "nothing was deleted");
}

/// Goes on, waits for another checkpoint, and interrupts again.
fn interrupted_again(place: &Place) -> Output {
    let before = checkpoints(place).last().cloned();
    let child = spawn(place, &[&long_run()[..], &["--resume"]].concat());
    while checkpoints(place).last() == before.as_ref() {
        std::thread::sleep(Duration::from_millis(5));
    }
    send(&child, "-INT");
    child.wait_with_output().unwrap()
}

/// From the header, which people can read.
fn rounds_of(path: &Path) -> u64 {
    let bytes = std::fs::read(path).unwrap();
    let text = String::from_utf8_lossy(&bytes[..2000]);
    let rest = text.split("\"rounds_done\":").nth(1).unwrap();
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

#[test]
fn another_run_is_not_continued_and_a_running_one_is_left_alone() {
    let place = Place::new();
    let first = spawn(&place, &long_run());
    while checkpoints(&place).is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = place.output(&long_run());
    assert_eq!(code(&second), 1);
    assert!(stderr(&second).contains("another process is running this"), "{}", stderr(&second));
    send(&first, "-INT");
    assert_eq!(code(&first.wait_with_output().unwrap()), 130);

    let other = place.output(&[&long_run()[..], &["--seed", "2", "--resume"]].concat());
    assert_eq!(code(&other), 1);
    assert!(stderr(&other).contains("there is no checkpoint in"), "{}", stderr(&other));
    assert!(stderr(&other).contains("beside it: .seed1-"), "{}", stderr(&other));
    // A file that was put into another run's place.
    let there = checkpoints(&place);
    let moved = place.scenario().join(format!("{}.checkpoint", other_folder(&other)));
    std::fs::create_dir_all(&moved).unwrap();
    std::fs::copy(&there[0], moved.join("checkpoint-1")).unwrap();
    let other = place.output(&[&long_run()[..], &["--seed", "2", "--resume"]].concat());
    assert!(stderr(&other).contains("its seed is 1, not 2; give --seed 1"), "{}", stderr(&other));
    let both = place.output(&[&long_run()[..], &["--force", "--resume"]].concat());
    assert_eq!(code(&both), 2);
}

/// The folder that a refusal names, `.seed2-...`.
fn other_folder(refused: &Output) -> String {
    let said = stderr(refused);
    let start = said.find(".seed2-").unwrap();
    said[start..start + ".seed2-".len() + 8].to_string()
}

/// A disk that is full, as the limit on the size of files imitates it: checkpoints of 200,000 users do not fit, results do.
#[test]
fn a_disk_too_small_for_checkpoints_is_said_once_and_the_run_goes_on() {
    let place = Place::new();
    let output = std::process::Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 4000; exec \"$@\"", "bash", env!("CARGO_BIN_EXE_thumbscale")])
        .args(small(&["run", "baseline", "--rounds", "3", "--checkpoint-every", "1"]))
        .args(["--set", "population.users=200000"])
        .current_dir(place.path())
        .output()
        .unwrap();
    let said = stderr(&output);
    assert_eq!(code(&output), 0, "{said}");
    assert_eq!(said.matches("the run goes on without a new checkpoint").count(), 1, "{said}");
    assert!(place.results().join("report.html").is_file());
    assert_eq!(entries(&place.scenario()).len(), 1);
}
