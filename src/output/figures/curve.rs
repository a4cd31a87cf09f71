//! A law as a line and what was obtained as points, on linear or logarithmic axes.

use super::palette::{GRID, INK, MUTED, Stroke, rule, series};
use super::sheet::{Drawn, Panel, Sheet, document, size, units};
use super::text::{ending, style, width};
use super::ticks::Ticks;
use crate::verify::{Curve, Points, Series};
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;

const SMALL: f64 = 11.5;
const TITLE: f64 = 24.0;
const AXIS: f64 = 40.0;
const LINE: f64 = 17.0;

/// The curve as an SVG document of a width in pixels.
pub fn curve_svg(curve: &Curve, width: f64) -> String {
    let mut drawn = String::new();
    let height = draw(curve, width, &mut drawn).expect("drawing in memory cannot fail");
    document(&drawn, (width, height), &curve.title, &format!("{} against {}", curve.y, curve.x))
}

fn draw(curve: &Curve, width: f64, drawn: &mut String) -> Result<f64, DrawingAreaErrorKind<std::io::Error>> {
    let mut sheet = Sheet::new(drawn, width, 8.0)?;
    sheet.skip(6.0);
    sheet.paragraph(&curve.title, 14.0, true, INK)?;
    sheet.skip(4.0);
    let height = if sheet.is_narrow() { 260.0 } else { 320.0 };
    let looks = strokes(curve);
    sheet.panels(1, height).iter().try_for_each(|panel| Plane::new(panel, curve).draw(curve, &looks))?;
    let columns = if sheet.is_narrow() { 1 } else { 2 };
    let lines = curve.series.len().div_ceil(columns);
    let key = sheet.panels(1, lines as f64 * LINE);
    key.iter().try_for_each(|panel| draw_key(panel, curve, &looks, (lines, columns)))?;
    sheet.finish()
}

/// A law and what was obtained for it (`name: law`, `name: simulated`) share a colour.
fn strokes(curve: &Curve) -> Vec<Stroke> {
    let mut names: Vec<&str> = Vec::new();
    let mut look = |it: &Series| {
        let name = it.name.rsplit_once(": ").map_or("", |(name, _)| name).to_string();
        let known = curve.series.iter().map(|it| it.name.rsplit_once(": ").map_or("", |(name, _)| name));
        let name = known.into_iter().find(|known| *known == name).unwrap_or("");
        let place = names.iter().position(|known| *known == name);
        let place = place.unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        series(place)
    };
    curve.series.iter().map(&mut look).collect()
}

struct Plane<'p, 's> {
    panel: &'p Panel<'s>,
    x: Ticks,
    y: Ticks,
    log: (bool, bool),
    left: f64,
    right: f64,
    bottom: f64,
}

fn scaled(value: f64, log: bool) -> f64 {
    if log { value.log10() } else { value }
}

impl<'p, 's> Plane<'p, 's> {
    fn new(panel: &'p Panel<'s>, curve: &Curve) -> Self {
        let (breadth, height) = size(panel);
        let log = (curve.log_x, curve.log_y);
        let points = || curve.series.iter().flat_map(|it| &it.at);
        let xs: Vec<f64> = points().map(|at| scaled(at.0, log.0)).filter(|x| x.is_finite()).collect();
        let ys: Vec<f64> = points().map(|at| scaled(at.1, log.1)).filter(|y| y.is_finite()).collect();
        let bottom = height - AXIS;
        let y = Ticks::close(ys, bottom - TITLE);
        let left = y.labels().iter().map(|label| width(label, SMALL, false)).fold(0.0, f64::max) + 10.0;
        let right = breadth - 18.0;
        Self { panel, x: Ticks::close(xs, 0.6 * (right - left)), y, log, left, right, bottom }
    }

    fn draw(&self, curve: &Curve, looks: &[Stroke]) -> Drawn {
        self.grid(&axis(&curve.x, curve.log_x), &axis(&curve.y, curve.log_y))?;
        for (it, look) in curve.series.iter().zip(looks).filter(|(it, _)| it.points == Points::Law) {
            let at = it.at.iter().map(|&(x, y)| (scaled(x, self.log.0), scaled(y, self.log.1)));
            self.path(&at.collect::<Vec<_>>(), look)?;
        }
        for (it, look) in curve.series.iter().zip(looks).filter(|(it, _)| it.points == Points::Obtained) {
            for &(x, y) in &it.at {
                let at = self.at((scaled(x, self.log.0), scaled(y, self.log.1)));
                if at.0.is_finite() && at.1.is_finite() {
                    dot(self.panel, at, look)?;
                }
            }
        }
        Ok(())
    }

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
        let points = points.iter().filter(|at| at.0.is_finite() && at.1.is_finite());
        let points = points.map(|&point| self.at(point)).map(|(x, y)| (units(x), units(y)));
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
        let strong = style(SMALL, true, INK);
        self.panel.draw_text(y_name, &strong, (0, units(8.0)))?;
        let start = 0.5 * (self.left + self.right) - 0.5 * width(x_name, SMALL, true);
        self.panel.draw_text(x_name, &strong, (units(start.max(0.0)), units(self.bottom + 30.0)))
    }
}

fn axis(name: &str, log: bool) -> String {
    if log { format!("{name} (power of ten)") } else { name.to_string() }
}

fn dot(panel: &Panel<'_>, (x, y): (f64, f64), look: &Stroke) -> Drawn {
    let at = (units(x), units(y));
    panel.draw(&Circle::new(at, units(4.0), WHITE.filled()))?;
    panel.draw(&Circle::new(at, units(3.2), look.colour.filled()))
}

/// What each line and each kind of points is, in columns.
fn draw_key(panel: &Panel<'_>, curve: &Curve, looks: &[Stroke], (lines, columns): (usize, usize)) -> Drawn {
    let breadth = size(panel).0 / columns as f64;
    curve.series.iter().zip(looks).enumerate().try_for_each(|(nth, (it, look))| {
        let (left, middle) = ((nth / lines) as f64 * breadth, (nth % lines) as f64 * LINE + 8.0);
        match it.points {
            Points::Law => {
                let ends = [left, left + 26.0].map(|x| (units(x), units(middle)));
                super::frame::path(panel, ends.to_vec(), look)?;
            }
            Points::Obtained => dot(panel, (left + 13.0, middle), look)?,
        }
        panel.draw_text(&it.name, &style(SMALL, false, INK), (units(left + 34.0), units(middle)))
    })
}
