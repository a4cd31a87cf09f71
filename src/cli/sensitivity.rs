//! `thumbscale sensitivity`: which parameters decide an outcome, and where a threshold lies.

mod asked;
mod from;
mod points;

use super::exit::{Exit, UsageError};
use super::histories::Kept;
use super::interrupt;
use super::place::{Format, Place};
use super::progress::duration;
use super::scenario::Changes;
use super::simulate::Threads;
use super::talk::{Talk, print, print_json};
use crate::analysis::sensitivity::{Method, Points, findings_table};
use crate::output::{
    Identity, SensitivityStudy, SensitivitySummary, sensitivity_folder, sensitivity_text, to_csv,
    write_atomic, write_sensitivity,
};
use crate::scenario::Scenario;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Instant;

/// Histories of every point, unless asked for otherwise: two are the fewest that say how far chance moves a point.
const REPLICATES: u32 = 2;

/// Vary parameters and see which decide an outcome, and where a threshold lies
///
/// Every point of a design is simulated on the same random numbers. `sobol` gives shares of the outcome's variance, `morris`
/// a cheap screening of many parameters, `latin-hypercube` rank correlations, `grid` a phase diagram of two parameters.
#[derive(Args)]
#[command(after_help = "\
Example: thumbscale sensitivity all-three --parameter policy.kl_strength=0.05..0.5:log --parameter memory.write=0.3..1
         thumbscale sensitivity all-three --around 25% --method morris
         thumbscale sensitivity --from results.csv --outcome y")]
pub struct Arguments {
    /// A scenario file, or the name of a shipped scenario
    #[arg(value_name = "FILE|PRESET", required_unless_present = "from", conflicts_with = "from")]
    scenario: Option<PathBuf>,
    /// Vary a key: KEY=LOW..HIGH, KEY=LOW..HIGH:log, or KEY=a,b,c; may be given several times
    #[arg(long = "parameter", value_name = "KEY=RANGE", conflicts_with = "from")]
    parameters: Vec<String>,
    /// Vary the keys that the table `parameters` of a TOML file lists; may be given several times
    #[arg(long = "parameters", value_name = "FILE", conflicts_with = "from")]
    files: Vec<PathBuf>,
    /// Also vary every assumed number of the scenario by so much around its value
    #[arg(long, value_name = "PERCENT", value_parser = percent, conflicts_with = "from")]
    around: Option<f64>,
    /// How parameters are varied [default: sobol]
    #[arg(long, value_name = "METHOD")]
    method: Option<MethodWord>,
    /// Base samples (sobol), trajectories (morris), points (latin-hypercube) or steps of each parameter (grid) [default: 256,
    /// 20, 200, 11]
    #[arg(long, value_name = "N", conflicts_with_all = ["from", "design"])]
    samples: Option<usize>,
    /// Also second-order indices (sobol), for nearly twice as many points
    #[arg(long)]
    second_order: bool,
    /// A column of the rounds table, taken from the last round; may be given several times, the first is shown in full
    /// [default: sycophancy_index]
    #[arg(long = "outcome", value_name = "MEASURE")]
    outcomes: Vec<String>,
    /// Run every point also without factors and with each alone: the rise with all of them, the sum of the single rises, and
    /// what is left become outcomes as well
    #[arg(long, conflicts_with = "from")]
    effects: bool,
    /// Level whose line a phase diagram shows [default: the alarm level, for the sycophancy index]
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    threshold: Option<f64>,
    /// Write the design, one column per key, and stop
    #[arg(long, value_name = "FILE.csv", conflicts_with = "from")]
    export: Option<PathBuf>,
    /// Evaluate the points of this file, one column per key, instead of a design made here
    #[arg(long, value_name = "FILE.csv", conflicts_with_all = ["from", "export"])]
    design: Option<PathBuf>,
    /// Analyse results that are there already: a CSV or Parquet file with a column per parameter and outcome, or the folder
    /// of an earlier analysis or of a finished sweep
    #[arg(long, value_name = "FILE|FOLDER")]
    from: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    kept: Kept,
    /// What to print on stdout: a table with sentences, everything as JSON, or the findings as CSV
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    threads: Threads,
}

