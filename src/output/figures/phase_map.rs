//! An outcome over the plane of two parameters: a cell per point, the line on which it crosses a threshold, and where a
//! scenario lies.

use super::heat_map::Scale;
use super::palette::{INK, MUTED, PAPER};
use super::sheet::{Drawn, Panel, Sheet, size, units};
use super::text::{ending, style, width};
use plotters::prelude::*;

const SMALL: f64 = 11.5;
const TOP: f64 = 24.0;
const AXIS: f64 = 42.0;
/// Room for the colour scale.
const SCALE: f64 = 96.0;

/// One axis: the values of a parameter and how they are written.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseAxis {
    /// Name with unit.
    pub name: String,
    /// Values, ascending.
    pub values: Vec<f64>,
    /// The same as text.
    pub labels: Vec<String>,
    /// Whether steps are even in the logarithm.
    pub logarithmic: bool,
}

/// An outcome over a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseMap {
    /// Across.
    pub x: PhaseAxis,
    /// Upwards.
    pub y: PhaseAxis,
    /// `[x][y]`; NaN is left blank.
    pub outcomes: Vec<Vec<f64>>,
    /// Name of the outcome with its unit.
    pub name: String,
    /// The line on which the outcome crosses the threshold.
    pub contour: Vec<[(f64, f64); 2]>,
    /// The threshold, for the scale.
    pub threshold: Option<f64>,
    /// Where the scenario lies.
    pub own: Option<(f64, f64)>,
}

impl PhaseAxis {
    /// Place of a value, counted in cells from the middle of the first; `None` beyond half a cell outside.
    fn place(&self, value: f64) -> Option<f64> {
        let along = |value: f64| if self.logarithmic { value.ln() } else { value };
        let last = self.values.len() - 1;
        let next = self.values.partition_point(|it| *it < value).clamp(1, last);
        let (a, b) = (along(self.values[next - 1]), along(self.values[next]));
        let place = (next - 1) as f64 + (along(value) - a) / (b - a);
        (-0.5..=last as f64 + 0.5).contains(&place).then_some(place)
    }

    /// At most `most` labels, evenly spaced, the first among them.
    fn shown(&self, most: usize) -> impl Iterator<Item = (usize, &String)> {
        let step = self.labels.len().div_ceil(most.max(1)).max(1);
        self.labels.iter().enumerate().step_by(step)
    }
}

impl PhaseMap {
    /// Draws the map.
    pub fn draw(&self, sheet: &mut Sheet<'_>) -> Drawn {
        let height = if sheet.is_narrow() { 390.0 } else { 500.0 };
        sheet.panels(1, height).iter().try_for_each(|panel| Drawing::new(self, panel).draw())
    }
}

/// A map on a panel, with its edges in pixels.
struct Drawing<'m, 'p, 's> {
    map: &'m PhaseMap,
    panel: &'p Panel<'s>,
    left: f64,
    right: f64,
    bottom: f64,
    scale: Scale,
}

impl<'m, 'p, 's> Drawing<'m, 'p, 's> {
    fn new(map: &'m PhaseMap, panel: &'p Panel<'s>) -> Self {
        let (breadth, height) = size(panel);
        let labels = map.y.labels.iter().map(|label| width(label, SMALL, false)).fold(0.0, f64::max);
        Self {
            map,
            panel,
            left: labels + 12.0,
            right: breadth - SCALE,
            bottom: height - AXIS,
            scale: Scale::covering(&map.outcomes, false),
        }
    }

    fn draw(&self) -> Drawn {
        self.cells()?;
        self.contour()?;
        self.own()?;
        self.axes()?;
        self.colours()
    }

    /// Pixels of a place counted in cells.
    fn at(&self, x: f64, y: f64) -> (i32, i32) {
        let (columns, lines) = (self.map.x.values.len() as f64, self.map.y.values.len() as f64);
        let across = self.left + (x + 0.5) / columns * (self.right - self.left);
        let down = self.bottom - (y + 0.5) / lines * (self.bottom - TOP);
        (units(across), units(down))
    }

    fn cells(&self) -> Drawn {
        for (i, column) in self.map.outcomes.iter().enumerate() {
            for (j, &value) in column.iter().enumerate() {
                if value.is_finite() {
                    let (i, j) = (i as f64, j as f64);
                    let corners = [self.at(i - 0.5, j - 0.5), self.at(i + 0.5, j + 0.5)];
                    self.panel.draw(&Rectangle::new(corners, self.scale.colour(value).filled()))?;
                }
            }
        }
        Ok(())
    }

