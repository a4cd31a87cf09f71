//! One tidy table of all shards, in order of points and replicates, written piece by piece.

use super::error::SweepError;
use super::folder::{Shard, ShardState, Sweep, make_folder};
use super::one_run::FinishedRun;
use super::shard_file::{runs_of, table_of};
use crate::measure::table::{Column, Table, Values};
use crate::output::{OutputError, ParquetStream, hexadecimal, put_in_place, sync_folder};
use crate::scenario::Varied;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows held in memory and written at a time.
const ROWS_OF_GROUP: usize = 1 << 16;
/// Rows of a file.
const ROWS_OF_FILE: usize = 1 << 20;

/// What was merged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Merged {
    /// SHA-256 of what is varied and kept, and of the program.
    pub sweep: String,
    /// Whether every run is there.
    pub complete: bool,
    /// Runs of the sweep.
    pub runs: u64,
    /// Runs without a result.
    pub missing: u64,
    /// Shards that are not finished.
    pub unfinished: Vec<u32>,
    /// Runs that failed, which have a row with their error.
    pub failed: u64,
    /// Rows in all.
    pub rows: u64,
    /// Seconds on one core that all runs took.
    pub seconds: f64,
    /// Files, relative to the folder of results.
    pub files: Vec<String>,
    /// Folder of results.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// Merges all finished shards into `results/` of the sweep's folder, replacing what was merged before only when all is written.
/// With `partial` also what there is of unfinished shards. `tell` hears how many shards of all are read.
///
/// # Errors
/// If runs are missing and `partial` is off, or a file cannot be read or written.
pub fn merge(sweep: &Sweep, partial: bool, tell: &dyn Fn(usize, usize)) -> Result<Merged, SweepError> {
    let shards = sweep.shards();
    let unfinished: Vec<u32> = shards.iter().filter(|it| !is_there(sweep, it)).map(|it| it.number).collect();
    if !unfinished.is_empty() && !partial {
        let runs = |it: &&Shard| it.runs.end - it.runs.start;
        let missing = shards.iter().filter(|it| unfinished.contains(&it.number)).map(|it| runs(&it)).sum();
        return Err(SweepError::Incomplete { missing, runs: sweep.runs(), shards: unfinished });
    }
    let staging = tempfile::Builder::new()
        .prefix(".results-")
        .tempdir_in(&sweep.folder)
        .map_err(|source| OutputError::io("create a folder in", &sweep.folder, source))?;
    let mut merging = Merging::new(sweep, staging.path(), &shards);
    let mut told = 0;
    while let Some(run) = merging.next()? {
        merging.take(run)?;
        if merging.read > told {
            told = merging.read;
            tell(told, shards.len());
        }
    }
    let mut merged = merging.close(unfinished)?;
    // A shard that was damaged between the look and now is missing all the same.
    if merged.missing > 0 && !partial {
        return Err(SweepError::Incomplete {
            missing: merged.missing,
            runs: merged.runs,
            shards: merged.unfinished,
        });
    }
    let summary = staging.path().join(SUMMARY);
    let io = |action, path: &Path, source| OutputError::io(action, path, source);
    let text = serde_json::to_vec_pretty(&merged).map_err(|error| OutputError::format("merge", error))?;
    fs::write(&summary, text).map_err(|source| io("write", &summary, source))?;
    merged.folder = sweep.results();
    publish(staging.path(), &merged.folder)?;
    Ok(merged)
}

/// Says of a merged table what it is; readers of Parquet pass over names that begin so.
const SUMMARY: &str = "_merge.json";

/// A look at the footer would do, but only the rows can tell that the file is whole.
fn is_there(sweep: &Sweep, shard: &Shard) -> bool {
    matches!(sweep.state(shard), ShardState::Finished(..))
}

/// Opens the folder to others, and puts it in the place of older results.
fn publish(staging: &Path, target: &Path) -> Result<(), SweepError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(staging, open)
            .map_err(|source| OutputError::io("open to others", staging, source))?;
    }
    sync_folder(staging)?;
    Ok(put_in_place(staging, target, true)?)
}

