//! The `thumbscale` program: reads its arguments, calls the library, prints, and exits with a code.

#![forbid(unsafe_code)]

#[allow(
    clippy::disallowed_methods,
    reason = "the command line reads the clock and formats numbers for people"
)]
mod cli;
mod lesson;

use clap::{Parser, Subcommand};
use cli::exit::{Exit, finish};
use cli::talk::{Talk, TalkOptions};
use cli::{
    autopsy, check, compare, completions, compound, demo, explain, gain, init, presets, run, schema,
    sensitivity, serve, sweep, verify,
};
use std::process::ExitCode;

// Rounds allocate and free large samples on all threads. An allocator that gives them back to the system every time makes a
// million users a tenth to a fifth slower on two threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

fn main() -> ExitCode {
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
