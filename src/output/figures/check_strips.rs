//! Strips of a check's values by update and run, each against its threshold.

use super::frame::{Frame, Place, SMALL, path, tick_room, title_height};
use super::marks::{Verdict, legend};
use super::palette::{GREY, GRID, INK, MUTED, Stroke, rule};
use super::sheet::{Drawn, Panel, Sheet, pixels, size, units};
use super::text::{ending, style, width, wrap};
use super::ticks::Ticks;

/// Height of the data of one check.
const HEIGHT: f64 = 66.0;
/// Room for the labels of thresholds.
const RIGHT: f64 = 96.0;

/// One row of the figure.
pub struct Strip {
    pub title: String,
    pub marks: Vec<Mark>,
    pub threshold: Option<(f64, String)>,
    /// Units of the axis in one unit of the values.
    pub scale: f64,
    pub blind: String,
}

/// One value of one update in one run.
#[derive(Clone, Copy)]
pub struct Mark {
    pub round: i64,
    pub replicate: i64,
    pub value: f64,
    pub interval: (f64, f64),
    pub verdict: Verdict,
}

/// Draws all strips, one below the other, with the column of the update at issue shaded.
pub fn draw(sheet: &mut Sheet<'_>, strips: &[Strip], update: Option<i64>) -> Drawn {
    let rounds = strips.iter().flat_map(|it| &it.marks).map(|mark| mark.round);
    let (first, last) = (rounds.clone().min().unwrap_or(1), rounds.max().unwrap_or(1));
    let range = (first as f64 - 0.5, last as f64 + 0.5);
    let narrow = sheet.is_narrow();
    for panel in sheet.panels(1, if narrow { 52.0 } else { 16.0 }) {
        legend(
            &panel,
            &[Verdict::Passed, Verdict::Better, Verdict::Failed, Verdict::Unseen],
            size(&panel).0,
        )?;
    }
    let left = strips.iter().map(|it| tick_room(&it.ticks())).fold(0.0, f64::max);
    for (index, strip) in strips.iter().enumerate() {
        let is_last = index + 1 == strips.len();
        let breadth = sheet.breadth();
        let blind = wrap(&strip.blind, SMALL, false, 0.96 * breadth);
        let below = if is_last { 34.0 } else { 9.0 + 15.0 * blind.len() as f64 };
        for panel in sheet.panels(1, title_height(&strip.title, breadth) + HEIGHT + below) {
            strip.draw(&panel, (range, left, update))?;
        }
    }
    Ok(())
}

impl Strip {
    fn ticks(&self) -> Ticks {
        let ends = self.marks.iter().flat_map(|mark| [mark.value, mark.interval.0, mark.interval.1]);
        let threshold = self.threshold.iter().map(|(value, _)| *value);
        let values = ends.chain(threshold).chain([0.0]).map(|value| self.scale * value);
        Ticks::covering(values, HEIGHT + 26.0, false)
    }

    fn draw(&self, panel: &Panel<'_>, (range, left, update): ((f64, f64), f64, Option<i64>)) -> Drawn {
        let breadth = size(panel).0;
        let place = Place { left, right: breadth - RIGHT, top: 0.0, height: HEIGHT };
        let frame = Frame::new(panel, place, &self.title, range, self.ticks())?;
        let values = frame.values();
        if let Some(round) = update {
            let round = round as f64;
            frame.block((round - 0.5, values.start), (round + 0.5, values.end), GREY, 0.14)?;
        }
        for edge in (range.0 as i64..range.1 as i64).map(|round| round as f64 + 0.5) {
            frame.line(&[(edge, values.start), (edge, values.end)], &rule(GRID, None))?;
        }
        self.draw_threshold(&frame, range)?;
        self.draw_marks(&frame, (place.right - place.left) / (range.1 - range.0))?;
        match self.threshold {
            Some(_) => self.draw_blind(&frame, breadth),
            None => draw_rounds(&frame, range),
        }
    }

    fn draw_threshold(&self, frame: &Frame<'_, '_>, range: (f64, f64)) -> Drawn {
        let Some((value, label)) = &self.threshold else {
            return frame.line(&[(range.0, 0.0), (range.1, 0.0)], &rule(INK, None));
        };
        let value = self.scale * value;
        frame.line(&[(range.0, value), (range.1, value)], &rule(INK, Some((6.0, 4.0))))?;
        let (x, y) = frame.at(range.1, value);
        let lines = wrap(label, SMALL, false, RIGHT - 10.0);
        let first = y - units(6.5) * (lines.len() as i32 - 1);
        (0..).zip(&lines).try_for_each(|(index, line)| {
            frame.write(line, (x + units(6.0), first + index * units(13.0)), &style(SMALL, false, INK))
        })
    }

    /// Runs side by side where they fit, else the first of them.
    fn draw_marks(&self, frame: &Frame<'_, '_>, room: f64) -> Drawn {
        let runs = self.marks.iter().map(|mark| mark.replicate).max().unwrap_or(0) + 1;
        let fits = room >= 7.0 * (runs + 1) as f64;
        for mark in self.marks.iter().filter(|mark| fits || mark.replicate == 0) {
            let shift = if fits { (mark.replicate + 1) as f64 / (runs + 1) as f64 - 0.5 } else { 0.0 };
            let at = |value: f64| frame.at(mark.round as f64 + shift, self.scale * value);
            let (low, high) = mark.interval;
            if low.is_finite() && high.is_finite() {
                let bar = vec![at(low), at(high)];
                path(frame.panel(), bar, &Stroke { width: 1.3, ..rule(mark.verdict.colour(), None) })?;
            }
            let radius = if room > 60.0 { 4.2 } else { 3.0 };
            if mark.value.is_finite() {
                mark.verdict.draw(frame.panel(), at(mark.value), radius)?;
            }
        }
        Ok(())
    }

    fn draw_blind(&self, frame: &Frame<'_, '_>, breadth: f64) -> Drawn {
        let lines = wrap(&self.blind, SMALL, false, 0.96 * breadth);
        (0..).zip(&lines).try_for_each(|(index, line)| {
            let middle = units(frame.bottom() + 16.0 + 15.0 * f64::from(index));
            frame.write(line, (0, middle), &style(SMALL, false, MUTED))
        })
    }
}

/// Numbers of the updates, and the name of the axis.
fn draw_rounds(frame: &Frame<'_, '_>, range: (f64, f64)) -> Drawn {
    let rounds: Vec<i64> = ((range.0 + 0.5) as i64..=(range.1 - 0.5) as i64).collect();
    let (x0, x1) = (frame.at(range.0, 0.0).0, frame.at(range.1, 0.0).0);
    let room = pixels(x1 - x0) / rounds.len() as f64;
    let every = (24.0 / room).ceil().max(1.0) as usize;
    for round in rounds.iter().step_by(every) {
        let text = round.to_string();
        let half = units(0.5 * width(&text, SMALL, false));
        let at = (frame.at(*round as f64, 0.0).0 - half, units(frame.bottom() + 10.0));
        frame.write(&text, at, &style(SMALL, false, MUTED))?;
    }
    let end = (x1, units(frame.bottom() + 26.0));
    frame.write("update, by the round it was trained in", end, &ending(&style(SMALL, false, MUTED)))
}
