//! `thumbscale sweep plan`: what a sweep will run and cost, before anything is spent.

use super::super::exit::{Exit, UsageError};
use super::super::interrupt;
use super::super::memory::bytes;
use super::super::progress::duration;
use super::super::simulate::Threads;
use super::super::talk::{Talk, print, print_json};
use crate::output::words::large;
use crate::output::{OutputError, write_atomic};
use crate::scenario::SweepFile;
use crate::sweep::{Cut, Draft, MOST_SHARDS, Manifest, Pilot, Sweep, SweepError};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Plan a sweep: its points, what it will cost, and shards of about equal cost
///
/// Writes the plan into a folder and runs nothing but a short pilot. The plan is never changed afterwards; `sweep extend` adds
/// to it.
#[derive(Args)]
#[command(
    after_help = "Example: thumbscale sweep plan scenarios/sweeps/phase-diagram.toml --out /shared/phases"
)]
pub struct Arguments {
    /// A sweep file, or the name of a shipped sweep
    #[arg(value_name = "FILE|PRESET")]
    file: PathBuf,
    #[command(flatten)]
    changes: SweepChanges,
    #[command(flatten)]
    place: SweepPlace,
    #[command(flatten)]
    cutting: Cutting,
    /// What to print on stdout
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

/// What is changed of a sweep file.
#[derive(Args)]
pub struct SweepChanges {
    /// Change a value of the scenario, checked like the file; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// Seed of the design and of all runs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Runs of every point
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: Option<u32>,
}

/// Where a sweep lies.
#[derive(Args)]
pub struct SweepPlace {
    /// Folder of the sweep, on a file system that all machines see [default: output/sweeps/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Delete a sweep that lies there, with its results
    #[arg(long)]
    pub force: bool,
}

/// How a sweep is cut.
#[derive(Args)]
pub struct Cutting {
    /// Number of shards, the pieces that are run and kept as a whole [default: pieces of 1 to 15 minutes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_SHARDS)))]
    shards: Option<u32>,
    /// Minutes that a shard should take on one core
    #[arg(long, value_name = "MINUTES", conflicts_with = "shards", value_parser = positive)]
    shard_minutes: Option<f64>,
    /// Seconds spent on measuring what runs cost; 0 goes by a rule of thumb
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = not_negative)]
    pilot_seconds: f64,
    #[command(flatten)]
    pub threads: Threads,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

pub fn positive(text: &str) -> Result<f64, String> {
    not_negative(text).and_then(|it| if it > 0.0 { Ok(it) } else { Err("expected a number above 0".into()) })
}

fn not_negative(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
    number.ok_or_else(|| "expected a number, 0 or more".to_string())
}

pub fn plan(arguments: &Arguments, talk: Talk) -> anyhow::Result<Exit> {
    let file = arguments.changes.load(&arguments.file)?;
    let folder = arguments.place.folder(&file.name);
    let draft = Draft::new(&file, beside(&arguments.file))?;
    arguments.place.make_room(&folder)?;
    let Some(manifest) = arguments.cutting.plan(&draft, &folder, talk)? else { return Ok(Exit::Interrupted) };
    write_atomic(&folder.join("sweep.toml"), file.text.as_bytes())?;
    tell(&draft, &manifest, &folder, arguments.format)?;
    talk.say(&format!(
        "planned in {0}\nnext: thumbscale sweep run {0}, or sweep submit {0} --on slurm",
        folder.display()
    ));
    Ok(Exit::Fine)
}

pub fn beside(file: &Path) -> &Path {
    file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl SweepChanges {
    pub fn load(&self, file: &Path) -> anyhow::Result<SweepFile> {
        let mut found = SweepFile::load(file, &self.sets)?;
        found.seed = self.seed.unwrap_or(found.seed);
        found.replicates = self.replicates.unwrap_or(found.replicates);
        Ok(found)
    }
}

impl SweepPlace {
    pub fn folder(&self, name: &str) -> PathBuf {
        self.out.clone().unwrap_or_else(|| Path::new("output").join("sweeps").join(name))
    }

    /// Refuses the folder of another sweep, or deletes what is in it.
    pub fn make_room(&self, folder: &Path) -> anyhow::Result<()> {
        if !Manifest::path(folder, 1).exists() {
            return Ok(());
        }
        if !self.force {
            let folder = folder.display();
            return Err(UsageError(format!(
                "`{folder}` holds a sweep already: go on with `thumbscale sweep run {folder}`, choose another place with --out, or delete it with --force"
            ))
            .into());
        }
        delete(folder)
    }
}

/// Deletes what a sweep has put into its folder, and nothing else. The first manifest goes first, so that what remains after a
/// crash is no sweep.
fn delete(folder: &Path) -> anyhow::Result<()> {
    let io = |path: &Path, source| OutputError::io("delete", path, source);
    let first = Manifest::path(folder, 1);
    fs::remove_file(&first).map_err(|source| io(&first, source))?;
    for entry in fs::read_dir(folder).map_err(|source| io(folder, source))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let folders = ["shards", "parts", "attempts", "results", "submit", "logs"];
        if folders.contains(&name.as_str()) {
            fs::remove_dir_all(&path).map_err(|source| io(&path, source))?;
        } else if name.starts_with("manifest-") || name.starts_with("points-") {
            fs::remove_file(&path).map_err(|source| io(&path, source))?;
        }
    }
    Ok(())
}

