//! Which parameters decide, in plain language: sentences made from the numbers, and never beyond them.

use super::summary::SensitivitySummary;
use super::words::{outcome_in_sentence, short};
use crate::analysis::sensitivity::{
    Analysis, ElementaryEffects, Finding, Interval, Phase, RankCorrelations, SobolIndices,
};
use crate::output::words::list;
use std::cmp::Ordering;

/// Parameters named one by one.
const NAMED: usize = 4;

/// What the first outcome says.
pub fn sentences(summary: &SensitivitySummary) -> Vec<String> {
    let Some(finding) = summary.outcomes.first() else { return Vec::new() };
    let said = match &finding.analysis {
        _ if finding.lowest >= finding.highest => {
            vec![format!("{} is the same at every point: none of these parameters moves it.", the(finding))]
        }
        Analysis::Sobol(found) => sobol(summary, finding, found),
        Analysis::Morris(found) => morris(summary, finding, found),
        Analysis::LatinHypercube(found) => correlations(summary, finding, found),
        Analysis::Grid(found) => phase(summary, finding, found),
    };
    let more = [effects(summary), chance(summary, finding), dropped(summary, finding)];
    said.into_iter().chain(more).filter(|sentence| !sentence.is_empty()).collect()
}

fn the(finding: &Finding) -> String {
    format!("The {}", outcome_in_sentence(&finding.outcome))
}

/// Numbers of parameters, those with the largest value first.
pub fn sorted_by(values: impl IntoIterator<Item = f64>) -> Vec<usize> {
    // NaN goes last.
    let key = |value: f64| if value.is_nan() { f64::NEG_INFINITY } else { value };
    let mut order: Vec<(usize, f64)> = values.into_iter().map(key).enumerate().collect();
    order.sort_by(largest_first);
    order.into_iter().map(|(number, _)| number).collect()
}

fn largest_first((_, a): &(usize, f64), (_, b): &(usize, f64)) -> Ordering {
    b.total_cmp(a)
}

fn percent(interval: &Interval) -> String {
    let whole = |value: f64| format!("{:.0}", 100.0 * value).replace("-0", "0").replace('-', "−");
    format!("{} % [{}, {}]", whole(interval.value), whole(interval.low), whole(interval.high))
}

fn sobol(summary: &SensitivitySummary, finding: &Finding, found: &SobolIndices) -> Vec<String> {
    let order = sorted_by(found.parameters.iter().map(|it| it.total.value));
    let (clear, unclear): (Vec<usize>, Vec<usize>) =
        order.into_iter().partition(|&index| found.parameters[index].total.is_positive());
    let name = |&index: &usize| {
        let it = &found.parameters[index];
        let alone = match it.first.is_positive() {
            true => format!("{} alone", percent(&it.first)),
            false => "alone nothing that can be told from zero".to_string(),
        };
        format!("{} ({alone}; {} with interactions)", summary.parameter(index), percent(&it.total))
    };
    let outcome = outcome_in_sentence(&finding.outcome);
    let decide = match clear.as_slice() {
        [] => format!("No parameter's share of the variance of the {outcome} can be told from nothing."),
        some => format!(
            "What decides the {outcome} over these ranges, as shares of its variance: {}.",
            list(&some.iter().take(NAMED).map(name).collect::<Vec<_>>())
        ),
    };
    vec![decide, rest(&clear, found), nothing(summary, &unclear), only_together(found)]
}

fn rest(clear: &[usize], found: &SobolIndices) -> String {
    match clear.get(NAMED..) {
        Some(more @ [next, ..]) => format!(
            "{} more can be told from nothing, each with at most {:.0} %.",
            more.len(),
            (100.0 * found.parameters[*next].total.value).ceil()
        ),
        _ => String::new(),
    }
}

fn nothing(summary: &SensitivitySummary, unclear: &[usize]) -> String {
    match unclear {
        [] => String::new(),
        few if few.len() <= NAMED => {
            let names: Vec<String> = few.iter().map(|&index| summary.parameter(index)).collect();
            format!("{} cannot be told from nothing.", list(&names))
        }
        many => format!("{} parameters cannot be told from nothing.", many.len()),
    }
}

/// What first-order indices leave, where that is clearly something.
fn only_together(found: &SobolIndices) -> String {
    let sum: f64 = found.parameters.iter().map(|it| it.first.value).sum();
    let half = |it: &Interval| 0.5 * (it.high - it.low);
    let error = libm::sqrt(found.parameters.iter().map(|it| half(&it.first) * half(&it.first)).sum());
    let percent = 100.0 * sum;
    match 1.0 - sum {
        left if left > error => format!(
            "Single parameters explain {percent:.0} % together; the other {:.0} % exist only in combinations.",
            100.0 * left
        ),
        left if left < -error => {
            format!("First-order indices sum to {percent:.0} %, more than there is: take more samples.")
        }
        left if left.is_nan() => String::new(),
        _ => format!("First-order indices sum to {percent:.0} %: combinations add nothing that can be told."),
    }
}

