//! Help, and the commands that only print or write one text.

use super::*;

fn printed(words: &[&str]) -> String {
    let output = Place::new().output(words);
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{words:?}");
    stdout(&output)
}

#[test]
fn help_reads_as_people_expect() {
    insta::assert_snapshot!("help", printed(&["--help"]));
    for command in [
        "run",
        "check",
        "compare",
        "autopsy",
        "init",
        "presets",
        "explain",
        "schema",
        "completions",
        "verify",
    ] {
        let text = printed(&[command, "--help"]);
        assert!(text.contains("Example: thumbscale "), "{command} has an example");
        insta::assert_snapshot!(format!("help_{command}"), text);
    }
}

#[test]
fn presets_are_listed_with_their_questions_and_can_be_printed() {
    let list = printed(&["presets"]);
    assert!(list.lines().all(|line| line.trim_end().ends_with('?')), "{list}");
    for line in list.lines() {
        let name = line.split_whitespace().next().unwrap();
        assert!(printed(&["presets", name]).contains("question = "), "{name}");
    }
    let unknown = Place::new().output(&["presets", "all-tree"]);
    assert_eq!(code(&unknown), 3);
    assert!(stderr(&unknown).contains("did you mean all-three?"), "{}", stderr(&unknown));
}

#[test]
fn a_key_a_section_and_a_code_are_explained() {
    assert!(printed(&["explain", "kl_strength"]).starts_with("policy.kl_strength\n"));
    assert!(printed(&["explain", "memory"]).contains("memory.retention_days"));
    assert!(printed(&["explain", "out_of_range"]).starts_with("out_of_range\n"));
    assert!(printed(&["explain"]).lines().count() > 100);
}

#[test]
fn the_schema_is_the_library_s() {
    let schema: serde_json::Value = serde_json::from_str(&printed(&["schema"])).unwrap();
    assert_eq!(schema, thumbscale::scenario::schema());
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(printed(&["completions", shell]).contains("thumbscale"), "{shell}");
    }
}

#[test]
fn init_writes_a_scenario_that_is_fine_and_replaces_none() {
    let place = Place::new();
    let output = place.output(&["init", "mine"]);
    assert_eq!(code(&output), 0);
    insta::assert_snapshot!(stderr(&output), @r"
    wrote mine.toml. Next:
      thumbscale check mine.toml   after every change
      thumbscale run mine.toml     tables, figures and a report
      thumbscale explain           every key that it can set
    ");
    assert_eq!(code(&place.output(&["check", "mine.toml"])), 0);
    place.write("mine.toml", "# mine");
    let refused = place.output(&["init", "mine.toml"]);
    assert_eq!(code(&refused), 1);
    assert!(stderr(&refused).contains("mine.toml already exists; use --force"), "{}", stderr(&refused));
    assert_eq!(std::fs::read_to_string(place.path().join("mine.toml")).unwrap(), "# mine");
    assert_eq!(code(&place.output(&["init", "mine", "--force"])), 0);
    assert_eq!(code(&place.output(&["check", "mine.toml"])), 0);
}
