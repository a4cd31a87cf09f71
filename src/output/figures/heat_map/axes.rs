//! What the rows and columns of a heat map are.

use super::{Grid, LABEL, LINE, SMALL};
use crate::output::figures::palette::{INK, MUTED, PAPER, Stroke, rule};
use crate::output::figures::sheet::{Drawn, Panel, units};
use crate::output::figures::text::{ending, style, width, wrap};
use crate::output::figures::ticks::Ticks;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Below a grid with numbers: ticks, their labels, the name of the axis.
const NUMBERS: f64 = 36.0;

/// A numeric axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// What it is, with its unit.
    pub title: String,
    /// Its outer ends; cells between them are equally wide.
    pub range: (f64, f64),
    /// Whether values are shares.
    pub percent: bool,
}

/// What rows and columns are.
#[derive(Clone, Debug, PartialEq)]
pub enum Axes {
    /// Names.
    Names {
        /// Of rows, from the top.
        rows: Vec<String>,
        /// Of columns, from the left.
        columns: Vec<String>,
    },
    /// Numbers: a phase diagram.
    Numbers {
        /// The horizontal axis.
        x: Numbers,
        /// The vertical axis.
        y: Numbers,
        /// A line through points of the plane, as between two phases; empty for none.
        contour: Vec<(f64, f64)>,
        /// A point of the plane with its label.
        point: Option<((f64, f64), String)>,
    },
}

impl Axes {
    /// Height above the grid, in pixels.
    pub(super) fn above(&self, columns: usize, breadth: f64) -> f64 {
        match self {
            Self::Names { columns: names, .. } => self.header(names, columns, breadth).height() + 6.0,
            Self::Numbers { y, .. } => {
                wrap(&y.title, SMALL, false, breadth * 0.97).len() as f64 * LINE + 10.0
            }
        }
    }

    /// Height between grid and colour bar, in pixels.
    pub(super) fn below(&self) -> f64 {
        if matches!(self, Self::Numbers { .. }) { NUMBERS } else { 0.0 }
    }

    /// Width left of the grid, in pixels.
    pub(super) fn left(&self, breadth: f64) -> f64 {
        match self {
            Self::Names { rows, .. } => widest(rows).min(0.34 * breadth) + 10.0,
            Self::Numbers { y, .. } => widest(&ticks(y, 200.0).labels()) + 10.0,
        }
    }

    /// Draws names or ticks, and what lies on the plane.
    pub(super) fn draw(&self, panel: &Panel<'_>, grid: Grid, columns: usize) -> Drawn {
        match self {
            Self::Names { rows, columns: names } => {
                draw_rows(panel, grid, rows)?;
                self.header(names, columns, grid.left + grid.width + 12.0).draw(panel, grid, names)
            }
            Self::Numbers { x, y, contour, point } => {
                draw_ticks(panel, grid, x, y)?;
                let at = |&(a, b): &(f64, f64)| grid.at((a, b), x.range, y.range);
                let line: Vec<(i32, i32)> = contour.iter().map(at).collect();
                // Dark on a light edge, so that it shows on every cell.
                for stroke in [edge(), Stroke { colour: INK, dash: None, width: 2.0 }] {
                    panel.draw(&PathElement::new(line.clone(), stroke.style()))?;
                }
                point.iter().try_for_each(|(place, label)| draw_point(panel, grid, at(place), label))
            }
        }
    }

    fn header(&self, names: &[String], columns: usize, breadth: f64) -> Header {
        let cell = (breadth - self.left(breadth) - 12.0) / columns.max(1) as f64;
        let fits = |name: &String| name.split(' ').all(|word| 1.06 * width(word, SMALL, false) <= cell - 6.0);
        match names.iter().all(fits) {
            true => Header::Upright(
                names.iter().map(|name| wrap(name, SMALL, false, (cell - 6.0) / 1.06)).collect(),
            ),
            false => Header::Turned(widest(names)),
        }
    }
}

/// How the names of columns are written.
enum Header {
    /// In lines.
    Upright(Vec<Vec<String>>),
    /// Upwards, with their length.
    Turned(f64),
}

impl Header {
    fn height(&self) -> f64 {
        match self {
            Self::Upright(names) => names.iter().map(Vec::len).max().unwrap_or(0) as f64 * LINE,
            Self::Turned(length) => 1.06 * length,
        }
    }