fn morris(summary: &SensitivitySummary, finding: &Finding, found: &[ElementaryEffects]) -> Vec<String> {
    let order = sorted_by(found.iter().map(|it| it.mu_star.value));
    let (clear, unclear): (Vec<usize>, Vec<usize>) =
        order.into_iter().partition(|&index| found[index].mu_star.is_positive());
    let name = |&index: &usize| {
        let it = &found[index];
        let direction = match () {
            () if it.mu.abs() < 0.5 * it.mu_star.value => "in either direction",
            () if it.mu > 0.0 => "upwards",
            () => "downwards",
        };
        let steady =
            if it.sigma > it.mu_star.value { ", depending on the others or on the place" } else { "" };
        format!("{} by {} {direction}{steady}", summary.parameter(index), short(it.mu_star.value))
    };
    let outcome = outcome_in_sentence(&finding.outcome);
    let decide = match clear.as_slice() {
        [] => format!("No parameter's effect on the {outcome} can be told from nothing."),
        some => format!(
            "What moves the {outcome} most, per whole range of the parameter: {}.",
            list(&some.iter().take(NAMED).map(name).collect::<Vec<_>>())
        ),
    };
    vec![decide, nothing(summary, &unclear)]
}

fn correlations(summary: &SensitivitySummary, finding: &Finding, found: &RankCorrelations) -> Vec<String> {
    let order = sorted_by(found.parameters.iter().map(|it| it.partial.abs()));
    let sure: Vec<usize> = order.into_iter().filter(|&it| found.parameters[it].differs_among_all).collect();
    let name = |&index: &usize| {
        let partial = format!("{:+.2}", found.parameters[index].partial).replace('-', "−");
        format!("{} ({partial})", summary.parameter(index))
    };
    let outcome = outcome_in_sentence(&finding.outcome);
    let decide = match sure.as_slice() {
        [] => format!(
            "No parameter's rank correlation with the {outcome} can be told from nothing, tested all at once."
        ),
        some => format!(
            "What the {outcome} follows, by partial rank correlation: {}{}.",
            list(&some.iter().take(NAMED).map(name).collect::<Vec<_>>()),
            if some.len() > NAMED {
                format!("; {} more are clear", some.len() - NAMED)
            } else {
                String::new()
            }
        ),
    };
    let differing = found.parameters.iter().filter(|it| it.differs).count();
    let tests = format!(
        "{differing} of {} parameters lie beyond the 5 % level of ±{:.2}, where {:.1} would by chance alone; {} of them stay \
         when all are tested at once (Holm).",
        found.parameters.len(),
        found.critical_partial,
        found.expected_by_chance,
        sure.len()
    );
    vec![decide, tests]
}

fn phase(summary: &SensitivitySummary, finding: &Finding, found: &Phase) -> Vec<String> {
    let spans = format!(
        "{} goes from {} to {} over this plane.",
        the(finding),
        short(finding.lowest),
        short(finding.highest)
    );
    let own = summary.own_outcomes.first().copied().unwrap_or(f64::NAN);
    let parted = match found.threshold {
        None => String::new(),
        Some(level) if found.contour.is_empty() => {
            let side = if finding.lowest >= level { "at or above" } else { "below" };
            format!("It is {side} {} everywhere.", short(level))
        }
        Some(level) => {
            format!("It is at or above {} at {:.0} % of the points.", short(level), 100.0 * found.share_above)
        }
    };
    let own = match found.threshold {
        _ if own.is_nan() => String::new(),
        Some(level) => format!(
            "The scenario itself has {}, {} it.",
            short(own),
            if own >= level { "at or above" } else { "below" }
        ),
        None => format!("The scenario itself has {}.", short(own)),
    };
    vec![spans, parted, own]
}

/// Whether factors compound wherever the parameters lie.
fn effects(summary: &SensitivitySummary) -> String {
    let of = |kind: &str| {
        let name = format!("{}.{kind}", summary.study.measures.first()?);
        summary.outcomes.iter().find(|it| it.outcome == name)
    };
    let (true, Some(excess), Some(joint)) = (summary.study.effects, of("excess"), of("joint")) else {
        return String::new();
    };
    let range = |it: &Finding| {
        format!("{} (from {} to {} over points)", short(it.mean), short(it.lowest), short(it.highest))
    };
    format!(
        "With all factors on the rise is {} on average, of which {} exceed the sum of the single rises.",
        range(joint),
        range(excess)
    )
}

/// How far chance moves a point, against how far parameters do.
fn chance(summary: &SensitivitySummary, finding: &Finding) -> String {
    match () {
        () if finding.noise.is_finite() => format!(
            "Chance moves a point by {} (standard error of its {} replicates, of which all points share a part), the parameters by {} \
             (standard deviation over points){}.",
            short(finding.noise),
            summary.study.replicates,
            short(finding.sd),
            match finding.noise > 0.5 * finding.sd {
                true => ": take more users or replicates before reading much into this",
                false => "",
            }
        ),
        () if summary.study.read_from.is_empty() => {
            "One replicate: how far chance moves a point is not known; --replicates 2 or more tells."
                .to_string()
        }
        () => String::new(),
    }
}

/// Points without an outcome, and what they cost.
fn dropped(summary: &SensitivitySummary, finding: &Finding) -> String {
    if finding.missing == 0 {
        return String::new();
    }
    let cost = match &finding.analysis {
        Analysis::Sobol(it) => format!("{} base samples were left out with them", it.dropped),
        Analysis::Morris(it) => {
            format!("{} trajectories were left out with them", it.first().map_or(0, |first| first.dropped))
        }
        Analysis::LatinHypercube(_) => "their rows were left out".to_string(),
        Analysis::Grid(_) => "they are blank".to_string(),
    };
    let why = match summary.first_failure.as_str() {
        "" => String::new(),
        reason => format!(" (the first: {reason})"),
    };
    format!("{} of {} points have no outcome{why}; {cost}.", finding.missing, summary.points)
}
