//! `compare`: scenarios and finished runs side by side.

use super::*;

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_str(&stdout(output)).unwrap()
}

/// The only folder below `output/comparison`.
fn comparison(place: &Place) -> PathBuf {
    only_entry(&place.path().join("output/comparison"))
}

#[test]
fn a_scenario_does_not_differ_from_itself() {
    let place = Place::new();
    place.write("same.toml", "base = 'thumbs-only.toml'\nactive_factors = ['thumbs']\n");
    let output = place.small(&["compare", "thumbs-only", "same.toml", "--rounds", "2", "--format", "json"]);
    for measure in json(&output)["measures"].as_array().unwrap() {
        let [first, second] = measure["runs"].as_array().unwrap().as_slice() else { panic!("two runs") };
        assert_eq!((&first["run"], &second["run"]), (&"thumbs-only".into(), &"same".into()));
        assert_eq!(first["value"], second["value"]);
        assert!(first["difference"].is_null());
        let difference = &second["difference"]["mean"];
        assert!(difference.is_null() || difference == 0.0, "{measure}");
    }
}

#[test]
fn three_runs_leave_tables_figures_and_a_report() {
    let place = Place::new();
    let words = ["compare", "baseline", "thumbs-only", "all-three", "--rounds", "2", "--replicates", "3"];
    let output = place.small(&words);
    let text = stdout(&output);
    let header = text.lines().next().unwrap();
    assert!(header.contains("baseline") && header.contains("thumbs-only"), "{header}");
    let row = text.lines().find(|line| line.contains("Sycophancy index")).unwrap();
    assert!(row.contains('[') && row.contains(']'), "{row}");
    assert!(text.contains("Means of 3 replicates"), "{text}");
    let folder = comparison(&place);
    let name = folder.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("baseline-vs-thumbs-only-vs-all-three-"), "{name}");
    let figures = ["side-by-side", "last-round", "all-measures"].map(|name| format!("figures/{name}.png"));
    let files = ["comparison.parquet", "rounds.parquet", "comparison.json", "report.html"];
    for file in files.iter().map(|file| file.to_string()).chain(figures) {
        assert!(folder.join(&file).is_file(), "{file}");
    }
    let again = place.output(&small(&words));
    assert_eq!(code(&again), 1, "a second comparison of the same runs does not overwrite the first");
    assert!(stderr(&again).contains("--force"), "{}", stderr(&again));
    place.small(&[&words[..], &["--force"]].concat());
}

