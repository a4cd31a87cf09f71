//! `thumbscale compare`: runs side by side.

mod source;

use super::exit::{Exit, UsageError};
use super::histories::Kept;
use super::interrupt;
use super::place::{Format, Place};
use super::progress::duration;
use super::scenario::Changes;
use super::simulate::Threads;
use super::talk::{Talk, print, print_json};
use crate::analysis::comparison::comparison_table;
use crate::output::{
    ComparedRun, ComparisonSummary, RunFacts, comparison_folder, comparison_text, to_csv, write_comparison,
};
use clap::Args;
use rayon::ThreadPool;
use source::{Source, on_one_seed, tell_apart};
use std::path::PathBuf;
use std::time::Instant;

/// Compare runs: scenarios, which are run on the seed of the first, or folders of finished runs
///
/// Differences are taken to the first, replicate by replicate: runs on one seed share their random draws, so most of
/// the noise cancels. Tables, figures and a report go to DIR/comparison/<runs and hash>.
#[derive(Args)]
#[command(mut_arg("out", |arg| arg.help("Folder of all results; those of this command are in DIR/comparison/<runs and hash>")), after_help = "\
Example: thumbscale compare baseline thumbs-only all-three --replicates 5
         thumbscale compare output/baseline/seed1-0a1b2c3d mine.toml")]
pub struct Arguments {
    /// Scenario files, names of shipped scenarios, or folders of finished runs
    #[arg(value_name = "FILE|PRESET|DIR", required = true, num_args = 2..)]
    runs: Vec<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    kept: Kept,
    /// What to print on stdout: a table, everything as JSON, or the outcomes as CSV
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    threads: Threads,
}

pub fn compare(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let clock = Instant::now();
    let sources = arguments.sources(talk)?;
    let pool = arguments.threads.pool()?;
    sources.iter().try_for_each(|source| source.refuse_too_large(pool.current_num_threads()))?;
    let destination = arguments.place.destination();
    let facts: Vec<RunFacts> = sources.iter().map(|source| source.facts().clone()).collect();
    comparison_folder(&facts, &destination)?;
    let Some(runs) = arguments.run(sources, &pool, talk)? else {
        talk.say("interrupted; nothing was compared");
        return Ok(Exit::Interrupted);
    };
    let summary = ComparisonSummary::new(&runs);
    summary.notes.iter().for_each(|note| talk.say(&format!("warning: {note}")));
    interrupt::saving();
    let written = write_comparison(&summary, &runs, &destination);
    // Printed even if the files could not be written, so that not everything is lost.
    let printed = arguments.print(&summary);
    talk.say(&format!("done in {}", duration(clock.elapsed().as_secs_f64())));
    let folder = written?;
    talk.say(&format!("results: {0}\nreport:  {0}/report.html", folder.display()));
    printed?;
    Ok(Exit::Fine)
}

impl Arguments {
    /// All runs; `None` if one was interrupted.
    fn run(
        &self,
        sources: Vec<Source>,
        pool: &ThreadPool,
        talk: Talk,
    ) -> anyhow::Result<Option<Vec<ComparedRun>>> {
        let kept = (&self.kept, self.place.out.as_path());
        sources.into_iter().map(|source| source.run(kept, pool, talk)).collect()
    }

    fn sources(&self, talk: Talk) -> anyhow::Result<Vec<Source>> {
        let read = |path: &PathBuf| Source::read(path, &self.changes);
        let sources = self.runs.iter().map(read).collect::<anyhow::Result<Vec<Source>>>()?;
        self.refuse_idle_changes(&sources)?;
        let mut sources = on_one_seed(sources, talk)?;
        tell_apart(&mut sources);
        Ok(sources)
    }

    /// Changes apply to scenarios; where there are none they would be ignored.
    fn refuse_idle_changes(&self, sources: &[Source]) -> Result<(), UsageError> {
        match self.changes.is_empty() || !sources.iter().all(Source::is_finished) {
            true => Ok(()),
            false => Err(UsageError(
                "all these runs are finished, so --set, --seed, --rounds and --replicates would do nothing; \
                 leave them out, or compare scenarios"
                    .to_string(),
            )),
        }
    }

    fn print(&self, summary: &ComparisonSummary) -> anyhow::Result<()> {
        match self.format {
            Format::Human => print(&comparison_text(summary)),
            Format::Json => print_json(summary),
            Format::Csv => {
                print(&String::from_utf8(to_csv("comparison", &comparison_table(&summary.measures))?)?)
            }
        }
    }
}
