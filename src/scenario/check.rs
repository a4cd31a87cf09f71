//! What several values must be together.

use super::calendar::parse_date;
use super::check_launch;
use super::code::Code;
use super::diagnostic::Diagnostic;
use super::document::{Table, Value, nearest_node};
use super::names::{list, nearest};
use super::read::Notes;
use super::settings::{Segment, Settings};
use super::source::{Layer, Origin};

/// Largest numbers of things that the program handles.
const MOST_BEHAVIOURS: usize = crate::policy::MAX_BEHAVIOURS;
const MOST_FEATURES: usize = 24;
const MOST_PROMPTS: usize = 64;
const MOST_SEGMENTS: usize = crate::population::MAX_SEGMENTS;
const MOST_SIGNALS: usize = 16;
const MOST_CHECKS: usize = 32;

/// Shares are written with few digits, so their sum may miss 1 by rounding.
const SHARE_TOLERANCE: f64 = 1e-6;

/// Context features by name; `kind:NAME` stands for one kind of prompt, `segment:NAME` for a cue to one segment.
pub const FEATURES: &[&str] = &["bias", "visible", "remembered", "stance", "charge", "known", "tastes"];

/// Checks settings that were read from `tree`. A rule is skipped where one of its values was already refused.
pub fn check(settings: &Settings, tree: &Table, notes: &mut Notes) {
    let rules: [(&[&str], Rule); 8] = [
        (&["prompts", "behaviours", "segments", "signals", "checks"], counts),
        (&["prompts"], prompt_shares),
        (&["segments"], segment_shares),
        (&["signals", "policy.learning_rate"], something_to_learn_from),
        (&["policy.features", "prompts", "behaviours", "segments"], features),
        (&["clock.start_date"], start_date),
        (&["review.overruled_by", "checks"], check_launch::overruling_checks),
        (&["monitoring", "clock.days_per_round"], check_launch::watching),
    ];
    let already: Vec<bool> =
        rules.iter().map(|(reads, _)| reads.iter().any(|path| notes.touches(path))).collect();
    for ((_, rule), skip) in rules.iter().zip(already) {
        if !skip {
            rule(settings, tree, notes);
        }
    }
    settings.segments.iter().for_each(|(name, segment)| expertise(name, segment, tree, notes));
}

type Rule = fn(&Settings, &Table, &mut Notes);

/// A problem at the place of `key`, or at the nearest place above that is written.
pub fn problem(code: Code, key: &str, message: String, tree: &Table) -> Diagnostic {
    Diagnostic::new(code, key, message).at_maybe(nearest_node(tree, key).map(|node| &node.at))
}

fn counts(settings: &Settings, tree: &Table, notes: &mut Notes) {
    let lists = [
        ("prompts", settings.prompts.len(), MOST_PROMPTS),
        ("behaviours", settings.behaviours.len(), MOST_BEHAVIOURS),
        ("segments", settings.segments.len(), MOST_SEGMENTS),
        ("signals", settings.signals.len(), MOST_SIGNALS),
        ("checks", settings.checks.len(), MOST_CHECKS),
    ];
    for (key, count, most) in lists {
        if count > most {
            let message = format!("{count} {key}, more than the {most} that fit");
            notes.push(problem(Code::TooMany, key, message, tree).expected(format!("at most {most}")));
        }
        if count == 0 && !["signals", "checks"].contains(&key) {
            let found = problem(Code::Empty, key, format!("the scenario has no {key}"), tree);
            notes.push(found.help(format!("add at least one, as a table [{key}.NAME]")));
        }
    }
}

fn prompt_shares(settings: &Settings, tree: &Table, notes: &mut Notes) {
    shares("prompts", settings.prompts.iter().map(|(name, prompt)| (name, prompt.share)), tree, notes);
}

fn segment_shares(settings: &Settings, tree: &Table, notes: &mut Notes) {
    shares("segments", settings.segments.iter().map(|(name, segment)| (name, segment.share)), tree, notes);
}

fn shares<'a>(key: &str, shares: impl Iterator<Item = (&'a String, f64)>, tree: &Table, notes: &mut Notes) {
    let shares: Vec<(&String, f64)> = shares.collect();
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    if shares.is_empty() || (sum - 1.0).abs() <= SHARE_TOLERANCE {
        return;
    }
    let terms: Vec<String> = shares.iter().map(|(name, share)| format!("{name} {share}")).collect();
    let message = format!("the shares of {key} sum to {}, not 1", rounded(sum));
    let mut found = Diagnostic::new(Code::Shares, key, message)
        .at_maybe(blamed_share(key, &shares, tree).as_ref())
        .expected(format!("shares that sum to 1; here {}", list(&terms)));
    if let Some((name, share)) = shares.last().filter(|(_, share)| share + 1.0 - sum > SHARE_TOLERANCE) {
        found = found.help(format!("for example {key}.{name}.share = {}", rounded(share + 1.0 - sum)));
    }
    notes.push(found);
}

