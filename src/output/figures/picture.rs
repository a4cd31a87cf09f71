//! An SVG figure as pixels. Figures are what plotters writes: rectangles, lines, polygons, circles and text, each with all of its
//! properties. A renderer for SVG at large, with fonts of the system and scripts of the world, would be a seventh of the program.

use super::lettering::Lettering;
use roxmltree::{Document, Node};
use tiny_skia::{
    Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Shader, Stroke, Transform,
};

/// The figure drawn at so many times its size.
///
/// # Errors
/// What it has that plotters does not write, in words.
pub(super) fn pixels(svg: &str, zoom: f32) -> Result<Pixmap, String> {
    let document = Document::parse(svg).map_err(|error| error.to_string())?;
    let root = document.root_element();
    let (width, height) = (number(root, "width")?, number(root, "height")?);
    let pixels = Pixmap::new((width * zoom) as u32, (height * zoom) as u32);
    let mut picture = Picture {
        pixels: pixels.ok_or("the figure has no size")?,
        page: page(root, zoom * width, zoom * height)?,
        lettering: Lettering::new()?,
    };
    root.children().filter(Node::is_element).try_for_each(|element| picture.draw(element))?;
    Ok(picture.pixels)
}

struct Picture {
    pixels: Pixmap,
    /// From the figure's units to pixels.
    page: Transform,
    lettering: Lettering,
}

impl Picture {
    fn draw(&mut self, element: Node<'_, '_>) -> Result<(), String> {
        let path = match element.tag_name().name() {
            "title" | "desc" => return Ok(()),
            "rect" => rectangle(element)?,
            "line" => line(element)?,
            "polyline" => through(&points(element)?, false),
            "polygon" => through(&points(element)?, true),
            "circle" => PathBuilder::from_circle(
                number(element, "cx")?,
                number(element, "cy")?,
                number(element, "r")?,
            ),
            "text" => self.lettering.outline(element)?,
            other => return Err(format!("no picture can show <{other}>")),
        };
        // Without a path there is no area: an empty bar, a circle without a radius, a space.
        path.map_or(Ok(()), |path| self.paint(element, &path))
    }

    fn paint(&mut self, element: Node<'_, '_>, path: &Path) -> Result<(), String> {
        if let Some(paint) = paint(element, "fill")? {
            self.pixels.fill_path(path, &paint, FillRule::Winding, self.page, None);
        }
        if let Some(paint) = paint(element, "stroke")? {
            let width =
                if element.has_attribute("stroke-width") { number(element, "stroke-width")? } else { 1.0 };
            let stroke = Stroke { width, line_join: LineJoin::Round, ..Stroke::default() };
            self.pixels.stroke_path(path, &paint, &stroke, self.page, None);
        }
        Ok(())
    }
}

/// What stretches the figure's units over a picture of this size.
fn page(root: Node<'_, '_>, width: f32, height: f32) -> Result<Transform, String> {
    let [_, _, across, down] = numbers(root, "viewBox")?[..] else {
        return Err("a viewBox has four numbers".to_string());
    };
    Ok(Transform::from_scale(width / across, height / down))
}

fn rectangle(element: Node<'_, '_>) -> Result<Option<Path>, String> {
    let (x, y) = (number(element, "x")?, number(element, "y")?);
    let (width, height) = (number(element, "width")?, number(element, "height")?);
    Ok(Rect::from_xywh(x, y, width, height).map(PathBuilder::from_rect))
}

fn line(element: Node<'_, '_>) -> Result<Option<Path>, String> {
    let ends = [["x1", "y1"], ["x2", "y2"]].map(|end| end.map(|name| number(element, name)));
    let [[x1, y1], [x2, y2]] = ends;
    Ok(through(&[(x1?, y1?), (x2?, y2?)], false))
}

fn through(points: &[(f32, f32)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (place, &(x, y)) in points.iter().enumerate() {
        if place == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if closed {
        path.close();
    }
    path.finish()
}

fn points(element: Node<'_, '_>) -> Result<Vec<(f32, f32)>, String> {
    Ok(numbers(element, "points")?.chunks_exact(2).map(|point| (point[0], point[1])).collect())
}

/// The colour for the inside or the edge of an element, none if it has none.
fn paint<'p>(element: Node<'_, '_>, property: &str) -> Result<Option<Paint<'p>>, String> {
    let Some(colour) = element.attribute(property).filter(|&colour| colour != "none") else {
        return Ok(None);
    };
    let unknown = || format!("{colour} is no colour of six digits");
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or_else(unknown)?;
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| unknown())?.to_be_bytes();
    let mut colour = Color::from_rgba8(red, green, blue, u8::MAX);
    if element.has_attribute("opacity") {
        colour.set_alpha(number(element, "opacity")?);
    }
    Ok(Some(Paint { shader: Shader::SolidColor(colour), ..Paint::default() }))
}

pub(super) fn number(element: Node<'_, '_>, name: &str) -> Result<f32, String> {
    match numbers(element, name)?[..] {
        [number] => Ok(number),
        _ => Err(format!("`{name}` of <{}> is one number", element.tag_name().name())),
    }
}

/// Numbers apart by commas or spaces.
fn numbers(element: Node<'_, '_>, name: &str) -> Result<Vec<f32>, String> {
    let text = element.attribute(name).unwrap_or_default();
    let numbers = text.split([',', ' ']).filter(|number| !number.is_empty()).map(str::parse);
    numbers
        .collect::<Result<_, _>>()
        .map_err(|_| format!("`{name}` of <{}> is made of numbers, not {text:?}", element.tag_name().name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(inside: &str) -> Result<Pixmap, String> {
        pixels(
            &format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2" viewBox="0 0 40 20"><title>t</title>{inside}</svg>"#
            ),
            2.0,
        )
    }

    fn colour(picture: &Pixmap, x: u32, y: u32) -> [u8; 4] {
        let pixel = picture.pixel(x, y).unwrap().demultiply();
        [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]
    }

    #[test]
    fn shapes_lie_where_their_units_say() {
        let ground = r##"<rect x="0" y="0" width="40" height="20" fill="#FFFFFF" stroke="none"/>"##;
        let bar =
            r##"<rect x="10" y="0" width="5" height="20" opacity="0.5" fill="#000000" stroke="none"/>"##;
        let line = r##"<line stroke="#FF0000" stroke-width="10" x1="20" y1="15" x2="40" y2="15"/>"##;
        let picture = drawn(&[ground, bar, line].concat()).unwrap();
        assert_eq!((picture.width(), picture.height()), (8, 4));
        assert_eq!(colour(&picture, 0, 0), [255, 255, 255, 255]);
        assert!(colour(&picture, 2, 2)[0].abs_diff(128) <= 1);
        assert_eq!(
            (colour(&picture, 6, 3), colour(&picture, 6, 1)),
            ([255, 0, 0, 255], [255, 255, 255, 255])
        );
    }

    #[test]
    fn what_no_figure_has_is_an_error_and_what_has_no_area_is_none() {
        for (inside, said) in [
            ("<path d=\"M0 0\"/>", "<path>"),
            ("<circle cx=\"1\" cy=\"1\" r=\"one\"/>", "`r` of <circle>"),
            ("<rect x=\"0\" y=\"0\" width=\"9\" height=\"9\" fill=\"red\"/>", "red is no colour"),
            ("<text>", "text"),
        ] {
            let error = drawn(inside).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        assert!(drawn(r##"<rect x="0" y="0" width="0" height="9" fill="#000000"/>"##).is_ok());
    }
}
