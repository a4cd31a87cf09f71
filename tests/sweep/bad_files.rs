//! What is wrong with a sweep file is told like what is wrong with a scenario, before anything runs.

use super::*;
use proptest::prelude::*;
use thumbscale::scenario::{ScenarioErrors, sweep_schema, sweeps};
use thumbscale::sweep::SweepError;

fn errors(text: &str) -> ScenarioErrors {
    SweepFile::from_toml("bad.toml", text, &preset_loader, &[]).expect_err(text)
}

#[test]
fn every_mistake_has_its_place() {
    let text = r#"scenario = "all-three"
seeds = 3
replicates = 0
factors = ["memory", "memmory", "memory"]

[design]
kind = "gird"
samples = 1.5
step = 3

[parameters]
"policy.kl_strenght" = { range = [0.1, 0.2] }
"memory.write" = { range = [0.9, 0.1] }
"memory.capacity" = { range = [1, 99] }
"policy.learning_rate" = { rang = [0, 1] }

[outcomes]
measures = []
evry = 2
"#;
    insta::assert_snapshot!(errors(text).render(false));
}

#[test]
fn mistakes_of_the_scenario_and_of_what_is_set_have_theirs() {
    let set = "scenario = \"all-three\"\n[set]\n\"policy.kl_strength\" = -1.0\n\"memory.enabled\" = false\nworld.topics = \"four\"\n[parameters]\n\"memory.write\" = { range = [0.1, 0.9] }\n";
    insta::assert_snapshot!(errors(set).render(false));
    for (text, said) in [
        ("scenario = \"no-such\"", "no-such.toml"),
        ("scenario = \"../x.toml\"", "folder of this file"),
        ("scenario = 3", "text in quotes"),
        ("replicates = 2", "names no scenario"),
        ("scenario = \"baseline\"", "nothing is varied"),
        ("scenario = \"baseline\"\n[design]\nkind = \"from_file\"", "needs `file`"),
        (
            "scenario = \"baseline\"\n[design]\nkind = \"from_file\"\nfile = \"../x.csv\"",
            "folder of this file",
        ),
        ("scenario = \"baseline\"\n[design]\nkind = \"from_file\"\nfile = \"/x.csv\"", "folder of this file"),
        ("scenario = \"baseline\"\n[design]\nkind = \"grid\"\nsamples = 3", "does not use `samples`"),
    ] {
        let found = errors(text).render(false);
        assert!(found.contains(said) && found.contains("bad.toml"), "{text}: {found}");
    }
}

#[test]
fn impossible_designs_are_refused_when_they_are_planned() {
    let refused = |design: &str| {
        let folder = tempfile::tempdir().unwrap();
        Draft::new(&file("replicates = 20", &format!("[design]\n{design}\n{TWO}")), folder.path())
            .unwrap_err()
            .to_string()
    };
    assert!(refused("kind = \"random\"\nsamples = 1_000_000_000_000").contains("1000000000000 points"));
    assert!(refused("kind = \"random\"\nsamples = 600_000").contains("12000000 runs"));
    assert!(refused("kind = \"sobol\"\nsamples = 70_000").contains("65536"));
    let text = format!("{SMALL}{TWO}[outcomes]\nmeasures = [\"sycophancy_indx\"]\n");
    let sweep = SweepFile::from_toml("bad.toml", &text, &preset_loader, &[]).unwrap();
    match Draft::new(&sweep, Path::new(".")) {
        Err(SweepError::Scenario(errors)) => {
            assert!(errors.render(false).contains("did you mean sycophancy_index"))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn shipped_sweeps_can_be_planned_and_fit_the_schema() {
    let validator = jsonschema::draft202012::new(&sweep_schema()).expect("the schema is a schema");
    let mut in_folder: Vec<String> = std::fs::read_dir("scenarios/sweeps")
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".toml").map(String::from))
        .collect();
    let mut shipped: Vec<String> = sweeps().iter().map(|it| it.name.to_string()).collect();
    in_folder.sort();
    shipped.sort();
    assert_eq!(in_folder, shipped);
    for sweep in sweeps() {
        let json = serde_json::to_value(sweep.text.parse::<toml::Table>().unwrap()).unwrap();
        validator.validate(&json).unwrap_or_else(|error| panic!("{}: {error}", sweep.name));
        assert!(
            sweep.question.ends_with('?') && sweep.text.starts_with("#:schema sweep.schema.json\n"),
            "{}",
            sweep.name
        );
        let file = SweepFile::load(Path::new(sweep.name), &[]).unwrap_or_else(|errors| panic!("{errors}"));
        let draft =
            Draft::new(&file, Path::new("scenarios/sweeps")).unwrap_or_else(|error| panic!("{error}"));
        assert!(draft.runs() > 0 && draft.notes.is_empty(), "{}: {:?}", sweep.name, draft.notes);
    }
    let generated = serde_json::to_string_pretty(&sweep_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write("scenarios/sweeps/sweep.schema.json", &generated).unwrap();
    }
    let committed = std::fs::read_to_string("scenarios/sweeps/sweep.schema.json").unwrap();
    assert!(committed == generated, "run `UPDATE_SCHEMA=1 cargo test --test sweep` and commit");
}

/// A sweep file with a piece taken out, or put in twice.
fn damaged(text: &str, from: prop::sample::Index, length: usize, twice: bool) -> String {
    let characters: Vec<char> = text.chars().collect();
    let from = from.index(characters.len());
    let to = (from + length).min(characters.len());
    let (before, piece, after) = (&characters[..from], &characters[from..to], &characters[to..]);
    let middle = if twice { [piece, piece].concat() } else { Vec::new() };
    [before, &middle, after].concat().into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nonsense_is_refused_with_its_place_and_without_panic(
        which in 0usize..4, from in any::<prop::sample::Index>(), length in 1usize..30, twice in any::<bool>(),
    ) {
        let text = damaged(sweeps()[which].text, from, length, twice);
        if let Err(errors) = SweepFile::from_toml("bad.toml", &text, &preset_loader, &[]) {
            prop_assert!(!errors.0.is_empty());
            prop_assert!(errors.0.iter().all(|it| it.origin.is_some()), "{}", errors.render(false));
        }
    }
}

#[test]
fn what_the_reader_refuses_in_one_value_the_schema_refuses_too() {
    let validator = jsonschema::draft202012::new(&sweep_schema()).expect("the schema is a schema");
    for text in [
        "scenario = 3",
        "seed = 2",
        "scenario = \"baseline\"\nseeds = 2",
        "scenario = \"baseline\"\nreplicates = 0",
        "scenario = \"baseline\"\n[design]\nkind = \"gird\"",
        "scenario = \"baseline\"\n[outcomes]\nmeasures = \"index\"",
        "scenario = \"baseline\"\n[parameters]\n\"memory.write\" = { range = [1] }",
        "scenario = \"baseline\"\n[parameters]\n\"memory.write\" = 3",
    ] {
        let json = serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
        assert!(!validator.is_valid(&json), "schema accepts {text}");
        errors(text);
    }
}
