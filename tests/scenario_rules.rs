//! Each rule on one value or on several together: what is just right passes, what is just wrong is refused.

use thumbscale::scenario::{Code, Diagnostic, Scenario, preset_loader};

fn problems(text: &str) -> Vec<Diagnostic> {
    match Scenario::from_toml("main.toml", text, &preset_loader, &[]) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0,
    }
}

/// Codes and keys of everything wrong with `text`.
fn wrong(text: &str) -> Vec<(Code, String)> {
    problems(text).into_iter().map(|it| (it.code, it.key)).collect()
}

fn assert_one(text: &str, code: Code, key: &str) {
    assert_eq!(wrong(text), [(code, key.to_string())], "{text}");
}

fn assert_right(text: &str) {
    assert_eq!(wrong(text), [], "{text}");
}

#[test]
fn bounds_are_inclusive() {
    assert_right("memory.write = 0\nmemory.opt_out_share = 1.0\nrun.rounds = 100_000");
    assert_one("memory.write = -1e-300", Code::OutOfRange, "memory.write");
    assert_one("memory.write = 1.0000000000000002", Code::OutOfRange, "memory.write");
    assert_one("run.rounds = 100_001", Code::OutOfRange, "run.rounds");
    assert_one("run.rounds = 4294967297", Code::OutOfRange, "run.rounds");
    assert_one("memory.write = 99999999999999999999", Code::OutOfRange, "memory.write");
}

#[test]
fn shares_may_miss_one_by_rounding_only() {
    let thirds = |last: &str| {
        let others = "factual = false\nadvice.share = 0.3333333\nfeedback.share = 0.3333333";
        format!("[prompts]\n{others}\nemotional.share = {last}")
    };
    assert_right(&thirds("0.3333333"));
    assert_one(&thirds("0.33333"), Code::Shares, "prompts");
}

#[test]
fn a_policy_that_learns_needs_a_signal() {
    assert_one("signals.raters.weight = 0", Code::Empty, "signals");
    assert_right("signals.raters.weight = 0\npolicy.learning_rate = 0");
    assert_right("signals.raters.weight = 0\nsignals.thumbs.weight = 0.1");
}

#[test]
fn features_are_known_distinct_and_not_too_many() {
    assert_right("policy.features = ['bias', 'kind:advice']");
    assert_one("policy.features = ['bias', 'kind:code']", Code::UnknownWord, "policy.features");
    assert_one("policy.features = ['bias', 'tastes', 'bias']", Code::Duplicate, "policy.features");
    assert_one("policy.features = ['visible']", Code::Inconsistent, "policy.features");
    let kinds = |count: usize| {
        let names: Vec<String> = (0..count).map(|nth| format!("k{nth}")).collect();
        let entries: String = names.iter().map(|name| format!("{name} = {{}}\n")).collect();
        let features: String = names.iter().map(|name| format!(", 'kind:{name}'")).collect();
        // "bias" and four tastes make five.
        format!("policy.features = ['bias', 'tastes'{features}]\n[prompts]\n{entries}")
    };
    assert_right(&kinds(19));
    assert_one(&kinds(20), Code::TooMany, "policy.features");
}

#[test]
fn lists_have_a_largest_length() {
    // Remembered tastes are a feature per behaviour, and features have a limit of their own.
    let entries = |list: &str, count: usize| {
        let entries: String = (0..count).map(|nth| format!("[{list}.new{nth}]\n")).collect();
        format!("[policy]\nfeatures = ['bias']\n{entries}")
    };
    for (list, built_in, most) in [
        ("prompts", 4, 64),
        ("behaviours", 4, 24),
        ("segments", 4, 32),
        ("signals", 2, 16),
        ("checks", 9, 32),
        ("factors", 0, 32),
    ] {
        assert_right(&entries(list, most - built_in));
        assert_one(&entries(list, most - built_in + 1), Code::TooMany, list);
    }
}

#[test]
fn a_beta_law_bounds_the_spread_of_expertise() {
    assert_right("segments.general = { expertise = 0.5, expertise_sd = 0.49 }");
    assert_one(
        "segments.general = { expertise = 0.02, expertise_sd = 0.2 }",
        Code::Inconsistent,
        "segments.general.expertise_sd",
    );
}

