//! What happened, as labels in steps above the panels and lines through them.

use super::frame::{Frame, SMALL, path};
use super::palette::{INK, PAPER, Stroke, rule};
use super::sheet::{Drawn, Panel, size, units};
use super::text::{ending, style, width};
use crate::output::incident::{Incident, Moment};
use plotters::prelude::*;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Moment, in days of the run.
    pub at: f64,
    /// A word for it.
    pub label: String,
}

/// What happened in one run, in order. An alarm is raised as its day ends; all else happens as a day begins.
pub fn of(history: &Incident) -> Vec<Event> {
    let entries: [(&Option<Moment>, f64, &str); 6] = [
        (&history.rollout_begins, 0.0, "rollout begins"),
        (&history.rollout_complete, 0.0, "everyone has it"),
        (&history.noticed, 0.85, "noticed"),
        (&history.prompt_patched, 0.0, "prompt patched"),
        (&history.rollback_begins, 0.0, "rollback begins"),
        (&history.rollback_complete, 0.0, "rollback complete"),
    ];
    let mut events: Vec<Event> = Vec::new();
    for (moment, into_day, label) in entries {
        let Some(moment) = moment else { continue };
        let at = moment.day as f64 + into_day;
        match events.iter_mut().find(|it| it.at == at) {
            Some(event) => event.label = format!("{}, {label}", event.label),
            None => events.push(Event { at, label: label.to_string() }),
        }
    }
    events
}

/// Draws labels in the lane above the first frame, each with a line down and through all frames, but not through what
/// is written between them.
pub fn draw(panel: &Panel<'_>, frames: &[Frame<'_, '_>], events: &[Event]) -> Drawn {
    let Some(first) = frames.first() else {
        return Ok(());
    };
    let lane = 16.0 * events.len() as f64 + 4.0;
    let stroke = Stroke { width: 1.1, ..rule(INK, Some((1.5, 2.5))) };
    let middle = |index: usize| 8.0 + 16.0 * index as f64;
    for (index, event) in events.iter().enumerate() {
        let x = first.at(event.at, first.values().start).0;
        let spans = frames.iter().map(|frame| (frame.top(), frame.bottom()));
        for (from, to) in std::iter::once((middle(index) - 6.0, lane)).chain(spans) {
            path(panel, vec![(x, units(from)), (x, units(to))], &stroke)?;
        }
    }
    for (index, event) in events.iter().enumerate() {
        label(panel, first.at(event.at, first.values().start).0, units(middle(index)), &event.label)?;
    }
    Ok(())
}

/// A label to the right of its line, or to the left where there is no room, on a piece of paper that covers what it
/// crosses.
fn label(panel: &Panel<'_>, x: i32, y: i32, text: &str) -> Drawn {
    let needed = units(1.05 * width(text, SMALL, true));
    let gap = units(4.0);
    let fits = x + gap + needed < units(size(panel).0);
    let (from, to) =
        if fits { (x + gap - units(1.0), x + gap + needed) } else { (x - gap - needed, x - units(1.5)) };
    panel.draw(&Rectangle::new([(from, y - units(7.0)), (to, y + units(7.0))], PAPER.filled()))?;
    let plain = style(SMALL, true, INK);
    match fits {
        true => panel.draw_text(text, &plain, (x + gap, y)),
        false => panel.draw_text(text, &ending(&plain), (x - gap, y)),
    }
}
