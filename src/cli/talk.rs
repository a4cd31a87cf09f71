//! Results go to stdout, talk goes to stderr.

use anstream::ColorChoice;
use clap::{Args, ValueEnum};
use std::io::{IsTerminal, Write};

/// How much the program says, and how.
#[derive(Args)]
pub struct TalkOptions {
    /// Say nothing on stderr but errors
    #[arg(long, short, global = true, display_order = 100)]
    quiet: bool,
    /// When to use colours; `auto` uses them on terminals and respects NO_COLOR
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 101)]
    color: Color,
}

#[derive(Clone, Copy, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

/// How much the program says beyond errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    Quiet,
    /// Lines now and then.
    Lines,
    /// A progress bar as well.
    Terminal,
}

impl TalkOptions {
    /// Applies the choice of colours and decides how much is said.
    pub fn apply(&self) -> Talk {
        match self.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
        .write_global();
        match self.quiet {
            true => Talk::Quiet,
            false if std::io::stderr().is_terminal() => Talk::Terminal,
            false => Talk::Lines,
        }
    }
}

impl Talk {
    /// Says `text` on stderr unless asked to be quiet.
    pub fn say(self, text: &str) {
        if self != Talk::Quiet {
            say(text);
        }
    }
}

/// Says `text` on stderr. Nobody listening is no error.
pub fn say(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Prints a result on stdout.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = anstream::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Prints a result as JSON on stdout.
pub fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    print(&(serde_json::to_string_pretty(value)? + "\n"))
}