#[test]
fn factors_are_checked_though_they_are_off() {
    assert_one("factors.x.set.memory.write = 2", Code::OutOfRange, "memory.write");
    assert_one("factors.x.set.segments.general.share = 0.5", Code::Shares, "segments");
    assert_one("factors.x.set.policy.features = ['bia']", Code::UnknownWord, "policy.features");
    assert_one("factors.x.from_round = 0", Code::OutOfRange, "factors.x.from_round");
    assert_one("factors.x.sets = {}", Code::UnknownKey, "factors.x.sets");
    assert_one("factors.x.set.factors.y = {}", Code::UnknownKey, "factors.x.set.factors");
    assert_one("factors.x.set.signals.nope = false", Code::NothingToRemove, "signals.nope");
}

#[test]
fn what_is_fixed_during_a_run_no_factor_changes() {
    let factor = |set: &str| format!("active_factors = ['x']\nfactors.x.set.{set}");
    assert_right(&factor("world.stance_sd = 2"));
    assert_right(&factor("prompts = { factual = { share = 0.35 }, advice = { share = 0.35 } }"));
    let fixed = ["world.topics = 2", "run.seed = 2", "clock.days_per_round = 1", "policy.levels = 3"];
    for set in fixed {
        let key = set.split(' ').next().unwrap();
        assert_one(&factor(set), Code::ChangesDuringRun, key);
        assert_one(&format!("factors.off.set.{set}"), Code::ChangesDuringRun, key);
    }
    assert_one(&factor("signals.new.weight = 1"), Code::ChangesDuringRun, "signals.new");
    assert_one(&factor("signals.thumbs = false"), Code::ChangesDuringRun, "signals.thumbs");
}

#[test]
fn one_mistake_in_every_phase_is_reported_once() {
    let text =
        "active_factors = ['a', 'b']\nmemory.write = 2\nfactors.a.from_round = 3\nfactors.b.from_round = 5";
    assert_one(text, Code::OutOfRange, "memory.write");
}

#[test]
fn a_wrong_value_does_not_cause_further_complaints() {
    assert_one("prompts.factual.share = 'half'", Code::WrongType, "prompts.factual.share");
    assert_one("prompts = 3", Code::WrongType, "prompts");
    assert_one("[[signals]]\nweight = 1", Code::WrongType, "signals");
}

#[test]
fn suggestions_are_the_nearest_valid_names() {
    let suggestion = |text: &str| problems(text).remove(0).suggestion;
    assert_eq!(suggestion("memory.retention_day = 3").as_deref(), Some("memory.retention_days"));
    assert_eq!(suggestion("behaviours.flattery.crowds.substanc = 1").as_deref(), Some("substance"));
    assert_eq!(suggestion("signals.raters.kind = 'rater'").as_deref(), Some("raters"));
    assert_eq!(suggestion("memory.capacity = 4.0").as_deref(), Some("4"));
    assert_eq!(suggestion("zzz = 1"), None);
}

#[test]
fn checks_that_overrule_exist() {
    assert_right("review.overruled_by = ['ab_test']");
    assert_one("review.overruled_by = ['ab_tset']", Code::UnknownName, "review.overruled_by");
    assert_one("review.overruled_by = ['ab_test', 'ab_test']", Code::Duplicate, "review.overruled_by");
    let help = problems("review.overruled_by = ['ab_tset']").remove(0);
    assert_eq!(help.suggestion.as_deref(), Some("ab_test"));
}

#[test]
fn what_is_watched_or_answered_needs_watched_days_and_something_to_see() {
    assert_right("monitoring = { watch_days = 7, complaints = true, rollback = true }");
    assert_one("monitoring.watch_days = 8", Code::Inconsistent, "monitoring.watch_days");
    assert_one("monitoring.complaints = true", Code::Inconsistent, "monitoring.complaints");
    assert_one("monitoring = { watch_days = 3, patch = true }", Code::Inconsistent, "monitoring.patch");
}

#[test]
fn weights_after_an_alarm_belong_to_signals() {
    let watched = "monitoring.watch_days = 3\nmonitoring.thumbs = true\n";
    assert_right(&format!("{watched}monitoring.fix_forward.thumbs = 0"));
    assert_one(
        &format!("{watched}monitoring.fix_forward.thumb = 0"),
        Code::UnknownName,
        "monitoring.fix_forward.thumb",
    );
    // A removed signal is forgotten where lower layers name it.
    let text = "base = 'lower.toml'\nsignals.thumbs = false";
    let lower =
        format!("base = 'baseline.toml'\nactive_factors = []\n{watched}monitoring.fix_forward.thumbs = 0");
    let loader = |name: &str| {
        if name.ends_with("lower.toml") { Ok(lower.clone()) } else { preset_loader(name) }
    };
    let read = Scenario::from_toml("main.toml", text, &loader, &["factors.thumbs=false".into()]);
    assert!(read.is_ok(), "{}", read.unwrap_err().render(false));
}
