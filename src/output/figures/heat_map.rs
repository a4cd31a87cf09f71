//! A grid of cells coloured by value, with named rows and columns.

mod axes;
mod scale;

use super::palette::{GREY, INK, MUTED, rule};
use super::sheet::{Drawn, Panel, size, units};
use super::text::{style, width, wrap};
use super::ticks::Ticks;
pub use axes::Axes;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
pub use scale::{Scale, ink_on};

const SMALL: f64 = 11.5;
const LABEL: f64 = 12.5;
const LINE: f64 = 15.0;
/// Height of a row of named cells.
const ROW: f64 = 24.0;
/// Below the grid: the colour bar with its ticks.
const BAR: f64 = 52.0;

/// A grid of cells coloured by value.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// What it shows.
    pub title: String,
    /// What rows and columns are.
    pub axes: Axes,
    /// Values by row and column, the first row on top. NaN is empty.
    pub values: Vec<Vec<f64>>,
    /// What is written in cells, where there is room; empty for nothing.
    pub texts: Vec<Vec<String>>,
    /// How values become colours.
    pub scale: Scale,
    /// What colours are, with the unit.
    pub unit: String,
    /// Whether values are shares.
    pub percent: bool,
}

/// Where the grid lies in its panel, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Grid {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl HeatMap {
    /// Height of the panel that it needs at a breadth, in pixels.
    pub fn height(&self, breadth: f64) -> f64 {
        self.title_height(breadth) + self.axes.above(breadth) + self.values.len() as f64 * ROW + BAR
    }

    /// Draws the map into a panel of the height above.
    pub fn draw(&self, panel: &Panel<'_>) -> Drawn {
        let (breadth, height) = size(panel);
        for (index, line) in wrap(&self.title, LABEL, true, breadth * 0.97).iter().enumerate() {
            let middle = units(0.6 * LABEL + index as f64 * LINE);
            panel.draw_text(line, &style(LABEL, true, INK), (0, middle))?;
        }
        let top = self.title_height(breadth) + self.axes.above(breadth);
        let left = self.axes.left(breadth);
        let grid = Grid { left, top, width: breadth - left - 12.0, height: height - top - BAR };
        self.draw_cells(panel, grid)?;
        self.axes.draw(panel, grid)?;
        self.draw_bar(panel, (left.min(60.0), height - BAR + 14.0), breadth)
    }

    fn title_height(&self, breadth: f64) -> f64 {
        wrap(&self.title, LABEL, true, breadth * 0.97).len() as f64 * LINE + 8.0
    }

    fn draw_cells(&self, panel: &Panel<'_>, grid: Grid) -> Drawn {
        let (rows, columns) = (self.values.len(), self.axes.columns.len());
        for (row, values) in self.values.iter().enumerate() {
            for (column, &value) in values.iter().enumerate() {
                let cell = grid.cell((row, rows), (column, columns));
                panel.draw(&Rectangle::new(grid.without_seam(cell), self.scale.colour(value).filled()))?;
                if value.is_nan() {
                    strike(panel, cell)?;
                }
                let text = self.texts.get(row).and_then(|texts| texts.get(column));
                self.draw_text(panel, cell, text.map_or("", String::as_str), value)?;
            }
        }
        Ok(())
    }

    /// Writes into a cell what fits there.
    fn draw_text(&self, panel: &Panel<'_>, cell: [(i32, i32); 2], text: &str, value: f64) -> Drawn {
        let [(left, top), (right, bottom)] = cell;
        let room = f64::from(right - left) / f64::from(units(1.0));
        if text.is_empty() || 1.06 * width(text, SMALL, false) + 4.0 > room {
            return Ok(());
        }
        let centred = style(SMALL, false, ink_on(self.scale.colour(value)));
        let centred = centred.pos(Pos::new(HPos::Center, VPos::Center));
        panel.draw(&Text::new(text, ((left + right) / 2, (top + bottom) / 2), centred))
    }

    /// The colours in order, with ticks and what they are.
    fn draw_bar(&self, panel: &Panel<'_>, (left, top): (f64, f64), breadth: f64) -> Drawn {
        const STEPS: u32 = 64;
        let (low, high) = self.scale.ends();
        let length = (0.4 * breadth).clamp(120.0, 280.0);
        for step in 0..STEPS {
            let from = f64::from(step) / f64::from(STEPS);
            let to = f64::from(step + 1) / f64::from(STEPS);
            let colour = self.scale.colour(low + (high - low) * 0.5 * (from + to));
            let seam = if step + 1 < STEPS { 0.5 } else { 0.0 };
            let corners = [(left + from * length, top), (left + to * length + seam, top + 10.0)];
            panel.draw(&Rectangle::new(corners.map(|(x, y)| (units(x), units(y))), colour.filled()))?;
        }
        let ticks = Ticks::within(low, high, length, self.percent);
        let centred = style(SMALL, false, MUTED).pos(Pos::new(HPos::Center, VPos::Center));
        for (value, label) in ticks.labelled() {
            let at = ticks.map(&value, (units(left), units(left + length)));
            let mark = vec![(at, units(top + 10.0)), (at, units(top + 14.0))];
            panel.draw(&PathElement::new(mark, rule(MUTED, None).style()))?;
            panel.draw(&Text::new(label, (at, units(top + 23.0)), centred.clone()))?;
        }
        let beside = left + length + 26.0;
        let lines = wrap(&self.unit, SMALL, false, (breadth - beside) * 0.96);
        let first = top + 6.0 - 6.5 * (lines.len().saturating_sub(1)) as f64;
        (0..).zip(&lines).try_for_each(|(index, line)| {
            let middle = units(first + 13.0 * f64::from(index));
            panel.draw_text(line, &style(SMALL, false, MUTED), (units(beside), middle))
        })
    }
}

/// A line across a cell without a value: its grey alone might be taken for a colour of the scale.
fn strike(panel: &Panel<'_>, [(left, top), (right, bottom)]: [(i32, i32); 2]) -> Drawn {
    panel.draw(&PathElement::new(vec![(left, bottom), (right, top)], rule(GREY, None).style()))
}

impl Grid {
    /// Corners of the cell in a row of so many and a column of so many.
    fn cell(&self, (row, rows): (usize, usize), (column, columns): (usize, usize)) -> [(i32, i32); 2] {
        let x = |index: usize| units(self.left + self.width * index as f64 / columns as f64);
        let y = |index: usize| units(self.top + self.height * index as f64 / rows as f64);
        [(x(column), y(row)), (x(column + 1), y(row + 1))]
    }

    /// The cell, half a pixel under its neighbours, so that the ground does not shine through where they meet.
    fn without_seam(&self, [from, (right, bottom)]: [(i32, i32); 2]) -> [(i32, i32); 2] {
        let (end, foot) = (units(self.left + self.width), units(self.top + self.height));
        [from, ((right + units(0.5)).min(end), (bottom + units(0.5)).min(foot))]
    }
}

#[cfg(test)]
mod tests;
