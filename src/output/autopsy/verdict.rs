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
    if it.false_alarms.high >= it.caught.low {
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
    if it.stance_error_change.has_interval() && it.stance_error_change.high < 0.0 {
        reasons.push(format!("users' stance error ends {:.3} lower", -it.stance_error_change.mean));
    }
    if it.stance_error_change.has_interval() && it.stance_error_change.low > 0.0 {
        reasons.push(format!("users' stance error ends {:.3} higher", it.stance_error_change.mean));
    }
    if reasons.is_empty() {
        reasons.push("nothing that it changes is looked at before a launch".to_string());
    }
    reasons.join("; ")
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
