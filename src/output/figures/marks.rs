//! Marks of verdicts: told apart by shape, and by colour.

use super::palette::{BLUE, INK, VERMILLION};
use super::sheet::{Drawn, Panel, units};
use super::text::{style, width};
use plotters::prelude::*;

/// A verdict of a check, or a value that nobody judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Passed.
    Passed,
    /// Passed, and the candidate was found significantly better.
    Better,
    /// Failed.
    Failed,
    /// Not judged.
    Unseen,
}

impl Verdict {
    /// Its colour.
    pub fn colour(self) -> RGBColor {
        match self {
            Verdict::Passed | Verdict::Better => BLUE,
            Verdict::Failed => VERMILLION,
            Verdict::Unseen => INK,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Better => "passed, significantly better",
            Verdict::Failed => "failed",
            Verdict::Unseen => "not seen by any check",
        }
    }

    /// Draws the mark: a disc, a triangle, a cross or a diamond.
    pub fn draw(self, panel: &Panel<'_>, (x, y): (i32, i32), radius: f64) -> Drawn {
        let (r, filled) = (units(radius), self.colour().filled());
        match self {
            Verdict::Passed => panel.draw(&Circle::new((x, y), units(0.85 * radius), filled)),
            Verdict::Better => {
                panel.draw(&Polygon::new(vec![(x - r, y + r), (x + r, y + r), (x, y - r)], filled))
            }
            Verdict::Unseen => {
                panel.draw(&Polygon::new(vec![(x - r, y), (x, y - r), (x + r, y), (x, y + r)], filled))
            }
            Verdict::Failed => {
                let stroke = self.colour().stroke_width(units(2.2) as u32);
                panel.draw(&PathElement::new(vec![(x - r, y - r), (x + r, y + r)], stroke))?;
                panel.draw(&PathElement::new(vec![(x - r, y + r), (x + r, y - r)], stroke))
            }
        }
    }
}

/// A legend of marks in one row; on a narrow panel in several.
pub fn legend(panel: &Panel<'_>, verdicts: &[Verdict], breadth: f64) -> Drawn {
    let (mut x, mut y) = (6.0, 8.0);
    for verdict in verdicts {
        let needed = 16.0 + 1.05 * width(verdict.word(), 12.0, false);
        if x > 6.0 && x + needed > breadth {
            (x, y) = (6.0, y + 17.0);
        }
        verdict.draw(panel, (units(x), units(y)), 4.2)?;
        panel.draw_text(verdict.word(), &style(12.0, false, INK), (units(x + 11.0), units(y)))?;
        x += needed + 18.0;
    }
    Ok(())
}
