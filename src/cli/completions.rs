//! `thumbscale completions`: what a shell needs to complete commands and options.

use super::exit::Exit;
use super::talk::print;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print what a shell needs to complete commands and options
#[derive(Args)]
#[command(
    after_help = "Example: thumbscale completions bash > ~/.local/share/bash-completion/completions/thumbscale"
)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

pub fn completions<Program: CommandFactory>(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Program::command(), "thumbscale", &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(Exit::Fine)
}
