//! `thumbscale run`: simulates a scenario and leaves its results.

use super::checkpoint::{CheckpointOptions, Keeper};
use super::exit::Exit;
use super::interrupt;
use super::json_lines::answer_lines;
use super::memory::refuse_too_large;
use super::place::{Format, Place};
use super::progress::duration;
use super::scenario::Changes;
use super::simulate::{Threads, simulate};
use super::talk::{Talk, print, print_json};
use crate::analysis::study::{Ending, Study, Variant, variants};
use crate::mean_field::MeanField;
use crate::output::words::large;
use crate::output::{
    Destination, MeanFieldSummary, Provenance, Results, Summary, Warning, check_destination, doubts,
    mean_field_folder, mean_field_text, story, to_csv, write_mean_field, write_results,
};
use crate::scenario::Scenario;
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Simulate a scenario, tell its story, and write tables, figures and a report
///
/// Where several factors are on, the scenario is also run without any of them and with each alone, on the same random
/// numbers, so that the report can say whether they compound.
#[derive(Args)]
#[command(after_help = "Example: thumbscale run gpt4o-april-2025 --replicates 5")]
pub struct Arguments {
    /// A scenario file, or the name of a shipped scenario
    #[arg(value_name = "FILE|PRESET")]
    scenario: PathBuf,
    #[command(flatten)]
    changes: Changes,
    /// Run only the scenario as it is, not the versions with fewer factors
    #[arg(long)]
    no_contrast: bool,
    /// Run the deterministic map for infinitely many users instead, where the scenario has one
    #[arg(long, conflicts_with = "no_contrast")]
    mean_field: bool,
    /// Answer designs from stdin, a JSON object a line, with outcomes on stdout; nothing else is written
    ///
    /// Each line is {"id": 1, "parameters": {"policy.kl_strength": 0.2}, "seed": 7, "replicates": 2}, all of it optional; the
    /// answer has the id, the outcomes in the last round, means over replicates, or an error. For Optuna, SALib, OpenMOLE, the
    /// EMA Workbench and others that choose points themselves.
    #[arg(long, conflicts_with_all = ["no_contrast", "mean_field"])]
    json_lines: bool,
    /// A column of the rounds table to answer with; may be given several times [default: seven of them]
    #[arg(long = "outcome", value_name = "MEASURE", requires = "json_lines")]
    outcomes: Vec<String>,
    /// Also write the headline figure as a picture that moves, figures/headline.gif, for slides
    #[arg(long, conflicts_with_all = ["mean_field", "json_lines"])]
    gif: bool,
    #[command(flatten)]
    place: Place,
    /// What to print on stdout: the story, the summary as JSON, or the table of rounds as CSV
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    checkpoints: CheckpointOptions,
    #[command(flatten)]
    threads: Threads,
}

pub fn run(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let (started, clock) = (SystemTime::now(), Instant::now());
    let scenario = arguments.changes.load(&arguments.scenario)?;
    if arguments.mean_field {
        return arguments.run_mean_field(&scenario, talk);
    }
    if arguments.json_lines {
        return answer_lines(&scenario, &arguments.outcomes, &arguments.threads.pool()?, talk);
    }
    let variants = arguments.variants(&scenario)?;
    refuse_too_large(&variants)?;
    let destination = arguments.destination();
    let (mut keeper, unfinished) =
        Keeper::start(&arguments.checkpoints, (&scenario, &variants), &destination, talk)?;
    check_destination(&scenario, &destination)?;
    let pool = arguments.threads.pool()?;
    let done_before = unfinished.conversations();
    let study = simulate(unfinished, &mut keeper, &pool, talk)?;
    if study.tables.rounds.rows() == 0 {
        return without_results(study.ending, &mut keeper, talk);
    }
    let warnings = doubts(&scenario, &study.tables, study.signal_by_signal.as_ref(), &study.ending);
    let results = results(&scenario, &study, &warnings);
    let provenance = provenance(pool.current_num_threads(), started, clock.elapsed());
    interrupt::saving();
    let written = write_results(&results, &provenance, &destination);
    // Printed even if the files could not be written, so that not everything is lost.
    let printed = arguments.print(&results);
    tell(talk, &warnings, study.conversations - done_before, clock.elapsed());
    keep_or_clear(&mut keeper, &study.ending, written.is_ok(), talk);
    tell_where(talk, &written?);
    printed?;
    exit_after(study.ending)
}

