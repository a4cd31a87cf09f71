//! Loop gain in plain language: sentences made from the numbers, and never beyond them.

use super::summary::GainSummary;
use crate::analysis::gain::{Fate, Loop, LoopGain, Measured};
use crate::analysis::signal_by_signal::Spread;
use crate::output::words::{list, spaced, variant_name};

/// What a loop does by itself, as far as its interval tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The interval lies below 1.
    Settles,
    /// The interval includes 1.
    AtTheEdge,
    /// The interval lies above 1.
    RunsAway,
}

/// The kind of a loop with this gain.
pub fn kind(gain: &Spread) -> Kind {
    match () {
        () if gain.low > 1.0 => Kind::RunsAway,
        () if gain.high < 1.0 => Kind::Settles,
        () => Kind::AtTheEdge,
    }
}

pub(super) fn paragraph(summary: &GainSummary) -> String {
    let sentences = match summary.keys.is_empty() {
        true => of_combinations(summary),
        false => of_scan(summary),
    };
    let known = sentences.into_iter().chain([forecast(summary)]);
    known.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
}

fn of_combinations(summary: &GainSummary) -> Vec<String> {
    let Some(main) = summary.settings.last() else { return Vec::new() };
    vec![above_one(&summary.settings), survival(main, summary), paths(main), ratchet(&summary.settings)]
}

fn names(settings: &[&Measured]) -> String {
    list(&settings.iter().map(|it| variant_name(&it.label)).collect::<Vec<_>>())
}

fn above_one(settings: &[Measured]) -> String {
    let of = |wanted: Kind| settings.iter().filter(|it| kind(it.found.gain()) == wanted).collect::<Vec<_>>();
    let (above, below, edge) = (of(Kind::RunsAway), of(Kind::Settles), of(Kind::AtTheEdge));
    let mut parts = Vec::new();
    match above.as_slice() {
        [] => parts.push("No combination has a gain clearly above 1: none runs away by itself.".to_string()),
        some => {
            parts.push(format!("The gain is clearly above 1 with {}: a push grows by itself.", names(some)))
        }
    }
    if !below.is_empty() {
        parts.push(format!("It is clearly below 1 with {}: pushes die out.", names(&below)));
    }
    if !edge.is_empty() {
        parts.push(format!("It cannot be told from 1 with {}.", names(&edge)));
    }
    parts.join(" ")
}

fn survival(main: &Measured, summary: &GainSummary) -> String {
    let Some(left) = main.found.loops.first().map(|it| &it.left) else { return String::new() };
    let share = |spread: &Spread| format!("{:.0} %", 100.0 * spread.mean).replace('-', "−");
    match (left.first(), left.last()) {
        (Some(first), Some(last)) => format!(
            "Of a push that raises the index by {} for {} rounds, with {}, {} is left one round after it is let go and {} after {}.",
            summary.options.push,
            summary.options.hold,
            variant_name(&main.label),
            share(first),
            share(last),
            left.len()
        ),
        _ => String::new(),
    }
}

/// What each path carries of the gain: the whole, less the gain with the path frozen.
pub(super) fn carried(found: &LoopGain) -> Vec<(&Loop, f64)> {
    let (whole, frozen) = (found.gain().mean, found.loops.iter().skip(1));
    let mut carried: Vec<(&Loop, f64)> = frozen.map(|it| (it, whole - it.gain.mean)).collect();
    carried.sort_by(|a, b| b.1.total_cmp(&a.1));
    carried
}

fn paths(main: &Measured) -> String {
    let carried = carried(&main.found);
    let words = |(it, _): &(&Loop, f64)| {
        format!(
            "{:.2} [{:.2}, {:.2}] without the {}",
            it.gain.mean,
            it.gain.low,
            it.gain.high,
            path_name(&it.frozen)
        )
    };
    match carried.as_slice() {
        [] => String::new(),
        some => format!(
            "With {} the gain is {}; it would be {}.",
            variant_name(&main.label),
            with_interval(main.found.gain(), 2),
            list(&some.iter().map(words).collect::<Vec<_>>())
        ),
    }
}

/// A number with its interval.
pub(crate) fn with_interval(spread: &Spread, digits: usize) -> String {
    let Spread { mean, low, high } = spread;
    let text = match spread.has_interval() {
        true => format!("{mean:.digits$} [{low:.digits$}, {high:.digits$}]"),
        false => format!("{mean:.digits$}"),
    };
    text.replace('-', "−")
}

/// A path in words.
pub(crate) fn path_name(path: &str) -> String {
    match path {
        "reference" => "moving reference".to_string(),
        "users" => "change of users".to_string(),
        other => spaced(other),
    }
}

/// A ratchet is no runaway: the difference, where there is a drive and a gain near 1.
fn ratchet(settings: &[Measured]) -> String {
    let driven = |it: &&Measured| {
        kind(it.found.gain()) == Kind::AtTheEdge
            && it.found.drive.has_clear_sign()
            && it.foretold == Fate::Ratchets
    };
    let found: Vec<&Measured> = settings.iter().filter(driven).collect();
    match found.as_slice() {
        [] => String::new(),
        some => format!(
            "With {} the policy drifts all the same: at a gain of 1 nothing brings it back, so that a steady drive adds up round by round.",
            names(some)
        ),
    }
}

fn of_scan(summary: &GainSummary) -> Vec<String> {
    let gains: Vec<&Spread> = summary.settings.iter().map(|it| it.found.gain()).collect();
    let count = |wanted: Kind| gains.iter().filter(|gain| kind(gain) == wanted).count();
    let lowest = gains.iter().map(|it| it.mean).fold(f64::INFINITY, f64::min);
    let highest = gains.iter().map(|it| it.mean).fold(f64::NEG_INFINITY, f64::max);
    vec![format!(
        "Over {} settings the gain per round lies between {lowest:.2} and {highest:.2}: clearly below 1 in {}, clearly above 1 in {}, not to be told from 1 in {}.",
        gains.len(),
        count(Kind::Settles),
        count(Kind::RunsAway),
        count(Kind::AtTheEdge)
    )]
}

fn forecast(summary: &GainSummary) -> String {
    let Some(rate) = &summary.hit_rate else { return String::new() };
    let fates = [Fate::Settles, Fate::Ratchets, Fate::RunsAway];
    let counts = fates.iter().filter_map(|fate| {
        let these: Vec<&Measured> = summary.settings.iter().filter(|it| it.observed == Some(*fate)).collect();
        let hits = these.iter().filter(|it| it.foretold == *fate).count();
        (!these.is_empty())
            .then(|| format!("{hits} of the {} in which the policy {}", these.len(), fate.word()))
    });
    format!(
        "Gain and drive at the start foretold what {} rounds then did in {} of {} settings ({:.0} %): {}.",
        summary.options.horizon,
        rate.hits,
        rate.of,
        100.0 * f64::from(rate.hits) / f64::from(rate.of),
        list(&counts.collect::<Vec<_>>())
    )
}
