//! The strip of the calendar: which policy users had.

use super::calendar::Days;
use super::frame::{Frame, SMALL};
use super::palette::{BLUE, GREY, INK, ORANGE, VERMILLION};
use super::sheet::{Drawn, Panel, pixels, size, units};
use super::text::{style, width};
use super::ticks::Ticks;
use crate::output::launches::DayRow;
use plotters::prelude::*;

/// Shares of the first run, from the policy before at the bottom to the candidate at the top.
pub fn draw(panel: &Panel<'_>, frame: &Frame<'_, '_>, days: &Days) -> Drawn {
    for row in &days.runs[0] {
        let [from, to] = days.span(row);
        let mut low = 0.0;
        for (kind, share) in kinds(row, days).into_iter().filter(|(_, share)| *share > 0.0) {
            frame.block((from, low), (to, low + share), kind.colour(), kind.opacity())?;
            low += share;
        }
    }
    legend(panel, frame, days)
}

/// Before the rollout what is current is what the update replaces.
fn kinds(row: &DayRow, days: &Days) -> [(Kind, f64); 4] {
    let [current, patched, previous, candidate] = row.shares;
    let replaced = row.first_day < days.review.1;
    let (before, new) = if replaced { (current + previous, 0.0) } else { (previous, current) };
    [(Kind::Before, before), (Kind::Patched, patched), (Kind::New, new), (Kind::Candidate, candidate)]
}

fn legend(panel: &Panel<'_>, frame: &Frame<'_, '_>, days: &Days) -> Drawn {
    let start = frame.at(days.range.0 as f64, 0.0).0;
    let (mut x, mut y) = (pixels(start), frame.bottom() + 14.0);
    let breadth = size(panel).0;
    for kind in Kind::ALL {
        let needed = 16.0 + 1.05 * width(kind.word(), SMALL, false);
        if x + needed > breadth {
            (x, y) = (pixels(start), y + 17.0);
        }
        let corners = [(units(x), units(y - 5.0)), (units(x + 10.0), units(y + 5.0))];
        panel.draw(&Rectangle::new(corners, kind.colour().mix(kind.opacity()).filled()))?;
        panel.draw_text(kind.word(), &style(SMALL, false, INK), (units(x + 15.0), units(y)))?;
        x += needed + 16.0;
    }
    Ok(())
}

/// The vertical axis of the strip.
pub fn ticks() -> Ticks {
    Ticks::covering([0.0, 1.0], 46.0, true)
}

/// A policy in the strip.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Before,
    Patched,
    New,
    Candidate,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Before, Kind::Candidate, Kind::New, Kind::Patched];

    fn word(self) -> &'static str {
        match self {
            Kind::Before => "the one before",
            Kind::Patched => "the update, prompt patched",
            Kind::New => "the update",
            Kind::Candidate => "the update, in review",
        }
    }

    fn colour(self) -> RGBColor {
        match self {
            Kind::Before => GREY,
            Kind::Patched => ORANGE,
            Kind::New => VERMILLION,
            Kind::Candidate => BLUE,
        }
    }

    fn opacity(self) -> f64 {
        if self == Kind::Before { 0.35 } else { 0.9 }
    }
}
