//! Where a value was written: which text, and where in it.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// What kind of text a value comes from. The order is the order in which problems are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The scenario file itself.
    File,
    /// A file that it names as `base`.
    Base,
    /// A `--set` on the command line.
    CommandLine,
    /// The lists that every scenario starts from.
    Defaults,
}

/// A text that values were read from.
#[derive(Debug, PartialEq)]
pub struct Source {
    /// Path as given, or `--set`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// What kind of text it is.
    pub layer: Layer,
}

/// A place in a [`Source`].
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The text.
    pub source: Arc<Source>,
    /// Bytes of it.
    pub span: Range<usize>,
}

impl Origin {
    /// A place in `source`; a span that does not fit the text is moved to its end.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        let start = floor_char(&source.text, span.start);
        let end = floor_char(&source.text, span.end).max(start);
        Self { source: Arc::clone(source), span: start..end }
    }

    /// Line, counted from 1.
    pub fn line(&self) -> usize {
        self.source.text[..self.span.start].matches('\n').count() + 1
    }

    /// Column in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.source.text[self.line_start()..self.span.start].chars().count() + 1
    }

    /// The lines that the place touches, and the place within them. Showing only these keeps a message about a
    /// large file cheap.
    pub fn excerpt(&self) -> (&str, Range<usize>) {
        let start = self.line_start();
        let rest = &self.source.text[self.span.end..];
        let end = self.span.end + rest.find('\n').unwrap_or(rest.len());
        (&self.source.text[start..end], self.span.start - start..self.span.end - start)
    }

    /// Key by which problems are sorted: the file first, then top to bottom.
    pub(super) fn rank(&self) -> (Layer, &str, usize) {
        (self.source.layer, &self.source.name, self.span.start)
    }

    fn line_start(&self) -> usize {
        self.source.text[..self.span.start].rfind('\n').map_or(0, |newline| newline + 1)
    }
}

fn floor_char(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// `file:line`, or the whole `--set`.
impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source.layer {
            Layer::CommandLine => write!(out, "{} {}", self.source.name, self.source.text),
            _ => write!(out, "{}:{}", self.source.name, self.line()),
        }
    }
}

impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Origin", 6)?;
        fields.serialize_field("file", &self.source.name)?;
        fields.serialize_field("layer", &self.source.layer)?;
        fields.serialize_field("line", &self.line())?;
        fields.serialize_field("column", &self.column())?;
        fields.serialize_field("start", &self.span.start)?;
        fields.serialize_field("end", &self.span.end)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, span: Range<usize>) -> Origin {
        Origin::new(&Arc::new(Source { name: "a.toml".into(), text: text.into(), layer: Layer::File }), span)
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let origin = place("a = 1\né = 22\nc = 3", 11..13);
        assert_eq!((origin.line(), origin.column()), (2, 5));
        assert_eq!(origin.excerpt(), ("é = 22", 5..7));
        assert_eq!(origin.to_string(), "a.toml:2");
    }

    #[test]
    fn a_span_outside_the_text_or_inside_a_character_is_moved() {
        assert_eq!(place("é", 1..9).span, 0..2);
    }
}
