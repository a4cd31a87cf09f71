//! *Does it compound?* The sycophancy index with each factor alone, none and all.

use super::Plan;
use super::chart::{Chart, Line};
use super::evidence::{Evidence, sentence, table_of};
use crate::analysis::signal_by_signal::OutcomeEffects;
use crate::output::rounds::JOINT;
use crate::output::words::{change, list, spaced, variant_name};

const INDEX: &str = "sycophancy_index";
const THUMBS: &str = "thumbs_up_share";

/// Index and thumbs up side by side: the whole argument in one picture.
pub fn headline<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let (index, thumbs) = (index_chart(evidence)?, thumbs_chart(evidence)?);
    let table = table_of(
        &[columns(INDEX, "index", &index.lines), columns(THUMBS, "thumbs up", &thumbs.lines)].concat(),
    );
    let users = evidence.moved(THUMBS, "meanwhile the share of thumbs up among ratings");
    let answer = [Some(answer(evidence)), users.map(|moved| sentence(&moved))];
    Some(Plan {
        name: "headline",
        question: match evidence.summary.variants.len() {
            0 | 1 => "Where did the feedback loop lead?",
            _ => "Alone or together: what do the signals do?",
        },
        answer: answer.into_iter().flatten().collect::<Vec<_>>().join(" "),
        caption: caption(evidence),
        table,
        draw: Box::new(move |sheet| sheet.charts([&index, &thumbs], 300.0)),
    })
}

/// The same as it grows, a page per round; empty without an index.
pub fn headline_by_round(evidence: &Evidence<'_>, footer: &str) -> Vec<String> {
    let Some((index, thumbs)) = index_chart(evidence).zip(thumbs_chart(evidence)) else { return Vec::new() };
    let mut rounds: Vec<i64> = index.lines.iter().flat_map(|line| &line.points).map(|it| it.round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let last = rounds.last().copied().unwrap_or(0);
    let page = |&round: &i64| {
        let until = |chart: &Chart| Chart { until: Some(round), ..chart.clone() };
        let (index, thumbs) = (until(&index), until(&thumbs));
        Plan {
            name: "headline",
            question: "Alone or together: what do the signals do?",
            answer: format!("Update round {round} of {last}"),
            caption: String::new(),
            table: table_of(&[]),
            draw: Box::new(move |sheet| sheet.charts([&index, &thumbs], 300.0)),
        }
        .stand_alone(footer)
    };
    rounds.iter().map(page).collect()
}

/// The index alone, large.
pub fn over_rounds<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let chart = Chart { marks: evidence.factor_marks(), ..index_chart(evidence)? };
    Some(Plan {
        name: "does-it-compound",
        question: "Does it compound?",
        answer: alarm_answer(evidence),
        caption: caption(evidence),
        table: table_of(&columns(INDEX, "", &chart.lines)),
        draw: Box::new(move |sheet| sheet.charts([&chart], 380.0)),
    })
}

fn columns<'a>(measure: &'a str, what: &str, lines: &'a [Line]) -> Vec<(&'a str, String, &'a Line)> {
    let title =
        |line: &Line| if what.is_empty() { line.label.clone() } else { format!("{}: {what}", line.label) };
    lines.iter().map(|line| (measure, title(line), line)).collect()
}

fn index_chart(evidence: &Evidence<'_>) -> Option<Chart> {
    let lines = evidence.by_variant(INDEX);
    let start = evidence.measure(INDEX)?.first.mean;
    let rise = evidence.results.scenario.settings_in(1).monitoring.alarm_rise;
    (!lines.is_empty()).then(|| Chart {
        title: "Sycophancy index (0 none, 1 all)".to_string(),
        lines,
        threshold: Some((start + rise, format!("alarm, +{rise}"))),
        ..Chart::default()
    })
}

fn thumbs_chart(evidence: &Evidence<'_>) -> Option<Chart> {
    let lines = evidence.by_variant(THUMBS);
    (!lines.is_empty()).then(|| Chart {
        title: "Thumbs up among ratings (%)".to_string(),
        lines,
        percent: true,
        ..Chart::default()
    })
}

fn answer(evidence: &Evidence<'_>) -> String {
    let effects = evidence
        .results
        .signal_by_signal
        .and_then(|analysis| analysis.outcomes.iter().find(|outcome| outcome.measure == INDEX));
    match effects {
        Some(outcome) => effects_sentence(outcome),
        None => {
            evidence.moved(INDEX, "the sycophancy index").map(|moved| sentence(&moved)).unwrap_or_default()
        }
    }
}

fn effects_sentence(outcome: &OutcomeEffects) -> String {
    let singles: Vec<String> = outcome
        .singles
        .iter()
        .map(|(factor, effect)| format!("{} ({})", change(&outcome.measure, effect.mean), spaced(factor)))
        .collect();
    let ratio = outcome.compounding_ratio.mean;
    let times = if ratio.is_finite() && outcome.sum_of_singles.has_clear_sign() {
        format!(", {ratio:.1} times the sum")
    } else {
        String::new()
    };
    format!(
        "Alone, they move the sycophancy index by {}; together by {}{times}.",
        list(&singles),
        change(&outcome.measure, outcome.joint.mean)
    )
}

fn alarm_answer(evidence: &Evidence<'_>) -> String {
    let (main, variants) = (evidence.main(), &evidence.summary.variants);
    let crossed = |name: &str| variants.get(name).and_then(|variant| variant.alarm.round);
    let what =
        if main == JOINT && variants.len() > 1 { "With all factors on, the index" } else { "The index" };
    let own = match crossed(main) {
        Some(round) => format!("{what} passes the alarm level in round {round}"),
        None => format!("{what} stays below the alarm level"),
    };
    let others: Vec<String> = variants.keys().filter(|name| *name != main).cloned().collect();
    let passed: Vec<String> =
        others.iter().filter(|name| crossed(name).is_some()).map(|name| variant_name(name)).collect();
    match (others.is_empty(), passed.is_empty()) {
        (true, _) => format!("{own}."),
        (false, true) => format!("{own}; no factor alone reaches it."),
        (false, false) => format!("{own}. Past it without the others: {}.", list(&passed)),
    }
}

fn caption(evidence: &Evidence<'_>) -> String {
    format!(
        "{} Dashed level: the rise above the first round that counts as an alarm (monitoring.alarm_rise).",
        evidence.bands()
    )
}