#[test]
fn the_file_is_what_json_prints_and_the_page_documents_it() {
    let place = Place::new();
    let words = ["compare", "baseline", "thumbs-only", "--rounds", "1", "--replicates", "2"];
    let output = place.small(&[&words[..], &["--format", "json"]].concat());
    let (found, page) = (json(&output), std::fs::read_to_string("docs/compare.md").unwrap());
    let file = std::fs::read_to_string(comparison(&place).join("comparison.json")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&file).unwrap(), found);
    let measure = &found["measures"][0];
    for object in [&found, &found["runs"][0], measure, &measure["runs"][1]] {
        for key in object.as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{key}`")), "docs/compare.md does not name {key}");
        }
    }
    assert!(measure["runs"][0]["clear_after_holm"].is_null());
    assert!(measure["runs"][1]["clear_after_holm"].is_boolean());
}

#[test]
fn csv_has_one_line_per_measure_and_run() {
    let place = Place::new();
    let words = ["compare", "baseline", "thumbs-only", "--rounds", "1", "--format", "csv", "--tables", "csv"];
    let text = stdout(&place.small(&words));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("measure,unit,run,value,"));
    assert!(
        lines[1].starts_with("sycophancy_index,,baseline,") && lines[1].ends_with(",,,,,0"),
        "{}",
        lines[1]
    );
    assert!(lines[2].starts_with("sycophancy_index,,thumbs-only,"), "{}", lines[2]);
    let folder = comparison(&place);
    assert_eq!(std::fs::read_to_string(folder.join("comparison.csv")).unwrap(), text);
    let rounds = std::fs::read_to_string(folder.join("rounds.csv")).unwrap();
    assert!(rounds.starts_with("run,variant,") && rounds.contains("\nthumbs-only,all,"), "{rounds}");
}

#[test]
fn a_finished_run_equals_its_scenario_run_again() {
    let place = Place::new();
    place.small(&["run", "all-three", "--rounds", "2", "--seed", "5"]);
    let folder = place.results();
    let words = ["compare", folder.to_str().unwrap(), "all-three", "--rounds", "2", "--format", "json"];
    let output = place.small(&words);
    assert!(
        stderr(&output).contains("all-three runs on seed 5, that of the first run"),
        "{}",
        stderr(&output)
    );
    let name = format!("all-three {}", folder.file_name().unwrap().to_str().unwrap());
    for measure in json(&output)["measures"].as_array().unwrap() {
        let runs = &measure["runs"];
        assert_eq!(runs[0]["value"], runs[1]["value"], "{measure}");
        assert_eq!(runs[0]["run"], name.as_str(), "runs of one name are told apart");
    }
}

#[test]
fn tables_of_a_finished_run_may_be_csv() {
    let place = Place::new();
    let values = |format: &str, out: &str| {
        place.small(&[
            "run",
            "all-three",
            "--rounds",
            "2",
            "--no-contrast",
            "--tables",
            format,
            "--out",
            out,
        ]);
        let folder = only_entry(&only_entry(&place.path().join(out)));
        let words = ["compare", folder.to_str().unwrap(), "baseline", "--rounds", "2"];
        let place_for_it = format!("{out}-compared");
        let words = [&words[..], &["--format", "csv", "--out", &place_for_it]].concat();
        stdout(&place.small(&words))
    };
    assert_eq!(values("csv", "a"), values("parquet", "b"));
}

#[test]
fn eight_runs_from_everywhere_fit_and_what_does_not_match_is_said() {
    let place = Place::new();
    place.small(&["run", "all-three", "--rounds", "3", "--no-contrast", "--seed", "5"]);
    let folder = place.results();
    place.write("mine.toml", "base = 'thumbs-only.toml'\nactive_factors = ['thumbs']\n");
    let finished = folder.to_str().unwrap();
    let words = ["compare", "baseline", finished, finished, "mine.toml", "thumbs-only", "memory-only"];
    let rest = ["fresh-data-only", "no-feedback", "--rounds", "2", "--replicates", "2"];
    let output = place.small(&[&words[..], &rest].concat());
    let text = stdout(&output);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    for name in ["mine", "thumbs-only", "no-feedback"] {
        assert!(text.contains(name), "{name}: {text}");
    }
    for words in ["different seeds", "differ in length; they are aligned by round", "differ in replicates"] {
        assert!(stderr(&output).contains(words), "{words}: {}", stderr(&output));
    }
    let found = std::fs::read_to_string(comparison(&place).join("comparison.json")).unwrap();
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    let names: std::collections::BTreeSet<&str> =
        found["runs"].as_array().unwrap().iter().map(|run| run["run"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 8, "every run has a name of its own: {names:?}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let place = Place::new();
    assert_eq!(code(&place.output(&["compare", "baseline"])), 2, "one run");
    assert_eq!(code(&place.output(&["compare", "baseline", "no-such-scenario"])), 3);
    std::fs::create_dir(place.path().join("empty")).unwrap();
    let output = place.output(&small(&["compare", "empty", "baseline", "--rounds", "1"]));
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("empty/manifest.json"), "{}", stderr(&output));
    place.write("empty/manifest.json", "{}");
    let output = place.output(&small(&["compare", "empty", "baseline", "--rounds", "1"]));
    assert!(stderr(&output).contains("not a result that thumbscale wrote"), "{}", stderr(&output));
    let identity = r#"{"identity": {"scenario": "a", "scenario_hash": "b", "seed": 1}}"#;
    place.write("empty/manifest.json", identity);
    place.write("empty/rounds.csv", "x,y\n1,2\n");
    let output = place.output(&small(&["compare", "empty", "baseline", "--rounds", "1"]));
    assert!(stderr(&output).contains("no columns variant, replicate and round"), "{}", stderr(&output));
    assert!(!place.path().join("output").exists(), "what is refused leaves nothing");
}

#[test]
fn changes_of_finished_runs_are_refused() {
    let place = Place::new();
    place.small(&["run", "baseline", "--rounds", "1"]);
    let folder = place.results();
    let folder = folder.to_str().unwrap();
    let output = place.output(&["compare", folder, folder, "--rounds", "2"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("would do nothing"), "{}", stderr(&output));
}

#[test]
fn what_was_simulated_once_is_not_simulated_again() {
    let place = Place::new();
    let words =
        ["compare", "baseline", "thumbs-only", "--rounds", "2", "--replicates", "2", "--format", "json"];
    let first = place.small(&words);
    let again = place.small(&[&words[..], &["--force"]].concat());
    assert!(stderr(&again).contains("4 of 4 rounds were known from before"), "{}", stderr(&again));
    assert_eq!(stdout(&first), stdout(&again));
}
