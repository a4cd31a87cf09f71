//! `thumbscale compound`: the full factorial over a scenario's factors.

use super::exit::{Exit, UsageError};
use super::histories::{Kept, simulate_design};
use super::interrupt;
use super::place::{Format, Place};
use super::progress::duration;
use super::scenario::Changes;
use super::simulate::Threads;
use super::talk::{Talk, print, print_json};
use crate::analysis::compounding::{Compounding, MOST_FACTORS, compounding, effects_table, versions};
use crate::analysis::ensemble::{Design, history_columns};
use crate::analysis::signal_by_signal::OUTCOMES;
use crate::measure::table::Table;
use crate::output::words::large;
use crate::output::{CompoundingSummary, compounding_folder, compounding_text, to_csv, write_compounding};
use crate::scenario::Scenario;
use crate::sweep::Sweep;
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Histories of each combination, unless asked for otherwise.
const REPLICATES: u32 = 20;

/// Run every combination of a scenario's factors: who compounds with whom, and how much
///
/// All 2^k combinations run on common random numbers, 20 times unless --replicates says otherwise. The answer has effects
/// of every order, each factor's fair share (Shapley), the compounding ratio, and whether review let each factor pass.
#[derive(Args)]
#[command(after_help = "\
Example: thumbscale compound all-three
         thumbscale compound gpt4o-april-2025 --outcome mean_flattery --replicates 40")]
pub struct Arguments {
    /// A scenario file, or the name of a shipped scenario
    #[arg(value_name = "FILE|PRESET", required_unless_present = "from", conflicts_with = "from")]
    scenario: Option<PathBuf>,
    /// Analyse a finished sweep of a factorial of factors instead of simulating
    #[arg(long, value_name = "FOLDER", conflicts_with = "factors")]
    from: Option<PathBuf>,
    /// Factors to combine, at most 8 [default: those that are on in the scenario]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    factors: Vec<String>,
    /// A column of the rounds table; may be given several times, the first is shown in full [default: seven of them]
    #[arg(long = "outcome", value_name = "MEASURE")]
    outcomes: Vec<String>,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    kept: Kept,
    /// What to print on stdout: tables with a paragraph, everything as JSON, or all effects as CSV
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    threads: Threads,
}

/// A scenario, its factors, what is measured, and histories by replicate and combination.
type Factorial = (Scenario, Vec<String>, Vec<String>, Vec<Vec<Table>>);

pub fn compound(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let clock = Instant::now();
    let destination = arguments.place.destination();
    let (scenario, factors, measures, histories) = match (&arguments.from, &arguments.scenario) {
        (Some(folder), _) => {
            let found = arguments.of_sweep(folder)?;
            compounding_folder(&found.0, &found.1, &destination)?;
            found
        }
        (None, Some(path)) => {
            let scenario = arguments.changes.load_with_replicates(path, REPLICATES)?;
            let factors = arguments.factors(&scenario)?;
            let measures = outcomes(&arguments.outcomes, &scenario)?;
            compounding_folder(&scenario, &factors, &destination)?;
            let Some(histories) = arguments.histories(&scenario, &factors, talk)? else {
                return Ok(Exit::Interrupted);
            };
            (scenario, factors, measures, histories)
        }
        (None, None) => unreachable!("clap asks for a scenario without --from"),
    };
    let found = compounding(&scenario, &factors, &measures, histories);
    let summary = CompoundingSummary::new(&scenario, &found);
    interrupt::saving();
    let written = write_compounding(&summary, &scenario, &destination);
    // Printed even if the files could not be written, so that not everything is lost.
    let printed = arguments.print(&summary, &found);
    talk.say(&format!("done in {}", duration(clock.elapsed().as_secs_f64())));
    let folder = written?;
    talk.say(&format!("results: {0}\nreport:  {0}/report.html", folder.display()));
    printed?;
    Ok(Exit::Fine)
}

