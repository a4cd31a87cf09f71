//! Damaged scenario files: shipped ones after byte flips, swaps, deletions, doubled tables, huge numbers and the like. The
//! program answers with a scenario that reads back equal, or with errors that lie inside the file; it does not panic and
//! does not think for long.
//!
//! `THUMBSCALE_FUZZ_CASES=200000 cargo test --release --test scenario_fuzz` is the long run; failures are kept in
//! `tests/fuzz_corpus/regressions.txt` and repeated first.

#![cfg(feature = "files")]
#![allow(clippy::disallowed_methods, reason = "what is tested includes how long it takes")]

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use thumbscale::scenario::{MAX_BYTES, Scenario, ScenarioErrors, preset_loader, presets};

const CASES: u32 = 2000;

/// Far more than any file takes, far less than a person waits.
const LONG: Duration = Duration::from_secs(20);

/// Does `work` and says how long it took; where that was long, the shortest of three times, since a machine may be busy with
/// other things.
fn timed<T>(work: impl Fn() -> T) -> (T, Duration) {
    let once = || {
        let clock = Instant::now();
        (work(), clock.elapsed())
    };
    let mut found = once();
    for _ in 0..2 {
        if found.1 < LONG {
            break;
        }
        found.1 = found.1.min(once().1);
    }
    found
}

/// Every problem must lie inside the text that it names, and must be showable.
fn check_errors(errors: &ScenarioErrors, name: &str, length: usize) -> Result<(), String> {
    if errors.0.is_empty() {
        return Err("refused without a reason".into());
    }
    for problem in &errors.0 {
        let Some(at) = &problem.origin else { return Err(format!("nowhere: {problem}")) };
        let source = &at.source.text;
        let inside = at.span.start <= at.span.end && at.span.end <= source.len();
        let own = at.source.name != name || source.len() == length;
        if !inside || !own || source.get(at.span.clone()).is_none() || at.line() == 0 || at.column() == 0 {
            return Err(format!("outside its text: {problem}"));
        }
    }
    let shown = errors.render(true);
    if shown.contains('\0') { Err(format!("shows raw control characters: {shown:?}")) } else { Ok(()) }
}

fn check(text: &str) -> Result<(), String> {
    match Scenario::from_toml("main.toml", text, &preset_loader, &[]) {
        Err(errors) => check_errors(&errors, "main.toml", text.len()),
        Ok(scenario) => {
            let resolved = scenario.to_toml();
            match Scenario::from_toml("main.toml", &resolved, &preset_loader, &[]) {
                Ok(again) if again == scenario => Ok(()),
                Ok(_) => Err(format!("reads back as another scenario:\n{resolved}")),
                Err(errors) => Err(format!("does not read back: {errors}\n{resolved}")),
            }
        }
    }
}

/// One piece of damage; places are shares of the length, so that they shrink to the start.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Delete(Index, usize),
    Insert(Index, String),
    SwapTokens(Index, Index),
    DropLine(Index),
    DoubleLines(Index, usize),
    Number(Index, &'static str),
    Nest(Index, u16),
}

const NUMBERS: [&str; 14] = [
    "0",
    "-0.0",
    "-1",
    "1e308",
    "1e-320",
    "1e400",
    "inf",
    "-inf",
    "nan",
    "9223372036854775807",
    "99999999999999999999",
    "0x7fffffffffffffff",
    "0.30000000000000004",
    "1_0",
];

const PIECES: [&str; 26] = [
    "false",
    "true",
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    "=",
    "\"",
    "'",
    "\"\"\"",
    "\n",
    ".",
    ",",
    "#",
    "é",
    "\u{202e}",
    "\u{feff}",
    "\0",
    "\\u0000",
    "base = '../x.toml'\n",
    "base = false\n",
    "[factors.x.set]\n",
    "1979-05-27",
    "👩\u{200d}👧",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    let piece = prop_oneof![3 => prop::sample::select(&PIECES[..]).prop_map(String::from), 1 => "\\PC{0,6}"];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (at(), 1..40usize).prop_map(|(at, count)| Damage::Delete(at, count)),
        (at(), piece).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        (at(), at()).prop_map(|(a, b)| Damage::SwapTokens(a, b)),
        at().prop_map(Damage::DropLine),
        (at(), 1..12usize).prop_map(|(at, count)| Damage::DoubleLines(at, count)),
        (at(), prop::sample::select(&NUMBERS[..])).prop_map(|(at, number)| Damage::Number(at, number)),
        (at(), 1..400u16).prop_map(|(at, depth)| Damage::Nest(at, depth)),
    ]
}

