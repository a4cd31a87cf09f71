//! A plain set of axes inside a panel, for figures that are not lines over rounds.

use super::palette::{GRID, INK, MUTED, Stroke, rule};
use super::sheet::{Drawn, Panel, units};
use super::text::{ending, style, width, wrap};
use super::ticks::Ticks;
use plotters::coord::ranged1d::Ranged;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

/// Size of texts beside data.
pub const SMALL: f64 = 11.5;
/// Size of titles.
pub const LABEL: f64 = 12.5;
/// Height of a line of a title.
pub const LINE: f64 = 15.0;

/// Where a frame lies within its panel, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Left edge of the data.
    pub left: f64,
    /// Right edge of the data.
    pub right: f64,
    /// Upper edge of the title.
    pub top: f64,
    /// Height of the data.
    pub height: f64,
}

/// Axes: a horizontal range, vertical ticks with grid lines, a title above.
pub struct Frame<'p, 's> {
    panel: &'p Panel<'s>,
    place: Place,
    top: f64,
    range: (f64, f64),
    ticks: Ticks,
}

impl<'p, 's> Frame<'p, 's> {
    /// Draws title and grid.
    pub fn new(
        panel: &'p Panel<'s>,
        place: Place,
        title: &str,
        range: (f64, f64),
        ticks: Ticks,
    ) -> Result<Self, DrawingAreaErrorKind<std::io::Error>> {
        let lines = wrap(title, LABEL, true, (pixels_of(panel) - 4.0) * 0.97);
        for (index, line) in lines.iter().enumerate() {
            let middle = units(place.top + 0.6 * LABEL + index as f64 * LINE);
            panel.draw_text(line, &style(LABEL, true, INK), (0, middle))?;
        }
        let top = place.top + title_height(title, pixels_of(panel));
        let frame = Self { panel, place, top, range, ticks };
        frame.grid()?;
        Ok(frame)
    }

    fn grid(&self) -> Drawn {
        for (value, label) in self.ticks.labelled() {
            let ends = [(self.range.0, value), (self.range.1, value)];
            self.line(&ends, &rule(GRID, None))?;
            let (x, y) = self.at(self.range.0, value);
            self.write(&label, (x - units(6.0), y), &ending(&style(SMALL, false, MUTED)))?;
        }
        Ok(())
    }

    /// Lower edge of the data in pixels.
    pub fn bottom(&self) -> f64 {
        self.top + self.place.height
    }

    /// Upper edge of the data in pixels.
    pub fn top(&self) -> f64 {
        self.top
    }

    /// The vertical range.
    pub fn values(&self) -> std::ops::Range<f64> {
        self.ticks.range()
    }

    /// Where a point lies.
    pub fn at(&self, x: f64, y: f64) -> (i32, i32) {
        let share = (x - self.range.0) / (self.range.1 - self.range.0);
        let across = self.place.left + share * (self.place.right - self.place.left);
        (units(across), self.ticks.map(&y, (units(self.bottom()), units(self.top))))
    }

    /// A line through points of the data.
    pub fn line(&self, points: &[(f64, f64)], stroke: &Stroke) -> Drawn {
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        path(self.panel, points, stroke)
    }

    /// A filled rectangle between two corners of the data.
    pub fn block(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor, opacity: f64) -> Drawn {
        let corners = [self.at(from.0, from.1), self.at(to.0, to.1)];
        self.panel.draw(&Rectangle::new(corners, colour.mix(opacity).filled()))
    }

    /// Text at a point of the panel.
    pub fn write(&self, text: &str, at: (i32, i32), style: &TextStyle<'static>) -> Drawn {
        self.panel.draw(&Text::new(text, at, style.clone()))
    }

    /// The panel.
    pub fn panel(&self) -> &'p Panel<'s> {
        self.panel
    }
}

fn pixels_of(panel: &Panel<'_>) -> f64 {
    super::sheet::size(panel).0
}

/// Height of a title and of the space below it.
pub fn title_height(title: &str, breadth: f64) -> f64 {
    wrap(title, LABEL, true, (breadth - 4.0) * 0.97).len() as f64 * LINE + 10.0
}

/// Room for the labels of vertical ticks.
pub fn tick_room(ticks: &Ticks) -> f64 {
    ticks.labels().iter().map(|label| width(label, SMALL, false)).fold(0.0, f64::max) + 8.0
}

/// A solid or dashed line through points of a panel.
pub fn path(panel: &Panel<'_>, points: Vec<(i32, i32)>, stroke: &Stroke) -> Drawn {
    match stroke.dash {
        None => panel.draw(&PathElement::new(points, stroke.style())),
        Some((dash, space)) => {
            panel.draw(&DashedPathElement::new(points, units(dash), units(space), stroke.style()))
        }
    }
}
