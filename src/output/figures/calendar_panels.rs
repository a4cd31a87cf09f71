//! The panels of the calendar, over the same days.

use super::calendar::Days;
use super::calendar_events;
use super::calendar_strip;
use super::frame::{Frame, Place, SMALL, path, tick_room, title_height};
use super::palette::{BLUE, GREY, INK, MUTED, Stroke, VERMILLION, rule, strong};
use super::sheet::{Drawn, Panel, Sheet, pixels, size, units};
use super::text::{style, width};
use super::ticks::Ticks;
use crate::output::launches::DayRow;
use crate::output::words::large;
use chrono::Datelike;
use plotters::prelude::*;

/// Draws events, index, complaints, policies and exposure over the same days.
pub fn draw(sheet: &mut Sheet<'_>, days: &Days) -> Drawn {
    let breadth = sheet.breadth();
    let lane = 16.0 * days.events.len() as f64 + 8.0;
    let titles = [
        format!("Sycophancy index in service; dashed: alarm level, {:.3} above the start", days.alarm_rise),
        format!("Public complaints per million conversations; dashed: usual rate, {:.0}", days.usual_rate()),
        "Which policy users had (share of users)".to_string(),
        format!(
            "Million users with a policy past the alarm level: {} user-days after launch",
            large(days.exposed)
        ),
    ];
    let heights = [130.0, 96.0, 46.0, 62.0];
    let title_heights: Vec<f64> = titles.iter().map(|title| title_height(title, breadth)).collect();
    let legend = if breadth < 600.0 { 40.0 } else { 22.0 };
    let total =
        lane + heights.iter().sum::<f64>() + title_heights.iter().sum::<f64>() + 3.0 * 14.0 + legend + 36.0;
    for panel in sheet.panels(1, total) {
        Drawing { days, panel: &panel, titles: &titles, heights, lane, legend }.draw()?;
    }
    Ok(())
}

struct Drawing<'d, 'p, 's> {
    days: &'d Days,
    panel: &'p Panel<'s>,
    titles: &'d [String],
    heights: [f64; 4],
    lane: f64,
    legend: f64,
}

