//! Rows of horizontal bars with intervals: one parameter per row, the most important on top.

use super::palette::{GREY, GRID, INK, MUTED, rule};
use super::sheet::{Drawn, Panel, Sheet, size, units};
use super::text::{style, width};
use super::ticks::Ticks;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;

const TEXT: f64 = 12.0;
const SMALL: f64 = 11.5;
const BAR: f64 = 11.0;
/// Space between rows.
const SPACE: f64 = 12.0;
const LEGEND: f64 = 24.0;
const AXIS: f64 = 38.0;

/// A bar with its interval; without one both ends are NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Its length.
    pub value: f64,
    /// Ends of the interval.
    pub interval: (f64, f64),
}

/// A row: a name and a bar of every kind.
#[derive(Clone, Debug, PartialEq)]
pub struct BarRow {
    /// Name.
    pub name: String,
    /// One per kind.
    pub bars: Vec<Bar>,
}

/// Rows of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct IntervalBars {
    /// What kinds of bars there are: name, colour, and how much of it (fainter kinds have an outline).
    pub kinds: Vec<(&'static str, RGBColor, f64)>,
    /// Rows from top to bottom.
    pub rows: Vec<BarRow>,
    /// A grey band between minus and plus this; 0 for none.
    pub band: f64,
    /// Name of the axis.
    pub axis: String,
}

impl IntervalBars {
    /// Draws the rows.
    pub fn draw(&self, sheet: &mut Sheet<'_>) -> Drawn {
        let narrow = sheet.is_narrow();
        let height = LEGEND + AXIS + self.rows.len() as f64 * self.row_height(narrow);
        sheet.panels(1, height).iter().try_for_each(|panel| self.draw_on(panel, narrow))
    }

    fn row_height(&self, narrow: bool) -> f64 {
        let bars = self.kinds.len() as f64 * BAR;
        // Where there is little room the name stands above its bars.
        if narrow { 18.0 + bars + SPACE } else { bars.max(18.0) + SPACE }
    }

    fn draw_on(&self, panel: &Panel<'_>, narrow: bool) -> Drawn {
        let (breadth, height) = size(panel);
        let left = if narrow { 14.0 } else { self.name_room(0.42 * breadth) };
        let axis = Axis::new(self, left, breadth - 16.0);
        self.draw_axis(panel, &axis, (LEGEND, height - AXIS), breadth)?;
        self.draw_legend(panel)?;
        for (index, row) in self.rows.iter().enumerate() {
            let top = LEGEND + index as f64 * self.row_height(narrow) + 0.5 * SPACE;
            self.draw_row(panel, &axis, row, (top, narrow))?;
        }
        let zero = axis.at(0.0);
        line(panel, (zero, LEGEND), (zero, height - AXIS), INK)
    }

    fn name_room(&self, most: f64) -> f64 {
        let widest = self.rows.iter().map(|row| width(&row.name, TEXT, false)).fold(0.0, f64::max);
        (1.06 * widest + 12.0).min(most)
    }

    fn draw_axis(&self, panel: &Panel<'_>, axis: &Axis, (top, bottom): (f64, f64), breadth: f64) -> Drawn {
        if self.band > 0.0 {
            let corners = [(axis.at(-self.band), top), (axis.at(self.band), bottom)];
            let corners = corners.map(|(x, y)| (units(x), units(y)));
            panel.draw(&Rectangle::new(corners, GREY.mix(0.18).filled()))?;
        }
        for (value, label) in axis.ticks.labelled() {
            let x = axis.at(value);
            line(panel, (x, top), (x, bottom), GRID)?;
            let half = 0.5 * width(&label, SMALL, false);
            panel.draw_text(&label, &style(SMALL, false, MUTED), (units(x - half), units(bottom + 11.0)))?;
        }
        let length = width(&self.axis, SMALL, false);
        let start = (0.5 * (axis.left + axis.right) - 0.5 * length).clamp(0.0, (breadth - length).max(0.0));
        panel.draw_text(&self.axis, &style(SMALL, false, MUTED), (units(start), units(bottom + 28.0)))
    }