/// The share to point at: the first that was written in the most specific text.
fn blamed_share(key: &str, shares: &[(&String, f64)], tree: &Table) -> Option<Origin> {
    let origins = shares.iter().filter_map(|(name, _)| nearest_node(tree, &format!("{key}.{name}.share")));
    let specific = |layer| {
        [Layer::CommandLine, Layer::File, Layer::Base, Layer::Defaults].iter().position(|l| *l == layer)
    };
    origins.map(|node| &node.at).min_by_key(|at| specific(at.source.layer)).cloned()
}

/// Without the noise of binary fractions.
fn rounded(number: f64) -> f64 {
    (number * 1e9).round() / 1e9
}

fn something_to_learn_from(settings: &Settings, tree: &Table, notes: &mut Notes) {
    let learns = settings.policy.learning_rate > 0.0;
    if learns && !settings.signals.values().any(|signal| signal.weight > 0.0) {
        let message = "no signal has a positive weight, so there is nothing to learn from".to_string();
        let found = problem(Code::Empty, "signals", message, tree);
        notes.push(found.help("set policy.learning_rate = 0 for a policy that does not learn"));
    }
}

fn features(settings: &Settings, tree: &Table, notes: &mut Notes) {
    let mut seen: Vec<&String> = Vec::new();
    for feature in &settings.policy.features {
        if seen.contains(&feature) {
            let message = format!("the feature {feature:?} is listed twice");
            notes.push(feature_problem(Code::Duplicate, message, seen.len(), tree));
            return;
        }
        if !is_feature(feature, settings) {
            notes.push(unknown_feature(feature, seen.len(), settings, tree));
            return;
        }
        seen.push(feature);
    }
    if !settings.policy.features.iter().any(|feature| feature == "bias") {
        let message = "the features lack \"bias\", on which the reference policy rests".to_string();
        notes.push(problem(Code::Inconsistent, "policy.features", message, tree));
    }
    let width = |feature: &String| if feature == "tastes" { settings.behaviours.len() } else { 1 };
    let total: usize = settings.policy.features.iter().map(width).sum();
    if total > MOST_FEATURES {
        let message = format!("the features expand to {total}, more than the {MOST_FEATURES} that fit");
        notes.push(problem(Code::TooMany, "policy.features", message, tree));
    }
}

fn is_feature(feature: &str, settings: &Settings) -> bool {
    let of_kind = feature.strip_prefix("kind:").is_some_and(|kind| settings.prompts.contains_key(kind));
    let of_segment =
        feature.strip_prefix("segment:").is_some_and(|segment| settings.segments.contains_key(segment));
    of_kind || of_segment || FEATURES.contains(&feature)
}

fn feature_problem(code: Code, message: String, nth: usize, tree: &Table) -> Diagnostic {
    problem_in_list(code, "policy.features", message, nth, tree)
}

/// A problem with item `nth` of the list under `key`.
pub fn problem_in_list(code: Code, key: &str, message: String, nth: usize, tree: &Table) -> Diagnostic {
    let found = problem(code, key, message, tree);
    match nearest_node(tree, key).map(|node| &node.value) {
        Some(Value::List(items)) => found.at_maybe(items.get(nth).map(|item| &item.at)),
        _ => found,
    }
}

fn unknown_feature(feature: &str, nth: usize, settings: &Settings, tree: &Table) -> Diagnostic {
    let kinds = settings.prompts.keys().map(|kind| format!("kind:{kind}"));
    let segments = settings.segments.keys().map(|segment| format!("segment:{segment}"));
    let valid: Vec<String> =
        FEATURES.iter().map(|word| word.to_string()).chain(kinds).chain(segments).collect();
    let suggestion = nearest(feature, valid.iter().map(String::as_str));
    feature_problem(Code::UnknownWord, format!("there is no feature {feature:?}"), nth, tree)
        .suggest(suggestion)
        .expected(list(&valid))
}

fn start_date(settings: &Settings, tree: &Table, notes: &mut Notes) {
    let date = &settings.clock.start_date;
    if !date.is_empty() && parse_date(date).is_none() {
        let found = problem(Code::BadDate, "clock.start_date", format!("{date:?} is not a date"), tree);
        notes.push(found.expected("YYYY-MM-DD, or \"\" for none"));
    }
}

/// A Beta law with mean m exists only for variances below m (1 - m).
fn expertise(name: &str, segment: &Segment, tree: &Table, notes: &mut Notes) {
    let key = format!("segments.{name}.expertise_sd");
    let (mean, sd) = (segment.expertise, segment.expertise_sd);
    let most = (mean * (1.0 - mean)).sqrt();
    if sd >= most && !notes.touches(&format!("segments.{name}")) {
        let message = format!("no Beta law has mean {mean} and standard deviation {sd}");
        let found = problem(Code::Inconsistent, &key, message, tree);
        notes.push(found.expected(format!("below {most:.3}, the square root of {mean} x (1 - {mean})")));
    }
}
