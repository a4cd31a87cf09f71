//! The page of every figure, filled from top to bottom: paragraphs and rows of panels.

use super::chart::Chart;
use super::palette::{INK, PAPER};
use super::text::{escape, style, wrap};
use crate::output::identity::Identity;
use plotters::coord::Shift;
use plotters::prelude::*;

/// A rectangle of a page that plotters draws in.
pub type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Drawing fails only if plotters has a bug.
pub type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// plotters counts in whole units; ten of them make a pixel.
const PER_PIXEL: f64 = 10.0;
/// No figure is taller, in pixels.
const TALLEST: f64 = 20_000.0;
const GAP: f64 = 22.0;

/// Pixels in the units of plotters.
pub fn units(pixels: f64) -> i32 {
    (PER_PIXEL * pixels).round() as i32
}

/// Units of plotters in pixels.
pub fn pixels(units: i32) -> f64 {
    f64::from(units) / PER_PIXEL
}

/// Width and height of a panel in pixels.
pub fn size(panel: &Panel<'_>) -> (f64, f64) {
    let (width, height) = panel.dim_in_pixel();
    (pixels(width as i32), pixels(height as i32))
}

/// A page under construction.
pub struct Sheet<'a> {
    rest: Panel<'a>,
    margin: f64,
}

impl<'a> Sheet<'a> {
    /// An empty page of a width in pixels; its height is known when it is finished.
    pub fn new(
        svg: &'a mut String,
        width: f64,
        margin: f64,
    ) -> Result<Self, DrawingAreaErrorKind<std::io::Error>> {
        let page = (units(width) as u32, units(TALLEST) as u32);
        let rest = SVGBackend::with_string(svg, page).into_drawing_area();
        rest.fill(&PAPER)?;
        Ok(Self { rest, margin })
    }

    fn width(&self) -> f64 {
        size(&self.rest).0
    }

    /// Width of a panel that takes the whole row.
    pub fn breadth(&self) -> f64 {
        self.width() - 2.0 * self.margin
    }

    /// Whether panels are stacked.
    pub fn is_narrow(&self) -> bool {
        self.width() < 600.0
    }

    /// The next strip of the page, within the margins.
    fn take(&mut self, height: f64) -> Panel<'a> {
        let (strip, rest) = self.rest.split_vertically(units(height));
        self.rest = rest;
        strip.margin(0, 0, units(self.margin), units(self.margin))
    }

    /// Leaves space.
    pub fn skip(&mut self, height: f64) {
        self.take(height);
    }

    /// The next row of `count` equal panels of a given height; narrow sheets stack them.
    pub fn panels(&mut self, count: usize, height: f64) -> Vec<Panel<'a>> {
        let (rows, columns) = if self.is_narrow() { (count, 1) } else { (1, count) };
        let mut panels = Vec::new();
        for _ in 0..rows {
            let row = self.take(height).margin(0, 0, 0, -units(GAP));
            panels
                .extend(row.split_evenly((1, columns)).iter().map(|panel| panel.margin(0, 0, 0, units(GAP))));
            self.skip(GAP);
        }
        panels
    }

    /// A row of charts.
    pub fn charts<'c>(&mut self, charts: impl IntoIterator<Item = &'c Chart>, height: f64) -> Drawn {
        let charts: Vec<&Chart> = charts.into_iter().collect();
        let panels = self.panels(charts.len(), height);
        charts.iter().zip(&panels).try_for_each(|(chart, panel)| chart.draw(panel))
    }

    /// A heading above the next row of panels.
    pub fn heading(&mut self, text: &str) -> Drawn {
        self.paragraph(text, 14.0, true, INK)?;
        self.skip(4.0);
        Ok(())
    }

    /// Wrapped text.
    pub fn paragraph(&mut self, text: &str, size: f64, bold: bool, colour: RGBColor) -> Drawn {
        if text.is_empty() {
            return Ok(());
        }
        // Fonts that stand in for Inter run a little wider.
        let limit = (self.width() - 2.0 * self.margin) * 0.96;
        for line in wrap(text, size, bold, limit) {
            let strip = self.take(1.3 * size);
            strip.draw_text(&line, &style(size, bold, colour), (0, units(0.72 * size)))?;
        }
        self.skip(3.0);
        Ok(())
    }

    /// Ends the page and returns its height in pixels.
    pub fn finish(mut self) -> Result<f64, DrawingAreaErrorKind<std::io::Error>> {
        self.skip(8.0);
        self.rest.present()?;
        Ok(pixels(self.rest.get_base_pixel().1).ceil())
    }
}

/// What plotters drew, cut to its height and in pixels, with a title and a description for screen readers.
pub fn document(drawn: &str, (width, height): (f64, f64), title: &str, description: &str) -> String {
    let body = drawn.split_once('>').map_or("", |(_, body)| body);
    // plotters centres text on small letters, which lifts digits above the grid line that they name.
    let body = body.replace(r#"dy="0.5ex""#, r#"dy="0.36em""#);
    let (title, description) = (escape(title), escape(description));
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {} {}" role="img" aria-label="{title}" stroke-linejoin="round">
<title>{title}</title>
<desc>{description}</desc>{body}"#,
        units(width),
        units(height)
    )
}

/// What ties a figure to its run.
pub fn footer(identity: &Identity) -> String {
    format!(
        "thumbscale {} · scenario {} ({}) · seed {}",
        identity.version,
        identity.scenario,
        identity.short_hash(),
        identity.seed
    )
}
