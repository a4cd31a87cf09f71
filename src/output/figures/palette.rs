//! Colours (Okabe and Ito 2008, safe for colour-blind readers) with dash patterns that differ as well.

use super::sheet::units;
use crate::output::rounds::{BASELINE, JOINT};
use plotters::style::{Color, RGBColor, ShapeStyle};

// `report.css` turns the first four into the colours of a dark page.
/// Text and levels.
pub const INK: RGBColor = RGBColor(0x1b, 0x1f, 0x24);
/// Axes and secondary text: at least 4.5 to 1 on paper.
pub const MUTED: RGBColor = RGBColor(0x57, 0x60, 0x6a);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(0xdf, 0xe3, 0xe8);
/// Behind everything.
pub const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
/// The colour of what matters most in a figure.
pub const VERMILLION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
/// The colour of what it is compared with.
pub const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
/// A colour between the two.
pub const ORANGE: RGBColor = RGBColor(0xe6, 0x9f, 0x00);
/// The colour of a baseline.
pub const GREY: RGBColor = RGBColor(0x6e, 0x77, 0x81);

/// Lengths of a dash and of the space after it, in pixels; `None` for a solid line.
pub type Dash = Option<(f64, f64)>;

const SERIES: [(RGBColor, Dash); 6] = [
    (BLUE, None),
    (RGBColor(0x00, 0x9e, 0x73), Some((7.0, 3.0))),
    (RGBColor(0xcc, 0x79, 0xa7), Some((2.0, 2.5))),
    (ORANGE, Some((14.0, 3.0))),
    (RGBColor(0x56, 0xb4, 0xe9), Some((4.0, 3.0))),
    (VERMILLION, Some((1.5, 2.0))),
];

/// Colour and dash pattern of a line. Colour alone never carries a meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub colour: RGBColor,
    /// Dash pattern.
    pub dash: Dash,
    /// Width in pixels.
    pub width: f64,
}

impl Stroke {
    /// How plotters draws it.
    pub fn style(&self) -> ShapeStyle {
        self.colour.stroke_width(units(self.width) as u32)
    }
}

/// A thin line of an axis, a level or a mark.
pub fn rule(colour: RGBColor, dash: Dash) -> Stroke {
    Stroke { colour, dash, width: 1.0 }
}

/// The stroke of the `index`th of several equal series.
pub fn series(index: usize) -> Stroke {
    let (colour, dash) = SERIES[index % SERIES.len()];
    Stroke { colour, dash, width: 2.0 }
}

/// The stroke of one of several runs, the first of which the others are compared with. Colours return after six others,
/// with other dashes: eighteen look different.
pub fn run(index: usize) -> Stroke {
    let Some(other) = index.checked_sub(1) else {
        return Stroke { colour: GREY, dash: None, width: 2.4 };
    };
    let turn = other / SERIES.len();
    Stroke { dash: SERIES[(other + 2 * turn) % SERIES.len()].1, ..series(other) }
}

/// The stroke of a variant; `index` counts the single factors.
pub fn variant(name: &str, index: usize) -> Stroke {
    match name {
        BASELINE => Stroke { colour: GREY, dash: Some((3.0, 3.0)), width: 2.0 },
        JOINT => strong(),
        // The last colour belongs to the joint variant.
        _ => series(index % (SERIES.len() - 1)),
    }
}

/// The stroke of the line that matters most.
pub fn strong() -> Stroke {
    Stroke { colour: VERMILLION, dash: None, width: 3.2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighteen_runs_look_different() {
        let strokes: Vec<Stroke> = (0..19).map(run).collect();
        for (index, stroke) in strokes.iter().enumerate() {
            assert!(!strokes[..index].contains(stroke), "{index}");
        }
    }
}
