//! PNG pictures of SVG figures, at twice their size, drawn with the font that thumbscale carries.

use super::text::{REGULAR, SEMI_BOLD};
use resvg::{tiny_skia, usvg};
use std::sync::Arc;

const ZOOM: f32 = 2.0;

/// The SVG as PNG.
///
/// # Errors
/// What the renderer says, in words.
pub fn to_png(svg: &str) -> Result<Vec<u8>, String> {
    let tree = parse(svg)?;
    let size = tree.size().to_int_size();
    let (width, height) = (size.width() as f32 * ZOOM, size.height() as f32 * ZOOM);
    let mut pixels = tiny_skia::Pixmap::new(width as u32, height as u32).ok_or("the figure has no size")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(ZOOM, ZOOM), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

/// The SVG as the renderer understands it.
pub(crate) fn parse(svg: &str) -> Result<usvg::Tree, String> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMI_BOLD.to_vec());
    let options = usvg::Options {
        font_family: "Inter".to_string(),
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).map_err(|error| error.to_string())
}
