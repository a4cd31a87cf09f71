//! Faults of the machine and of other programs, on the real binary: full disks, read-only places, closed pipes, signals, two
//! programs at once, other clocks, too little memory. One clear message, the promised exit code, nothing half-written.

#![cfg(unix)]

use super::*;
use std::process::{Child, Command as Process, Stdio};
use std::time::Duration;
use thumbscale::output::FinishedRun;

const BINARY: &str = env!("CARGO_BIN_EXE_thumbscale");

/// Every command that simulates, short.
const COMMANDS: [&str; 6] = [
    "run baseline --rounds 1",
    "compare baseline no-feedback --rounds 1",
    "compound all-three --factors memory --rounds 1 --replicates 2 --set factors.memory.from_round=1",
    "gain all-three --after 0 --hold 1 --span 2 --directions 1 --replicates 2 --set active_factors=[]",
    "sensitivity baseline --rounds 1 --replicates 1 --method grid --samples 2 --parameter policy.kl_strength=0.1..0.2 \
     --parameter memory.write=0.3..1",
    "autopsy gpt4o-april-2025 --mitigation alpha --rounds 3 --replicates 1 --set clock.days_per_round=14 \
     --set factors.thumbs.from_round=2 --set factors.memory.from_round=2 --set factors.fresh_data.from_round=2",
];

fn words(command: &'static str) -> Vec<&'static str> {
    command.split_whitespace().collect()
}

/// The program on few users, run by a shell that does `before` first.
fn in_shell(place: &Place, before: &str, words: &[&str]) -> Output {
    let mut command = Process::new("bash");
    command.args(["-c", &format!("{before}; exec \"$@\""), "bash", BINARY]).args(small(words));
    command.current_dir(place.path()).output().unwrap()
}

/// The same in a place of its own where a file system of `options` is mounted on `output`; `None` where the system lets
/// nobody do that without being root.
fn on_own_disk(place: &Place, options: &str, words: &[&str]) -> Option<Output> {
    as_said_on_own_disk(place, options, &small(words))
}

fn as_said_on_own_disk(place: &Place, options: &str, words: &[&str]) -> Option<Output> {
    let allowed = Process::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        println!("not tried: this system has no mounts for users");
        return None;
    }
    std::fs::create_dir_all(place.path().join("output")).unwrap();
    // What is left there is listed before it vanishes with the mount.
    let script = format!(
        "mount -t tmpfs -o {options} none output || exit 99; \"$@\"; code=$?; find output -type f >left; exit $code"
    );
    let mut command = Process::new("unshare");
    command.args(["-rm", "bash", "-c", &script, "bash", BINARY]).args(words);
    let output = command.current_dir(place.path()).output().unwrap();
    assert_ne!(code(&output), 99, "{}", stderr(&output));
    Some(output)
}

fn is_clear(output: &Output, expected: i32, words: &[&str]) {
    let said = stderr(output);
    assert_eq!(code(output), expected, "{said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    for word in words {
        assert!(said.contains(word), "no {word:?} in: {said}");
    }
}

/// Files that are results, not histories kept for the next time, which are whole by their own checksum.
fn results_in(place: &Place) -> Vec<PathBuf> {
    let mut found = files(&place.path().join("output"));
    found.retain(|path| !path.components().any(|part| part.as_os_str() == ".histories"));
    found
}

