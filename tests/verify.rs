//! Every case of `thumbscale verify` as a test: each finding within its tolerance, each negative control rejected.

use thumbscale::verify::{Verdict, cases};

#[test]
fn every_case_passes() {
    for case in cases() {
        let outcome = (case.run)().unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let broken: Vec<_> = outcome.findings.iter().filter(|it| !it.holds()).collect();
        assert_eq!(outcome.verdict(), Verdict::Passed, "{}: {broken:#?}", case.name);
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
