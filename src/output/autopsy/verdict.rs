//! What the numbers of a case mean, in honest words.

use crate::analysis::autopsy::{AS_IT_WAS, Outcome, Proportion, Seen};
use crate::output::words::{large, list, spaced};

/// From this share of histories on, a mitigation is said to do what it does.
const RELIABLY: f64 = 0.9;
/// Up to this share it is said not to.
const RARELY: f64 = 0.1;
/// False alarms above this share of harmless updates are called a problem.
const MANY_FALSE_ALARMS: f64 = 0.1;
/// Exposure avoided below this share is not worth a word.
const LITTLE: f64 = 0.05;
/// Changes of users' stance error below this are not worth a word.
const SMALL_ERROR: f64 = 0.005;
/// Days of review that are a serious delay.
const LONG: f64 = 14.0;

/// The verdict on one case, beside the incident as it was.
pub fn verdict(it: &Outcome, as_it_was: &Outcome) -> String {
    if it.replicates == 0 {
        return "No history was finished.".to_string();
    }
    if it.mitigation == AS_IT_WAS {
        return calendar(it);
    }
    let mut words = vec![effect(it, as_it_was)];
    words.extend(price(it, as_it_was));
    words.join(" ")
}

fn calendar(it: &Outcome) -> String {
    let launched = it.caught.of - it.caught.count;
    let mut words = format!("Launches in {launched} of {} histories", it.caught.of);
    if it.noticed_day.count > 0 {
        let all =
            if it.noticed.count == launched { String::new() } else { format!(" in {}", it.noticed.count) };
        words += &format!("; noticed{all} {}", on_day(it.noticed_day.median));
        if it.rolled_back_day.count > 0 {
            words += &format!(", everyone back {}", on_day(it.rolled_back_day.median));
        }
    }
    format!("{words}; {} user-days past the alarm level.", large(it.exposed_user_days.mean))
}

fn effect(it: &Outcome, as_it_was: &Outcome) -> String {
    let stopped = it.caught.share;
    match () {
        () if stopped >= RELIABLY => format!("Stops it before launch: {}.", by(it)),
        () if it.tame.share >= RELIABLY => {
            format!("The update launches and is tame: {}.", rise(it, as_it_was))
        }
        () if stopped + it.tame.share >= RELIABLY => format!(
            "Stopped in {} and tame in {} of histories: {}.",
            percent(stopped),
            percent(it.tame.share),
            rise(it, as_it_was)
        ),
        () if stopped > RARELY => {
            format!("Stops it in {} of histories: {}.", percent(stopped), by(it)) + &as_often(it)
        }
        () if it.tame.share > RARELY => format!(
            "The update still launches, tame in {} of histories: {}.",
            percent(it.tame.share),
            rise(it, as_it_was)
        ),
        () => format!("The update still launches: {}.", why_not(it, as_it_was)),
    }
}

/// Which checks stopped it.
fn by(it: &Outcome) -> String {
    let names: Vec<String> = it.caught_by.iter().map(|by| spaced(&by.check)).collect();
    let of = it.caught_by.first().and_then(|by| it.checks.iter().find(|seen| seen.check == by.check));
    let saw = of.map_or(String::new(), |seen| {
        format!(
            " sees {} (harmless {}, fails {})",
            number(seen, seen.value),
            number(seen, seen.harmless_value),
            limit(seen)
        )
    });
    if names.len() == 1 { names[0].clone() + &saw } else { list(&names) }
}

/// A check that holds harmless updates as often as the incident says nothing.
fn as_often(it: &Outcome) -> String {
    if it.false_alarms.high >= it.caught.low && it.false_alarms.share > 0.5 * it.caught.share {
        format!(" It blocks harmless updates as often ({}).", percent(it.false_alarms.share))
    } else {
        String::new()
    }
}

fn rise(it: &Outcome, as_it_was: &Outcome) -> String {
    format!(
        "the candidate's index rises by {:+.3} instead of {:+.3}",
        it.candidate_rise.mean, as_it_was.candidate_rise.mean
    )
    .replace('-', "−")
}

/// Why it launches all the same, and what is better for it.
fn why_not(it: &Outcome, as_it_was: &Outcome) -> String {
    let mut reasons: Vec<String> =
        it.checks.iter().filter(|seen| it.changed_checks.contains(&seen.check)).map(unheard).collect();
    let weaker = it.candidate_rise_change.has_clear_sign() && it.candidate_rise_change.has_interval();
    if weaker && it.candidate_rise_change.mean < 0.0 {
        reasons.push(rise(it, as_it_was) + ", still past the alarm level");
    }
    reasons.extend(sooner(it, as_it_was));
    reasons.extend(errors(it));
    if reasons.is_empty() {
        reasons.push("nothing that it changes is looked at before a launch".to_string());
    }
    reasons.join("; ")
}

