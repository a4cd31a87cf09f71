//! Problems as the compiler would show them: file:line:column, the line, a caret, what to do.

use super::diagnostic::{Diagnostic, ScenarioErrors};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// Most problems shown in full; a text that is no scenario at all can have thousands.
const SHOWN: usize = 50;

impl ScenarioErrors {
    /// The text for a terminal, with ANSI colours if `colour`.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut shown: Vec<String> =
            self.0.iter().take(SHOWN).map(|problem| renderer.render(&[group(problem)])).collect();
        if self.0.len() > SHOWN {
            shown.push(format!("... and {} more", self.0.len() - SHOWN));
        }
        shown.join("\n\n")
    }
}

fn group(problem: &Diagnostic) -> Group<'_> {
    let title = Level::ERROR.primary_title(printable(&problem.message)).id(problem.code.word());
    let mut group = match &problem.origin {
        Some(origin) => {
            let (text, span) = origin.excerpt();
            let caret = AnnotationKind::Primary.span(span).label(&problem.label);
            title.element(
                Snippet::source(text)
                    .line_start(origin.line())
                    .path(printable(&origin.source.name))
                    .annotation(caret),
            )
        }
        None => Group::with_title(title),
    };
    if let Some(expected) = problem.expected.as_ref().filter(|it| !problem.message.contains(*it)) {
        group = group.element(Level::NOTE.message(format!("accepted: {expected}")));
    }
    if let Some(suggestion) = &problem.suggestion {
        group = group.element(Level::HELP.message(format!("did you mean {}?", printable(suggestion))));
    }
    for help in &problem.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    group
}

/// A file may hold any character; a terminal must not obey them.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}