impl Sweep {
    /// Folder of merged results.
    pub fn results(&self) -> PathBuf {
        self.folder.join("results")
    }

    /// SHA-256 of what is varied and kept, and of the program that computes it: the same for plans that differ only in their
    /// shards.
    pub fn content_id(&self) -> String {
        let (manifest, _) = &self.generations[0];
        let study =
            serde_json::to_vec(&manifest.study).expect("a study holds only text, numbers and lists of them");
        hexadecimal(&Sha256::digest([study.as_slice(), manifest.program.engine.as_bytes()].concat()))
    }
}

/// A merge under way.
struct Merging<'a> {
    sweep: &'a Sweep,
    folder: &'a Path,
    /// By generation: shards to come, and the runs of the one that is open.
    sources: Vec<(VecDeque<Shard>, VecDeque<FinishedRun>)>,
    buffer: Vec<FinishedRun>,
    rows_in_buffer: usize,
    file: Option<(ParquetStream<BufWriter<File>>, PathBuf)>,
    rows_in_file: usize,
    read: usize,
    merged: Merged,
    runs_read: u64,
}

impl<'a> Merging<'a> {
    fn new(sweep: &'a Sweep, folder: &'a Path, shards: &[Shard]) -> Self {
        let of = |generation: usize| {
            let own = shards.iter().filter(|it| it.generation == generation).cloned();
            (own.collect(), VecDeque::new())
        };
        let merged = Merged {
            sweep: sweep.content_id(),
            complete: false,
            runs: sweep.runs(),
            missing: 0,
            unfinished: Vec::new(),
            failed: 0,
            rows: 0,
            seconds: 0.0,
            files: Vec::new(),
            folder: folder.to_path_buf(),
        };
        Self {
            sweep,
            folder,
            sources: (0..sweep.generations.len()).map(of).collect(),
            buffer: Vec::new(),
            rows_in_buffer: 0,
            file: None,
            rows_in_file: 0,
            read: 0,
            merged,
            runs_read: 0,
        }
    }

    /// The next run in order of points and replicates over all generations.
    fn next(&mut self) -> Result<Option<FinishedRun>, SweepError> {
        for source in 0..self.sources.len() {
            self.refill(source);
        }
        let heads = self.sources.iter().enumerate().filter_map(|(nth, it)| Some((it.1.front()?.run, nth)));
        let Some((_, first)) = heads.min() else { return Ok(None) };
        Ok(self.sources[first].1.pop_front())
    }

    /// Opens the next shard of a generation when the one before is used up.
    fn refill(&mut self, source: usize) {
        let (shards, runs) = &mut self.sources[source];
        while runs.is_empty() {
            let Some(shard) = shards.pop_front() else { return };
            let columns = self.sweep.study().columns.len();
            let (found, seconds) = match self.sweep.state(&shard) {
                ShardState::Finished(table, facts) => {
                    (runs_of(&table, columns).unwrap_or_default(), facts.seconds)
                }
                _ => self.sweep.finished_runs(&shard),
            };
            self.merged.seconds += seconds;
            self.read += 1;
            runs.extend(found);
        }
    }

    fn take(&mut self, run: FinishedRun) -> Result<(), SweepError> {
        self.runs_read += 1;
        self.merged.failed += u64::from(run.outcome.is_err());
        self.rows_in_buffer += run.outcome.as_ref().map_or(1, Vec::len);
        self.buffer.push(run);
        if self.rows_in_buffer >= ROWS_OF_GROUP { self.flush() } else { Ok(()) }
    }

    /// Writes what is held.
    fn flush(&mut self) -> Result<(), SweepError> {
        let runs = std::mem::take(&mut self.buffer);
        let table = with_design(self.sweep, table_of(&runs, &self.sweep.study().columns));
        self.rows_in_buffer = 0;
        if self.rows_in_file >= ROWS_OF_FILE {
            self.end_file()?;
        }
        if self.file.is_none() {
            self.file = Some(self.begin_file(&table)?);
        }
        if let Some((file, path)) = &mut self.file {
            // A full disk shows here; the format's library only hands on what it was told.
            file.write(&table).map_err(|error| as_io(error, path))?;
        }
        self.rows_in_file += table.rows();
        self.merged.rows += table.rows() as u64;
        Ok(())
    }