// From round 3 on thumbs are fitted to scores, of which a penalty that rounding eats cannot tell two coefficients apart.
#[test]
fn a_round_that_fails_costs_none_of_those_before() {
    let place = Place::new();
    let baseline = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/baseline.toml");
    std::fs::copy(baseline, place.path().join("baseline.toml")).unwrap();
    place.write(
        "late.toml",
        "base = 'baseline.toml'\nactive_factors = ['thumbs']\n[run]\nrounds = 9\nwarm_up_rounds = 1\nmeasure_rows = 64\n\
         [population]\nusers = 300\n[clock]\nconversations_per_day = 20.0\n\
         [policy]\nlevels = 2\ntraining_iterations = 6\n[signals.raters]\nrows = 256\n\
         [signals.thumbs]\nkind = 'scores'\nl2 = 1e-9\nrows = 100000\nwindow = 6\n[factors.thumbs]\nfrom_round = 3\n",
    );
    let output = place.output(&["run", "late.toml", "--checkpoint-every", "1"]);
    is_clear(
        &output,
        1,
        &["the rounds done by then are kept", "error: round 3", "`thumbs`", "singular", "l2"],
    );
    assert!(stdout(&output).contains("could not go on"), "{}", stdout(&output));
    let kept = FinishedRun::read(&place.results()).unwrap();
    assert_eq!(kept.rounds.numbers("round").unwrap(), [1.0, 2.0]);
    let manifest = std::fs::read_to_string(place.results().join("manifest.json")).unwrap();
    assert!(manifest.contains("the run could not go on: round 3, training iteration"), "{manifest}");
    assert_eq!(entries(&place.path().join("output/late")), [place.results()], "no checkpoints");
    // Two checkpoints leave no room for results: then they stay.
    std::fs::remove_dir_all(place.path().join("output")).unwrap();
    let words = ["run", "late.toml", "--checkpoint-every", "1"];
    let Some(output) = as_said_on_own_disk(&place, "size=1000k", &words) else { return };
    is_clear(&output, 1, &["no space left", "to go on from there"]);
    assert!(!stderr(&output).contains("are kept"), "{}", stderr(&output));
    let left = std::fs::read_to_string(place.path().join("left")).unwrap();
    assert_eq!(left.matches("checkpoint/checkpoint-").count(), 2, "{left}");
}

// A limit on the size of files is a disk that fills up, for everybody.
#[test]
fn a_disk_that_fills_up_costs_no_answer_and_leaves_no_half() {
    for words in COMMANDS.map(words) {
        let place = Place::new();
        let output = in_shell(&place, "trap '' XFSZ; ulimit -f 8", &words);
        is_clear(&output, 1, &["could not write"]);
        assert!(stdout(&output).len() > 100, "{words:?}: the answer is printed all the same");
        assert_eq!(results_in(&place), Vec::<PathBuf>::new(), "{words:?}");
    }
}

#[test]
fn a_disk_without_space_is_called_so() {
    let place = Place::new();
    let run = &["run", "baseline", "--rounds", "1"];
    let Some(output) = on_own_disk(&place, "size=64k", run) else { return };
    is_clear(&output, 1, &["no space left", "free some space or choose another place with --out"]);
    assert!(stdout(&output).contains("Sycophancy index"));
    assert_eq!(std::fs::read_to_string(place.path().join("left")).unwrap(), "", "nothing is left");
    let output = on_own_disk(&Place::new(), "size=64m", run).unwrap();
    is_clear(&output, 0, &[]);
}

#[test]
fn a_read_only_place_is_found_before_the_simulation() {
    let place = Place::new();
    let endless = &["run", "baseline", "--rounds", "100000"];
    if let Some(output) = on_own_disk(&place, "ro", endless) {
        is_clear(&output, 1, &["no permission to create", "--out"]);
    }
    for out in ["/proc/nobody", "/dev/null/x"] {
        let output = place.output(&small(&[&endless[..], &["--out", out]].concat()));
        is_clear(&output, 1, &[out]);
    }
    place.write("file", "in the way");
    for words in COMMANDS.map(words) {
        let output = place.output(&small(&[&words[..], &["--out", "file"]].concat()));
        is_clear(&output, 1, &["`file", "not a folder"]);
    }
    assert_eq!(std::fs::read_to_string(place.path().join("file")).unwrap(), "in the way");
}

#[test]
fn a_reader_who_leaves_early_costs_no_result() {
    for words in COMMANDS.map(words) {
        let place = Place::new();
        let script = "set -o pipefail; \"$@\" | head -c 1 >/dev/null";
        let mut command = Process::new("bash");
        command
            .args(["-c", script, "bash", BINARY])
            .args(small(&[&words[..], &["--format", "json"]].concat()));
        is_clear(&command.current_dir(place.path()).output().unwrap(), 0, &["results: "]);
        assert!(results_in(&place).len() > 2, "{words:?}");
    }
}