impl Drawing<'_, '_, '_> {
    fn draw(&self) -> Drawn {
        let ticks =
            [self.index_ticks(), self.complaint_ticks(), calendar_strip::ticks(), self.exposure_ticks()];
        let left = ticks.iter().map(tick_room).fold(0.0, f64::max);
        let right = size(self.panel).0 - 16.0;
        let range = (self.days.range.0 as f64, self.days.range.1 as f64);
        let mut top = self.lane;
        let mut frames = Vec::new();
        for (index, ticks) in ticks.into_iter().enumerate() {
            let place = Place { left, right, top, height: self.heights[index] };
            let frame = Frame::new(self.panel, place, &self.titles[index], range, ticks)?;
            top = frame.bottom() + 14.0 + if index == 2 { self.legend } else { 0.0 };
            frames.push(frame);
        }
        self.under(&frames)?;
        self.index(&frames[0])?;
        self.complaints(&frames[1])?;
        calendar_strip::draw(self.panel, &frames[2], self.days)?;
        self.exposure(&frames[3])?;
        calendar_events::draw(self.panel, &frames, &self.days.events)?;
        self.dates(&frames[3])
    }

    /// The days of review, shaded in every frame.
    fn under(&self, frames: &[Frame<'_, '_>]) -> Drawn {
        let (from, to) = (self.days.review.0 as f64, self.days.review.1 as f64);
        // The strip says it in its own colours.
        let shaded = frames.iter().enumerate().filter(|(index, _)| *index != 2);
        shaded.map(|(_, frame)| frame).try_for_each(|frame| {
            frame.block((from, frame.values().start), (to, frame.values().end), GREY, 0.12)
        })?;
        let (x, _) = frames[0].at(from, 0.0);
        let room = frames[0].at(to, 0.0).0 - x;
        let label = if pixels(room) > 130.0 { "review with some users" } else { "review" };
        let at = (x + units(4.0), units(frames[0].top() + 9.0));
        frames[0].write(label, at, &style(SMALL, false, MUTED))
    }

    fn rows(&self) -> impl Iterator<Item = &DayRow> {
        self.days.runs.iter().flatten()
    }

    fn index_ticks(&self) -> Ticks {
        let values = self.rows().map(|it| it.index).chain([self.days.alarm_level, 0.0]);
        Ticks::covering(values, self.heights[0], false)
    }

    fn complaint_ticks(&self) -> Ticks {
        let first = self.days.runs[0].iter().map(|it| it.complaints.0 + 1.96 * it.complaints.1);
        let others = self.rows().map(|it| it.complaints.0);
        Ticks::covering(first.chain(others).chain([0.0]), self.heights[1], false)
    }

    fn exposure_ticks(&self) -> Ticks {
        let most = self.rows().map(|it| it.exposed / it.days as f64 / 1e6).fold(1.0, f64::max);
        Ticks::covering([0.0, most], self.heights[3] + 20.0, false)
    }

    fn index(&self, frame: &Frame<'_, '_>) -> Drawn {
        let (start, end) = (self.days.range.0 as f64, self.days.range.1 as f64);
        let level = self.days.alarm_level;
        frame.line(&[(start, level), (end, level)], &rule(INK, Some((6.0, 4.0))))?;
        let thin = Stroke { width: 1.2, ..rule(VERMILLION, None) };
        for (index, run) in self.days.runs.iter().enumerate().rev() {
            let stroke = if index == 0 { strong() } else { thin };
            frame.line(&self.steps(run), &stroke)?;
        }
        Ok(())
    }

    /// An index over days as a line of steps, cut to the days shown.
    fn steps(&self, run: &[DayRow]) -> Vec<(f64, f64)> {
        run.iter().flat_map(|it| self.days.span(it).map(|day| (day, it.index))).collect()
    }

    fn middle(&self, row: &DayRow) -> f64 {
        let [from, to] = self.days.span(row);
        0.5 * (from + to)
    }

    fn complaints(&self, frame: &Frame<'_, '_>) -> Drawn {
        let (start, end) = (self.days.range.0 as f64, self.days.range.1 as f64);
        let usual = self.days.usual_rate();
        frame.line(&[(start, usual), (end, usual)], &rule(INK, Some((6.0, 4.0))))?;
        let thin = Stroke { width: 0.9, ..rule(BLUE, None) };
        for run in self.days.runs.iter().skip(1) {
            let points: Vec<(f64, f64)> = run.iter().map(|it| (self.middle(it), it.complaints.0)).collect();
            frame.line(&points, &thin)?;
        }
        let first = &self.days.runs[0];
        let points: Vec<(f64, f64)> = first.iter().map(|it| (self.middle(it), it.complaints.0)).collect();
        frame.line(&points, &Stroke { width: 2.4, ..rule(BLUE, None) })?;
        for row in first {
            let (day, (value, error)) = (self.middle(row), row.complaints);
            let ends = [value - 1.96 * error, value + 1.96 * error].map(|end| frame.at(day, end.max(0.0)));
            path(self.panel, ends.to_vec(), &rule(BLUE, None))?;
            self.panel.draw(&Circle::new(frame.at(day, value), units(2.6), BLUE.filled()))?;
        }
        Ok(())
    }

    fn exposure(&self, frame: &Frame<'_, '_>) -> Drawn {
        let per_day = |row: &DayRow| row.exposed / row.days as f64 / 1e6;
        for row in self.days.runs[0].iter().filter(|it| it.exposed > 0.0) {
            let [from, to] = self.days.span(row);
            frame.block((from + 0.06, 0.0), (to - 0.06, per_day(row)), VERMILLION, 0.75)?;
        }
        for row in self.days.runs.iter().skip(1).flatten().filter(|it| it.exposed > 0.0) {
            let [from, to] = self.days.span(row);
            let ends = [(from + 0.2, per_day(row)), (to - 0.2, per_day(row))];
            frame.line(&ends, &Stroke { width: 1.4, ..rule(INK, None) })?;
        }
        Ok(())
    }

    /// Dates below the last frame.
    fn dates(&self, frame: &Frame<'_, '_>) -> Drawn {
        let (start, end) = self.days.range;
        let per_day = pixels(frame.at(1.0, 0.0).0 - frame.at(0.0, 0.0).0);
        let label = |day: i64| self.days.date(day);
        let widest = (start..end).map(|day| width(&label(day), SMALL, false)).fold(0.0, f64::max);
        let every = ((widest + 10.0) / per_day).ceil().max(1.0) as usize;
        for day in (start..end).step_by(every) {
            let text = label(day);
            let (x, y) = (frame.at(day as f64 + 0.5, 0.0).0, frame.bottom());
            path(self.panel, vec![(x, units(y)), (x, units(y + 3.5))], &rule(MUTED, None))?;
            let left = x - units(0.5 * width(&text, SMALL, false));
            frame.write(&text, (left.max(0), units(y + 11.0)), &style(SMALL, false, MUTED))?;
        }
        let year = self
            .days
            .clock
            .civil_date(start)
            .map_or("day of the run".to_string(), |it| it.year().to_string());
        let x = frame.at(start as f64, 0.0).0;
        frame.write(&year, (x, units(frame.bottom() + 26.0)), &style(SMALL, false, MUTED))
    }
}