/// What becomes of users' stance errors. Days of review give users more time to learn, so that it is no effect of the
/// mitigation where it adds any.
fn errors(it: &Outcome) -> Option<String> {
    let change = &it.stance_error_change;
    let is_clear = change.has_interval() && change.has_clear_sign() && change.mean.abs() >= SMALL_ERROR;
    let which = if change.mean < 0.0 { "lower" } else { "higher" };
    (is_clear && it.delay_days == 0.0)
        .then(|| format!("users' stance error ends {:.3} {which}", change.mean.abs()))
}

/// A check that was made and did not stop it.
fn unheard(seen: &Seen) -> String {
    let name = spaced(&seen.check);
    let failed = seen.passed.of - seen.passed.count;
    match seen.role {
        "advisory" if failed > 0 => {
            format!(
                "{name} objects in {} of histories, and advice stops nothing",
                percent(1.0 - seen.passed.share)
            )
        }
        "advisory" => format!("{name} does not object, and could only advise"),
        _ => format!(
            "{name} passes it with {} (harmless {}, fails {})",
            number(seen, seen.value),
            number(seen, seen.harmless_value),
            limit(seen)
        ),
    }
}

fn sooner(it: &Outcome, as_it_was: &Outcome) -> Option<String> {
    let (now, then) = (it.noticed_day.median, as_it_was.noticed_day.median);
    let avoided = it.exposure_avoided_share;
    match () {
        () if now < then && it.exposure_avoided.has_clear_sign() && avoided > LITTLE => Some(format!(
            "noticed {} instead of {}, {} less exposure",
            on_day(now),
            on_day(then),
            percent(avoided)
        )),
        () if it.exposure_avoided.has_clear_sign() && avoided > LITTLE => {
            Some(format!("{} less exposure", percent(avoided)))
        }
        () if it.exposure_avoided.has_clear_sign() && avoided < -LITTLE => {
            Some(format!("{} more exposure", percent(-avoided)))
        }
        () => None,
    }
}

/// What it costs in quiet times.
fn price(it: &Outcome, as_it_was: &Outcome) -> Vec<String> {
    let mut price = Vec::new();
    if it.false_alarms.share > as_it_was.false_alarms.share.max(MANY_FALSE_ALARMS) {
        let by: Vec<String> = it.false_alarms_by.iter().take(1).map(|by| spaced(&by.check)).collect();
        price.push(format!("Holds {} of harmless updates ({}).", interval(&it.false_alarms), list(&by)));
    }
    if it.false_alerts.share > as_it_was.false_alerts.share + MANY_FALSE_ALARMS {
        price.push(format!("It raises the alarm after {} of harmless updates.", interval(&it.false_alerts)));
    }
    let unnoticed = unnoticed_share(it);
    if unnoticed > RARELY && unnoticed > unnoticed_share(as_it_was) {
        price.push(format!("It goes unnoticed in {} of histories.", percent(unnoticed)));
    }
    if it.delay_days >= LONG {
        price.push(format!("Every update waits {:.0} days longer.", it.delay_days));
    }
    if it.trial_user_days.mean > as_it_was.trial_user_days.mean + 0.1 * as_it_was.exposed_user_days.mean {
        price.push(format!(
            "A trial with this share of users exposes {} user-days itself.",
            large(it.trial_user_days.mean)
        ));
    }
    if it.thumbs_up_change.has_interval() && it.thumbs_up_change.high < -0.005 {
        price.push(format!(
            "Thumbs up fall by {:.1} points in quiet times.",
            -100.0 * it.thumbs_up_change.mean
        ));
    }
    price
}

/// Histories in which it was launched, went past the alarm level and raised no alarm.
fn unnoticed_share(it: &Outcome) -> f64 {
    (1.0 - it.caught.share - it.tame.share - it.noticed.share).max(0.0)
}

/// `100 % [84, 100]`.
pub(super) fn interval(it: &Proportion) -> String {
    if it.of == 0 {
        return "n/a".to_string();
    }
    format!("{} [{:.0}, {:.0}]", percent(it.share), 100.0 * it.low, 100.0 * it.high)
}

pub(super) fn percent(share: f64) -> String {
    if share.is_nan() { "n/a".to_string() } else { format!("{:.0} %", 100.0 * share + 0.0) }
}

