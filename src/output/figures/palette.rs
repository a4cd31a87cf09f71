//! Colours (Okabe and Ito 2008, safe for colour-blind readers) with dash patterns that differ as well.

use super::svg::Stroke;
use crate::output::rounds::{BASELINE, JOINT};

/// The colour of what matters most in a figure.
pub const VERMILLION: &str = "#d55e00";
/// The colour of what it is compared with.
pub const BLUE: &str = "#0072b2";
/// The colour of a baseline.
pub const GREY: &str = "#6e7781";

const SERIES: [(&str, &str); 6] = [
    (BLUE, ""),
    ("#009e73", "7 3"),
    ("#cc79a7", "2 2.5"),
    ("#e69f00", "9 3 2 3"),
    ("#56b4e9", "4 3"),
    (VERMILLION, "1 2"),
];

/// The stroke of the `index`th of several equal series.
pub fn series(index: usize) -> Stroke {
    let (colour, dash) = SERIES[index % SERIES.len()];
    Stroke { colour, dash, width: 2.0 }
}

/// The stroke of a variant; `index` counts the single factors.
pub fn variant(name: &str, index: usize) -> Stroke {
    match name {
        BASELINE => Stroke { colour: GREY, dash: "3 3", width: 2.0 },
        JOINT => strong(),
        // The last colour belongs to the joint variant.
        _ => series(index % (SERIES.len() - 1)),
    }
}

/// The stroke of the line that matters most.
pub fn strong() -> Stroke {
    Stroke { colour: VERMILLION, dash: "", width: 3.2 }
}
