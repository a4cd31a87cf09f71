//! `compare`: scenarios and finished runs side by side.

use super::*;

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_str(&stdout(output)).unwrap()
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
    assert!(!place.path().join("output").exists(), "a comparison leaves no files");
}

#[test]
fn people_get_a_table_with_intervals_over_replicates() {
    let place = Place::new();
    let words = ["compare", "baseline", "thumbs-only", "--rounds", "2", "--replicates", "3"];
    let text = stdout(&place.small(&words));
    let header = text.lines().next().unwrap();
    assert!(header.contains("baseline") && header.contains("thumbs-only") && header.contains("difference"));
    let row = text.lines().find(|line| line.contains("Sycophancy index")).unwrap();
    assert!(row.contains('[') && row.contains(']'), "{row}");
    assert!(text.contains("Means of 3 replicates"), "{text}");
}

#[test]
fn csv_has_one_line_per_measure_and_run() {
    let place = Place::new();
    let text =
        stdout(&place.small(&["compare", "baseline", "thumbs-only", "--rounds", "1", "--format", "csv"]));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("measure,unit,run,value,"));
    assert!(lines[1].starts_with("sycophancy_index,,baseline,") && lines[1].ends_with(",,,"), "{}", lines[1]);
    assert!(lines[2].starts_with("sycophancy_index,,thumbs-only,"), "{}", lines[2]);
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
    for measure in json(&output)["measures"].as_array().unwrap() {
        let runs = &measure["runs"];
        assert_eq!(runs[0]["value"], runs[1]["value"], "{measure}");
        assert_eq!(runs[0]["run"], folder.to_str().unwrap(), "runs of one name are told apart");
    }
}

#[test]
fn a_folder_without_results_is_refused() {
    let place = Place::new();
    std::fs::create_dir(place.path().join("empty")).unwrap();
    let output = place.output(&small(&["compare", "empty", "baseline", "--rounds", "1"]));
    assert_eq!(code(&output), 1);
    assert!(stderr(&output).contains("empty/manifest.json"), "{}", stderr(&output));
    place.write("empty/manifest.json", "{}");
    let output = place.output(&small(&["compare", "empty", "baseline", "--rounds", "1"]));
    assert!(stderr(&output).contains("not a result that thumbscale wrote"), "{}", stderr(&output));
}