// A full disk under stdout is a failure, since the answer is lost; the files are there nonetheless.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_printed_is_a_failure() {
    let place = Place::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Process::new(BINARY);
    command.args(small(&["run", "baseline", "--rounds", "1"])).current_dir(place.path()).stdout(full);
    is_clear(&command.stderr(Stdio::piped()).output().unwrap(), 1, &["No space left", "results: "]);
    assert!(place.results().join("report.html").is_file());
}

fn start(place: &Place, words: &[&str]) -> Child {
    let mut command = Process::new(BINARY);
    command.current_dir(place.path()).args(small(words)).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn send(child: &Child, signal: &str) {
    let sent = Process::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

// A closed terminal and a shutdown are a Ctrl-C: finished rounds are kept, and what is kept is whole.
#[test]
fn a_request_to_end_keeps_the_finished_rounds() {
    for signal in ["-TERM", "-HUP"] {
        let place = Place::new();
        let child = start(&place, &["run", "baseline", "--rounds", "100000"]);
        std::thread::sleep(Duration::from_millis(1500));
        send(&child, signal);
        is_clear(&child.wait_with_output().unwrap(), 130, &["the rounds done by then are kept"]);
        let rounds = whole(&place.results()).rounds.numbers("round").unwrap();
        assert!(rounds.iter().zip(1..).all(|(round, expected)| *round == f64::from(expected)));
    }
}

#[test]
fn a_request_to_end_reaches_every_analysis() {
    let endless = [
        "compound all-three --rounds 100 --replicates 1000",
        "gain all-three --rounds 100 --replicates 1000",
        "sensitivity baseline --rounds 1000 --replicates 1000 --parameter policy.kl_strength=0.1..0.2",
        "autopsy gpt4o-april-2025 --replicates 10000",
        "compare baseline thumbs-only --rounds 100000",
    ];
    for words in endless.map(words) {
        let place = Place::new();
        let child = start(&place, &words);
        std::thread::sleep(Duration::from_millis(1500));
        send(&child, "-TERM");
        is_clear(&child.wait_with_output().unwrap(), 130, &["interrupted"]);
    }
}

/// The run in `folder`; every file that its manifest lists must be there and have the checksum listed.
fn whole(folder: &Path) -> FinishedRun {
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    for file in listed {
        let name = file["path"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(name)).unwrap();
        assert_eq!(file["bytes"].as_u64(), Some(bytes.len() as u64), "{name}");
        let output = Process::new("sha256sum").arg(folder.join(name)).output().unwrap();
        assert!(stdout(&output).starts_with(file["sha256"].as_str().unwrap()), "{name}");
    }
    assert_eq!(files(folder).len(), listed.len() + 1, "the manifest lists all but itself");
    FinishedRun::read(folder).unwrap()
}

// All are started before there are results: one leaves its results, the other is
// told that they are there, or that another is at work on them. With --force both may, one after the other. Nothing
// is mixed.
#[test]
fn two_programs_at_once_leave_the_results_of_one() {
    for force in [false, true] {
        let place = Place::new();
        let mut words = vec!["run", "baseline", "--rounds", "3", "--seed", "5"];
        words.extend(force.then_some("--force"));
        let children = [start(&place, &words), start(&place, &words), start(&place, &words)];
        let outputs = children.map(|child| child.wait_with_output().unwrap());
        let (fine, refused): (Vec<&Output>, Vec<&Output>) = outputs.iter().partition(|it| code(it) == 0);
        assert!(!fine.is_empty(), "{}", stderr(&outputs[0]));
        for output in refused {
            let meets = stderr(output).contains("another process is running this");
            is_clear(output, 1, if meets { &["--out"] } else { &["already holds results", "--force"] });
        }
        let rounds = whole(&place.results()).rounds.numbers("round").unwrap();
        assert_eq!(rounds, [1.0, 2.0, 3.0]);
    }
}

#[test]
fn two_analyses_share_their_histories_without_mixing_them() {
    let (place, alone) = (Place::new(), Place::new());
    let words = ["compound", "all-three", "--factors", "thumbs,memory", "--rounds", "3", "--replicates", "4"];
    let words =
        [&words[..], &["--set", "factors.thumbs.from_round=1", "--format", "json", "--force"]].concat();
    let outputs =
        [start(&place, &words), start(&place, &words)].map(|child| child.wait_with_output().unwrap());
    let expected = stdout(&alone.small(&words));
    for output in outputs {
        is_clear(&output, 0, &[]);
        assert_eq!(stdout(&output), expected);
    }
    // What the two left in common is believed by a third, and right.
    let third = place.small(&words);
    assert!(stderr(&third).contains("known from before") && stdout(&third) == expected, "{}", stderr(&third));
}

/// Names and contents of all files of the only run below `out`, without what says when and how it was made.
fn lasting(out: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let run = only_entry(&only_entry(out));
    let names = files(&run).into_iter().filter(|path| !path.ends_with("manifest.json"));
    names
        .map(|path| (path.strip_prefix(&run).unwrap().to_path_buf(), std::fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn nothing_but_the_manifest_depends_on_when_and_where_it_is_run() {
    let place = Place::new();
    let run = |out: &str, zone: &str, language: &str| {
        let words =
            ["run", "gpt4o-april-2025", "--rounds", "2", "--set", "run.warm_up_rounds=0", "--out", out];
        let mut command = place.command(&small(&words));
        command.env("TZ", zone).env("LC_ALL", language).env("SOURCE_DATE_EPOCH", "0").assert().success();
        lasting(&place.path().join(out))
    };
    let first = run("one", "Pacific/Kiritimati", "C");
    std::thread::sleep(Duration::from_millis(1100));
    let second = run("two", "America/Adak", "tr_TR.UTF-8");
    assert!(first.len() > 5);
    for (one, two) in first.iter().zip(&second) {
        assert!(one == two, "{} differs", one.0.display());
    }
    assert_eq!(first.len(), second.len());
    // Negative control: the manifest says when.
    let manifest = |out: &str| {
        std::fs::read(only_entry(&only_entry(&place.path().join(out))).join("manifest.json")).unwrap()
    };
    assert_ne!(manifest("one"), manifest("two"));
}

#[cfg(target_os = "linux")]
#[test]
fn users_and_rows_that_do_not_fit_are_refused_by_every_command() {
    let place = Place::new();
    for words in COMMANDS.map(words) {
        let output = place.output(&[&words[..], &["--set", "population.users=4000000000"]].concat());
        is_clear(&output, 3, &["4 billion users need about", "of memory, and", "--set population.users="]);
        assert_eq!(stdout(&output), "", "{words:?}");
    }
    let rows =
        ["run", "baseline", "--set", "policy.optimiser=\"best_of_n\"", "--set", "optimiser.best_of=10000"];
    let rows = [&rows[..], &["--set", "run.measure_rows=1000000"]].concat();
    is_clear(&place.output(&rows), 3, &["feedback and sampled responses need about", "run.measure_rows"]);
    assert_eq!(results_in(&place), Vec::<PathBuf>::new());
}

#[test]
fn damaged_scenario_files_end_with_3() {
    let place = Place::new();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz_corpus");
    let nasty = files(&corpus).into_iter().filter(|path| path.extension().is_some_and(|it| it == "toml"));
    for path in nasty {
        for command in ["check", "run"] {
            let output = place.output(&[command, path.to_str().unwrap()]);
            is_clear(&output, 3, &["error"]);
            let control = |c: char| c.is_control() && c != '\n';
            assert!(!stderr(&output).contains(control), "{}: {:?}", path.display(), stderr(&output));
        }
    }
    assert!(!place.path().join("output").exists());
}
