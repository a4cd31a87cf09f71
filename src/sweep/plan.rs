//! From a sweep file to a plan: its points, what they should cost, and shards of about equal cost.

use super::cost::{Estimate, KEYS, Pilot, rule_of_thumb};
use super::design::design;
use super::error::SweepError;
use super::folder::{Sweep, make_folder, scenario_of, write_points};
use super::from_file::read_points_file;
use super::manifest::{Manifest, OutcomeColumn, ParameterRecord, Program, Study};
use super::one_run::simulate_run;
use super::point::{RunId, point_seed};
use super::split::{shards_of, split, usual_shards};
use crate::analysis::ensemble::history_columns;
use crate::analysis::family::rounds_of_family;
use crate::analysis::sensitivity::{Matrix, Measures, empty_outcomes, versions};
use crate::measure::table::Column;
use crate::output::{Identity, write_atomic};
use crate::parallel::map_whole;
use crate::population::Population;
use crate::random::{Address, Stream};
use crate::scenario::{
    DesignKind, Scenario, ScenarioErrors, SweepDesign, SweepFile, Varied, point_sets, with_point,
};
use std::ops::{ControlFlow, Range};
use std::path::Path;

/// Most runs of a sweep.
pub const MOST_RUNS: u64 = 10_000_000;
/// Points that are made once before anything is planned, so that a mistake shows at once: the first, and some in between. Any
/// other that cannot be is a row with its reason later.
const TRIED: usize = 200;
/// Bytes of a row on disk, all files together, by numbers that it has.
const BYTES_OF_ROW: f64 = 24.0;
const BYTES_OF_NUMBER: f64 = 10.0;

/// How many shards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cut {
    /// As many as sweeps of this cost usually have.
    Usual,
    /// So many.
    Shards(u32),
    /// Of so many seconds each.
    Seconds(f64),
}

/// A generation of a sweep before it is written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What is varied and kept.
    pub study: Study,
    /// The scenario that is varied.
    pub scenario: Scenario,
    /// What is varied.
    pub parameters: Vec<Varied>,
    /// All points, those of earlier generations first.
    pub points: Matrix,
    /// How the new ones were chosen.
    pub design: SweepDesign,
    /// Points that are to run.
    pub to_run: Range<u32>,
    /// Replicates of them that are to run.
    pub replicates: Range<u32>,
    /// Generation, from 1.
    pub generation: u32,
    /// SHA-256 of the generation before.
    pub previous: Option<String>,
    /// Number of the first shard.
    pub first_shard: u32,
    /// What people should know: columns left out of a file of points, points that are there twice.
    pub notes: Vec<String>,
    /// Rounds of a run with all its versions over rounds of one version.
    versions_factor: f64,
}

impl Draft {
    /// The first generation of the sweep in `file`, which lies in `folder`.
    ///
    /// # Errors
    /// If a measure is unknown, the design cannot be made, or one of the points tried is no valid scenario.
    pub fn new(file: &SweepFile, folder: &Path) -> Result<Self, SweepError> {
        let known = history_columns(&file.scenario)?;
        let names: Vec<String> = known.iter().map(|column| column.name.clone()).collect();
        if let Some(problem) = file.unknown_measure(&names) {
            return Err(problem.into());
        }
        let (parameters, points, mut notes) = match file.design.kind {
            DesignKind::FromFile => {
                let read =
                    read_points_file(&folder.join(&file.design.file), &file.scenario, &file.parameters)?;
                (read.parameters, read.points, read.notes)
            }
            _ => (file.parameters.clone(), design(&file.design, &file.parameters, file.seed)?, Vec::new()),
        };
        let study = study(file, &parameters, &known);
        // From its own text, so that whoever reads the plan has the very same scenario.
        let (scenario, parameters) = scenario_of(&study)?;
        let points_here = points.rows() as u32;
        let mut draft = Self {
            study,
            scenario,
            parameters,
            points,
            design: file.design.clone(),
            to_run: 0..points_here,
            replicates: 0..file.replicates,
            generation: 1,
            previous: None,
            first_shard: 1,
            notes: Vec::new(),
            versions_factor: 1.0,
        };
        notes.extend(draft.check(file)?);
        draft.notes = notes;
        Ok(draft)
    }

    /// A generation that follows those of `sweep`.
    pub(super) fn following(sweep: &Sweep, points: Matrix, design: SweepDesign) -> Self {
        let (last, id) = &sweep.generations[sweep.generations.len() - 1];
        Self {
            study: sweep.study().clone(),
            scenario: sweep.scenario.clone(),
            parameters: sweep.parameters.clone(),
            to_run: sweep.points.rows() as u32..points.rows() as u32,
            points,
            design,
            replicates: 0..sweep.replicates(),
            generation: last.generation + 1,
            previous: Some(id.clone()),
            first_shard: last.first_shard + last.shards.len() as u32,
            notes: Vec::new(),
            versions_factor: 1.0,
        }
    }

