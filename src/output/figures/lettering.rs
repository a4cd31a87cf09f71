//! The outlines of text in the font that figures carry.

use super::picture::number;
use super::text::{REGULAR, SEMI_BOLD};
use ab_glyph::{Font, FontRef, OutlineCurve, Point};
use roxmltree::Node;
use tiny_skia::{Path, PathBuilder, Transform};

/// Inter, regular and semi-bold.
pub(super) struct Lettering {
    regular: FontRef<'static>,
    semi_bold: FontRef<'static>,
}

impl Lettering {
    /// # Errors
    /// If the fonts of the program are none.
    pub fn new() -> Result<Self, String> {
        let read = |bytes| FontRef::try_from_slice(bytes).map_err(|error| error.to_string());
        Ok(Self { regular: read(REGULAR)?, semi_bold: read(SEMI_BOLD)? })
    }

    /// The letters of a `<text>` where it stands; none if there is nothing to see.
    ///
    /// # Errors
    /// If it is not as plotters writes it.
    pub fn outline(&self, text: Node<'_, '_>) -> Result<Option<Path>, String> {
        let bold = text.attribute("font-weight") == Some("bold");
        let font = if bold { &self.semi_bold } else { &self.regular };
        let words = text.text().unwrap_or_default().trim();
        let (x, y, size) = (number(text, "x")?, number(text, "y")?, number(text, "font-size")?);
        let per_unit = size / font.units_per_em().unwrap_or(1.0);
        let before = match text.attribute("text-anchor") {
            Some("middle") => 0.5,
            Some("end") => 1.0,
            _ => 0.0,
        };
        let left = x - before * per_unit * advances(font, words).sum::<f32>();
        let baseline = y + lowered(text)? * size;
        let mut path = PathBuilder::new();
        let mut advance = 0.0;
        for (letter, wide) in words.chars().zip(advances(font, words)) {
            let place = |point: Point| (left + per_unit * (advance + point.x), baseline - per_unit * point.y);
            add_letter(&mut path, font, letter, place);
            advance += wide;
        }
        let turn = turned(text, x, y)?;
        Ok(path.finish().and_then(|path| path.transform(turn)))
    }
}

/// How far each letter moves the next one, in the font's units.
fn advances<'f>(font: &'f FontRef<'static>, words: &'f str) -> impl Iterator<Item = f32> + 'f {
    words.chars().map(|letter| font.h_advance_unscaled(font.glyph_id(letter)))
}

fn add_letter(path: &mut PathBuilder, font: &FontRef<'_>, letter: char, place: impl Fn(Point) -> (f32, f32)) {
    let mut end = None;
    for curve in font.outline(font.glyph_id(letter)).map_or_else(Vec::new, |outline| outline.curves) {
        let (OutlineCurve::Line(start, _) | OutlineCurve::Quad(start, ..) | OutlineCurve::Cubic(start, ..)) =
            curve;
        if end != Some(start) {
            let (x, y) = place(start);
            path.move_to(x, y);
        }
        let last = match curve {
            OutlineCurve::Line(_, last) => {
                let (x, y) = place(last);
                path.line_to(x, y);
                last
            }
            OutlineCurve::Quad(_, by, last) => {
                let ((x1, y1), (x, y)) = (place(by), place(last));
                path.quad_to(x1, y1, x, y);
                last
            }
            OutlineCurve::Cubic(_, first, second, last) => {
                let ((x1, y1), (x2, y2), (x, y)) = (place(first), place(second), place(last));
                path.cubic_to(x1, y1, x2, y2, x, y);
                last
            }
        };
        end = Some(last);
    }
}

/// How far the baseline lies below the text's position, in font sizes. An `ex` counts as half of one.
fn lowered(text: Node<'_, '_>) -> Result<f32, String> {
    let lowered = text.attribute("dy").unwrap_or("0em");
    let in_em = lowered.strip_suffix("em").map(|number| (number, 1.0));
    let in_either = in_em.or_else(|| lowered.strip_suffix("ex").map(|number| (number, 0.5)));
    let read = in_either.and_then(|(number, size)| Some(size * number.parse::<f32>().ok()?));
    read.ok_or_else(|| format!("dy = {lowered:?} is neither in em nor in ex"))
}

