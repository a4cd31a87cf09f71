//! Points in a plane, some of them numbered and named below it, with straight lines to compare them with.

use super::interval_bars::fitting;
use super::palette::{BLUE, GRID, INK, MUTED, Stroke, rule};
use super::sheet::{Drawn, Panel, Sheet, size, units};
use super::text::{ending, style, width};
use super::ticks::Ticks;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;

const SMALL: f64 = 11.5;
const TITLE: f64 = 24.0;
const AXIS: f64 = 40.0;
const LINE: f64 = 16.0;

/// A point.
#[derive(Clone, Debug, PartialEq)]
pub struct ScatterPoint {
    /// Where.
    pub at: (f64, f64),
    /// Ends of a horizontal interval; NaN for none.
    pub interval: (f64, f64),
    /// Name, "" for none.
    pub name: String,
}

/// Points in a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// Points.
    pub points: Vec<ScatterPoint>,
    /// Lines through the origin: slope and name.
    pub slopes: Vec<(f64, &'static str)>,
    /// Name of the horizontal axis.
    pub x: String,
    /// Name of the vertical axis.
    pub y: String,
    /// Whether both axes have the same range, so that the diagonal is one.
    pub square: bool,
}

struct Plane<'p, 's> {
    panel: &'p Panel<'s>,
    x: Ticks,
    y: Ticks,
    left: f64,
    right: f64,
    bottom: f64,
}

impl Scatter {
    /// Draws the points, and below them the names of those that have one.
    pub fn draw(&self, sheet: &mut Sheet<'_>) -> Drawn {
        let height = if sheet.is_narrow() { 360.0 } else { 460.0 };
        sheet.panels(1, height).iter().try_for_each(|panel| self.draw_on(panel))?;
        let columns = if sheet.is_narrow() { 1 } else { 2 };
        let lines = self.named().count().div_ceil(columns);
        match lines {
            0 => Ok(()),
            _ => sheet
                .panels(1, lines as f64 * LINE)
                .iter()
                .try_for_each(|panel| self.list(panel, lines, columns)),
        }
    }

    fn named(&self) -> impl Iterator<Item = &ScatterPoint> {
        self.points.iter().filter(|point| !point.name.is_empty() && point.at.1.is_finite())
    }

    /// Numbers with their names, in columns.
    fn list(&self, panel: &Panel<'_>, lines: usize, columns: usize) -> Drawn {
        let breadth = size(panel).0 / columns as f64;
        self.named().enumerate().try_for_each(|(nth, point)| {
            let left = (nth / lines) as f64 * breadth;
            let middle = units((nth % lines) as f64 * LINE + 8.0);
            let number = style(SMALL, true, INK);
            panel.draw_text(&(nth + 1).to_string(), &ending(&number), (units(left + 18.0), middle))?;
            let name = fitting(&point.name, SMALL, breadth - 30.0);
            panel.draw_text(&name, &style(SMALL, false, INK), (units(left + 24.0), middle))
        })
    }

    fn draw_on(&self, panel: &Panel<'_>) -> Drawn {
        let plane = self.plane(panel);
        plane.grid(&self.x, &self.y)?;
        self.slopes.iter().try_for_each(|slope| plane.slope(slope))?;
        self.points.iter().try_for_each(|point| plane.point(point))?;
        self.numbers(&plane)
    }

    fn plane<'p, 's>(&self, panel: &'p Panel<'s>) -> Plane<'p, 's> {
        let (breadth, height) = size(panel);
        let ends = |point: &ScatterPoint| [point.at.0, point.interval.0, point.interval.1, 0.0];
        let mut xs: Vec<f64> = self.points.iter().flat_map(ends).collect();
        let mut ys: Vec<f64> = self.points.iter().flat_map(|point| [point.at.1, 0.0]).collect();
        if self.square {
            let all: Vec<f64> = xs.iter().chain(&ys).copied().collect();
            (xs, ys) = (all.clone(), all);
        }
        let bottom = height - AXIS;
        let y = Ticks::close(ys, bottom - TITLE);
        let left = y.labels().iter().map(|label| width(label, SMALL, false)).fold(0.0, f64::max) + 10.0;
        let right = breadth - 18.0;
        Plane { panel, x: Ticks::close(xs, 0.6 * (right - left)), y, left, right, bottom }
    }