fn without_results(ending: Ending, keeper: &mut Keeper, talk: Talk) -> anyhow::Result<Exit> {
    if ending == Ending::Stopped {
        talk.say("interrupted before the first round was done; there are no results yet");
        keeper.tell_how_to_go_on();
    } else {
        keeper.clear();
    }
    exit_after(ending)
}

/// Checkpoints have served their purpose once results are in their place, all or those before a round that would fail again.
fn keep_or_clear(keeper: &mut Keeper, ending: &Ending, written: bool, talk: Talk) {
    match ending {
        Ending::Stopped => talk.say("interrupted: the rounds done by then are kept"),
        Ending::Failed(_) if written => talk.say("a round failed: the rounds done by then are kept"),
        Ending::Failed(_) | Ending::Complete => {}
    }
    match *ending == Ending::Stopped || !written {
        true => keeper.tell_how_to_go_on(),
        false => keeper.clear(),
    }
}

fn exit_after(ending: Ending) -> anyhow::Result<Exit> {
    match ending {
        Ending::Complete => Ok(Exit::Fine),
        Ending::Stopped => Ok(Exit::Interrupted),
        Ending::Failed(error) => Err(error.into()),
    }
}

impl Arguments {
    /// A run that goes on replaces what it left when it was interrupted.
    fn destination(&self) -> Destination {
        let destination = self.place.destination();
        Destination { force: destination.force || self.checkpoints.resume, gif: self.gif, ..destination }
    }

    fn variants(&self, scenario: &Scenario) -> anyhow::Result<Vec<Variant>> {
        match self.no_contrast {
            true => Ok(vec![Variant { name: "all".to_string(), scenario: scenario.clone() }]),
            false => Ok(variants(scenario)?),
        }
    }

    /// The map for infinitely many users; seconds, so that an interruption simply ends it.
    fn run_mean_field(&self, scenario: &Scenario, talk: Talk) -> anyhow::Result<Exit> {
        let map = MeanField::new(scenario)?;
        mean_field_folder(scenario, &self.place.destination())?;
        let rounds = self.threads.pool()?.install(|| map.run())?;
        let summary = MeanFieldSummary::new(scenario, &rounds);
        let written = write_mean_field(&summary, scenario, &self.place.destination());
        match self.format {
            Format::Human => print(&mean_field_text(&summary))?,
            Format::Json => print_json(&summary)?,
            Format::Csv => print(&String::from_utf8(to_csv("rounds", &summary.rounds)?)?)?,
        }
        talk.say(&format!("results: {}", written?.display()));
        Ok(Exit::Fine)
    }

    fn print(&self, results: &Results<'_>) -> anyhow::Result<()> {
        let summary = Summary::new(results);
        match self.format {
            Format::Human => print(&story(results, &summary)),
            Format::Json => print_json(&summary),
            Format::Csv => print(&String::from_utf8(to_csv("rounds", &results.tables.rounds)?)?),
        }
    }
}

fn results<'a>(scenario: &'a Scenario, study: &'a Study, warnings: &'a [Warning]) -> Results<'a> {
    Results { scenario, tables: &study.tables, signal_by_signal: study.signal_by_signal.as_ref(), warnings }
}

fn provenance(threads: usize, started: SystemTime, duration: Duration) -> Provenance {
    let command_line = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    Provenance { command_line, threads, started, duration }
}

fn tell(talk: Talk, warnings: &[Warning], conversations: u64, elapsed: Duration) {
    for warning in warnings {
        talk.say(&format!("warning: {warning}"));
    }
    let conversations = large(conversations as f64);
    talk.say(&format!("{conversations} conversations in {}", duration(elapsed.as_secs_f64())));
}

fn tell_where(talk: Talk, folder: &Path) {
    talk.say(&format!("results: {0}\nreport:  {0}/report.html", folder.display()));
}
