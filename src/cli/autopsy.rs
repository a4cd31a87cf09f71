//! `thumbscale autopsy`: the incident again, under other rules and measures.

use super::exit::Exit;
use super::interrupt;
use super::memory::refuse_too_large_for;
use super::place::{Format, Place};
use super::progress::{SharedReporter, Steps, duration};
use super::scenario::Changes;
use super::simulate::Threads;
use super::talk::{Talk, print, print_json};
use crate::analysis::autopsy::{
    Autopsy, Case, CheckSize, Progress, all_checks, bytes_needed, cases, incident_round, outcomes_table,
    replay, sizes,
};
use crate::launch::Rates;
use crate::output::words::large;
use crate::output::{AutopsySummary, autopsy_folder, autopsy_text, sizes_text, to_csv, write_autopsy};
use crate::scenario::{Mitigation, Scenario, ScenarioErrors, mitigation, mitigations, read_mitigation};
use clap::Args;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Histories of each case, unless asked for otherwise.
const REPLICATES: u32 = 20;
/// What `--power` asks of every check.
const RATES: Rates = Rates { false_alarm: 0.05, power: 0.8 };

/// Replay an incident under other review rules and mitigations: what would have caught it, when, at what cost
///
/// The update in which the scenario's factors begin is replayed as it was and with each mitigation, 20 times unless
/// --replicates says otherwise, on common random numbers. The updates before it are harmless: those that a rule holds
/// are its false alarms.
#[derive(Args)]
#[command(after_help = "\
Example: thumbscale autopsy gpt4o-april-2025
         thumbscale autopsy gpt4o-april-2025 --mitigation tester-veto --mitigation mine.toml --power")]
pub struct Arguments {
    /// A scenario file, or the name of a shipped scenario
    #[arg(value_name = "FILE|PRESET")]
    scenario: PathBuf,
    /// What is tried: a file, or the name of a shipped mitigation; may be given several times [default: all shipped]
    #[arg(long = "mitigation", value_name = "FILE|NAME")]
    mitigations: Vec<PathBuf>,
    /// Also say how many experts, prompts, users or days each check needs for 80 % power at 5 % false alarms
    #[arg(long)]
    power: bool,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    place: Place,
    /// What to print on stdout: a table with verdicts, everything as JSON, or the table as CSV
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    threads: Threads,
}

pub fn autopsy(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let clock = Instant::now();
    let scenario = arguments.changes.load_with_replicates(&arguments.scenario, REPLICATES)?;
    let incident = incident_round(&scenario)?;
    let mitigations = arguments.mitigations(&scenario, talk)?;
    let pool = arguments.threads.pool()?;
    refuse_too_large_for(&scenario, bytes_needed(&scenario, pool.current_num_threads()))?;
    let destination = arguments.place.destination();
    autopsy_folder(&scenario, &mitigations, &destination)?;
    let mut autopsy = run(arguments.cases(&scenario, &mitigations)?, &pool, talk)?;
    let sizes = arguments.sizes(&mut autopsy, incident);
    if autopsy.cases[0].histories.is_empty() {
        talk.say("interrupted before the first history was done; nothing was written");
        return Ok(Exit::Interrupted);
    }
    let summary = AutopsySummary::new(&scenario, &mitigations, &autopsy, sizes);
    interrupt::saving();
    let written = write_autopsy(&summary, &autopsy, &scenario, &destination);
    // Printed even if the files could not be written, so that not everything is lost.
    let printed = arguments.print(&summary);
    let conversations = large(autopsy.conversations as f64);
    talk.say(&format!("{conversations} conversations in {}", duration(clock.elapsed().as_secs_f64())));
    tell_where(talk, &written?, &autopsy);
    printed?;
    Ok(if autopsy.interrupted { Exit::Interrupted } else { Exit::Fine })
}

fn run(cases: Vec<Case>, pool: &rayon::ThreadPool, talk: Talk) -> anyhow::Result<Autopsy> {
    interrupt::listen(talk)?;
    let reporter = SharedReporter::new(talk);
    let found = pool.install(|| {
        replay(cases, |progress| {
            reporter.tell(&steps(&progress));
            if interrupt::requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    reporter.finish();
    Ok(found?)
}

fn steps(progress: &Progress) -> Steps {
    Steps {
        rounds_done: progress.rounds_done,
        rounds_known: 0,
        rounds_total: progress.rounds_total,
        parts_done: progress.histories_done,
        parts_total: progress.histories_total,
        what: "histories",
        conversations: progress.conversations,
    }
}

impl Arguments {
    /// The mitigations asked for; without a wish all shipped ones that fit the scenario.
    fn mitigations(&self, scenario: &Scenario, talk: Talk) -> Result<Vec<Mitigation>, ScenarioErrors> {
        if !self.mitigations.is_empty() {
            return self.mitigations.iter().map(|path| read(path)).collect();
        }
        let fits = |it: &Mitigation| match scenario.with_mitigation(it) {
            Ok(_) => true,
            Err(errors) => {
                talk.say(&format!("{} is left out, it does not fit this scenario: {errors}", it.name));
                false
            }
        };
        Ok(mitigations()?.into_iter().filter(fits).collect())
    }

    fn cases(&self, scenario: &Scenario, mitigations: &[Mitigation]) -> Result<Vec<Case>, ScenarioErrors> {
        let mut all = cases(scenario, mitigations)?;
        if self.power {
            all.push(all_checks(scenario)?);
        }
        Ok(all)
    }

    /// Takes the case with all checks out again and computes sizes from it.
    fn sizes(&self, autopsy: &mut Autopsy, incident: u32) -> Vec<CheckSize> {
        let looked = if self.power { autopsy.cases.pop() } else { None };
        looked.map_or(Vec::new(), |it| sizes(&it, incident, RATES))
    }

    fn print(&self, summary: &AutopsySummary) -> anyhow::Result<()> {
        match self.format {
            Format::Human if summary.sizes.is_empty() => print(&autopsy_text(summary)),
            Format::Human => print(&format!("{}\n{}", autopsy_text(summary), sizes_text(&summary.sizes))),
            Format::Json => print_json(summary),
            Format::Csv => {
                let outcomes: Vec<_> = summary.outcomes.iter().map(|it| it.outcome.clone()).collect();
                print(&String::from_utf8(to_csv("autopsy", &outcomes_table(&outcomes))?)?)
            }
        }
    }
}

/// A file, or else a shipped mitigation.
fn read(path: &Path) -> Result<Mitigation, ScenarioErrors> {
    match path.extension().is_none() && !path.exists() {
        true => mitigation(&path.to_string_lossy()),
        false => read_mitigation(path),
    }
}

fn tell_where(talk: Talk, folder: &Path, autopsy: &Autopsy) {
    if autopsy.interrupted {
        talk.say(
            "interrupted: histories finished by then are kept; --force replaces them by a whole autopsy",
        );
    }
    talk.say(&format!("results: {0}\nreport:  {0}/report.html", folder.display()));
}