    /// Refuses what cannot be run, and says what is odd.
    fn check(&mut self, file: &SweepFile) -> Result<Vec<String>, SweepError> {
        self.refuse_too_many()?;
        let rows = self.points.rows();
        let tried = (0..rows.min(TRIED)).map(|nth| nth * rows / rows.min(TRIED));
        for row in tried {
            let point = with_point(&file.scenario, &self.parameters, self.points.row(row));
            let found = point.and_then(|point| versions(point, file.outcomes.effects));
            found.map_err(|errors| told(row + 1, errors))?;
        }
        self.count_versions();
        let twice = self.points_twice();
        let words = format!(
            "points that are the same as an earlier one: {twice}. They will give the same results; replicates = N repeats points on other random numbers"
        );
        Ok(if twice > 0 { vec![words] } else { Vec::new() })
    }

    pub(super) fn refuse_too_many(&self) -> Result<(), SweepError> {
        let points = u64::from(self.to_run.end - self.to_run.start);
        let replicates = u64::from(self.replicates.end - self.replicates.start);
        match points * replicates {
            runs if runs > MOST_RUNS => {
                Err(SweepError::TooManyRuns { points, replicates, runs, most: MOST_RUNS })
            }
            _ => Ok(()),
        }
    }

    /// Versions of a point share rounds; how many more rounds they are than one version is the same for all points, nearly.
    pub(super) fn count_versions(&mut self) {
        if let Ok(versions) = versions(self.scenario.clone(), self.study.outcomes.effects) {
            let rounds = |of: &[&Scenario]| rounds_of_family(of) as f64;
            let all: Vec<&Scenario> = versions.iter().collect();
            self.versions_factor = rounds(&all) / rounds(&all[..1]);
        }
    }

    fn points_twice(&self) -> usize {
        let mut rows: Vec<Vec<u64>> = (0..self.points.rows())
            .map(|row| self.points.row(row).iter().map(|it| it.to_bits()).collect())
            .collect();
        rows.sort_unstable();
        let all = rows.len();
        rows.dedup();
        all - rows.len()
    }

    /// Runs of this generation.
    pub fn runs(&self) -> u64 {
        u64::from(self.to_run.end - self.to_run.start)
            * u64::from(self.replicates.end - self.replicates.start)
    }

    /// Seconds of each run by the rule of thumb, in order.
    fn rules(&self) -> Vec<f64> {
        let varied: Vec<(usize, &str)> = self
            .parameters
            .iter()
            .enumerate()
            .filter_map(|(nth, it)| Some((nth, *KEYS.iter().find(|key| **key == it.key)?)))
            .collect();
        let rule = |point: u32| {
            let row = self.points.row(point as usize);
            let value = |key: &str| varied.iter().find(|it| it.1 == key).map(|it| row[it.0]);
            self.versions_factor * rule_of_thumb(&self.scenario, &value)
        };
        let own = rule(self.to_run.start);
        let replicates = (self.replicates.end - self.replicates.start) as usize;
        let of = |point| if varied.is_empty() { own } else { rule(point) };
        self.to_run.clone().flat_map(|point| std::iter::repeat_n(of(point), replicates)).collect()
    }

    /// The run that is measured as the `nth` of a pilot: a random one, the same each time.
    fn pilot_run(&self, nth: u32) -> RunId {
        let address = Address { stream: Stream::Design, round: 0, day: 0, event: 4, user: nth };
        let words = address.words(self.study.seed, 0);
        let below = |word: u32, range: &Range<u32>| {
            range.start + ((u64::from(word) * u64::from(range.end - range.start)) >> 32) as u32
        };
        RunId { point: below(words[0], &self.to_run), replicate: below(words[1], &self.replicates) }
    }

    /// Runs the `nth` run of a pilot and takes note of what it cost by `clock`; `None` if `goes_on` stopped it.
    fn measure(&self, nth: u32, clock: &dyn Fn() -> f64, goes_on: &dyn Fn() -> bool) -> Option<(f64, f64)> {
        let run = self.pilot_run(nth);
        let row = self.points.row(run.point as usize);
        let (seed, numbers) = (self.study.seed, self.design.random_numbers);
        let seed = point_seed(seed, &point_sets(&self.scenario, &self.parameters, row), numbers);
        let started = clock();
        let point = with_point(&self.scenario, &self.parameters, row);
        let flow = |_| if goes_on() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
        simulate_run(run, point, seed, &self.study.outcomes, &mut { flow })?;
        let seconds = clock() - started;
        let value = |key: &str| self.parameters.iter().position(|it| it.key == key).map(|it| row[it]);
        Some((self.versions_factor * rule_of_thumb(&self.scenario, &value), seconds))
    }