    /// White with a dark edge, so that it is seen on every colour.
    fn contour(&self) -> Drawn {
        for (colour, breadth) in [(INK, 4.6), (PAPER, 2.4)] {
            for piece in &self.map.contour {
                let place = |(x, y): (f64, f64)| Some(self.at(self.map.x.place(x)?, self.map.y.place(y)?));
                let ends: Vec<(i32, i32)> = piece.iter().filter_map(|&end| place(end)).collect();
                self.panel.draw(&PathElement::new(ends, colour.stroke_width(units(breadth) as u32)))?;
            }
        }
        Ok(())
    }

    fn own(&self) -> Drawn {
        let place = |(x, y): (f64, f64)| Some(self.at(self.map.x.place(x)?, self.map.y.place(y)?));
        let Some((x, y)) = self.map.own.and_then(place) else { return Ok(()) };
        let diamond = |radius: f64| {
            let r = units(radius);
            vec![(x - r, y), (x, y - r), (x + r, y), (x, y + r)]
        };
        self.panel.draw(&Polygon::new(diamond(8.0), INK.filled()))?;
        self.panel.draw(&Polygon::new(diamond(5.6), PAPER.filled()))
    }

    fn axes(&self) -> Drawn {
        let quiet = style(SMALL, false, MUTED);
        let fitting = |room: f64, size: f64| (room / size).floor() as usize;
        for (j, label) in self.map.y.shown(fitting(self.bottom - TOP, 22.0)) {
            let y = self.at(0.0, j as f64).1;
            self.panel.draw_text(label, &ending(&quiet), (units(self.left - 6.0), y))?;
        }
        let widest = self.map.x.labels.iter().map(|label| width(label, SMALL, false)).fold(0.0, f64::max);
        for (i, label) in self.map.x.shown(fitting(self.right - self.left, widest + 14.0)) {
            let x = self.at(i as f64, 0.0).0 - units(0.5 * width(label, SMALL, false));
            self.panel.draw_text(label, &quiet, (x, units(self.bottom + 12.0)))?;
        }
        self.panel.draw_text(&self.map.y.name, &style(SMALL, true, INK), (0, units(8.0)))?;
        let length = width(&self.map.x.name, SMALL, true);
        let start = (0.5 * (self.left + self.right) - 0.5 * length).max(0.0);
        self.panel.draw_text(
            &self.map.x.name,
            &style(SMALL, true, INK),
            (units(start), units(self.bottom + 31.0)),
        )
    }

    /// The colour scale, with its ends and the threshold.
    fn colours(&self) -> Drawn {
        const STEPS: usize = 60;
        let (left, right) = (self.right + 16.0, self.right + 32.0);
        let (top, bottom) = (TOP + 8.0, self.bottom - 8.0);
        let (low, high) = self.scale.ends();
        let down = |share: f64| bottom - share * (bottom - top);
        for step in 0..STEPS {
            let (from, to) = (step as f64 / STEPS as f64, (step + 1) as f64 / STEPS as f64);
            let corners = [(units(left), units(down(from))), (units(right), units(down(to)))];
            self.panel.draw(&Rectangle::new(
                corners,
                self.scale.colour(low + 0.5 * (from + to) * (high - low)).filled(),
            ))?;
        }
        let share = |value: f64| (value - low) / (high - low).max(1e-300);
        let number = |value: f64| format!("{value:.3}").replace('-', "−");
        for value in [low, high] {
            let at = (units(right + 5.0), units(down(share(value))));
            self.panel.draw_text(&number(value), &style(SMALL, false, INK), at)?;
        }
        if let Some(level) = self.map.threshold.filter(|level| *level > low && *level < high) {
            let y = down(share(level));
            let ends = vec![(units(left - 3.0), units(y)), (units(right + 3.0), units(y))];
            self.panel.draw(&PathElement::new(ends.clone(), INK.stroke_width(units(4.0) as u32)))?;
            self.panel.draw(&PathElement::new(ends, PAPER.stroke_width(units(1.8) as u32)))?;
            // Beside an end of the scale its own number is enough.
            if (y - top).min(bottom - y) > 14.0 {
                self.panel.draw_text(
                    &number(level),
                    &style(SMALL, true, INK),
                    (units(right + 5.0), units(y)),
                )?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_place_between_cells() {
        let axis = |logarithmic| PhaseAxis {
            name: String::new(),
            values: vec![1.0, 10.0, 100.0],
            labels: Vec::new(),
            logarithmic,
        };
        assert_eq!(axis(true).place(10.0), Some(1.0));
        assert!((axis(true).place(31.622776601683793).unwrap() - 1.5).abs() < 1e-12);
        assert_eq!(axis(false).place(55.0), Some(1.5));
        assert_eq!(axis(false).place(300.0), None);
    }
}
