//! The frame of every figure: the question as title, the answer below it, panels, caption, footer.

use super::svg::{Anchor, Canvas, Tone};
use super::text::wrap;
use crate::output::identity::Identity;

const MARGIN: f64 = 16.0;

/// A figure under construction, filled from top to bottom.
pub struct Sheet {
    /// Where panels draw.
    pub canvas: Canvas,
    margin: f64,
    top: f64,
    question: String,
    answer: String,
}

/// A rectangle on a sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Sheet {
    /// Starts a figure that stands alone: with its question and the answer that the numbers give.
    pub fn titled(width: f64, question: &str, answer: &str) -> Self {
        let mut sheet = Self { margin: MARGIN, ..Self::untitled(width, question, answer) };
        sheet.paragraph(question, 20.0, true, Tone::Ink);
        sheet.paragraph(answer, 13.5, false, Tone::Ink);
        sheet.top += 10.0;
        sheet
    }

    /// Starts a figure on a page that prints question and answer itself; here they serve screen readers only.
    pub fn untitled(width: f64, question: &str, answer: &str) -> Self {
        let (question, answer) = (question.to_string(), answer.to_string());
        Self { canvas: Canvas::new(width), margin: 1.0, top: 10.0, question, answer }
    }

    /// Whether the figure is for a narrow screen.
    pub fn is_narrow(&self) -> bool {
        self.canvas.width() < 600.0
    }

    /// The next row of `count` equal panels of a given height; narrow sheets stack them.
    pub fn panels(&mut self, count: usize, height: f64) -> Vec<Area> {
        let columns = if self.is_narrow() { 1 } else { count };
        let gap = 22.0;
        let width = (self.canvas.width() - 2.0 * self.margin - gap * (columns - 1) as f64) / columns as f64;
        let areas = (0..count).map(|index| Area {
            left: self.margin + (index % columns) as f64 * (width + gap),
            top: self.top + (index / columns) as f64 * (height + gap),
            width,
            height,
        });
        let areas: Vec<Area> = areas.collect();
        self.top += count.div_ceil(columns) as f64 * (height + gap) - gap + 14.0;
        areas
    }

    /// A heading above the next row of panels.
    pub fn heading(&mut self, text: &str) {
        self.top += 4.0;
        self.paragraph(text, 14.0, true, Tone::Ink);
        self.top += 4.0;
    }

    /// Adds caption and footer and returns the SVG.
    pub fn finish(mut self, caption: &str, identity: &Identity) -> String {
        self.paragraph(caption, 11.5, false, Tone::Muted);
        self.top += 3.0;
        self.paragraph(&footer(identity), 11.0, false, Tone::Muted);
        self.canvas.finish(self.top + 10.0, &self.question, &format!("{} {caption}", self.answer))
    }

    fn paragraph(&mut self, text: &str, size: f64, bold: bool, tone: Tone) {
        if text.is_empty() {
            return;
        }
        // Fonts that stand in for Inter run a little wider.
        let limit = (self.canvas.width() - 2.0 * self.margin) * 0.96;
        for line in wrap(text, size, bold, limit) {
            self.top += 1.3 * size;
            self.canvas.text((self.margin, self.top - 0.25 * size), &line, size, bold, tone, Anchor::Start);
        }
        self.top += 3.0;
    }
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