    fn draw(&self, panel: &Panel<'_>, grid: Grid, names: &[String]) -> Drawn {
        let middle =
            |column: usize| units(grid.left + grid.width * (column as f64 + 0.5) / names.len() as f64);
        let plain = style(SMALL, false, INK);
        match self {
            Self::Upright(lines) => lines.iter().enumerate().try_for_each(|(column, lines)| {
                let centred = plain.pos(Pos::new(HPos::Center, VPos::Center));
                (0..).zip(lines.iter().rev()).try_for_each(|(index, line)| {
                    let above = units(grid.top - 10.0 - LINE * f64::from(index));
                    panel.draw(&Text::new(line.as_str(), (middle(column), above), centred.clone()))
                })
            }),
            Self::Turned(_) => names.iter().enumerate().try_for_each(|(column, name)| {
                let turned = plain.transform(FontTransform::Rotate270);
                panel.draw(&Text::new(name.as_str(), (middle(column), units(grid.top - 6.0)), turned))
            }),
        }
    }
}

fn draw_rows(panel: &Panel<'_>, grid: Grid, rows: &[String]) -> Drawn {
    let height = grid.height / rows.len() as f64;
    for (row, name) in rows.iter().enumerate() {
        let lines = wrap(name, SMALL, false, grid.left - 8.0);
        for (index, line) in lines.iter().take(2).enumerate() {
            let shift = if lines.len() > 1 { 12.0 * (index as f64 - 0.5) } else { 0.0 };
            let middle = units(grid.top + height * (row as f64 + 0.5) + shift);
            panel.draw_text(line, &style(SMALL, false, INK), (0, middle))?;
        }
    }
    Ok(())
}

fn draw_ticks(panel: &Panel<'_>, grid: Grid, x: &Numbers, y: &Numbers) -> Drawn {
    let muted = style(SMALL, false, MUTED);
    let centred = muted.pos(Pos::new(HPos::Center, VPos::Center));
    let [left, right] = [grid.left, grid.left + grid.width].map(units);
    let [top, bottom] = [grid.top, grid.top + grid.height].map(units);
    let across = ticks(x, grid.width);
    for (value, label) in across.labelled() {
        let at = across.map(&value, (left, right));
        tick(panel, [(at, bottom), (at, bottom + units(3.5))])?;
        panel.draw(&Text::new(label, (at, bottom + units(12.0)), centred.clone()))?;
    }
    let upwards = ticks(y, grid.height);
    for (value, label) in upwards.labelled() {
        let at = upwards.map(&value, (bottom, top));
        tick(panel, [(left - units(3.5), at), (left, at)])?;
        panel.draw(&Text::new(label, (left - units(6.0), at), ending(&muted)))?;
    }
    panel.draw(&Text::new(x.title.as_str(), ((left + right) / 2, bottom + units(27.0)), centred))?;
    let lines = wrap(&y.title, SMALL, false, (grid.left + grid.width) * 0.97);
    (0..).zip(lines.iter().rev()).try_for_each(|(index, line)| {
        panel.draw_text(line, &muted, (0, top - units(17.0 + LINE * f64::from(index))))
    })
}

fn tick(panel: &Panel<'_>, ends: [(i32, i32); 2]) -> Drawn {
    panel.draw(&PathElement::new(ends.to_vec(), rule(MUTED, None).style()))
}

/// A disc with a light edge, its label on a light ground beside it, on the side with more room.
fn draw_point(panel: &Panel<'_>, grid: Grid, (x, y): (i32, i32), label: &str) -> Drawn {
    panel.draw(&Circle::new((x, y), units(5.5), PAPER.filled()))?;
    panel.draw(&Circle::new((x, y), units(4.0), INK.filled()))?;
    let length = units(1.06 * width(label, LABEL, true) + 6.0);
    let start = if x + length + units(8.0) < units(grid.left + grid.width) {
        x + units(8.0)
    } else {
        x - units(8.0) - length
    };
    let ground = [(start, y - units(9.0)), (start + length, y + units(9.0))];
    panel.draw(&Rectangle::new(ground, PAPER.filled()))?;
    panel.draw(&Text::new(label, (start + units(3.0), y), style(LABEL, true, INK)))
}

fn edge() -> Stroke {
    Stroke { colour: PAPER, dash: None, width: 4.5 }
}

fn ticks(axis: &Numbers, length: f64) -> Ticks {
    Ticks::within(axis.range.0, axis.range.1, length, axis.percent)
}

fn widest(names: &[String]) -> f64 {
    names.iter().map(|name| width(name, SMALL, false)).fold(0.0, f64::max)
}

impl Grid {
    /// Where a point of the plane lies.
    fn at(&self, (x, y): (f64, f64), across: (f64, f64), upwards: (f64, f64)) -> (i32, i32) {
        let share = |value: f64, (low, high): (f64, f64)| ((value - low) / (high - low)).clamp(0.0, 1.0);
        let right = self.left + self.width * share(x, across);
        let down = self.top + self.height * (1.0 - share(y, upwards));
        (units(right), units(down))
    }
}