#[derive(Clone, Copy, ValueEnum)]
enum MethodWord {
    Sobol,
    Morris,
    LatinHypercube,
    Grid,
}

impl MethodWord {
    fn method(self) -> Method {
        match self {
            MethodWord::Sobol => Method::Sobol,
            MethodWord::Morris => Method::Morris,
            MethodWord::LatinHypercube => Method::LatinHypercube,
            MethodWord::Grid => Method::Grid,
        }
    }
}

/// `25%` or `0.25`.
fn percent(text: &str) -> Result<f64, String> {
    let share = match text.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map(|it| it / 100.0),
        None => text.parse::<f64>(),
    };
    match share {
        Ok(share) if share > 0.0 && share <= 1.0 => Ok(share),
        _ => Err("expected a share above 0 % and at most 100 %, as in 25%".to_string()),
    }
}

pub fn sensitivity(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let clock = Instant::now();
    let done = match (&arguments.from, &arguments.scenario) {
        (Some(path), _) => Some(from::analyse(arguments, path)?),
        (None, Some(path)) => {
            let scenario = arguments.changes.load_with_replicates(path, REPLICATES)?;
            if arguments.export.is_none() {
                // Checking the points of a large design takes a while.
                interrupt::listen(talk)?;
            }
            let asked = asked::Asked::new(arguments, &scenario, talk)?;
            if let Some(file) = &arguments.export {
                return export(&asked, file, talk);
            }
            points::simulate(arguments, asked, scenario, talk)?
        }
        (None, None) => unreachable!("clap asks for a scenario without --from"),
    };
    let Some(done) = done else { return Ok(Exit::Interrupted) };
    done.write_and_print(arguments, talk)?;
    talk.say(&format!("done in {}", duration(clock.elapsed().as_secs_f64())));
    Ok(Exit::Fine)
}

/// Writes the design and stops.
fn export(asked: &asked::Asked, file: &std::path::Path, talk: Talk) -> anyhow::Result<Exit> {
    let table = asked.points_without_outcomes().design_table();
    write_atomic(file, &to_csv("design", &table)?)?;
    talk.say(&format!("{} points of {} parameters in {}", table.rows(), table.columns.len(), file.display()));
    Ok(Exit::Fine)
}

/// A finished analysis.
struct Done {
    summary: SensitivitySummary,
    points: Points,
    scenario: Option<Scenario>,
}

impl Done {
    fn write_and_print(&self, arguments: &Arguments, talk: Talk) -> anyhow::Result<()> {
        interrupt::saving();
        let destination = arguments.place.destination();
        let written = write_sensitivity(&self.summary, &self.points, self.scenario.as_ref(), &destination);
        // Printed even if the files could not be written, so that not everything is lost.
        let printed = self.print(arguments.format);
        if self.summary.failed > 0 {
            let (failed, all) = (self.summary.failed, self.summary.points);
            talk.say(&format!(
                "warning: {failed} of {all} points failed; the column `error` of points says why"
            ));
        }
        let folder = written?;
        talk.say(&format!("results: {0}\nreport:  {0}/report.html", folder.display()));
        printed
    }

    fn print(&self, format: Format) -> anyhow::Result<()> {
        match format {
            Format::Human => print(&sensitivity_text(&self.summary)),
            Format::Json => print_json(&self.summary),
            Format::Csv => {
                let (name, table) = findings_table(&self.summary.outcomes, &self.summary.study.parameters);
                print(&String::from_utf8(to_csv(name, &table)?)?)
            }
        }
    }
}

/// Refuses older results in the place of new ones before any work is done.
fn check_place(arguments: &Arguments, identity: &Identity, study: &SensitivityStudy) -> anyhow::Result<()> {
    sensitivity_folder(identity, study, &arguments.place.destination())?;
    Ok(())
}

/// An error of usage in words.
fn usage(error: impl std::fmt::Display) -> anyhow::Error {
    UsageError(error.to_string()).into()
}
