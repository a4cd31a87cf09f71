//! SVG figures one after the other as a GIF, for slides.

use super::picture::pixels;
use gif::{Encoder, Frame, Repeat};

/// Seconds that the whole takes, each frame as long as the others within the limits.
const SECONDS: f64 = 7.0;
/// Hundredths of a second.
const SHORTEST: f64 = 6.0;
const LONGEST: f64 = 80.0;
/// The last frame stays, so that it can be read before it all begins again.
const LAST: u16 = 300;
/// How coarsely colours are chosen, 1 to 30: few colours, so that nothing is lost.
const SPEED: i32 = 10;

/// The figures as a GIF that repeats.
///
/// # Errors
/// What renderer or encoder say, in words.
pub fn to_gif(svgs: &[String]) -> Result<Vec<u8>, String> {
    let delay = (100.0 * SECONDS / svgs.len().max(1) as f64).clamp(SHORTEST, LONGEST) as u16;
    let mut bytes = Vec::new();
    let mut encoder: Option<Encoder<&mut Vec<u8>>> = None;
    let mut target = Some(&mut bytes);
    for (number, svg) in (1..).zip(svgs) {
        let mut shown = pixels(svg, 1.0)?;
        let (width, height) = (side(shown.width())?, side(shown.height())?);
        let mut frame = Frame::from_rgba_speed(width, height, shown.data_mut(), SPEED);
        frame.delay = if number == svgs.len() { LAST } else { delay };
        if let Some(bytes) = target.take() {
            let mut begun = Encoder::new(bytes, width, height, &[]).map_err(|error| error.to_string())?;
            begun.set_repeat(Repeat::Infinite).map_err(|error| error.to_string())?;
            encoder = Some(begun);
        }
        if let Some(encoder) = &mut encoder {
            encoder.write_frame(&frame).map_err(|error| error.to_string())?;
        }
    }
    drop(encoder);
    Ok(bytes)
}

fn side(pixels: u32) -> Result<u16, String> {
    u16::try_from(pixels).map_err(|_| format!("{pixels} pixels are too many for a GIF"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(colour: &str) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4" viewBox="0 0 8 4"><rect x="0" y="0" width="8" height="4" fill="{colour}"/></svg>"#
        )
    }

    #[test]
    fn every_figure_is_a_frame_and_the_last_one_stays() {
        let bytes = to_gif(&[square("#ff0000"), square("#0000ff")]).unwrap();
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(bytes.as_slice()).unwrap();
        assert_eq!((decoder.width(), decoder.height()), (8, 4));
        let mut seen = Vec::new();
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            seen.push((frame.delay, frame.buffer[..3].to_vec()));
        }
        assert_eq!(seen, [(LONGEST as u16, vec![255, 0, 0]), (LAST, vec![0, 0, 255])]);
    }
}
