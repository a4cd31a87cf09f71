//! `sensitivity`: designs out and results in, a grid, a screening with effects of factors, and what it refuses.

use super::*;

const SHORT: [&str; 5] = ["--rounds", "2", "--replicates", "2", "--no-cache"];
const KL: &str = "policy.kl_strength=0.05..0.5:log";
const WRITE: &str = "memory.write=0.3..1";

fn words<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut words = vec!["sensitivity", "all-three"];
    words.extend(SHORT);
    words.extend(more);
    words
}

/// What is refused: exit code and words on stderr.
fn refused(words: &[&str], expected: i32, said: &str) {
    let place = Place::new();
    place.write("gap.csv", "a,y\n1,2\n,3\n");
    place.write("two.csv", "a,b,y\n1,2,1\n2,2,1\n3,1,2\n");
    place.write("outside.csv", "memory.write\n0.5\n1.5\n");
    place.write("wrong.toml", "[parameters]\n\"memory.write\" = { range = [0.9, 0.1] }\n");
    let output = place.output(words);
    assert_eq!(code(&output), expected, "{words:?}: {}", stderr(&output));
    assert!(stderr(&output).contains(said), "{words:?}: {}", stderr(&output));
    assert!(entries(&place.path().join("output")).is_empty(), "nothing is left behind");
}

