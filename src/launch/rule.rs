//! The rule: from the results of the checks to launch or hold.

use super::CheckResult;
use crate::scenario::{CheckRole, Review, ReviewRule};

/// What review decided, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Whether the candidate is launched.
    pub launched: bool,
    /// Why, in a sentence.
    pub reason: String,
    /// Blocking checks that failed, whether or not they were overruled.
    pub stopped_by: Vec<String>,
    /// The check whose improvement overruled them.
    pub overruled_by: Option<String>,
}

/// Decides by the rule of the scenario.
///
/// `accept_all` launches whatever was found. With `checks` a failed blocking check holds the candidate, unless a
/// check named in `overruled_by` passed and found it significantly better. Advisory checks never hold it; checks
/// that are off count for nothing.
pub fn decide(results: &[CheckResult], review: &Review) -> Decision {
    let failed = |role| results.iter().filter(move |it| it.role == role && !it.passed);
    if review.rule == ReviewRule::AcceptAll {
        let recorded: Vec<&CheckResult> =
            results.iter().filter(|it| it.role != CheckRole::Off && !it.passed).collect();
        return launched(format!("every candidate is launched{}", remark("failed", &recorded)), vec![], None);
    }
    let stops: Vec<&CheckResult> = failed(CheckRole::Blocking).collect();
    let unheard: Vec<&CheckResult> = failed(CheckRole::Advisory).collect();
    let advice = remark("advice not followed", &unheard);
    let stopped_by = names(&stops);
    if stops.is_empty() {
        return launched(format!("no blocking check failed{advice}"), stopped_by, None);
    }
    match overruling(results, review) {
        Some(strong) => {
            let reason = format!("{} overrules {}{advice}", strong.words(), stopped_by.join(", "));
            launched(reason, stopped_by, Some(strong.name.clone()))
        }
        None => Decision {
            launched: false,
            reason: format!("stopped by {}", described(&stops)),
            stopped_by,
            overruled_by: None,
        },
    }
}

fn launched(reason: String, stopped_by: Vec<String>, overruled_by: Option<String>) -> Decision {
    Decision { launched: true, reason, stopped_by, overruled_by }
}

/// The first check, in the order of the rule, that may overrule and found an improvement.
fn overruling<'a>(results: &'a [CheckResult], review: &Review) -> Option<&'a CheckResult> {
    let found = |name: &String| results.iter().find(|it| it.name == *name);
    let strong = |it: &&CheckResult| it.role != CheckRole::Off && it.passed && it.positive;
    review.overruled_by.iter().filter_map(found).find(strong)
}

fn names(results: &[&CheckResult]) -> Vec<String> {
    results.iter().map(|it| it.name.clone()).collect()
}

fn described(results: &[&CheckResult]) -> String {
    let words: Vec<String> = results.iter().map(|it| format!("{} ({})", it.name, it.words())).collect();
    words.join("; ")
}

fn remark(what: &str, results: &[&CheckResult]) -> String {
    if results.is_empty() { String::new() } else { format!("; {what}: {}", names(results).join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Fails, Finding};
    use super::*;
    use crate::scenario::Check;
    use crate::statistics::Estimate;

    fn result(name: &str, role: CheckRole, passed: bool, positive: bool) -> CheckResult {
        let value = Estimate { value: 0.1, standard_error: 0.01 };
        let finding = Finding {
            metric: "index".into(),
            unit: "",
            value,
            threshold: 0.05,
            fails: Fails::Above,
            passed,
            positive,
        };
        CheckResult::new(name, &Check { role, ..Check::default() }, finding)
    }

    fn by_checks(overruled_by: &[&str]) -> Review {
        let overruled_by = overruled_by.iter().map(|name| name.to_string()).collect();
        Review { rule: ReviewRule::Checks, overruled_by, ..Review::default() }
    }

    use CheckRole::{Advisory, Blocking, Off};

    #[test]
    fn without_checks_a_candidate_is_launched() {
        assert!(decide(&[], &by_checks(&[])).launched);
        assert!(decide(&[], &Review::default()).launched);
    }

    #[test]
    fn any_failed_blocking_check_holds_and_is_named() {
        let results = [result("a", Blocking, true, true), result("b", Blocking, false, false)];
        let decision = decide(&results, &by_checks(&[]));
        assert!(!decision.launched);
        assert_eq!(decision.stopped_by, ["b"]);
        assert!(decision.reason.starts_with("stopped by b (index failed: +0.1000"), "{}", decision.reason);
    }

    #[test]
    fn every_failed_blocking_check_is_named() {
        let results = [result("a", Blocking, false, false), result("b", Blocking, false, false)];
        assert_eq!(decide(&results, &by_checks(&[])).stopped_by, ["a", "b"]);
    }

    #[test]
    fn advice_never_holds_but_is_recorded() {
        let results = [result("testers", Advisory, false, false), result("b", Blocking, true, false)];
        let decision = decide(&results, &by_checks(&[]));
        assert!(decision.launched && decision.stopped_by.is_empty());
        assert!(decision.reason.contains("advice not followed: testers"), "{}", decision.reason);
    }

    #[test]
    fn accept_all_launches_whatever_fails_and_says_so() {
        let decision = decide(&[result("b", Blocking, false, false)], &Review::default());
        assert!(decision.launched && decision.stopped_by.is_empty());
        assert_eq!(decision.reason, "every candidate is launched; failed: b");
    }

    #[test]
    fn a_named_improvement_overrules_and_an_unnamed_one_does_not() {
        let results = [result("ab", Advisory, true, true), result("testers", Blocking, false, false)];
        let decision = decide(&results, &by_checks(&["ab"]));
        assert!(decision.launched);
        assert_eq!(decision.overruled_by.as_deref(), Some("ab"));
        assert_eq!(decision.stopped_by, ["testers"]);
        assert!(!decide(&results, &by_checks(&[])).launched);
        assert!(!decide(&results, &by_checks(&["other"])).launched);
    }

    #[test]
    fn only_a_passed_significant_improvement_that_was_looked_for_overrules() {
        for ab in [
            result("ab", Advisory, true, false),
            result("ab", Advisory, false, true),
            result("ab", Off, true, true),
        ] {
            let results = [ab, result("testers", Blocking, false, false)];
            assert!(!decide(&results, &by_checks(&["ab"])).launched);
        }
    }

    #[test]
    fn a_check_that_is_off_counts_for_nothing() {
        for rule in [by_checks(&[]), Review::default()] {
            let decision = decide(&[result("unmade", Off, false, false)], &rule);
            assert!(decision.launched && !decision.reason.contains("unmade"));
        }
    }
}
