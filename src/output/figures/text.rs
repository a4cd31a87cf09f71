//! Widths of text in the font that figures carry, so that nothing is clipped or overlaps.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::sync::OnceLock;

/// Inter Regular, a Latin subset (SIL Open Font License, `fonts/OFL.txt`).
pub const REGULAR: &[u8] = include_bytes!("../fonts/Inter-Regular.ttf");
/// Inter SemiBold, the same subset.
pub const SEMI_BOLD: &[u8] = include_bytes!("../fonts/Inter-SemiBold.ttf");
/// Font families in order of preference; viewers without Inter fall back.
pub const FAMILIES: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// Advance width of `text` at `size`, in the units of the figure.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    text.chars().map(|letter| advance(letter, bold)).sum::<f64>() * size
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

/// Width of one letter in ems.
fn advance(letter: char, bold: bool) -> f64 {
    // About the mean width of a letter, for the rare one outside the subset.
    const UNKNOWN: f64 = 0.6;
    let known = (letter as usize) < LATIN;
    let table = widths(bold);
    if known { table[letter as usize] } else { glyph_width(font(bold), letter).unwrap_or(UNKNOWN) }
}

const LATIN: usize = 256;

fn widths(bold: bool) -> &'static [f64; LATIN] {
    static WIDTHS: [OnceLock<[f64; LATIN]>; 2] = [OnceLock::new(), OnceLock::new()];
    WIDTHS[usize::from(bold)].get_or_init(|| {
        std::array::from_fn(|code| glyph_width(font(bold), char::from(code as u8)).unwrap_or(0.6))
    })
}

fn font(bold: bool) -> Option<FontRef<'static>> {
    FontRef::new(if bold { SEMI_BOLD } else { REGULAR }).ok()
}

fn glyph_width(font: Option<FontRef<'static>>, letter: char) -> Option<f64> {
    let font = font?;
    let glyph = font.charmap().map(letter)?;
    font.glyph_metrics(Size::new(1.0), LocationRef::default()).advance_width(glyph).map(f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_come_from_the_font() {
        assert!(width("W", 10.0, false) > 2.0 * width("i", 10.0, false));
        assert!(width("thumbs", 10.0, true) > width("thumbs", 10.0, false));
    }

    #[test]
    fn wrapped_lines_fit() {
        let lines = wrap("one two three four five six", 12.0, false, 60.0);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| width(line, 12.0, false) <= 60.0));
    }
}
