//! *What did review see?* What launch review looked at, above what it did not.

use super::Plan;
use super::chart::Chart;
use super::evidence::{DataTable, Evidence, sentence, table_of};
use crate::output::words::{is_share, measure_name, variant_name};

/// Looked at, in order of preference.
const SEEN: [&str; 3] = ["thumbs_up_share", "offline_accuracy", "ab_effect_thumbs_up"];
/// Not looked at.
const UNSEEN: [&str; 3] = ["sycophancy_index", "mean_abs_stance_error", "goodhart_gap"];

/// Small multiples in two rows.
pub fn plan<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let (seen, unseen) = (charts(evidence, &SEEN), charts(evidence, &UNSEEN));
    if seen.is_empty() || unseen.is_empty() {
        return None;
    }
    let table = table(seen.iter().chain(&unseen));
    Some(Plan {
        name: "what-review-saw",
        question: "What did review see?",
        answer: answer(evidence),
        caption: format!(
            "{} \"None\" is the same run without any of the factors, where it was simulated. Axes do not start at zero.",
            evidence.bands()
        ),
        table,
        draw: Box::new(move |sheet| {
            sheet.heading("What thumbs, offline tests and A/B tests show")?;
            sheet.charts(seen.iter().map(|(_, chart)| chart), 205.0)?;
            sheet.heading("What none of them measures")?;
            sheet.charts(unseen.iter().map(|(_, chart)| chart), 205.0)
        }),
    })
}

fn charts<'a>(evidence: &Evidence<'_>, measures: &[&'a str]) -> Vec<(&'a str, Chart)> {
    let chart = |measure: &'a str| {
        let lines = evidence.against_baseline(measure);
        let unit = evidence.rounds().column(measure).map_or("", |column| column.unit);
        let title = match (is_share(measure), unit) {
            (true, _) => format!("{} (%)", measure_name(measure)),
            (false, "") => measure_name(measure),
            (false, unit) => format!("{} ({unit})", measure_name(measure)),
        };
        let percent = is_share(measure);
        (!lines.is_empty()).then(|| (measure, Chart { title, lines, percent, ..Chart::default() }))
    };
    measures.iter().filter_map(|measure| chart(measure)).collect()
}

fn table<'a>(charts: impl Iterator<Item = &'a (&'a str, Chart)>) -> DataTable {
    let columns: Vec<_> = charts
        .flat_map(|(measure, chart)| {
            chart
                .lines
                .iter()
                .map(move |line| (*measure, format!("{}: {}", measure_name(measure), line.label), line))
        })
        .collect();
    table_of(&columns)
}

fn answer(evidence: &Evidence<'_>) -> String {
    let seen = [
        evidence.moved("thumbs_up_share", "the share of thumbs up"),
        evidence.moved("offline_accuracy", "offline accuracy"),
    ];
    let unseen = [
        evidence.moved("sycophancy_index", "the sycophancy index"),
        evidence.moved("mean_abs_stance_error", "users' stance error"),
    ];
    let join = |parts: [Option<String>; 2]| parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let who = if evidence.main() == crate::output::rounds::JOINT {
        format!("With {}: ", variant_name(evidence.main()).replace("all together", "all factors on"))
    } else {
        String::new()
    };
    let (seen, unseen) = (join(seen), join(unseen));
    match seen.is_empty() || unseen.is_empty() {
        true => sentence(&format!("{who}{seen}{unseen}")),
        false => sentence(&format!("{who}{seen}; what these do not measure: {unseen}")),
    }
}
