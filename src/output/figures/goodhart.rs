//! *Proxy against benefit*: what users approve of and what is good for them.

use super::Plan;
use super::chart::Chart;
use super::evidence::{Evidence, sentence, table_of};
use super::palette;

/// Approval and true benefit, with the space between them shaded.
pub fn plan<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let mut benefit = evidence.line("user_benefit", 0);
    let mut approval = evidence.line("approval", 0);
    approval.stroke = palette::strong();
    benefit.label = "True benefit".to_string();
    approval.label = "Approval".to_string();
    if benefit.points.is_empty() || approval.points.is_empty() {
        return None;
    }
    let table = table_of(&[
        ("approval", approval.label.clone(), &approval),
        ("user_benefit", benefit.label.clone(), &benefit),
    ]);
    let moves: Vec<String> = [
        ("approval", "users' approval"),
        ("user_benefit", "their true benefit"),
        ("goodhart_gap", "the gap between them"),
    ]
    .into_iter()
    .filter_map(|(measure, name)| evidence.moved(measure, name))
    .collect();
    let chart = Chart {
        title: "Per conversation (approval units)".to_string(),
        lines: vec![benefit, approval],
        shade_gap: true,
        ..Chart::default()
    };
    Some(Plan {
        name: "proxy-against-benefit",
        question: "Did users get what they approved of?",
        answer: sentence(&moves.join("; ")),
        caption: format!("{} Shaded: the Goodhart gap, approval minus benefit.", evidence.bands()),
        table,
        draw: Box::new(move |sheet| sheet.charts([&chart], 330.0)),
    })
}
