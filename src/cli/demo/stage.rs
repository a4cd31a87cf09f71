//! Where the story is told: words in a language, questions, and lines that change while something runs.

use crate::cli::talk::print;
use crate::lesson::{Language, words};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::stdin;
use textwrap::core::Word;
use textwrap::{Options, WordSeparator, wrap};
use unicode_linebreak::linebreaks;

/// Longest line.
const WIDTH: usize = 88;

/// What may stand on a line of its own: Chinese has no spaces. textwrap's own rules for it would be twenty crates more.
fn parts(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut start = 0;
    Box::new(linebreaks(line).map(move |(end, _)| Word::from(&line[std::mem::replace(&mut start, end)..end])))
}

/// A terminal, or something that takes its place.
#[derive(Clone, Copy)]
pub struct Stage {
    pub language: Language,
    /// Whether somebody is there to guess.
    pub asks: bool,
    /// Whether lines can be drawn over.
    pub live: bool,
}

impl Stage {
    /// The phrase of that name, with what it leaves open filled in.
    pub fn phrase(&self, name: &str, filled: &[(&str, &str)]) -> String {
        let phrase = words().demo.get(name).map_or(name, |it| it.in_language(self.language));
        filled
            .iter()
            .fold(phrase.to_string(), |text, (hole, value)| text.replace(&format!("{{{hole}}}"), value))
    }

    /// Says a phrase as a paragraph.
    pub fn say(&self, name: &str, filled: &[(&str, &str)]) -> anyhow::Result<()> {
        self.paragraph(&self.phrase(name, filled), "")
    }

    /// Prints text in lines, each after `margin`.
    pub fn paragraph(&self, text: &str, margin: &str) -> anyhow::Result<()> {
        let options = Options::new(WIDTH)
            .initial_indent(margin)
            .subsequent_indent(margin)
            .word_separator(WordSeparator::Custom(parts));
        print(&format!("{}\n", wrap(text, options).join("\n")))
    }

    /// The heading of a step.
    pub fn heading(&self, (step, steps): (usize, usize), title: &str) -> anyhow::Result<()> {
        let place = self.phrase("step", &[("step", &step.to_string()), ("steps", &steps.to_string())]);
        let title = self.phrase(title, &[]);
        print(&format!("\n{}\n{place}: {title}\n\n", "─".repeat(WIDTH)))
    }

    /// Asks for a guess among phrases; the number of the one chosen, if anybody chose.
    pub fn guess(&self, question: &str, options: &[&str]) -> anyhow::Result<Option<usize>> {
        print("\n")?;
        self.say(question, &[])?;
        for (number, option) in (1..).zip(options) {
            print(&format!("  {number}  {}\n", self.phrase(option, &[])))?;
        }
        if !self.asks {
            return print("\n").map(|()| None);
        }
        print(&format!("{}: ", self.phrase("your_guess", &[])))?;
        let mut line = String::new();
        stdin().read_line(&mut line)?;
        print("\n")?;
        let chosen = line.trim().parse::<usize>().ok();
        Ok(chosen.and_then(|number| number.checked_sub(1)).filter(|place| *place < options.len()))
    }

    /// Says whether the guess was right.
    pub fn judge(&self, guess: Option<usize>, truth: usize) -> anyhow::Result<()> {
        match guess {
            None => Ok(()),
            Some(guess) if guess == truth => self.say("guess_right", &[]),
            Some(_) => self.say("guess_wrong", &[]),
        }
    }

    /// Waits for Enter.
    pub fn pause(&self) -> anyhow::Result<()> {
        if self.asks {
            print(&format!("\n[{}] ", self.phrase("next", &[])))?;
            stdin().read_line(&mut String::new())?;
        }
        Ok(())
    }

    /// Lines that are drawn over while something runs, and vanish at its end.
    pub fn moving_lines(&self) -> ProgressBar {
        let target = if self.live { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template("{msg}").expect("a valid template");
        ProgressBar::with_draw_target(None, target).with_style(style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use textwrap::core::display_width;

    #[test]
    fn lines_end_at_spaces_and_between_chinese_characters_but_not_before_a_full_stop() {
        let options = || Options::new(20).word_separator(WordSeparator::Custom(parts));
        assert_eq!(wrap("each change looked good alone", options()), ["each change looked", "good alone"]);
        let lines = wrap("每一项单独看来都是合理的改动。合在一起却不然。", options());
        assert!(lines.len() > 2 && lines.iter().all(|line| display_width(line) <= 20), "{lines:?}");
        assert!(lines.iter().all(|line| !line.starts_with('。')), "{lines:?}");
        assert_eq!(lines.concat(), "每一项单独看来都是合理的改动。合在一起却不然。");
    }
}