impl Arguments {
    fn factors(&self, scenario: &Scenario) -> Result<Vec<String>, UsageError> {
        let chosen = if self.factors.is_empty() { &scenario.active_factors } else { &self.factors };
        let known = || scenario.factors.keys().cloned().collect::<Vec<_>>().join(", ");
        let error = match chosen.as_slice() {
            [] => format!("no factor is on in {}; name some with --factors: {}", scenario.name, known()),
            many if many.len() > MOST_FACTORS => format!(
                "{} factors have {} combinations; choose at most {MOST_FACTORS} with --factors",
                many.len(),
                large(2f64.powi(many.len() as i32))
            ),
            names => match names.iter().find(|name| !scenario.factors.contains_key(*name)) {
                Some(name) => format!("{} has no factor {name:?}; it has: {}", scenario.name, known()),
                None => return Ok(chosen.clone()),
            },
        };
        Err(UsageError(error))
    }

    /// The scenario, factors, measures and histories of a finished sweep.
    fn of_sweep(&self, folder: &Path) -> anyhow::Result<Factorial> {
        let sweep = Sweep::open_of_any_program(folder)?;
        let (factors, histories) = sweep.as_factorial()?;
        let known: Vec<String> = sweep.study().columns.iter().map(|it| it.name.clone()).collect();
        let measures = if self.outcomes.is_empty() { known.clone() } else { self.outcomes.clone() };
        match measures.iter().find(|name| !known.contains(name)) {
            Some(unknown) => Err(UsageError(unknown_measure(unknown, &known)).into()),
            None => Ok((sweep.scenario.clone(), factors, measures, histories)),
        }
    }

    /// `[replicate][combination]`; `None` if it was interrupted.
    fn histories(
        &self,
        scenario: &Scenario,
        factors: &[String],
        talk: Talk,
    ) -> anyhow::Result<Option<Vec<Vec<Table>>>> {
        let versions: Vec<Scenario> =
            versions(scenario, factors)?.into_iter().map(|version| version.scenario).collect();
        let replicates = scenario.settings_in(0).run.replicates;
        let design = Design { points: 1, versions: &|_| versions.clone(), replicates };
        let pool = self.threads.pool()?;
        let found = simulate_design(
            design,
            scenario,
            (&self.kept, &self.place.out),
            (&pool, talk, "replicates"),
            &|histories: &[Table]| histories.to_vec(),
        )?;
        let histories: Option<Result<Vec<_>, _>> = found.results.into_iter().flatten().collect();
        Ok(histories.transpose()?)
    }

    fn print(&self, summary: &CompoundingSummary<'_>, found: &Compounding) -> anyhow::Result<()> {
        match self.format {
            Format::Human => print(&compounding_text(summary)),
            Format::Json => print_json(summary),
            Format::Csv => print(&String::from_utf8(to_csv("effects", &effects_table(found))?)?),
        }
    }
}

/// The outcomes asked for, if all of them exist; the usual ones without a wish.
fn outcomes(wanted: &[String], scenario: &Scenario) -> anyhow::Result<Vec<String>> {
    if wanted.is_empty() {
        return Ok(OUTCOMES.map(String::from).to_vec());
    }
    let known: Vec<String> = history_columns(scenario)?.into_iter().map(|column| column.name).collect();
    match wanted.iter().find(|name| !known.contains(name)) {
        None => Ok(wanted.to_vec()),
        Some(unknown) => Err(UsageError(unknown_measure(unknown, &known)).into()),
    }
}

pub(super) fn unknown_measure(unknown: &str, known: &[String]) -> String {
    let near = known.iter().max_by(|a, b| {
        let likeness = |name: &String| strsim::jaro_winkler(name, unknown);
        likeness(a).total_cmp(&likeness(b))
    });
    let known: Vec<&String> = known.iter().filter(|name| !name.ends_with("_se")).collect();
    format!(
        "there is no measure {unknown:?}; did you mean {:?}? There are: {}",
        near.map_or("", String::as_str),
        known.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
    )
}
