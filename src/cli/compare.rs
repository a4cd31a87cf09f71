//! `thumbscale compare`: runs side by side.

mod show;

use super::exit::{Exit, UsageError};
use super::memory::refuse_too_large;
use super::scenario::Changes;
use super::simulate::{Threads, simulate};
use super::talk::{Talk, print, print_json};
use clap::{Args, ValueEnum};
use rayon::ThreadPool;
use std::path::{Path, PathBuf};
use thumbscale::analysis::comparison::{self, Candidate, MeasureComparison};
use thumbscale::analysis::study::Variant;
use thumbscale::measure::table::Table;
use thumbscale::output::FinishedRun;
use thumbscale::output::rounds::{main_variant, replicates};
use thumbscale::scenario::Scenario;

/// Compare runs: scenarios, which are run on the seed of the first, or folders of finished runs
///
/// Differences are taken to the first, replicate by replicate: runs on one seed share their random draws, so most of
/// the noise cancels.
#[derive(Args)]
#[command(after_help = "Example: thumbscale compare baseline thumbs-only all-three --replicates 5")]
pub struct Arguments {
    /// Scenario files, names of shipped scenarios, or folders of finished runs
    #[arg(value_name = "FILE|PRESET|DIR", required = true, num_args = 2..)]
    runs: Vec<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    /// What to print on stdout
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
    Csv,
}

/// A run to compare, before it has run.
enum Source {
    Scenario(Box<Scenario>),
    Finished(FinishedRun),
}

/// A run to compare.
struct Compared {
    label: String,
    seed: u64,
    rounds: Table,
}

pub fn compare(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let sources = arguments.sources()?;
    arguments.refuse_idle_changes(&sources)?;
    let sources = on_one_seed(sources, talk)?;
    for source in &sources {
        source.refuse_too_large()?;
    }
    let pool = arguments.threads.pool()?;
    let mut runs = Vec::new();
    for source in sources {
        let Some(run) = source.run(&pool, talk)? else {
            talk.say("interrupted; nothing was compared");
            return Ok(Exit::Interrupted);
        };
        runs.push(run);
    }
    tell_apart(&mut runs, &arguments.runs);
    warn(&runs, talk);
    arguments.print(&runs, &comparison::compare(&candidates(&runs)))?;
    Ok(Exit::Fine)
}

impl Arguments {
    fn sources(&self) -> anyhow::Result<Vec<Source>> {
        self.runs.iter().map(|path| self.source(path)).collect()
    }

    fn source(&self, path: &Path) -> anyhow::Result<Source> {
        match path.is_dir() {
            true => Ok(Source::Finished(FinishedRun::read(path)?)),
            false => Ok(Source::Scenario(Box::new(self.changes.load(path)?))),
        }
    }

    /// Changes apply to scenarios; where there are none they would be ignored.
    fn refuse_idle_changes(&self, sources: &[Source]) -> Result<(), UsageError> {
        let finished = |source: &Source| matches!(source, Source::Finished(_));
        match self.changes.is_empty() || !sources.iter().all(finished) {
            true => Ok(()),
            false => Err(UsageError(
                "all these runs are finished, so --set, --seed, --rounds and --replicates would do nothing; \
                 leave them out, or compare scenarios"
                    .to_string(),
            )),
        }
    }

    fn print(&self, runs: &[Compared], measures: &[MeasureComparison]) -> anyhow::Result<()> {
        match self.format {
            Format::Human => {
                print(&show::table(measures, runs.iter().map(|run| replicates(&run.rounds)).min()))
            }
            Format::Json => print_json(&serde_json::json!({ "format": 1, "measures": measures })),
            Format::Csv => print(&show::csv(measures)?),
        }
    }
}

/// Gives all scenarios the seed of the first run, so that they share their random draws.
fn on_one_seed(sources: Vec<Source>, talk: Talk) -> anyhow::Result<Vec<Source>> {
    let Some(seed) = sources.first().map(Source::seed) else { return Ok(sources) };
    let reseed = |source: Source| match source {
        Source::Scenario(scenario) if scenario.settings_in(0).run.seed != seed => {
            talk.say(&format!("{} runs on seed {seed}, that of the first run", scenario.name));
            Ok(Source::Scenario(Box::new(scenario.with_seed(seed)?)))
        }
        source => Ok(source),
    };
    sources.into_iter().map(reseed).collect()
}

impl Source {
    fn seed(&self) -> u64 {
        match self {
            Source::Scenario(scenario) => scenario.settings_in(0).run.seed,
            Source::Finished(run) => run.seed,
        }
    }

    fn refuse_too_large(&self) -> anyhow::Result<()> {
        match self {
            Source::Scenario(scenario) => Ok(refuse_too_large(&[as_it_is(scenario)])?),
            Source::Finished(_) => Ok(()),
        }
    }

    /// The run; `None` if it was interrupted.
    fn run(self, pool: &ThreadPool, talk: Talk) -> anyhow::Result<Option<Compared>> {
        let seed = self.seed();
        match self {
            Source::Finished(run) => Ok(Some(Compared { label: run.scenario, seed, rounds: run.rounds })),
            Source::Scenario(scenario) => {
                let study = simulate(&[as_it_is(&scenario)], pool, talk)?;
                let label = scenario.name.clone();
                Ok((!study.interrupted).then_some(Compared { label, seed, rounds: study.tables.rounds }))
            }
        }
    }
}

fn as_it_is(scenario: &Scenario) -> Variant {
    Variant { name: "all".to_string(), scenario: scenario.clone() }
}

/// Runs of one name are called by what was typed.
fn tell_apart(runs: &mut [Compared], typed: &[PathBuf]) {
    let names: Vec<String> = runs.iter().map(|run| run.label.clone()).collect();
    for (run, path) in runs.iter_mut().zip(typed) {
        if names.iter().filter(|name| **name == run.label).count() > 1 {
            run.label = path.display().to_string();
        }
    }
}

fn warn(runs: &[Compared], talk: Talk) {
    let last_round =
        |run: &Compared| run.rounds.numbers("round").unwrap_or_default().into_iter().fold(0.0, f64::max);
    let differ = |of: &dyn Fn(&Compared) -> f64| runs.windows(2).any(|pair| of(&pair[0]) != of(&pair[1]));
    if differ(&|run| run.seed as f64) {
        talk.say("warning: the runs have different seeds, so differences contain run-to-run noise");
    }
    if differ(&last_round) {
        talk.say("warning: the runs differ in length; each is shown in its own last round");
    }
    if differ(&|run| replicates(&run.rounds) as f64) {
        talk.say("warning: the runs differ in replicates; differences use those that both have");
    }
}

fn candidates(runs: &[Compared]) -> Vec<Candidate<'_>> {
    let candidate = |run: &Compared| main_variant(&run.rounds);
    runs.iter()
        .map(|run| Candidate { label: run.label.clone(), rounds: &run.rounds, variant: candidate(run) })
        .collect()
}