impl Damage {
    fn apply(&self, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Damage::Flip(at, bits) => {
                let mut bytes = bytes;
                if !bytes.is_empty() {
                    let place = at.index(bytes.len());
                    bytes[place] ^= bits;
                }
                bytes
            }
            Damage::Delete(at, count) => replaced(bytes, *at, *count, b""),
            Damage::Insert(at, piece) => replaced(bytes, *at, 0, piece.as_bytes()),
            Damage::Nest(at, depth) => {
                let open = "[{a=".repeat(usize::from(*depth));
                replaced(bytes, *at, 0, open.as_bytes())
            }
            Damage::SwapTokens(a, b) => with_pieces(&bytes, is_token_end, |tokens| {
                let (a, b) = (a.index(tokens.len()), b.index(tokens.len()));
                tokens.swap(a, b);
            }),
            Damage::DropLine(at) => with_pieces(&bytes, is_line_end, |lines| {
                lines.remove(at.index(lines.len()));
            }),
            Damage::DoubleLines(at, count) => with_pieces(&bytes, is_line_end, |lines| {
                let first = at.index(lines.len());
                let last = (first + count).min(lines.len());
                let again = lines[first..last].to_vec();
                lines.extend(again);
            }),
            Damage::Number(at, number) => with_pieces(&bytes, is_token_end, |tokens| {
                let numbers: Vec<usize> = (0..tokens.len())
                    .filter(|&it| tokens[it].first().is_some_and(u8::is_ascii_digit))
                    .collect();
                if !numbers.is_empty() {
                    tokens[numbers[at.index(numbers.len())]] = number.as_bytes().to_vec();
                }
            }),
        }
    }
}

fn replaced(mut bytes: Vec<u8>, at: Index, count: usize, new: &[u8]) -> Vec<u8> {
    let start = at.index(bytes.len() + 1);
    let end = (start + count).min(bytes.len());
    bytes.splice(start..end, new.iter().copied());
    bytes
}

fn is_line_end(byte: u8, _: u8) -> bool {
    byte == b'\n'
}

fn is_token_end(byte: u8, next: u8) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    is_word(byte) != is_word(next)
}

/// Cuts where `ends` says, changes the pieces, and puts them together again.
fn with_pieces(bytes: &[u8], ends: fn(u8, u8) -> bool, change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut pieces: Vec<Vec<u8>> = vec![Vec::new()];
    for (place, &byte) in bytes.iter().enumerate() {
        pieces.last_mut().expect("never empty").push(byte);
        if ends(byte, bytes.get(place + 1).copied().unwrap_or(b'\n')) {
            pieces.push(Vec::new());
        }
    }
    change(&mut pieces);
    pieces.concat()
}

fn cases() -> u32 {
    std::env::var("THUMBSCALE_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

fn shipped() -> Vec<String> {
    let resolved = Scenario::preset("gpt4o-april-2025", &[]).expect("shipped").to_toml();
    presets().iter().map(|preset| preset.text.to_string()).chain([resolved]).collect()
}

#[test]
fn damaged_files_are_answered() {
    let config = ProptestConfig {
        cases: cases(),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/fuzz_corpus/regressions.txt",
        ))),
        max_shrink_time: 60_000,
        ..ProptestConfig::default()
    };
    let (mut answered, mut read) = (0u32, 0u32);
    let counts = std::cell::RefCell::new((&mut answered, &mut read));
    let damaged = (prop::sample::select(shipped()), prop::collection::vec(damage(), 1..5));
    let found = TestRunner::new(config).run(&damaged, |(text, damages)| {
        let bytes = damages.iter().fold(text.into_bytes(), |bytes, damage| damage.apply(bytes));
        // What is no text is refused when the file is read: `bytes_that_are_no_text_are_refused`.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (result, taken) = timed(|| check(&text));
        let mut counts = counts.borrow_mut();
        *counts.0 += 1;
        *counts.1 += u32::from(Scenario::from_toml("main.toml", &text, &preset_loader, &[]).is_ok());
        prop_assert!(result.is_ok(), "{}", result.unwrap_err());
        prop_assert!(taken < LONG, "took {taken:?}");
        Ok(())
    });
    if let Err(failure) = found {
        panic!("{failure}");
    }
    println!("{answered} damaged files, {read} of them still scenarios");
    // Negative control: the damage is neither harmless nor always fatal. A handful of cases says nothing of that.
    assert!(answered < 500 || read * 50 > answered && read * 2 < answered, "{read} of {answered}");
}

