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
    // More would take longer than drawing, for files a third smaller.
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    let colours = pixels.data().as_chunks().0.iter().map(|&[red, green, blue, _]| [red, green, blue]);
    encoder.write_header()?.write_image_data(colours.collect::<Vec<_>>().as_flattened())?;
    Ok(file)
}