/// The turn around its position that the text asks for: `rotate(270, 4, 2)`.
fn turned(text: Node<'_, '_>, x: f32, y: f32) -> Result<Transform, String> {
    let Some(turn) = text.attribute("transform") else { return Ok(Transform::identity()) };
    let angle = turn.strip_prefix("rotate(").and_then(|rest| rest.split(',').next()?.parse().ok());
    let angle = angle.ok_or_else(|| format!("transform = {turn:?} is no rotation"))?;
    Ok(Transform::from_rotate_at(angle, x, y))
}

#[cfg(test)]
mod tests {
    use super::super::testing::parse;
    use super::*;
    use resvg::usvg::{Group, Node as Laid, Rect};

    fn svg(attributes: &str, words: &str) -> String {
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 4000 4000"><text x="2000" y="2000" font-family="Inter" font-size="200" fill="#000000" {attributes}>
{words}
</text></svg>"##
        )
    }

    fn ours(svg: &str) -> Option<tiny_skia::Rect> {
        let document = roxmltree::Document::parse(svg).unwrap();
        let text = document.root_element().first_element_child().unwrap();
        Lettering::new().unwrap().outline(text).unwrap().map(|path| path.bounds())
    }

    /// Around the ink, in pixels, as resvg lays it out.
    fn theirs(svg: &str) -> Rect {
        fn found(group: &Group) -> Option<Rect> {
            group.children().iter().find_map(|child| match child {
                Laid::Group(group) => found(group),
                Laid::Text(text) => Some(text.flattened().abs_bounding_box()),
                _ => None,
            })
        }
        found(parse(svg).root()).unwrap()
    }

    // resvg moves some pairs of letters closer together, by up to a fortieth of their size.
    #[test]
    fn letters_stand_where_resvg_puts_them() {
        let placed = [
            r#"dy="0.36em" text-anchor="start""#,
            r#"dy="0.76em" text-anchor="middle""#,
            r#"dy="-0.5ex" text-anchor="end""#,
            r#"dy="0.36em" text-anchor="middle" font-weight="bold""#,
            r#"dy="0.36em" text-anchor="start" transform="rotate(270, 2000, 2000)""#,
        ];
        for attributes in placed {
            for words in ["update round", "0.25", "Alone, +0.050 (thumbs) & 85 %", "gjq|Ω"] {
                let svg = svg(attributes, &words.replace('&', "&amp;"));
                let (here, there) = (ours(&svg).unwrap(), theirs(&svg));
                let (along, across) = (0.5 + words.len() as f32 / 8.0, 0.3);
                let (level, upright) =
                    if attributes.contains("rotate") { (across, along) } else { (along, across) };
                let sides = [
                    (here.left(), there.left(), level),
                    (here.right(), there.right(), level),
                    (here.top(), there.top(), upright),
                    (here.bottom(), there.bottom(), upright),
                ];
                assert!(
                    sides.iter().all(|(here, there, within)| (here / 10.0 - there).abs() < *within),
                    "`{words}` {attributes}: {here:?} and {there:?}"
                );
            }
        }
    }

    #[test]
    fn what_shows_nothing_has_no_outline_and_what_plotters_does_not_write_is_an_error() {
        assert_eq!(ours(&svg("", " ")), None);
        for (attribute, odd) in [("dy", "3px"), ("dy", "高"), ("transform", "skewX(3)")] {
            let document = svg(&format!("{attribute}=\"{odd}\""), "x");
            let document = roxmltree::Document::parse(&document).unwrap();
            let text = document.root_element().first_element_child().unwrap();
            assert!(Lettering::new().unwrap().outline(text).is_err_and(|error| error.contains(odd)), "{odd}");
        }
    }
}