    fn begin_file(
        &mut self,
        layout: &Table,
    ) -> Result<(ParquetStream<BufWriter<File>>, PathBuf), SweepError> {
        let name = format!("part-{:05}.parquet", self.merged.files.len());
        let path = self.folder.join(&name);
        make_folder(self.folder)?;
        let file = File::create(&path).map_err(|source| OutputError::io("create", &path, source))?;
        let facts = [("sweep", self.merged.sweep.clone()), ("name", self.sweep.study().name.clone())];
        self.merged.files.push(name);
        self.rows_in_file = 0;
        Ok((ParquetStream::new(BufWriter::new(file), "results", layout, &facts)?, path))
    }

    fn end_file(&mut self) -> Result<(), SweepError> {
        let Some((file, path)) = self.file.take() else { return Ok(()) };
        let io = |source| OutputError::io("write", &path, source);
        let mut file = file.close().map_err(|error| as_io(error, &path))?;
        file.flush().and_then(|()| file.get_ref().sync_all()).map_err(io)?;
        Ok(())
    }

    fn close(mut self, unfinished: Vec<u32>) -> Result<Merged, SweepError> {
        if !self.buffer.is_empty() || self.merged.files.is_empty() {
            self.flush()?;
        }
        self.end_file()?;
        self.merged.missing = self.merged.runs - self.runs_read;
        self.merged.complete = self.merged.missing == 0;
        self.merged.unfinished = unfinished;
        Ok(self.merged)
    }
}

/// The library of the format wraps what the system said of a full disk in words of its own.
fn as_io(error: OutputError, path: &Path) -> OutputError {
    match error.to_string() {
        text if text.contains("No space left") || text.contains("StorageFull") => {
            OutputError::io("write", path, std::io::ErrorKind::StorageFull.into())
        }
        _ => error,
    }
}

/// The rows with their seed and the values of their point: `point, replicate, seed, <parameters>, round, <outcomes>, error`.
fn with_design(sweep: &Sweep, table: Table) -> Table {
    let integers = |name: &str| match table.column(name).map(|it| &it.values) {
        Some(Values::Integer(values)) => values.clone(),
        _ => Vec::new(),
    };
    let (points, replicates) = (integers("point"), integers("replicate"));
    let mut seeds: Vec<i64> = Vec::with_capacity(points.len());
    let mut known = (-1, 0);
    for (&point, &replicate) in points.iter().zip(&replicates) {
        if known.0 != point {
            known = (point, sweep.seed_at((point - 1) as u32));
        }
        seeds.push(super::point::run_seed(known.1, replicate as u32) as i64);
    }
    let mut columns = table.columns.into_iter();
    let mut found: Vec<Column> = columns.by_ref().take(2).collect();
    found.push(Column {
        name: "seed".into(),
        unit: "",
        meaning: "Seed of the run: `--seed` of the same scenario gives the same numbers".into(),
        values: Values::Integer(seeds),
    });
    let of_point = |nth: usize| {
        points.iter().map(|&point| sweep.points.row((point - 1) as usize)[nth]).collect::<Vec<f64>>()
    };
    found.extend(sweep.parameters.iter().enumerate().map(|(nth, it)| design_column(it, of_point(nth))));
    found.extend(columns);
    Table { columns: found }
}

fn design_column(parameter: &Varied, values: Vec<f64>) -> Column {
    let words = &parameter.words;
    let word = |value: &f64| words[*value as usize].trim_matches('"').to_string();
    let values = match (words.is_empty(), parameter.is_whole()) {
        (false, _) => Values::Text(values.iter().map(word).collect()),
        (_, true) => Values::Integer(values.into_iter().map(|it| it as i64).collect()),
        _ => Values::Number(values),
    };
    Column {
        name: parameter.key.clone(),
        unit: parameter.unit,
        meaning: parameter.meaning.to_string(),
        values,
    }
}
