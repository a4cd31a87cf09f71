//! `thumbscale verify`: the laws and published results that must come out.

use super::exit::{Exit, UsageError};
use super::interrupt;
use super::progress::duration;
use super::simulate::Threads;
use super::talk::{Talk, print, print_json};
use crate::output::{verify_html, verify_json, verify_markdown, verify_text, write_atomic};
use crate::verify::{Case, Checked, Verdict, cases_named, run_cases};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Instant;

/// Check the simulator against exact laws and published results
///
/// Every case runs the simulator's own parts and holds what comes out against what must, with a tolerance and its reason;
/// each has negative controls, which must be rejected. Exits with 1 if any case fails.
#[derive(Args)]
#[command(after_help = "Example: thumbscale verify --format html --out verification.html
         thumbscale verify bayesian-user lock-in")]
pub struct Arguments {
    /// Cases to check, all unless given
    #[arg(value_name = "CASE")]
    cases: Vec<String>,
    /// Only list the cases
    #[arg(long)]
    list: bool,
    /// How to print the findings
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Write to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
    Html,
    Markdown,
}

pub fn verify(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let cases = cases_named(&arguments.cases).map_err(|error| UsageError(error.to_string()))?;
    if arguments.list {
        print(&listed(&cases))?;
        return Ok(Exit::Fine);
    }
    let clock = Instant::now();
    interrupt::listen(talk)?;
    let done = |it: &Checked| talk.say(&format!("{} {}", word(it.verdict()), it.case.name));
    let checked = arguments.threads.pool()?.install(|| run_cases(&cases, || !interrupt::requested(), done));
    arguments.deliver(&checked)?;
    talk.say(&format!("done in {}", duration(clock.elapsed().as_secs_f64())));
    Ok(exit(&checked, cases.len(), talk))
}

fn exit(checked: &[Checked], wanted: usize, talk: Talk) -> Exit {
    if checked.len() < wanted {
        talk.say(&format!("interrupted: {} of {wanted} cases were not checked", wanted - checked.len()));
        return Exit::Interrupted;
    }
    match checked.iter().all(|it| it.verdict() == Verdict::Passed) {
        true => Exit::Fine,
        false => Exit::Failed,
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "FAILED",
    }
}

fn listed(cases: &[Case]) -> String {
    let width = cases.iter().map(|case| case.name.len()).max().unwrap_or(0);
    cases.iter().map(|case| format!("{:width$}  {}\n", case.name, case.title)).collect()
}

impl Arguments {
    fn deliver(&self, checked: &[Checked]) -> anyhow::Result<()> {
        let text = match self.format {
            Format::Human => verify_text(checked),
            Format::Html => verify_html(checked),
            Format::Markdown => verify_markdown(checked),
            Format::Json if self.out.is_none() => return print_json(&verify_json(checked)),
            Format::Json => serde_json::to_string_pretty(&verify_json(checked))? + "\n",
        };
        match &self.out {
            Some(path) => Ok(write_atomic(path, text.as_bytes())?),
            None => print(&text),
        }
    }
}
