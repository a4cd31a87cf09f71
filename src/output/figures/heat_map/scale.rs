//! Colours for values: one hue from pale to dark, or blue over white to vermillion around zero. Both change steadily in
//! lightness, so that they survive colour blindness and grey print.

use crate::output::figures::palette::{BLUE, VERMILLION};
use plotters::style::RGBColor;

// Off white and off black: `report.css` turns pure ones into the colours of a dark page, which cells do not follow.
const PALE: RGBColor = RGBColor(0xf7, 0xf7, 0xf7);
const DARK: RGBColor = RGBColor(0x08, 0x3c, 0x6b);
const ON_DARK: RGBColor = RGBColor(0xfe, 0xfe, 0xfe);
const ON_PALE: RGBColor = RGBColor(0x1b, 0x1f, 0x25);
/// A cell without a value.
pub const EMPTY: RGBColor = RGBColor(0xd0, 0xd4, 0xd9);

/// How values become colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// From pale at `low` to dark at `high`.
    Sequential {
        /// Value of the palest colour.
        low: f64,
        /// Value of the darkest colour.
        high: f64,
    },
    /// From blue at minus `reach` over white at zero to vermillion at `reach`.
    Diverging {
        /// Largest absolute value.
        reach: f64,
    },
}

impl Scale {
    /// A diverging scale if signs differ or `around_zero` is set, else a sequential one; both cover all values.
    pub fn covering(values: &[Vec<f64>], around_zero: bool) -> Self {
        let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
        let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
        match (low, high) {
            (low, high) if low > high => Self::Sequential { low: 0.0, high: 1.0 },
            (low, high) if around_zero || low * high < 0.0 => Self::Diverging { reach: high.max(-low) },
            (low, high) => Self::Sequential { low, high },
        }
    }

    /// Smallest and largest value; never equal.
    pub fn ends(&self) -> (f64, f64) {
        let (low, high) = match *self {
            Self::Sequential { low, high } => (low, high),
            Self::Diverging { reach } => (-reach, reach),
        };
        if high > low { (low, high) } else { (low - 0.5, low + 0.5) }
    }

    /// Colour of a value; values beyond the ends have the colours of the ends, NaN that of an empty cell.
    pub fn colour(&self, value: f64) -> RGBColor {
        let (low, high) = self.ends();
        let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
        match self {
            _ if value.is_nan() => EMPTY,
            Self::Sequential { .. } => between(PALE, DARK, share),
            Self::Diverging { .. } if share < 0.5 => between(BLUE, PALE, 2.0 * share),
            Self::Diverging { .. } => between(PALE, VERMILLION, 2.0 * share - 1.0),
        }
    }
}

/// Nearly black or nearly white, whichever contrasts more with the ground.
pub fn ink_on(ground: RGBColor) -> RGBColor {
    let on = |ink| contrast(ink, ground);
    if on(ON_PALE) >= on(ON_DARK) { ON_PALE } else { ON_DARK }
}

/// Contrast ratio, WCAG 2.1: 1 of a colour with itself, 21 of black with white.
fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

/// Relative luminance, WCAG 2.1.
fn luminance(RGBColor(red, green, blue): RGBColor) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

fn between(from: RGBColor, to: RGBColor, share: f64) -> RGBColor {
    let mix = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_pale_and_the_ends_are_blue_and_vermillion() {
        let scale = Scale::Diverging { reach: 2.0 };
        assert_eq!([-2.0, 0.0, 2.0, 9.0].map(|v| scale.colour(v)), [BLUE, PALE, VERMILLION, VERMILLION]);
        assert_eq!(scale.colour(f64::NAN), EMPTY);
    }

    #[test]
    fn signed_values_get_the_diverging_scale() {
        let scale = |values: &[f64], around| Scale::covering(&[values.to_vec()], around);
        assert_eq!(scale(&[-1.0, f64::NAN, 3.0], false), Scale::Diverging { reach: 3.0 });
        assert_eq!(scale(&[1.0, 3.0], false), Scale::Sequential { low: 1.0, high: 3.0 });
        assert_eq!(scale(&[1.0, 3.0], true), Scale::Diverging { reach: 3.0 });
        assert_eq!(scale(&[f64::NAN], false).ends(), (0.0, 1.0));
        assert!(scale(&[2.0], false).ends().0 < 2.0, "a lone value still has a scale");
    }

    // No ground can do better with two inks so close to black and white: the worst one is equally far from both.
    #[test]
    fn numbers_can_be_read_on_every_cell() {
        assert!((contrast(RGBColor(0, 0, 0), RGBColor(255, 255, 255)) - 21.0).abs() < 1e-9);
        for scale in [Scale::Diverging { reach: 1.0 }, Scale::Sequential { low: -1.0, high: 1.0 }] {
            for step in 0..=40 {
                let ground = scale.colour(f64::from(step) / 20.0 - 1.0);
                assert!(contrast(ground, ink_on(ground)) > 4.0, "{scale:?} {step}");
            }
        }
    }
}
