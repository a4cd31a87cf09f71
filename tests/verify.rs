//! Every case of `thumbscale verify` as a test, and the page that they write. Cases run once for all tests.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use thumbscale::output::{curve_svg, verify_markdown};
use thumbscale::verify::{Checked, Verdict, cases, run_cases};

const PAGE: &str = "docs/validation.md";
const FIGURES: &str = "docs/figures/validation";

static CHECKED: LazyLock<Vec<Checked>> = LazyLock::new(|| run_cases(&cases(), || true, |_| ()));

#[test]
fn every_case_passes() {
    for it in CHECKED.iter() {
        let outcome = it.outcome.as_ref().unwrap_or_else(|error| panic!("{}: {error}", it.case.name));
        let broken: Vec<_> = outcome.findings.iter().filter(|finding| !finding.holds()).collect();
        assert_eq!(it.verdict(), Verdict::Passed, "{}: {broken:#?}", it.case.name);
    }
}

#[test]
fn names_of_cases_are_unique() {
    let mut names: Vec<&str> = cases().iter().map(|case| case.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn the_committed_page_is_the_generated_one() {
    let page = verify_markdown(&CHECKED);
    if std::env::var_os("UPDATE_VALIDATION").is_some() {
        write(&page);
    }
    let committed = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(committed == page, "{PAGE} is not what `UPDATE_VALIDATION=1 cargo test --test verify` writes");
    for (name, _) in figures() {
        assert!(Path::new(&name).exists(), "{name} is missing");
    }
}

fn figures() -> Vec<(String, String)> {
    let of_case = |it: &Checked| -> Vec<(String, String)> {
        let curves = it.outcome.iter().flat_map(|outcome| &outcome.curves).enumerate();
        let name = |index: usize| format!("{FIGURES}/{}-{}.svg", it.case.name, index + 1);
        curves.map(|(index, curve)| (name(index), curve_svg(curve, 760.0))).collect()
    };
    CHECKED.iter().flat_map(of_case).collect()
}

fn write(page: &str) {
    fs::create_dir_all(FIGURES).unwrap();
    fs::write(PAGE, page).unwrap();
    for (name, svg) in figures() {
        fs::write(name, svg).unwrap();
    }
}