fn on_day(day: f64) -> String {
    if day == 0.0 { "on the day of launch".to_string() } else { format!("on day {day}") }
}

/// A value as the check counts it.
fn number(seen: &Seen, value: f64) -> String {
    let is_share = seen.metric.contains("share");
    let signed = !seen.metric.starts_with("share of experts");
    let text = match (is_share, signed) {
        (true, true) => format!("{:+.2} points", 100.0 * value),
        (true, false) => format!("{:.0} %", 100.0 * value),
        (false, _) => format!("{value:+.3}"),
    };
    text.replace('-', "−")
}

/// Where it fails; an experiment fails where the difference is significant, so its threshold says little.
fn limit(seen: &Seen) -> String {
    if seen.threshold == 0.0 {
        "where clearly worse".to_string()
    } else {
        format!("at {}", number(seen, seen.threshold))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::autopsy::{CaughtBy, Days};
    use crate::analysis::signal_by_signal::Spread;

    fn spread(mean: f64) -> Spread {
        Spread { mean, low: mean - 0.001, high: mean + 0.001 }
    }

    fn outcome(mitigation: &str, caught: u32, tame: u32, held: u32) -> Outcome {
        let share = |count: u32, of: u32| Proportion::of((0..of).map(|it| it < count));
        let day = |median: f64| Days { count: 20, median, first: median, last: median };
        Outcome {
            mitigation: mitigation.to_string(),
            meaning: String::new(),
            source: String::new(),
            expected: String::new(),
            from_round: 1,
            replicates: 20,
            caught: share(caught, 20),
            caught_by: vec![CaughtBy { check: "a_check".to_string(), count: caught }],
            tame: share(tame, 20),
            noticed: share(20 - caught - tame, 20),
            false_alarms: share(held, 100),
            false_alarms_by: vec![CaughtBy { check: "a_check".to_string(), count: held }],
            false_alerts: share(0, 100),
            noticed_day: day(2.0),
            patched_day: day(3.0),
            rolled_back_day: day(4.0),
            exposed_user_days: spread(1e9),
            exposure_avoided: Spread { mean: 0.0, low: 0.0, high: 0.0 },
            exposure_avoided_share: 0.0,
            trial_user_days: spread(0.0),
            peak_index: spread(0.13),
            candidate_rise: spread(0.06),
            candidate_rise_change: Spread { mean: 0.0, low: 0.0, high: 0.0 },
            review_days: 7.0,
            delay_days: 0.0,
            people: 16.0,
            extra_people: 0.0,
            thumbs_up_change: spread(0.0),
            user_benefit_change: spread(0.0),
            stance_error_change: spread(0.0),
            checks: vec![],
            changed_checks: vec![],
            launch_date: String::new(),
        }
    }

    fn said(it: &Outcome) -> String {
        verdict(it, &outcome(AS_IT_WAS, 0, 0, 0))
    }

    #[test]
    fn what_stops_it_says_so_and_what_it_costs() {
        assert_eq!(said(&outcome("a", 20, 0, 0)), "Stops it before launch: a check.");
        let slow = Outcome { delay_days: 28.0, ..outcome("a", 20, 0, 0) };
        assert!(said(&slow).ends_with("Every update waits 28 days longer."));
        assert!(
            said(&outcome("a", 20, 0, 40)).contains("Holds 40 % [31, 50] of harmless updates (a check).")
        );
    }

    #[test]
    fn what_blocks_harmless_updates_as_often_is_no_check() {
        assert!(said(&outcome("a", 8, 0, 40)).contains("It blocks harmless updates as often (40 %)."));
        assert!(!said(&outcome("a", 8, 0, 2)).contains("as often"));
    }

    #[test]
    fn what_does_nothing_is_told_apart_from_what_tames() {
        let nothing = "The update still launches: nothing that it changes is looked at before a launch.";
        assert_eq!(said(&outcome("a", 0, 0, 0)), nothing);
        assert!(said(&outcome("a", 0, 20, 0)).starts_with("The update launches and is tame"));
    }

    #[test]
    fn the_incident_as_it_was_is_a_calendar() {
        let calendar = "Launches in 20 of 20 histories; noticed on day 2, everyone back on day 4; 1 billion user-days past the alarm level.";
        assert_eq!(said(&outcome(AS_IT_WAS, 0, 0, 0)), calendar);
    }

    #[test]
    fn a_case_without_histories_says_nothing_else() {
        assert_eq!(said(&Outcome { replicates: 0, ..outcome("a", 0, 0, 0) }), "No history was finished.");
    }
}
