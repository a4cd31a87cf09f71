//! A small SVG canvas: lines, bands, bars and text. Colours that depend on a light or dark page are
//! given as presentation attributes and named by class, so that a page's style sheet can override them.

use super::text::FAMILIES;
use std::fmt::Write;

/// Where a text's x coordinate lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Anchor {
    /// At its start.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// Colours with a meaning on the page rather than in the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tone {
    /// Text and axes.
    Ink,
    /// Secondary text: at least 4.5 to 1 on paper.
    Muted,
    /// Grid lines.
    Grid,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Ink => "ink",
            Self::Muted => "muted",
            Self::Grid => "grid",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::Ink => "#1b1f24",
            Self::Muted => "#57606a",
            Self::Grid => "#dfe3e8",
        }
    }
}

/// Colour and dash pattern of a line. Colour alone never carries a meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub colour: &'static str,
    /// SVG dash pattern, "" for solid.
    pub dash: &'static str,
    /// Width.
    pub width: f64,
}

/// An SVG under construction.
pub struct Canvas {
    width: f64,
    body: String,
}

impl Canvas {
    /// An empty canvas of a given width; the height is known when it is finished.
    pub fn new(width: f64) -> Self {
        Self { width, body: String::new() }
    }

    /// Width.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// A straight line in a page colour.
    pub fn rule(&mut self, from: (f64, f64), to: (f64, f64), tone: Tone, dash: &str) {
        self.element(format_args!(
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" class="{}-line" stroke="{}"{}/>"#,
            from.0,
            from.1,
            to.0,
            to.1,
            tone.class(),
            tone.colour(),
            dash_attribute(dash)
        ));
    }

    /// A broken line through `points`.
    pub fn path(&mut self, points: &[(f64, f64)], stroke: &Stroke) {
        self.element(format_args!(
            r#"<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round"{}/>"#,
            coordinates(points),
            stroke.colour,
            stroke.width,
            dash_attribute(stroke.dash)
        ));
    }

    /// A translucent area.
    pub fn area(&mut self, outline: &[(f64, f64)], colour: &str, opacity: f64) {
        let points = coordinates(outline);
        self.element(format_args!(
            r#"<polygon points="{points}" fill="{colour}" fill-opacity="{opacity}"/>"#
        ));
    }

    /// A filled bar.
    pub fn bar(&mut self, x: f64, y: f64, width: f64, height: f64, colour: &str, opacity: f64) {
        self.element(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{height:.1}" fill="{colour}" fill-opacity="{opacity}"/>"#,
            width.max(0.5)
        ));
    }

    /// A dot; hollow ones show the page through.
    pub fn dot(&mut self, x: f64, y: f64, radius: f64, colour: &str, hollow: bool) {
        let fill = if hollow { "none" } else { colour };
        self.element(format_args!(
            r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius:.1}" fill="{fill}" stroke="{colour}" stroke-width="1.3"/>"#
        ));
    }

    /// One line of text.
    pub fn text(
        &mut self,
        (x, y): (f64, f64),
        text: &str,
        size: f64,
        bold: bool,
        tone: Tone,
        anchor: Anchor,
    ) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        let weight = if bold { r#" font-weight="600""# } else { "" };
        let (class, colour, text) = (tone.class(), tone.colour(), escape(text));
        self.element(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}"{weight}{anchor} class="{class}" fill="{colour}">{text}</text>"#
        ));
    }

    /// The finished SVG; `title` and `description` are for screen readers.
    pub fn finish(self, height: f64, title: &str, description: &str) -> String {
        let (width, height) = (self.width, height.ceil());
        let (title, description) = (escape(title), escape(description));
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{title}" font-family="{FAMILIES}">
<title>{title}</title>
<desc>{description}</desc>
<rect width="{width}" height="{height}" class="paper" fill="#ffffff"/>
{}</svg>
"##,
            self.body
        )
    }

    fn element(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.body, "{element}");
    }
}

/// Text made safe for XML and HTML, in content and in attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn dash_attribute(dash: &str) -> String {
    if dash.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{dash}""#) }
}

fn coordinates(points: &[(f64, f64)]) -> String {
    let pairs: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    pairs.join(" ")
}
