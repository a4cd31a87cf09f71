//! `thumbscale gain`: what is left of a push after the loop has gone round.

use super::exit::{Exit, UsageError};
use super::histories::{Kept, with_store};
use super::interrupt;
use super::memory::refuse_too_large_for;
use super::place::{Format, Place};
use super::progress::duration;
use super::scan::Scan;
use super::scenario::Changes;
use super::simulate::Threads;
use super::talk::{Talk, print, print_json};
use crate::analysis::compounding::versions;
use crate::analysis::gain::{Measured, Options, Setting, bytes_needed, measure_settings};
use crate::output::{GainSummary, gain_folder, gain_table, gain_text, to_csv, write_gain};
use crate::scenario::{Scenario, ScenarioErrors};
use clap::Args;
use std::path::PathBuf;
use std::time::Instant;

/// Histories of each setting, unless asked for otherwise.
const REPLICATES: u32 = 8;
/// With more factors than this only none, each alone and all together are measured.
const MOST_COMBINED: usize = 3;
/// Most settings of a scan.
const MOST_SETTINGS: usize = 10_000;

/// Measure the loop gain: what is left of a push of the policy after the loop has gone round
///
/// The deployed policy is held above and below its course along the sycophancy index, let go, and followed on common random
/// numbers. Below 1 the
/// loop settles; at 1 nothing brings the policy back and a steady drive moves it at a steady speed (a ratchet); above 1 it
/// runs away by itself. Without --scan every combination of the scenario's factors is measured.
#[derive(Args)]
#[command(after_help = "\
Example: thumbscale gain all-three
         thumbscale gain all-three --scan factors.fresh_data.set.policy.fresh_data=0..1:9 --horizon 40")]
pub struct Arguments {
    /// A scenario file, or the name of a shipped scenario
    #[arg(value_name = "FILE|PRESET")]
    scenario: PathBuf,
    /// Measure along a key, or over a grid of two: KEY=0.1,0.2 or KEY=0.1..0.4:7 or KEY=0.1..0.4:7:log
    #[arg(long = "scan", value_name = "KEY=VALUES")]
    scans: Vec<Scan>,
    /// Rounds before the push, counted from the round in which the last factor begins
    #[arg(long, value_name = "N", default_value_t = 6)]
    after: u32,
    /// Rounds for which the push is held, so that all that remembers policies has seen it
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(0..=1000))]
    hold: u32,
    /// Rounds that the push is followed after it is let go
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=1000))]
    span: u32,
    /// Rise of the sycophancy index that the push makes
    #[arg(long, value_name = "X", default_value_t = 0.05)]
    push: f64,
    /// Directions in which the dominant one is searched for
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    directions: u32,
    /// Follow the run without a push for so many rounds, and compare with what the gain foretells
    #[arg(long, value_name = "ROUNDS", default_value_t = 0)]
    horizon: u32,
    #[command(flatten)]
    changes: Changes,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    kept: Kept,
    /// What to print on stdout: a table with a paragraph, everything as JSON, or all numbers as CSV
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    threads: Threads,
}

pub fn gain(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let clock = Instant::now();
    let scenario = arguments.changes.load_with_replicates(&arguments.scenario, REPLICATES)?;
    let settings = arguments.settings(&scenario)?;
    let options = arguments.options(&scenario)?;
    let keys: Vec<String> = arguments.scans.iter().map(|scan| scan.key.clone()).collect();
    let destination = arguments.place.destination();
    let scanned: Vec<Vec<String>> = settings.iter().map(|it| it.values.clone()).collect();
    gain_folder(&scenario, &keys, &scanned, &options, &destination)?;
    let Some(measured) = arguments.measure(&settings, options, &scenario, talk)? else {
        return Ok(Exit::Interrupted);
    };
    let summary = GainSummary::new(&scenario, keys, options, measured);
    interrupt::saving();
    let written = write_gain(&summary, &scenario, &destination);
    // Printed even if the files could not be written, so that not everything is lost.
    let printed = arguments.print(&summary);
    talk.say(&format!("done in {}", duration(clock.elapsed().as_secs_f64())));
    let folder = written?;
    talk.say(&format!("results: {0}\nreport:  {0}/report.html", folder.display()));
    printed?;
    Ok(Exit::Fine)
}

