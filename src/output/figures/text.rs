//! Text in the font that figures carry: its style in plotters, and its width, so that nothing is clipped or overlaps.

use super::sheet::units;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::sync::Once;

/// Inter Regular, a Latin subset (SIL Open Font License, `fonts/OFL.txt`).
pub const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
/// Inter SemiBold, the same subset.
pub const SEMI_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");
/// Font families in order of preference; viewers without Inter fall back. Inter is registered under this list.
const FAMILIES: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// Text of a size in pixels, vertically centred on its position.
pub fn style(size: f64, bold: bool, colour: RGBColor) -> TextStyle<'static> {
    // plotters gives SVG a font size of its own divided by 1.24.
    font(1.24 * f64::from(units(size)), bold).color(&colour).pos(Pos::new(HPos::Left, VPos::Center))
}

/// The same, ending at its position.
pub fn ending(style: &TextStyle<'static>) -> TextStyle<'static> {
    style.pos(Pos::new(HPos::Right, VPos::Center))
}

/// Advance width of `text` at `size`, in pixels.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    // Sizes are heights of a line here, and a line of Inter is 1.21 em high; large, because widths come in whole pixels.
    const LINE: f64 = 12_100.0;
    const PER_EM: f64 = 10_000.0;
    let measured = font(LINE, bold).layout_box(text).map(|(_, (width, _))| f64::from(width) / PER_EM);
    measured.unwrap_or(0.6 * text.chars().count() as f64) * size
}

/// Splits `text` into lines no wider than `limit` where words allow it.
pub fn wrap(text: &str, size: f64, bold: bool, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, bold) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// Text made safe for XML and HTML, in content and in attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn font(size: f64, bold: bool) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        for (style, font) in [(FontStyle::Normal, REGULAR), (FontStyle::Bold, SEMI_BOLD)] {
            // The fonts are part of the program, and a test measures them.
            let _ = register_font(FAMILIES, style, font);
        }
    });
    (FAMILIES, size, if bold { FontStyle::Bold } else { FontStyle::Normal }).into_font()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Advances in `hmtx`, of 2048 units per em: t 670, h 1211.
    #[test]
    fn widths_come_from_the_font() {
        let expected = 10.0 * (670.0 + 1211.0) / 2048.0;
        assert!((width("th", 10.0, false) - expected).abs() < 0.01, "{}", width("th", 10.0, false));
        assert!(width("thumbs", 10.0, true) > width("thumbs", 10.0, false));
    }

    #[test]
    fn wrapped_lines_fit() {
        let lines = wrap("one two three four five six", 12.0, false, 60.0);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| width(line, 12.0, false) <= 60.0));
    }
}