impl Cutting {
    /// Measures, cuts and writes a plan; `None` if it was interrupted.
    pub fn plan(&self, draft: &Draft, folder: &Path, talk: Talk) -> anyhow::Result<Option<Manifest>> {
        interrupt::listen(talk)?;
        for note in &draft.notes {
            talk.say(&format!("note: {note}"));
        }
        let pilot = self.pilot(draft, talk)?;
        if interrupt::requested() {
            talk.say("interrupted; nothing is planned");
            return Ok(None);
        }
        let cut = match (self.shards, self.shard_minutes) {
            (Some(shards), _) => Cut::Shards(shards),
            (_, Some(minutes)) => Cut::Seconds(60.0 * minutes),
            _ => Cut::Usual,
        };
        Ok(Some(draft.write(folder, draft.manifest(&pilot, cut))?))
    }

    /// Runs a few of the runs, as many at a time as there will be, so that they cost what they will cost then.
    fn pilot(&self, draft: &Draft, talk: Talk) -> anyhow::Result<Pilot> {
        let (clock, mut pilot) = (Instant::now(), Pilot::default());
        let pool = self.threads.pool()?;
        let seconds = || clock.elapsed().as_secs_f64();
        let over = || seconds() > self.pilot_seconds;
        let mut nth = 0;
        // The first runs are measured to their end, however long they take.
        while !over() && !pilot.is_exact_enough() && !interrupt::requested() && draft.runs() > 0 {
            let batch = pool.current_num_threads() as u32;
            let goes_on = || !interrupt::requested();
            let found =
                pool.install(|| crate::sweep::measure_runs(draft, nth..nth + batch, &seconds, &goes_on));
            found.into_iter().flatten().for_each(|(rule, seconds)| pilot.push(rule, seconds));
            nth += batch;
        }
        if pilot.runs() > 0 {
            talk.say(&format!("measured {} runs in {}", pilot.runs(), duration(seconds())));
        }
        Ok(pilot)
    }
}

/// A plan as JSON.
#[derive(Serialize)]
struct Planned<'a> {
    folder: String,
    name: &'a str,
    points: u32,
    replicates: u32,
    runs: u64,
    shards: usize,
    core_seconds: f64,
    relative_error: f64,
    pilot_runs: u32,
    memory_bytes: u64,
    disk_bytes: u64,
}

pub fn tell(draft: &Draft, manifest: &Manifest, folder: &Path, format: Format) -> anyhow::Result<()> {
    let estimate = &manifest.estimate;
    let planned = Planned {
        folder: folder.display().to_string(),
        name: &draft.study.name,
        points: manifest.points.end - manifest.points.start,
        replicates: manifest.replicates.end - manifest.replicates.start,
        runs: manifest.runs(),
        shards: manifest.shards.len(),
        core_seconds: estimate.seconds,
        relative_error: estimate.relative_error,
        pilot_runs: estimate.pilot_runs,
        memory_bytes: estimate.memory_bytes,
        disk_bytes: estimate.disk_bytes,
    };
    match format {
        Format::Json => print_json(&planned),
        Format::Human => print(&(in_words(draft, manifest, &planned) + "\n")),
    }
}

fn in_words(draft: &Draft, manifest: &Manifest, planned: &Planned<'_>) -> String {
    let count = |number: f64| large(number);
    let each = manifest.shards.iter().map(|it| it.seconds).fold(0.0, f64::max);
    let error = match planned.pilot_runs {
        0 => "by a rule of thumb; a pilot would measure it".to_string(),
        1 => "by one run".to_string(),
        runs => format!("± {:.0} %, by {runs} runs measured here", 100.0 * planned.relative_error),
    };
    let keys: Vec<&str> = draft.parameters.iter().map(|it| it.key.as_str()).collect();
    format!(
        "{} on {}\n  points   {} ({}) of {}\n  runs     {} ({} of each point)\n  cost     {} on one core ({error})\n  shards   {}, the longest {}\n  memory   {} a run, disk {}",
        planned.name,
        draft.study.scenario_name,
        count(f64::from(planned.points)),
        manifest.design.kind.word(),
        shortened(&keys),
        count(planned.runs as f64),
        planned.replicates,
        duration(planned.core_seconds),
        planned.shards,
        duration(each),
        bytes(planned.memory_bytes),
        bytes(planned.disk_bytes),
    )
}

/// The first few names of many.
fn shortened(names: &[&str]) -> String {
    match names {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        names => names.join(", "),
    }
}

/// Whether the sweep in `folder` is the one that `draft` would plan.
pub fn is_same(folder: &Path, draft: &Draft) -> Result<bool, SweepError> {
    let sweep = Sweep::open(folder)?;
    let own = &sweep.generations[0].0;
    let same_points = own.points == draft.to_run
        && (0..draft.points.rows()).all(|row| draft.points.row(row) == sweep.points.row(row));
    Ok(*sweep.study() == draft.study
        && own.design == draft.design
        && own.replicates == draft.replicates
        && same_points)
}