fn corpus() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("tests/fuzz_corpus").expect("the corpus is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

#[test]
fn every_nasty_file_is_refused_at_a_place_inside_it() {
    let mut complaints = Vec::new();
    for path in corpus() {
        let length = std::fs::metadata(&path).expect("a file").len() as usize;
        let (found, taken) = timed(|| Scenario::load(&path, &[]));
        match found {
            Ok(_) => complaints.push(format!("{}: accepted", path.display())),
            // What could not be read as text has no place in it.
            Err(errors) if errors.0.iter().all(|it| it.code.word() == "not_utf8") => {}
            Err(errors) => {
                let name = path.to_string_lossy();
                let found = check_errors(&errors, &name, length).err();
                complaints.extend(found.map(|it| format!("{name}: {it}")));
            }
        }
        assert!(taken < LONG, "{} took {taken:?}", path.display());
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    assert!(corpus().len() > 60);
}

/// Files near the largest size, each bad for something that goes by the square of a length.
fn large() -> Vec<(&'static str, String)> {
    let up_to_size = |piece: &dyn Fn(usize) -> String| {
        let mut text = String::new();
        for place in 0.. {
            let piece = piece(place);
            if text.len() + piece.len() > MAX_BYTES {
                break;
            }
            text += &piece;
        }
        text
    };
    vec![
        ("unknown sections", up_to_size(&|i| format!("[s{i}]\n"))),
        ("unknown keys", up_to_size(&|i| format!("memory.k{i} = 1\n"))),
        ("behaviours", up_to_size(&|i| format!("behaviours.b{i} = {{}}\n"))),
        ("removed behaviours", up_to_size(&|i| format!("behaviours.b{i} = false\n"))),
        ("removed signals", up_to_size(&|i| format!("signals.s{i} = false\n"))),
        ("segments that share tastes", up_to_size(&|i| format!("segments.s{i}.taste.flattery = 1.0\n"))),
        ("prompts", up_to_size(&|i| format!("[prompts.p{i}]\nshare = 0.1\n"))),
        ("factors", up_to_size(&|i| format!("[factors.f{i}.set.memory]\nenabled = true\n"))),
        (
            "active factors",
            format!(
                "active_factors = [{}]",
                up_to_size(&|i| format!("'f{i}',"))[..MAX_BYTES / 2].rsplit_once(',').unwrap().0
            ),
        ),
        (
            "features",
            format!(
                "policy.features = [{}]",
                up_to_size(&|i| format!("'kind:f{i}',"))[..MAX_BYTES / 2].rsplit_once(',').unwrap().0
            ),
        ),
        (
            "tastes",
            format!(
                "segments.general.taste = {{ {} }}",
                up_to_size(&|i| format!("t{i}=1.0,"))[..MAX_BYTES / 2].rsplit_once(',').unwrap().0
            ),
        ),
        ("syntax errors", "= \n".repeat(MAX_BYTES / 3)),
        ("one long line", format!("question = {}", "x".repeat(MAX_BYTES - 100))),
        ("one long name", format!("[segments.{}]\n", "x".repeat(MAX_BYTES - 100))),
        ("one long text", format!("question = '{}'\nx = 1", "é".repeat(MAX_BYTES / 2 - 100))),
        ("open lists", format!("sources = {}", "[".repeat(MAX_BYTES - 100))),
        (
            "nested lists",
            format!("sources = {}{}", "[".repeat(MAX_BYTES / 2 - 100), "]".repeat(MAX_BYTES / 2 - 100)),
        ),
        ("nested inline tables", format!("memory = {}1", "{a=".repeat(MAX_BYTES / 3 - 100))),
        ("a dotted key", format!("{}a = 1", "a.".repeat(MAX_BYTES / 2 - 100))),
        ("a dotted header", format!("[factors{}]", ".set".repeat(MAX_BYTES / 4 - 100))),
        ("arrays of tables", "[[memory]]\n".repeat(MAX_BYTES / 11)),
        ("the same table", "[memory]\n".repeat(MAX_BYTES / 9)),
        ("digits", format!("policy.kl_strength = {}", "9".repeat(MAX_BYTES - 100))),
        ("line ends", "\n".repeat(MAX_BYTES - 10) + "x = 1"),
        ("backslashes", format!("question = \"{}", "\\".repeat(MAX_BYTES - 100))),
    ]
}

#[test]
fn large_files_are_refused_in_little_time() {
    for (what, text) in large() {
        assert!(text.len() <= MAX_BYTES, "{what}");
        let (found, taken) = timed(|| Scenario::from_toml("main.toml", &text, &preset_loader, &[]));
        let Err(errors) = found else {
            panic!("{what} was accepted");
        };
        if let Err(complaint) = check_errors(&errors, "main.toml", text.len()) {
            panic!("{what}: {}", complaint.chars().take(300).collect::<String>());
        }
        println!("{what}: {taken:?}, {} problems", errors.0.len());
        assert!(taken < LONG, "{what} took {taken:?}");
    }
    let too_large = "x".repeat(10 << 20);
    let errors = Scenario::from_toml("main.toml", &too_large, &preset_loader, &[]).unwrap_err();
    assert_eq!(errors.0[0].code.word(), "too_large");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let folder = tempfile::tempdir().expect("a place");
    let path = folder.path().join("main.toml");
    let text = Scenario::preset("all-three", &[]).expect("shipped").to_toml().into_bytes();
    for (place, bad) in [(0, 0xff), (text.len() / 2, 0xc0), (text.len() - 1, 0xe9)] {
        let mut bytes = text.clone();
        bytes[place] = bad;
        std::fs::write(&path, &bytes).expect("written");
        let errors = Scenario::load(&path, &[]).expect_err("no text");
        assert!(errors.to_string().contains(&format!("(byte {place} of the file)")), "{errors}");
    }
    std::fs::write(&path, &text).expect("written");
    assert!(Scenario::load(&path, &[]).is_ok(), "negative control");
}

/// Files outside the folder of a scenario that it tries to build on.
#[test]
fn a_base_cannot_leave_the_folder() {
    let root = tempfile::tempdir().expect("a place");
    let folder = root.path().join("given");
    std::fs::create_dir_all(folder.join("sub")).expect("made");
    std::fs::write(root.path().join("secret.toml"), "[memory]\ncapacity = 3\n").expect("written");
    std::fs::write(folder.join("sub/inner.toml"), "[memory]\ncapacity = 2\n").expect("written");
    let load = |base: &str| {
        let path = folder.join("main.toml");
        std::fs::write(&path, format!("base = {base:?}\n")).expect("written");
        Scenario::load(&path, &[]).map(|scenario| scenario.settings_in(0).memory.capacity)
    };
    let absolute = root.path().join("secret.toml");
    let mut outside = vec!["../secret.toml", "sub/../../secret.toml", absolute.to_str().expect("text")];
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("../secret.toml", folder.join("link.toml")).expect("linked");
        symlink("..", folder.join("up")).expect("linked");
        symlink("inner.toml", folder.join("sub/alias.toml")).expect("linked");
        outside.extend(["link.toml", "up/secret.toml"]);
    }
    for base in outside {
        let errors = load(base).expect_err(base);
        assert_eq!(
            (errors.0[0].code.word(), errors.0[0].key.as_str()),
            ("bad_base", "base"),
            "{base}: {errors}"
        );
        assert!(!errors.render(false).contains("capacity"), "{base} is shown");
    }
    assert_eq!(load("sub/inner.toml").ok(), Some(2), "negative control");
    #[cfg(unix)]
    assert_eq!(load("sub/alias.toml").ok(), Some(2), "links within the folder are followed");
}
