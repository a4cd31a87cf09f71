//! The command line: reads arguments, calls the library, prints, and exits with a code. One file per command, and what commands
//! share.

mod autopsy;
mod check;
mod compare;
mod completions;
mod compound;
mod demo;
mod explain;
mod gain;
mod init;
mod presets;
mod run;
mod schema;
mod sensitivity;
mod serve;
mod sweep;

mod checkpoint;
mod exit;
mod histories;
mod interrupt;
mod json_lines;
mod memory;
mod place;
mod progress;
mod scan;
mod scenario;
mod simulate;
mod talk;
mod verify;

use clap::{Parser, Subcommand};
use exit::{Exit, finish};
use std::process::ExitCode;
use talk::{Talk, TalkOptions};

/// Simulates how feedback compounds: thumbs, memory and fresh data over many update rounds, and the sycophancy they add up to.
#[derive(Parser)]
#[command(name = "thumbscale", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Arguments {
    #[command(flatten)]
    talk: TalkOptions,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Start here:
  thumbscale run gpt4o-april-2025     the incident of April 2025, in about a minute
  thumbscale serve                    the teaching page, in a browser
  thumbscale presets                  what else can be asked
  thumbscale init my-question         a scenario of your own

Exit codes: 0 fine, 1 a run failed, 2 wrong usage, 3 bad scenario, 130 interrupted.";

#[derive(Subcommand)]
enum Command {
    Run(run::Arguments),
    Check(check::Arguments),
    Compare(compare::Arguments),
    Compound(compound::Arguments),
    Gain(gain::Arguments),
    Sensitivity(sensitivity::Arguments),
    Autopsy(autopsy::Arguments),
    Sweep(sweep::Arguments),
    Serve(serve::Arguments),
    Demo(demo::Arguments),
    Verify(verify::Arguments),
    Init(init::Arguments),
    Presets(presets::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
}

/// Does what the command line says; gives the exit code.
pub fn run_program() -> ExitCode {
    let Arguments { talk, command } = Arguments::parse();
    let talk = talk.apply();
    finish(dispatch(command, talk))
}

fn dispatch(command: Command, talk: Talk) -> anyhow::Result<Exit> {
    match command {
        Command::Run(arguments) => run::run(&arguments, talk),
        Command::Check(arguments) => check::check(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments, talk),
        Command::Compound(arguments) => compound::compound(&arguments, talk),
        Command::Gain(arguments) => gain::gain(&arguments, talk),
        Command::Sensitivity(arguments) => sensitivity::sensitivity(&arguments, talk),
        Command::Autopsy(arguments) => autopsy::autopsy(&arguments, talk),
        Command::Sweep(arguments) => sweep::sweep(&arguments, talk),
        Command::Serve(arguments) => serve::serve(&arguments, talk),
        Command::Demo(arguments) => demo::demo(&arguments, talk),
        Command::Verify(arguments) => verify::verify(&arguments, talk),
        Command::Init(arguments) => init::init(&arguments, talk),
        Command::Presets(arguments) => presets::presets(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Schema(arguments) => schema::schema(&arguments),
        Command::Completions(arguments) => completions::completions::<Arguments>(&arguments),
    }
}
