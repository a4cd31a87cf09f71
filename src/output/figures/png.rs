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
    encode(&pixels(&parse(svg)?, ZOOM)?).map_err(|error| error.to_string())
}

/// The picture as a file. Figures have a ground, so that nothing is transparent.
fn encode(pixels: &tiny_skia::Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    let colours: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    encoder.write_header()?.write_image_data(&colours)?;
    Ok(file)
}

/// The figure drawn at so many times its size.
pub(super) fn pixels(tree: &usvg::Tree, zoom: f32) -> Result<tiny_skia::Pixmap, String> {
    let size = tree.size().to_int_size();
    let (width, height) = (size.width() as f32 * zoom, size.height() as f32 * zoom);
    let mut pixels = tiny_skia::Pixmap::new(width as u32, height as u32).ok_or("the figure has no size")?;
    resvg::render(tree, tiny_skia::Transform::from_scale(zoom, zoom), &mut pixels.as_mut());
    Ok(pixels)
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
