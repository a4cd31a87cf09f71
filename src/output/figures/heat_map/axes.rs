//! What the rows and columns of a heat map are called.

use super::{Grid, LINE, SMALL};
use crate::output::figures::palette::INK;
use crate::output::figures::sheet::{Drawn, Panel, units};
use crate::output::figures::text::{style, width, wrap};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Names of rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Axes {
    /// Of rows, from the top.
    pub rows: Vec<String>,
    /// Of columns, from the left.
    pub columns: Vec<String>,
}

impl Axes {
    /// Height above the grid, in pixels.
    pub(super) fn above(&self, breadth: f64) -> f64 {
        self.header(breadth).height() + 6.0
    }

    /// Width left of the grid, in pixels.
    pub(super) fn left(&self, breadth: f64) -> f64 {
        widest(&self.rows).min(0.34 * breadth) + 10.0
    }

    /// Draws the names.
    pub(super) fn draw(&self, panel: &Panel<'_>, grid: Grid) -> Drawn {
        draw_rows(panel, grid, &self.rows)?;
        self.header(grid.left + grid.width + 12.0).draw(panel, grid, &self.columns)
    }

    fn header(&self, breadth: f64) -> Header {
        let names = &self.columns;
        let cell = (breadth - self.left(breadth) - 12.0) / names.len().max(1) as f64;
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

fn widest(names: &[String]) -> f64 {
    names.iter().map(|name| width(name, SMALL, false)).fold(0.0, f64::max)
}
