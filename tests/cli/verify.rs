//! `verify`, and the map for infinitely many users.

use super::*;

#[test]
fn a_case_is_a_table_that_a_referee_can_read() {
    let output = Place::new().output(&["verify", "tilt-identity", "dilution"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    insta::assert_snapshot!("verify", stdout(&output));
    assert!(stderr(&output).contains("passed dilution"), "{}", stderr(&output));
}

#[test]
fn every_format_holds_the_same_findings() {
    let place = Place::new();
    let json = place.output(&["verify", "probes", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    let findings = json["cases"][0]["findings"].as_array().unwrap();
    let output = place.output(&["verify", "probes", "--format", "html", "--out", "page.html", "--quiet"]);
    assert_eq!((code(&output), stdout(&output).as_str(), stderr(&output).as_str()), (0, "", ""));
    let page = std::fs::read_to_string(place.path().join("page.html")).unwrap();
    let markdown = stdout(&place.output(&["verify", "probes", "--format", "markdown"]));
    for finding in findings {
        let quantity = finding["quantity"].as_str().unwrap();
        assert!(page.contains(quantity) && markdown.contains(quantity), "{quantity}");
    }
    assert!(!page.contains("http://") || page.contains("www.w3.org"), "the page needs no network");
}

#[test]
fn an_unknown_case_is_wrong_usage_and_cases_are_listed() {
    let place = Place::new();
    let output = place.output(&["verify", "lockin"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("did you mean \"lock-in\"?"), "{}", stderr(&output));
    let list = stdout(&place.output(&["verify", "--list"]));
    assert_eq!(list.lines().count(), thumbscale::verify::cases().len());
}

#[test]
fn infinitely_many_users_leave_results_and_no_errors() {
    let place = Place::new();
    let words = ["run", "mean-field", "--mean-field", "--rounds", "2", "--tables", "csv", "--format", "csv"];
    let output = place.output(&words);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let printed = stdout(&output);
    assert_eq!(printed.lines().count(), 3);
    assert!(!printed.contains("_se,"), "nothing has a sampling error");
    let folder = std::fs::read_dir(place.path().join("output/mean-field")).unwrap().next().unwrap().unwrap();
    let written = std::fs::read_to_string(folder.path().join("rounds.csv")).unwrap();
    assert_eq!(written, printed);
    // The seed plays no part.
    let other = place.output(&[&words[..], &["--seed", "99", "--force"]].concat());
    assert_eq!(stdout(&other), printed);
}

#[test]
fn a_scenario_without_a_map_is_refused_with_every_obstacle() {
    let output = Place::new().output(&["run", "all-three", "--mean-field"]);
    assert_eq!(code(&output), 3);
    insta::assert_snapshot!("mean_field_refused", stderr(&output));
}