    fn draw_legend(&self, panel: &Panel<'_>) -> Drawn {
        let mut x = 0.0;
        for (name, colour, opacity) in &self.kinds {
            block(panel, (x, 4.0), (x + 14.0, 13.0), *colour, *opacity)?;
            panel.draw_text(name, &style(SMALL, false, INK), (units(x + 20.0), units(8.5)))?;
            x += 36.0 + 1.05 * width(name, SMALL, false);
        }
        Ok(())
    }

    fn draw_row(&self, panel: &Panel<'_>, axis: &Axis, row: &BarRow, (top, narrow): (f64, bool)) -> Drawn {
        let (bars_top, name_middle) = match narrow {
            true => (top + 17.0, top + 7.0),
            false => (top, top + 0.5 * (self.kinds.len() as f64 * BAR)),
        };
        let room = if narrow { size(panel).0 - 4.0 } else { axis.left - 8.0 };
        let name = fitting(&row.name, TEXT, room);
        panel.draw_text(&name, &style(TEXT, false, INK), (0, units(name_middle)))?;
        for (index, (bar, (_, colour, opacity))) in row.bars.iter().zip(&self.kinds).enumerate() {
            let bar_top = bars_top + index as f64 * BAR;
            draw_bar(panel, axis, bar, bar_top, (*colour, *opacity))?;
        }
        Ok(())
    }
}

/// The end of a name that fits: the last parts of a path tell parameters apart.
pub fn fitting(name: &str, size: f64, room: f64) -> String {
    if 1.04 * width(name, size, false) <= room {
        return name.to_string();
    }
    let ends = name.char_indices().skip(1).map(|(at, _)| format!("…{}", &name[at..]));
    let mut fitting = ends.skip_while(|text| 1.04 * width(text, size, false) > room);
    fitting.next().unwrap_or_default()
}

fn draw_bar(
    panel: &Panel<'_>,
    axis: &Axis,
    bar: &Bar,
    top: f64,
    (colour, opacity): (RGBColor, f64),
) -> Drawn {
    if !bar.value.is_finite() {
        return Ok(());
    }
    block(panel, (axis.at(0.0), top + 1.0), (axis.at(bar.value), top + BAR - 1.0), colour, opacity)?;
    let (low, high) = bar.interval;
    if !low.is_finite() || !high.is_finite() {
        return Ok(());
    }
    let middle = top + 0.5 * BAR;
    line(panel, (axis.at(low), middle), (axis.at(high), middle), INK)?;
    [low, high].into_iter().try_for_each(|end| {
        let x = axis.at(end);
        line(panel, (x, middle - 2.5), (x, middle + 2.5), INK)
    })
}

struct Axis {
    ticks: Ticks,
    left: f64,
    right: f64,
}

impl Axis {
    fn new(bars: &IntervalBars, left: f64, right: f64) -> Self {
        let of = |bar: &Bar| [bar.value, bar.interval.0, bar.interval.1];
        let mut values: Vec<f64> = bars.rows.iter().flat_map(|row| row.bars.iter().flat_map(of)).collect();
        values.extend([0.0, -bars.band, bars.band]);
        Self { ticks: Ticks::covering(values, 0.55 * (right - left), false), left, right }
    }

    fn at(&self, value: f64) -> f64 {
        let range = self.ticks.range();
        let share = (value - range.start) / (range.end - range.start);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }
}

fn block(panel: &Panel<'_>, from: (f64, f64), to: (f64, f64), colour: RGBColor, opacity: f64) -> Drawn {
    let corners = [(units(from.0), units(from.1)), (units(to.0), units(to.1))];
    panel.draw(&Rectangle::new(corners, colour.mix(opacity).filled()))?;
    panel.draw(&Rectangle::new(corners, colour.stroke_width(units(0.8) as u32)))
}

fn line(panel: &Panel<'_>, from: (f64, f64), to: (f64, f64), colour: RGBColor) -> Drawn {
    let at = |(x, y): (f64, f64)| (units(x), units(y));
    panel.draw(&PathElement::new(vec![at(from), at(to)], rule(colour, None).style()))
}
