//! What people read when a scenario is wrong: every file in `bad_scenarios`, rendered without colour.

#![cfg(feature = "files")]

use thumbscale::scenario::{Code, Scenario, ScenarioErrors, preset_loader};

fn errors_of(file: &str) -> ScenarioErrors {
    Scenario::load(format!("tests/bad_scenarios/{file}.toml"), &[]).expect_err("the file is wrong")
}

macro_rules! rendered {
    ($($file:ident),* $(,)?) => {
        $( #[test] fn $file() { insta::assert_snapshot!(errors_of(stringify!($file)).render(false)); } )*

        #[test]
        fn every_bad_scenario_has_a_snapshot() {
            let mut files: Vec<String> = std::fs::read_dir("tests/bad_scenarios")
                .unwrap()
                .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            files.sort();
            let mut tested = vec![$( stringify!($file) ),*];
            tested.sort();
            assert_eq!(files, tested);
        }
    };
}
rendered![
    misspelt_keys,
    wrong_types,
    ranges,
    shares,
    unknown_names,
    inactive_factor,
    changes_during_run,
    removals,
    syntax,
    nothing_left,
    base_missing,
    base_absolute,
    base_cycle,
    too_many,
];

#[test]
fn problems_are_sorted_by_line() {
    for file in ["misspelt_keys", "wrong_types", "ranges", "unknown_names"] {
        let lines: Vec<usize> =
            errors_of(file).0.iter().map(|it| it.origin.as_ref().unwrap().line()).collect();
        assert!(lines.is_sorted() && lines.len() > 3, "{file}: {lines:?}");
    }
}

#[test]
fn json_has_the_facts() {
    insta::assert_json_snapshot!(serde_json::to_value(errors_of("shares")).unwrap());
}

#[test]
fn colour_adds_nothing_but_colour() {
    let errors = errors_of("ranges");
    let coloured = errors.render(true);
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    for (nth, part) in coloured.split('\u{1b}').enumerate() {
        plain += if nth == 0 { part } else { part.split_once('m').unwrap().1 };
    }
    assert_eq!(plain, errors.render(false));
}

#[test]
fn a_terminal_is_not_obeyed() {
    let texts = [
        "\"\\u001b[31mred\" = 1\n[prompts]\n\"\\u001b]0;x\\u0007\" = { share = 0 }",
        "base = \"\\u001b[31m.toml\"",
        "question = \"\u{1b}[31m\"",
    ];
    for text in texts {
        let errors = Scenario::from_toml("\u{1b}[31m.toml", text, &preset_loader, &[]).unwrap_err();
        assert!(!errors.render(false).contains('\u{1b}'), "{text:?}");
    }
}

fn code_of_sets(sets: &[&str]) -> Vec<Code> {
    let sets: Vec<String> = sets.iter().map(|set| set.to_string()).collect();
    let errors = Scenario::preset("memory-only", &sets).expect_err("the sets are wrong");
    errors.0.iter().map(|problem| problem.code).collect()
}

#[test]
fn sets_are_checked_like_the_file() {
    assert_eq!(code_of_sets(&["memory.capacity=-1"]), [Code::OutOfRange]);
    assert_eq!(code_of_sets(&["memory.capacty=1", "memory"]), [Code::BadSet]);
    assert_eq!(code_of_sets(&["memory.capacty=1"]), [Code::UnknownKey]);
    assert_eq!(code_of_sets(&["policy.optimiser=exakt"]), [Code::UnknownWord]);
    assert_eq!(code_of_sets(&["base=\"x.toml\""]), [Code::BadSet]);
}

#[test]
fn a_set_that_a_factor_overrides_is_refused() {
    assert_eq!(code_of_sets(&["memory.enabled=false"]), [Code::SetWithoutEffect]);
    insta::assert_snapshot!(
        Scenario::preset("memory-only", &["memory.enabled=false".into()]).unwrap_err().render(false)
    );
}

#[test]
fn a_large_file_is_refused_by_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.toml");
    std::fs::File::create(&path).unwrap().set_len(100 << 20).unwrap();
    let errors = Scenario::load(&path, &[]).unwrap_err();
    assert_eq!(errors.0[0].code, Code::TooLarge);
    assert!(errors.to_string().contains("104857600 bytes"), "{errors}");
}

#[test]
fn bytes_that_are_no_text_are_named_by_position() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin1.toml");
    std::fs::write(&path, b"question = 1\nexpected = \"caf\xe9\"").unwrap();
    let errors = Scenario::load(&path, &[]).unwrap_err();
    assert_eq!(errors.0[0].code, Code::NotUtf8);
    assert!(errors.to_string().contains("line 2, column 16 (byte 28"), "{errors}");
}

#[test]
fn folders_and_missing_files_are_unreadable() {
    for path in ["tests", "no/such.toml"] {
        assert_eq!(Scenario::load(path, &[]).unwrap_err().0[0].code, Code::Unreadable, "{path}");
    }
}
