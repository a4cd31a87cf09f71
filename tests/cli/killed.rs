//! A run that is killed at any moment leaves only whole files, and goes on to the same ones.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "delays before a kill are measured")]

use super::resume::{checkpoints, result_files, spawn};
use super::*;
use std::process::Child;
use std::time::{Duration, Instant};
use thumbscale::analysis::study::variants;
use thumbscale::checkpoint::{StudyIdentity, read_checkpoint};
use thumbscale::scenario::Scenario;

/// A run of a few hundred milliseconds with a factor that begins late, so that several histories are kept.
const RUN: [&str; 10] = [
    "run",
    "all-three",
    "--rounds",
    "10",
    "--replicates",
    "2",
    "--checkpoint-every",
    "1",
    "--set",
    "factors.memory.from_round=4",
];

fn run_words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    small(&[&RUN[..], more].concat())
}

fn straight() -> (Vec<(PathBuf, Vec<u8>)>, Duration) {
    let place = Place::new();
    let clock = Instant::now();
    let output = place.output(&run_words(&[]));
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(entries(&place.scenario()).len(), 1, "nothing but results is left");
    (result_files(&place), clock.elapsed())
}

/// Rounds that each checkpoint holds, oldest first; all must be whole.
fn rounds_in_checkpoints(place: &Place) -> Vec<u64> {
    let sets = ["run.rounds=10", "run.replicates=2", "factors.memory.from_round=4"];
    let sets: Vec<String> = SMALL.into_iter().chain(sets).map(String::from).collect();
    let scenario = Scenario::preset("all-three", &sets).unwrap();
    let variants = variants(&scenario).unwrap();
    let identity = StudyIdentity::of(&scenario, &variants);
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        let study = read_checkpoint(&variants, &identity, &bytes[..]);
        study
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            .expect("the same study")
            .rounds_done()
    };
    checkpoints(place).iter().map(read).collect()
}

/// Results that are visible are complete: every file that the manifest names has the bytes that it names.
fn check_results(place: &Place) {
    for folder in entries(&place.scenario()).iter().filter(|it| !is_hidden(it)) {
        let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        for file in manifest["files"].as_array().unwrap() {
            let bytes = std::fs::read(folder.join(file["path"].as_str().unwrap())).unwrap();
            let record = thumbscale::output::FileRecord::new("", &bytes);
            assert_eq!(file["sha256"], record.sha256, "{}", file["path"]);
        }
    }
}

/// Kills wanted; more in long runs.
fn kills_wanted() -> usize {
    std::env::var("THUMBSCALE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

/// Where checkpoints are written before they get their names.
fn writing(place: &Place) -> impl Iterator<Item = PathBuf> {
    entries(&place.scenario()).into_iter().filter(|it| is_hidden(it)).map(|folder| folder.join("writing"))
}

/// Moments at which to kill: uniform, by Knuth's MMIX generator. That processes take their time adds the rest of the randomness.
struct Moments {
    state: u64,
    longest: Duration,
    /// Kills while a checkpoint was being written, and while results were.
    caught: (usize, usize),
}

impl Moments {
    fn next(&mut self) -> Duration {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.longest.mul_f64((self.state >> 11) as f64 / (1u64 << 53) as f64)
    }

    /// Kills a process at the next moment, unless it ends before. Every other time while a checkpoint is being written, if one
    /// soon is: that takes so little time that few moments would fall into it.
    fn kill(&mut self, child: &mut Child, place: &Place) {
        let (clock, moment) = (Instant::now(), self.next());
        let aims = self.state >> 40 & 1 == 1;
        let writes = || writing(place).any(|path| path.exists());
        let soon = moment + Duration::from_millis(100);
        while clock.elapsed() < moment || (aims && clock.elapsed() < soon && !writes()) {
            if child.try_wait().unwrap().is_some() {
                return;
            }
            std::thread::sleep(Duration::from_micros(50));
        }
        child.kill().unwrap();
    }

    /// Takes note of what a kill left half done.
    fn note(&mut self, place: &Place) {
        let partial = |path: &PathBuf| path.to_string_lossy().contains(".partial-");
        self.caught.0 += writing(place).filter(|path| path.exists()).count();
        self.caught.1 += entries(&place.scenario()).iter().filter(|path| partial(path)).count();
    }
}

/// Runs and goes on until the run ends by itself, killing it up to `left` times after random delays; how often it was.
fn killed_until_done(place: &Place, moments: &mut Moments, left: usize) -> usize {
    let (mut kills, mut rounds) = (0, 0);
    loop {
        let resume: &[&str] = if checkpoints(place).is_empty() { &[] } else { &["--resume"] };
        let mut child = spawn(place, &run_words(resume));
        if kills < left {
            moments.kill(&mut child, place);
        }
        let output = child.wait_with_output().unwrap();
        check_results(place);
        if output.status.success() {
            return kills;
        }
        assert_eq!(output.status.code(), None, "not killed: {}", stderr(&output));
        kills += 1;
        moments.note(place);
        let now = rounds_in_checkpoints(place);
        assert!(now.len() <= 3, "two, or three between two deletions: {now:?}");
        assert!(now.last().is_none_or(|&it| it >= rounds), "{now:?} after {rounds}");
        rounds = now.last().copied().unwrap_or(rounds);
        // Killed after its results were complete, before or while its checkpoints were deleted.
        if now.is_empty() && entries(&place.scenario()).iter().any(|it| !is_hidden(it)) {
            return kills;
        }
    }
}

#[test]
fn a_run_that_is_killed_at_any_moment_goes_on_to_the_same_files() {
    let (expected, longest) = straight();
    // Half of a run is simulation, of which it does an eighth between two kills: most of eight kills fall into it.
    let mut moments = Moments { state: 20_250_425, longest: longest / 8, caught: (0, 0) };
    let (wanted, mut kills, mut runs) = (kills_wanted(), 0, 0);
    while kills < wanted {
        let place = Place::new();
        kills += killed_until_done(&place, &mut moments, (wanted - kills).min(8));
        runs += 1;
        assert!(result_files(&place) == expected, "files differ from those of the run that was not killed");
    }
    let (checkpoints, results) = moments.caught;
    println!("{kills} kills in {runs} runs, {checkpoints} within a checkpoint, {results} within results");
}