    /// Cuts the runs into shards.
    pub fn manifest(&self, pilot: &Pilot, cut: Cut) -> Manifest {
        let scale = pilot.scale();
        let costs: Vec<f64> = self.rules().into_iter().map(|rule| scale * rule).collect();
        let seconds: f64 = costs.iter().sum();
        let shards = match cut {
            Cut::Usual => usual_shards(seconds),
            Cut::Shards(shards) => shards,
            Cut::Seconds(each) => shards_of(seconds, each),
        };
        Manifest {
            format: Manifest::FORMAT,
            generation: self.generation,
            previous: self.previous.clone(),
            program: Program::own(),
            study: self.study.clone(),
            design: self.design.clone(),
            points: self.to_run.clone(),
            replicates: self.replicates.clone(),
            points_sha256: String::new(),
            first_shard: self.first_shard,
            shards: split(costs.iter().copied(), shards),
            estimate: self.estimate(pilot, seconds),
        }
    }

    fn estimate(&self, pilot: &Pilot, seconds: f64) -> Estimate {
        let outcomes = &self.study.outcomes;
        let rounds = f64::from(self.scenario.settings_in(0).run.rounds);
        let kept = 1.0 + if outcomes.every > 0 { rounds / f64::from(outcomes.every) } else { 0.0 };
        let numbers = (self.study.columns.len() + self.parameters.len()) as f64;
        // A shard, and the same rows with the columns of the design once merged.
        let row = 2.0 * BYTES_OF_ROW + BYTES_OF_NUMBER * (numbers + self.study.columns.len() as f64);
        let error = if pilot.runs() < 2 { 0.0 } else { pilot.relative_error() };
        Estimate {
            seconds,
            relative_error: error,
            pilot_runs: pilot.runs() as u32,
            memory_bytes: self.memory_bytes(),
            disk_bytes: (self.runs() as f64 * kept * row) as u64,
        }
    }

    /// Memory of the largest run: its users, and a copy while versions part.
    pub fn memory_bytes(&self) -> u64 {
        let users = self.parameters.iter().position(|it| it.key == "population.users");
        let most = users.map(|column| {
            self.to_run.clone().map(|point| self.points.row(point as usize)[column]).fold(0.0, f64::max)
        });
        let mut settings = self.scenario.settings_in(0).clone();
        settings.population.users = most.map_or(settings.population.users, |users| users as u64);
        let copies = if self.study.outcomes.effects { 3 } else { 2 };
        Population::bytes_needed(&settings).saturating_mul(copies)
    }

    /// Writes the plan into `folder`: the points, then the manifest, so that a manifest always has its points.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(&self, folder: &Path, manifest: Manifest) -> Result<Manifest, SweepError> {
        make_folder(folder)?;
        let what = (&self.study, &self.scenario, self.parameters.as_slice());
        let points_sha256 =
            write_points(folder, self.generation, (&self.points, self.to_run_from_file()), what)?;
        let manifest = Manifest { points_sha256, ..manifest };
        if self.generation == 1 {
            write_atomic(&folder.join("scenario.toml"), self.study.scenario.as_bytes())?;
        }
        manifest.write(folder)?;
        Ok(manifest)
    }

    /// The first point that is written: one that earlier generations do not have. More replicates add no point.
    fn to_run_from_file(&self) -> u32 {
        if self.replicates.start > 0 { self.points.rows() as u32 } else { self.to_run.start }
    }
}

/// Measures the runs `which` of a pilot on all cores: seconds by the rule of thumb, and by `clock`; `None` for those that were
/// stopped.
pub fn measure_runs(
    draft: &Draft,
    which: Range<u32>,
    clock: &(dyn Fn() -> f64 + Sync),
    goes_on: &(dyn Fn() -> bool + Sync),
) -> Vec<Option<(f64, f64)>> {
    map_whole(which.len(), |nth| draft.measure(which.start + nth as u32, clock, goes_on))
}

/// Says of which point the errors are.
fn told(point: usize, mut errors: ScenarioErrors) -> SweepError {
    for problem in &mut errors.0 {
        problem.help.push(format!("point {point} of the design has these values together; narrow a range"));
    }
    errors.into()
}

fn study(file: &SweepFile, parameters: &[Varied], known: &[Column]) -> Study {
    let measures = Measures {
        columns: file
            .outcomes
            .measures
            .iter()
            .filter_map(|name| known.iter().find(|column| column.name == *name).cloned())
            .collect(),
        effects: file.outcomes.effects,
    };
    let columns = empty_outcomes(&measures).into_iter();
    Study {
        name: file.name.clone(),
        scenario_name: file.scenario_name.clone(),
        scenario: file.scenario.to_toml(),
        scenario_hash: Identity::of(&file.scenario).scenario_hash,
        seed: file.seed,
        parameters: parameters
            .iter()
            .map(|it| ParameterRecord { key: it.key.clone(), law: it.law.clone(), words: it.words.clone() })
            .collect(),
        outcomes: file.outcomes.clone(),
        columns: columns
            .map(|it| OutcomeColumn { name: it.name, unit: it.unit.into(), meaning: it.meaning })
            .collect(),
    }
}