    /// Numbers above their points, moved apart where they would overlap.
    fn numbers(&self, plane: &Plane<'_, '_>) -> Drawn {
        let mut written: Vec<(f64, f64)> = Vec::new();
        for (nth, point) in self.named().enumerate() {
            let (x, y) = plane.at(point.at);
            let is_taken =
                |&(a, b): &(f64, f64), at: (f64, f64)| (a - at.0).abs() < 15.0 && (b - at.1).abs() < 13.0;
            let around = [
                (0.0, -11.0),
                (0.0, 11.0),
                (13.0, -9.0),
                (-13.0, -9.0),
                (13.0, 9.0),
                (-13.0, 9.0),
                (0.0, -24.0),
            ];
            let places = around.map(|(dx, dy)| (x + dx, y + dy));
            let free = places.into_iter().find(|&place| !written.iter().any(|it| is_taken(it, place)));
            let place = free.unwrap_or(places[0]);
            plane.number(nth + 1, place)?;
            written.push(place);
        }
        Ok(())
    }
}

impl Plane<'_, '_> {
    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let share = |ticks: &Ticks, value: f64| {
            let range = ticks.range();
            (value - range.start) / (range.end - range.start)
        };
        (
            self.left + share(&self.x, x) * (self.right - self.left),
            self.bottom - share(&self.y, y) * (self.bottom - TITLE),
        )
    }

    fn path(&self, points: &[(f64, f64)], stroke: &Stroke) -> Drawn {
        let points = points.iter().map(|&point| self.at(point)).map(|(x, y)| (units(x), units(y)));
        super::frame::path(self.panel, points.collect(), stroke)
    }

    fn grid(&self, x_name: &str, y_name: &str) -> Drawn {
        let quiet = style(SMALL, false, MUTED);
        let (xs, ys) = (self.x.range(), self.y.range());
        for (value, label) in self.y.labelled() {
            self.path(&[(xs.start, value), (xs.end, value)], &rule(GRID, None))?;
            let (x, y) = self.at((xs.start, value));
            self.panel.draw_text(&label, &ending(&quiet), (units(x - 6.0), units(y)))?;
        }
        for (value, label) in self.x.labelled() {
            self.path(&[(value, ys.start), (value, ys.end)], &rule(GRID, None))?;
            let (x, y) = self.at((value, ys.start));
            let half = 0.5 * width(&label, SMALL, false);
            self.panel.draw_text(&label, &quiet, (units(x - half), units(y + 12.0)))?;
        }
        self.panel.draw_text(y_name, &style(SMALL, true, INK), (0, units(8.0)))?;
        let start = 0.5 * (self.left + self.right) - 0.5 * width(x_name, SMALL, true);
        self.panel.draw_text(
            x_name,
            &style(SMALL, true, INK),
            (units(start.max(0.0)), units(self.bottom + 30.0)),
        )
    }

    /// A dashed line through the origin as far as it stays within the plane.
    fn slope(&self, (slope, name): &(f64, &'static str)) -> Drawn {
        let (xs, ys) = (self.x.range(), self.y.range());
        let start = xs.start.max(ys.start / slope);
        let end = xs.end.min(ys.end / slope);
        self.path(&[(start, slope * start), (end, slope * end)], &rule(MUTED, Some((5.0, 4.0))))?;
        let (x, y) = self.at((end, slope * end));
        let text = style(SMALL, false, MUTED);
        // To the left of the line, which falls from its end.
        let per_pixel = (self.right - self.left) / (xs.end - xs.start);
        let falls = slope * (self.bottom - TITLE) / (ys.end - ys.start) / per_pixel;
        let left = x - 30.0 / falls.clamp(0.2, 2.0) - 4.0;
        self.panel.draw_text(name, &ending(&text), (units(left), units(y + 9.0)))
    }

    fn point(&self, point: &ScatterPoint) -> Drawn {
        if !point.at.0.is_finite() || !point.at.1.is_finite() {
            return Ok(());
        }
        let (low, high) = point.interval;
        // Intervals of a crowd would hide the points.
        if low.is_finite() && high.is_finite() && !point.name.is_empty() {
            self.path(&[(low, point.at.1), (high, point.at.1)], &rule(BLUE, None))?;
        }
        let (x, y) = self.at(point.at);
        let radius = if point.name.is_empty() { 2.6 } else { 3.6 };
        self.panel.draw(&Circle::new((units(x), units(y)), units(radius), BLUE.mix(0.75).filled()))
    }

    fn number(&self, number: usize, (x, y): (f64, f64)) -> Drawn {
        let text = number.to_string();
        let left = units(x - 0.5 * width(&text, SMALL, true));
        self.panel.draw_text(&text, &style(SMALL, true, INK), (left, units(y)))
    }
}