#[test]
fn a_design_goes_out_and_its_results_come_back() {
    let place = Place::new();
    let export =
        words(&["--parameter", KL, "--parameter", WRITE, "--samples", "8", "--export", "design.csv"]);
    place.small(&export);
    let design = std::fs::read_to_string(place.path().join("design.csv")).unwrap();
    let mut lines = design.lines();
    assert_eq!(lines.next(), Some("policy.kl_strength,memory.write"));
    let row = |line: &str| -> Vec<f64> { line.split(',').map(|cell| cell.parse().unwrap()).collect() };
    let rows: Vec<Vec<f64>> = lines.map(row).collect();
    assert_eq!(rows.len(), 8 * 4);
    // An outcome that only memory.write decides.
    let results: String =
        rows.iter().map(|row| format!("{},{},{}\n", row[0], row[1], 2.0 * row[1])).collect();
    place.write("results.csv", &format!("policy.kl_strength,memory.write,y\n{results}"));
    let output =
        place.output(&["sensitivity", "--from", "results.csv", "--outcome", "y", "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let found: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let indices = &found["outcomes"][0]["sobol"]["parameters"];
    assert_eq!(indices[0]["total"]["value"], 0.0);
    let end = |end: &str| indices[1]["total"][end].as_f64().unwrap();
    assert!(end("low") < 1.0 && end("high") > 1.0, "{indices}");
    let page = std::fs::read_to_string("docs/sensitivity.md").unwrap();
    for value in [&found, &found["outcomes"][0]] {
        for key in value.as_object().unwrap().keys() {
            assert!(page.contains(key.as_str()), "docs/sensitivity.md does not name {key}");
        }
    }
}

#[test]
fn an_exported_design_gives_what_the_design_itself_gives() {
    let place = Place::new();
    let asked = ["--parameter", KL, "--method", "morris", "--samples", "2"];
    place.small(&words(&[&asked[..], &["--export", "design.csv"]].concat()));
    let itself = place.small(&words(&[&asked[..], &["--format", "csv"]].concat()));
    let read = place.small(&words(&[&asked[..4], &["--design", "design.csv", "--format", "csv"]].concat()));
    assert_eq!(stdout(&itself), stdout(&read));
    let header = stdout(&itself).lines().next().unwrap().to_string();
    assert_eq!(header, "outcome,parameter,mu_star,mu_star_low,mu_star_high,mu,sigma");
}

#[test]
fn a_grid_leaves_a_phase_diagram_and_can_be_read_again() {
    let place = Place::new();
    let grid =
        ["--parameter", KL, "--parameter", "memory.capacity=1,4", "--method", "grid", "--samples", "3"];
    let output = place.small(&words(&grid));
    let text = stdout(&output);
    assert!(text.contains("SYCOPHANCY INDEX: # at or above"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let folder = place.results();
    let files = [
        "points.parquet",
        "grid.parquet",
        "design.csv",
        "sensitivity.json",
        "scenario.toml",
        "report.html",
        "figures/phase-diagram.png",
        "figures/phase-diagram.svg",
    ];
    for file in files {
        assert!(folder.join(file).is_file(), "{file}");
    }
    let folder = folder.to_string_lossy().into_owned();
    let again = place.output(&["sensitivity", "--from", &folder, "--out", "again"]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    assert!(stdout(&again).contains("grid design, 2 parameters, 6 points"), "{}", stdout(&again));
    let twice = place.output(&small(&words(&grid)));
    assert_eq!(code(&twice), 1);
    assert!(stderr(&twice).contains("use --force"), "{}", stderr(&twice));
}

#[test]
fn effects_of_factors_are_outcomes_of_every_point() {
    let place = Place::new();
    let sets = ["--set", "factors.memory.from_round=1", "--set", "factors.thumbs.from_round=1"];
    let asked =
        ["--parameter", KL, "--method", "latin-hypercube", "--samples", "5", "--effects", "--format", "json"];
    let output = place.small(&words(&[&sets[..], &asked[..]].concat()));
    let found: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let names: Vec<&str> =
        found["outcomes"].as_array().unwrap().iter().map(|it| it["outcome"].as_str().unwrap()).collect();
    let expected = ["", ".joint", ".singles", ".excess"].map(|kind| format!("sycophancy_index{kind}"));
    assert_eq!(names, expected);
    assert!(place.results().join("figures/joint-against-singles.png").is_file());
}

#[test]
fn wrong_parameters_are_shown_where_they_are_wrong() {
    let with = |parameter: &'static str| vec!["sensitivity", "all-three", "--parameter", parameter];
    refused(&with("policy.kl_strenght=0.1..0.2"), 3, "did you mean policy.kl_strength?");
    refused(&with("policy.kl_strength=0.5..0.1"), 3, "from a smaller number to a larger one");
    refused(&with("memory.write=0.5..1.5"), 3, "0 to 1");
    refused(&with("memory.write"), 3, "KEY=LOW..HIGH");
    refused(&["sensitivity", "all-three", "--parameters", "wrong.toml"], 3, "wrong.toml:2:");
    refused(&["sensitivity", "all-three", "--design", "outside.csv"], 3, "0 to 1");
}

#[test]
fn what_cannot_be_meant_is_a_question_of_usage() {
    let with = |more: &[&'static str]| [&["sensitivity", "all-three"], more].concat();
    refused(&with(&[]), 2, "nothing is varied");
    refused(&with(&["--parameter", WRITE, "--method", "grid"]), 2, "exactly two parameters");
    refused(&with(&["--parameter", WRITE, "--samples", "0"]), 2, "the design is empty");
    refused(&with(&["--parameter", WRITE, "--samples", "100000"]), 2, "at most 65536");
    refused(&with(&["--around", "0%"]), 2, "at most 100 %");
    refused(
        &with(&["--parameter", WRITE, "--method", "latin-hypercube", "--samples", "1000001"]),
        2,
        "1000000",
    );
    refused(&with(&["--parameter", WRITE, "--samples", "2", "--outcome", "flatery"]), 2, "did you mean");
    refused(&["sensitivity", "baseline", "--parameter", WRITE, "--effects"], 2, "fewer than two");
    refused(&["sensitivity", "--from", "gap.csv", "--outcome", "y"], 2, "no value in row 2");
    refused(&["sensitivity", "--from", "two.csv", "--outcome", "z"], 2, "there are: a, b, y");
    refused(&["sensitivity", "--from", "two.csv", "--outcome", "y"], 2, "no Saltelli design");
    refused(&["sensitivity", "--from", "missing.csv", "--outcome", "y"], 2, "missing.csv");
    refused(&["sensitivity"], 2, "Usage");
}
