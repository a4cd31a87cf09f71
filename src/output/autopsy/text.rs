//! The autopsy as a table for a terminal: numbers, and below them what they mean.

use super::summary::AutopsySummary;
#[cfg(feature = "plots")]
use super::summary::Judged;
use super::verdict::{interval, percent};
use crate::analysis::autopsy::{CheckSize, Outcome};
use crate::output::story::COLUMNS;
use crate::output::words::{self, large, sentence_case, spaced};

/// The table, at most 100 columns wide.
pub fn autopsy_text(summary: &AutopsySummary) -> String {
    let mut lines = opening(summary);
    lines.push(format!(
        "{:<27}{:>15}{:>16}{:>9}{:>11}{:>9}{:>9}",
        "", "caught before", "false alarms", "noticed", "exposure", "delay,", "people"
    ));
    lines.push(format!(
        "{:<27}{:>15}{:>16}{:>9}{:>11}{:>9}{:>9}",
        "WHAT IF", "launch, %", "harmless, %", "on day", "avoided", "days", ""
    ));
    for judged in &summary.outcomes {
        lines.push(row(&judged.outcome));
        lines.extend(wrapped(&judged.verdict));
    }
    lines.extend(closing(summary));
    lines.join("\n") + "\n"
}

fn opening(summary: &AutopsySummary) -> Vec<String> {
    let date = match summary.launch_date.as_str() {
        "" => format!("the update of round {}", summary.incident_round),
        date => format!("the update launched on {date}"),
    };
    let interrupted = if summary.interrupted { " (interrupted)" } else { "" };
    vec![format!(
        "{} (seed {}): autopsy of {date}; up to {} histories each{interrupted}",
        summary.identity.scenario, summary.identity.seed, summary.replicates
    )]
}

fn row(it: &Outcome) -> String {
    let signed = |value: f64| format!("{value:+.0}").replace('-', "−");
    let first = it.mitigation == crate::analysis::autopsy::AS_IT_WAS;
    let (avoided, delay, people) = match first {
        true => ("".to_string(), format!("{:.0}", it.review_days), format!("{:.0}", it.people)),
        false => (avoided(it), signed(it.delay_days), signed(it.extra_people)),
    };
    format!(
        "{:<27}{:>15}{:>16}{:>9}{:>11}{:>9}{:>9}",
        name(&it.mitigation),
        interval(&it.caught).replace(" %", ""),
        interval(&it.false_alarms).replace(" %", ""),
        day(it.noticed_day.median),
        avoided,
        delay,
        people
    )
}

/// The share of exposure avoided, if it can be told from none.
fn avoided(it: &Outcome) -> String {
    let is_clear = it.exposure_avoided.has_clear_sign() || it.exposure_avoided.mean == 0.0;
    if is_clear { percent(it.exposure_avoided_share).replace('-', "−") } else { "unclear".to_string() }
}

/// A mitigation as people read it.
pub(crate) fn name(mitigation: &str) -> String {
    sentence_case(&mitigation.replace('-', " ").replace("ab test", "A/B test"))
}

#[cfg(feature = "plots")]
/// The cells of a case in the tables of figure and report.
pub(crate) fn cells(summary: &AutopsySummary, judged: &Judged) -> Vec<String> {
    let it = &judged.outcome;
    let days = |user_days: f64| format!("{:.2}", user_days / summary.real_users + 0.0);
    let exposed = &it.exposed_user_days;
    let exposure = match exposed.has_interval() {
        true => format!("{} [{}, {}]", days(exposed.mean), days(exposed.low), days(exposed.high)),
        false => days(exposed.mean),
    };
    vec![
        name(&it.mitigation),
        interval(&it.caught),
        interval(&it.false_alarms),
        day(it.noticed_day.median),
        day(it.rolled_back_day.median),
        exposure,
        avoided(it),
        format!("{:.0}", it.review_days),
        format!("{:.0}", it.people),
        judged.verdict.clone(),
    ]
}

#[cfg(feature = "plots")]
/// The cells of a check in the table of sizes.
pub(crate) fn size_cells(it: &CheckSize) -> Vec<String> {
    vec![
        sentence_case(&it.check),
        decimal(it.harmless),
        decimal(it.harmless_sd),
        decimal(it.incident),
        it.unit.to_string(),
        count(it.units_if_alike),
        count(it.units),
        if it.days.is_finite() { format!("{}", it.days) } else { "–".to_string() },
        it.reason.to_string(),
    ]
}

fn day(median: f64) -> String {
    if median.is_nan() { "–".to_string() } else { format!("{median}") }
}

fn wrapped(text: &str) -> Vec<String> {
    words::wrapped(text, COLUMNS, "    ")
}

fn closing(summary: &AutopsySummary) -> Vec<String> {
    let text = format!(
        "Brackets: 95 % intervals. False alarms: of {} harmless updates per history, those that review held. Exposure: \
         days of {} users with an index {:+.3} or more above its start, after launch. Unclear: its 95 % interval contains none. Day 0 is the day \
         of the launch. Delay and people: per update, beside the rule of the time.",
        summary.harmless_updates,
        large(summary.real_users),
        summary.alarm_rise
    );
    wrapped(&text).iter().map(|line| line.trim_start().to_string()).collect()
}

/// How large each check must be, as a table for a terminal.
pub fn sizes_text(sizes: &[CheckSize]) -> String {
    let heading = "HOW LARGE EACH CHECK MUST BE for 80 % power at a 5 % false-alarm rate";
    let mut lines = vec![heading.to_string()];
    lines.push(format!(
        "{:<19}{:>9}{:>9}{:>10}  {:<14}{:>13}{:>15}{:>7}",
        "", "harmless", "their sd", "incident", "counted in", "if alike", "as they are", "days"
    ));
    for it in sizes {
        lines.push(format!(
            "{:<19}{:>9}{:>9}{:>10}  {:<14}{:>13}{:>15}{:>7}",
            sentence_case(&it.check),
            decimal(it.harmless),
            decimal(it.harmless_sd),
            decimal(it.incident),
            it.unit,
            count(it.units_if_alike),
            count(it.units),
            if it.days.is_finite() { format!("{}", it.days) } else { "–".to_string() }
        ));
        if !it.reason.is_empty() {
            lines.extend(wrapped(&format!("No number is enough: {}.", it.reason)));
        }
    }
    lines.extend(wrapped(
        "If alike: were all harmless updates the average one. As they are: harmless updates differ, which no size removes. \
         Days: of an experiment with half of the simulated users on the candidate, were each day a new sample.",
    ));
    lines.join("\n") + "\n"
}

fn decimal(value: f64) -> String {
    format!("{value:.4}").replace('-', "−")
}

fn count(units: f64) -> String {
    if units.is_infinite() { "no number".to_string() } else { spaced(&large(units)) }
}
