//! What the values of launch must be together.

use super::check::{problem, problem_in_list};
use super::code::Code;
use super::document::Table;
use super::names::{list, nearest};
use super::read::Notes;
use super::settings::{Monitoring, Settings};

/// Every check that may overrule exists and is named once.
pub fn overruling_checks(settings: &Settings, tree: &Table, notes: &mut Notes) {
    const KEY: &str = "review.overruled_by";
    let names = &settings.review.overruled_by;
    for (nth, name) in names.iter().enumerate() {
        if !settings.checks.contains_key(name) {
            let message = format!("there is no check {name:?}");
            let known: Vec<&str> = settings.checks.keys().map(String::as_str).collect();
            let found = problem_in_list(Code::UnknownName, KEY, message, nth, tree);
            notes.push(found.suggest(nearest(name, known.iter().copied())).expected(list(&known)));
        } else if names[..nth].contains(name) {
            let message = format!("the check {name:?} is listed twice");
            notes.push(problem_in_list(Code::Duplicate, KEY, message, nth, tree));
        }
    }
}

/// What is to be watched or answered needs days of watching, within a round, and something that is watched.
pub fn watching(settings: &Settings, tree: &Table, notes: &mut Notes) {
    let (watch, round) = (&settings.monitoring, settings.clock.days_per_round);
    if watch.watch_days > round {
        let message = format!("{} days are watched, but a round has {round}", watch.watch_days);
        let found = problem(Code::Inconsistent, "monitoring.watch_days", message, tree);
        notes.push(found.expected(format!("at most clock.days_per_round, {round}")));
    }
    let on = switched_on(watch);
    if let (Some(first), 0) = (on.first(), watch.watch_days) {
        let message = format!("monitoring.{first} acts on watched days only, and none is watched");
        let found = problem(Code::Inconsistent, &format!("monitoring.{first}"), message, tree);
        notes.push(found.help("set monitoring.watch_days to 1 or more"));
    } else if let Some(response) = on.iter().find(|name| RESPONSES.contains(name)).filter(|_| !sees(watch)) {
        let message = format!("monitoring.{response} answers an alarm, and nothing can raise one");
        let found = problem(Code::Inconsistent, &format!("monitoring.{response}"), message, tree);
        notes.push(found.help("watch something: monitoring.complaints, canary_prompts or thumbs"));
    }
}

const RESPONSES: [&str; 3] = ["patch", "rollback", "fix_forward"];

fn sees(watch: &Monitoring) -> bool {
    watch.complaints || watch.thumbs || watch.canary_prompts > 0
}

fn switched_on(watch: &Monitoring) -> Vec<&'static str> {
    let switches = [
        ("complaints", watch.complaints),
        ("canary_prompts", watch.canary_prompts > 0),
        ("thumbs", watch.thumbs),
        ("patch", watch.patch),
        ("rollback", watch.rollback),
        ("fix_forward", !watch.fix_forward.0.is_empty()),
    ];
    switches.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect()
}