impl Arguments {
    fn options(&self, scenario: &Scenario) -> Result<Options, UsageError> {
        if !(self.push > 0.0 && self.push < 0.5) {
            return Err(UsageError(format!("--push {}: expected a number above 0 and below 0.5", self.push)));
        }
        let begins = scenario.active_factors.iter().map(|name| scenario.factors[name].from_round).max();
        Ok(Options {
            before: begins.unwrap_or(1) - 1 + self.after,
            hold: self.hold,
            span: self.span,
            push: self.push,
            directions: self.directions,
            paths: self.scans.is_empty(),
            horizon: self.horizon,
        })
    }

    fn settings(&self, scenario: &Scenario) -> anyhow::Result<Vec<Setting>> {
        match self.scans.as_slice() {
            [] => Ok(combinations(scenario)?),
            [_] | [_, _] => self.grid(scenario),
            _ => Err(UsageError("--scan can be given once or twice".to_string()).into()),
        }
    }

    /// All pairs of scanned values, the last key running fastest.
    fn grid(&self, scenario: &Scenario) -> anyhow::Result<Vec<Setting>> {
        let count: usize = self.scans.iter().map(|scan| scan.values.len()).product();
        if count > MOST_SETTINGS {
            let message =
                format!("{count} settings are more than the {MOST_SETTINGS} that fit; scan fewer values");
            return Err(UsageError(message).into());
        }
        let mut points: Vec<Vec<String>> = vec![Vec::new()];
        for scan in &self.scans {
            let with = |point: &Vec<String>, value: &String| {
                [point.as_slice(), std::slice::from_ref(value)].concat()
            };
            points =
                points.iter().flat_map(|it| scan.values.iter().map(move |value| with(it, value))).collect();
        }
        let setting = |values: Vec<String>| -> Result<Setting, ScenarioErrors> {
            let set = |(scan, value): (&Scan, &String)| format!("{}={value}", scan.key);
            let sets: Vec<String> = self.scans.iter().zip(&values).map(set).collect();
            Ok(Setting { label: sets.join(", "), scenario: scenario.with_set(&sets)?, values })
        };
        Ok(points.into_iter().map(setting).collect::<Result<_, _>>()?)
    }

    /// What was measured; `None` if it was interrupted.
    fn measure(
        &self,
        settings: &[Setting],
        options: Options,
        scenario: &Scenario,
        talk: Talk,
    ) -> anyhow::Result<Option<Vec<Measured>>> {
        let pool = self.threads.pool()?;
        let threads = pool.current_num_threads();
        refuse_too_large_for(scenario, bytes_needed(scenario, &options, settings.len(), threads))?;
        let found =
            with_store((&self.kept, &self.place.out), (&pool, talk, "settings"), |store, observe| {
                measure_settings(settings, options, store, observe)
            })?;
        let found: Option<Result<Vec<Measured>, _>> = found.into_iter().collect();
        Ok(found.transpose()?)
    }

    fn print(&self, summary: &GainSummary) -> anyhow::Result<()> {
        match self.format {
            Format::Human => print(&gain_text(summary)),
            Format::Json => print_json(summary),
            Format::Csv => print(&String::from_utf8(to_csv("gain", &gain_table(summary))?)?),
        }
    }
}

/// Every combination of factors, or where they are many none, each alone and all.
fn combinations(scenario: &Scenario) -> Result<Vec<Setting>, ScenarioErrors> {
    let factors = &scenario.active_factors;
    let all = match factors.len() {
        0 => {
            return Ok(vec![Setting {
                label: "as it is".into(),
                values: vec![],
                scenario: scenario.clone(),
            }]);
        }
        many if many > MOST_COMBINED => crate::analysis::study::variants(scenario)?,
        _ => versions(scenario, factors)?,
    };
    let setting = |it: crate::analysis::study::Variant| Setting {
        label: it.name,
        values: vec![],
        scenario: it.scenario,
    };
    Ok(all.into_iter().map(setting).collect())
}
