//! PNG pictures of SVG figures, at twice their size.

use super::picture::pixels;
use tiny_skia::Pixmap;

const ZOOM: f32 = 2.0;

/// The SVG as PNG.
///
/// # Errors
/// What the SVG has that no figure should have, in words.
pub fn to_png(svg: &str) -> Result<Vec<u8>, String> {
    encode(&pixels(svg, ZOOM)?).map_err(|error| error.to_string())
}

/// The picture as a file. Figures have a ground, so that nothing is transparent.
fn encode(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    let colours: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    encoder.write_header()?.write_image_data(&colours)?;
    Ok(file)
}
