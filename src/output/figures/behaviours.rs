//! *How did behaviour move?* One line per behaviour.

use super::Plan;
use super::chart::{Chart, Line};
use super::evidence::{Evidence, sentence, table_of};
use crate::output::rounds::behaviours;
use crate::output::words::{list, spaced};

/// The mean level of every behaviour, with launches marked.
pub fn plan<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let names = behaviours(evidence.rounds());
    let measures: Vec<String> = names.iter().map(|name| format!("mean_{name}")).collect();
    let lines: Vec<Line> =
        measures.iter().enumerate().map(|(index, measure)| evidence.line(measure, index)).collect();
    let columns: Vec<(&str, String, &Line)> = measures
        .iter()
        .zip(&lines)
        .map(|(measure, line)| (measure.as_str(), line.label.clone(), line))
        .collect();
    let table = table_of(&columns);
    let moves: Vec<String> = names
        .iter()
        .zip(&measures)
        .filter_map(|(name, measure)| evidence.moved(measure, &spaced(name)))
        .collect();
    let marks = [evidence.factor_marks(), evidence.launch_marks()].concat();
    let chart = Chart {
        title: "Mean level of a behaviour (0 to 1)".to_string(),
        lines,
        marks,
        from_zero: true,
        ..Chart::default()
    };
    (!names.is_empty()).then(|| Plan {
        name: "behaviours",
        question: "How did behaviour move?",
        answer: sentence(&list(&moves)),
        caption: caption(evidence),
        table,
        draw: Box::new(move |sheet| sheet.charts([&chart], 360.0)),
    })
}

fn caption(evidence: &Evidence<'_>) -> String {
    let marks = evidence.launch_marks();
    let held = marks.iter().filter(|mark| mark.held).count();
    let reviewed = match marks.len() {
        0 => String::new(),
        all => format!(
            " Dots above the axis: launch review, filled where the update went out ({} of {all} in the first run), hollow where it was held.",
            all - held
        ),
    };
    format!("{}{reviewed}", evidence.bands())
}
