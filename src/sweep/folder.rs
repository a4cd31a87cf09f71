//! A planned sweep in its folder: which runs it has, in which shards, and where everything lies.

use super::error::SweepError;
use super::manifest::{Manifest, Program, Study};
use super::one_run::FinishedRun;
use super::point::{RunId, content_hash, point_seed};
use super::shard_file::{ShardFacts, read_runs, runs_of, table_of, write_runs};
use crate::analysis::sensitivity::Matrix;
use crate::measure::table::{Column, Table, Values};
use crate::output::{OutputError, hexadecimal, read_parquet, to_parquet, write_atomic};
use crate::scenario::{LoadError, Scenario, ScenarioErrors, Varied, point_sets, varied_again};
use sha2::{Digest, Sha256};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A sweep that is planned.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Its folder.
    pub folder: PathBuf,
    /// The scenario that is varied.
    pub scenario: Scenario,
    /// What is varied.
    pub parameters: Vec<Varied>,
    /// All points, of all generations.
    pub points: Matrix,
    /// The plan, and what was added to it, with their SHA-256.
    pub generations: Vec<(Manifest, String)>,
}

/// A shard: so many runs in order, of one generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Number, from 1.
    pub number: u32,
    /// Generation, from 0.
    pub generation: usize,
    /// Its runs, counted within the generation.
    pub runs: Range<u64>,
}

/// A finished shard, or why it is not.
#[derive(Debug)]
pub enum ShardState {
    /// There is no file.
    Missing,
    /// The file is not what it should be.
    Damaged(OutputError),
    /// All runs are there.
    Finished(Table, ShardFacts),
}

/// The scenario of a manifest, and what is varied in it.
///
/// # Errors
/// If they do not make sense together.
pub fn scenario_of(study: &Study) -> Result<(Scenario, Vec<Varied>), ScenarioErrors> {
    let nothing = |_: &str| Err(LoadError::NotFound);
    let scenario = Scenario::from_toml(&study.scenario_name, &study.scenario, &nothing, &[])?;
    let again = |it: &super::manifest::ParameterRecord| varied_again(&scenario, &it.key, &it.law, &it.words);
    let parameters = study.parameters.iter().map(again).collect::<Option<Vec<_>>>();
    Ok((scenario, parameters.ok_or_else(|| ScenarioErrors(Vec::new()))?))
}

impl Sweep {
    /// Reads the plan in `folder`, and checks that it is as it was written and planned by this program.
    ///
    /// # Errors
    /// If there is none, it was altered, or another program planned it.
    pub fn open(folder: &Path) -> Result<Self, SweepError> {
        let sweep = Self::open_of_any_program(folder)?;
        let own = Program::own();
        match sweep.generations.iter().find(|(manifest, _)| manifest.program.engine != own.engine) {
            None => Ok(sweep),
            Some((manifest, _)) => Err(SweepError::OtherProgram {
                folder: folder.to_path_buf(),
                planned: manifest.program.to_string(),
                own: own.to_string(),
            }),
        }
    }

    /// The same for what computes nothing: status and merge need not be of the program that planned.
    ///
    /// # Errors
    /// If there is no sweep or it was altered.
    pub fn open_of_any_program(folder: &Path) -> Result<Self, SweepError> {
        if !Manifest::path(folder, 1).exists() {
            return Err(SweepError::NoSweep { folder: folder.to_path_buf() });
        }
        let mut generations: Vec<(Manifest, String)> = Vec::new();
        let mut points = Matrix::default();
        while Manifest::path(folder, generations.len() as u32 + 1).exists() {
            let path = Manifest::path(folder, generations.len() as u32 + 1);
            let (manifest, id) = Manifest::read(&path)?;
            if manifest.previous != generations.last().map(|(_, id)| id.clone()) {
                let reason = "it does not follow the one before".to_string();
                return Err(SweepError::Altered { path, reason });
            }
            read_points(folder, &manifest, &mut points)?;
            generations.push((manifest, id));
        }
        let (scenario, parameters) = scenario_of(&generations[0].0.study)?;
        Ok(Self { folder: folder.to_path_buf(), scenario, parameters, points, generations })
    }

    /// What is varied and kept.
    pub fn study(&self) -> &Study {
        &self.generations[0].0.study
    }

    /// Runs in all.
    pub fn runs(&self) -> u64 {
        self.generations.iter().map(|(manifest, _)| manifest.runs()).sum()
    }

    /// Replicates that every point has.
    pub fn replicates(&self) -> u32 {
        self.generations.iter().map(|(manifest, _)| manifest.replicates.end).max().unwrap_or(0)
    }

    /// All shards, in order.
    pub fn shards(&self) -> Vec<Shard> {
        let of = |(generation, (manifest, _)): (usize, &(Manifest, String))| {
            let mut first = 0;
            let shard = |(nth, plan): (usize, &super::manifest::ShardPlan)| {
                let runs = first..first + u64::from(plan.runs);
                first = runs.end;
                Shard { number: manifest.first_shard + nth as u32, generation, runs }
            };
            manifest.shards.iter().enumerate().map(shard).collect::<Vec<_>>()
        };
        self.generations.iter().enumerate().flat_map(of).collect()
    }

    /// Seconds that a shard should take.
    pub fn planned_seconds(&self, shard: &Shard) -> f64 {
        let manifest = &self.generations[shard.generation].0;
        manifest.shards[(shard.number - manifest.first_shard) as usize].seconds
    }

    /// The runs of a shard, in order.
    pub fn runs_of(&self, shard: &Shard) -> impl ExactSizeIterator<Item = RunId> + Clone + use<> {
        let manifest = &self.generations[shard.generation].0;
        let replicates = u64::from(manifest.replicates.end - manifest.replicates.start);
        let (point, replicate) = (manifest.points.start, manifest.replicates.start);
        let run = move |nth: u64| RunId {
            point: point + (nth / replicates) as u32,
            replicate: replicate + (nth % replicates) as u32,
        };
        (shard.runs.start as usize..shard.runs.end as usize).map(move |nth| run(nth as u64))
    }

    /// The `--set`s of a point.
    pub fn sets(&self, point: u32) -> Vec<String> {
        point_sets(&self.scenario, &self.parameters, self.points.row(point as usize))
    }

    /// The scenario of a point.
    ///
    /// # Errors
    /// If its values are no valid scenario together.
    pub fn scenario_at(&self, point: u32) -> Result<Scenario, ScenarioErrors> {
        self.scenario.with_set(&self.sets(point))
    }

    /// The seed of the first replicate of a point.
    pub fn seed_at(&self, point: u32) -> u64 {
        point_seed(self.study().seed, &self.sets(point), self.generations[0].0.design.random_numbers)
    }

    /// The file of a finished shard.
    pub fn shard_path(&self, shard: u32) -> PathBuf {
        self.folder.join("shards").join(format!("{shard:05}.parquet"))
    }

    /// Where finished runs of unfinished shards lie.
    pub fn parts(&self) -> PathBuf {
        self.folder.join("parts")
    }

    /// Where attempts leave their signs of life.
    pub fn attempts(&self) -> PathBuf {
        self.folder.join("attempts")
    }

    /// How a shard is: its file is read and held against the plan.
    pub fn state(&self, shard: &Shard) -> ShardState {
        let path = self.shard_path(shard.number);
        if !path.exists() {
            return ShardState::Missing;
        }
        match read_runs(&path) {
            Err(error) => ShardState::Damaged(error),
            Ok((table, facts)) => match self.difference(shard, &table, &facts) {
                None => ShardState::Finished(table, facts),
                Some(reason) => ShardState::Damaged(OutputError::unreadable(&path, reason)),
            },
        }
    }

    fn difference(&self, shard: &Shard, table: &Table, facts: &ShardFacts) -> Option<String> {
        let id = &self.generations[shard.generation].1;
        if facts.generation != *id || facts.shard != shard.number {
            return Some("it belongs to another sweep or shard".into());
        }
        let Some(runs) = runs_of(table, self.study().columns.len()) else {
            return Some("its columns are not those of this sweep".into());
        };
        let as_planned = runs.iter().map(|it| it.run).eq(self.runs_of(shard));
        (!as_planned).then(|| "its runs are not those that were planned".into())
    }

    /// Writes the file of a finished shard. Its rows depend on nothing but the plan, so whoever writes last does no harm.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_shard(
        &self,
        shard: &Shard,
        runs: &[FinishedRun],
        seconds: f64,
        worker: &str,
    ) -> Result<(), SweepError> {
        self.write(&self.shard_path(shard.number), shard, runs, seconds, worker)?;
        // Read again: whoever sees the file from now on takes it for the truth.
        match self.state(shard) {
            ShardState::Damaged(error) => Err(error.into()),
            ShardState::Finished(..) | ShardState::Missing => Ok(()),
        }
    }

    /// Keeps finished runs of an unfinished shard, under a name that no other worker uses.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_part(
        &self,
        shard: &Shard,
        runs: &[FinishedRun],
        seconds: f64,
        (worker, nth): (&str, u32),
    ) -> Result<(), SweepError> {
        let path = self.parts().join(format!("{:05}.{worker}.{nth}.parquet", shard.number));
        Ok(self.write(&path, shard, runs, seconds, worker)?)
    }

    fn write(
        &self,
        path: &Path,
        shard: &Shard,
        runs: &[FinishedRun],
        seconds: f64,
        worker: &str,
    ) -> Result<(), OutputError> {
        let facts = ShardFacts {
            generation: self.generations[shard.generation].1.clone(),
            shard: shard.number,
            runs: runs.len() as u64,
            failed: runs.iter().filter(|it| it.outcome.is_err()).count() as u64,
            seconds,
            worker: worker.to_string(),
        };
        make_folder(path.parent().unwrap_or(&self.folder))?;
        write_runs(path, &table_of(runs, &self.study().columns), &facts)
    }

    /// The finished runs of an unfinished shard, in order, with the seconds they took. A part that is damaged is passed over:
    /// its runs are done again.
    pub fn finished_runs(&self, shard: &Shard) -> (Vec<FinishedRun>, f64) {
        let id = &self.generations[shard.generation].1;
        let (mut runs, mut seconds) = (Vec::new(), 0.0);
        for path in self.parts_of(shard.number) {
            let Ok((table, facts)) = read_runs(&path) else { continue };
            if facts.generation == *id && facts.shard == shard.number {
                runs.extend(runs_of(&table, self.study().columns.len()).unwrap_or_default());
                seconds += facts.seconds;
            }
        }
        FinishedRun::sort(&mut runs);
        // The same run in two parts was computed twice, with the same result.
        runs.dedup_by_key(|it| it.run);
        let planned: Vec<RunId> = self.runs_of(shard).collect();
        runs.retain(|it| planned.binary_search(&it.run).is_ok());
        (runs, seconds)
    }

    /// Files of finished runs of a shard.
    pub fn parts_of(&self, shard: u32) -> Vec<PathBuf> {
        let prefix = format!("{shard:05}.");
        let entries = fs::read_dir(self.parts()).into_iter().flatten().flatten();
        let named = |entry: fs::DirEntry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name.starts_with(&prefix) && name.ends_with(".parquet")).then(|| entry.path())
        };
        let mut paths: Vec<PathBuf> = entries.filter_map(named).collect();
        paths.sort();
        paths
    }
}

/// Makes a folder if need be.
pub fn make_folder(folder: &Path) -> Result<(), OutputError> {
    fs::create_dir_all(folder).map_err(|source| OutputError::io("create", folder, source))
}

/// The file of the points that a generation adds.
pub fn points_path(folder: &Path, generation: u32) -> PathBuf {
    folder.join(format!("points-{generation}.parquet"))
}

/// Writes the points that a generation adds, from number `first` on, and returns the SHA-256 of the file.
///
/// # Errors
/// If it cannot be written.
pub fn write_points(
    folder: &Path,
    generation: u32,
    (points, first): (&Matrix, u32),
    (study, scenario, parameters): (&Study, &Scenario, &[Varied]),
) -> Result<String, SweepError> {
    let numbers = |it: &(usize, &Varied)| Column {
        name: it.1.key.clone(),
        unit: it.1.unit,
        meaning: it.1.meaning.to_string(),
        values: Values::Number((first as usize..points.rows()).map(|row| points.row(row)[it.0]).collect()),
    };
    let rows: Vec<u32> = (first..points.rows() as u32).collect();
    let hash = |rows: &[u32]| -> Vec<String> {
        let of = |&row: &u32| {
            content_hash(&study.scenario_hash, &point_sets(scenario, parameters, points.row(row as usize)))
        };
        rows.iter().map(of).collect()
    };
    let mut table = Table {
        columns: vec![Column {
            name: "point".into(),
            unit: "",
            meaning: "Number of the point, from 1".into(),
            values: Values::Integer(rows.iter().map(|&row| i64::from(row) + 1).collect()),
        }],
    };
    table.columns.extend(parameters.iter().enumerate().map(|it| numbers(&it)));
    table.columns.push(Column {
        name: "hash".into(),
        unit: "",
        meaning: "First half of the SHA-256 of the scenario and the values of the point".into(),
        values: Values::Text(crate::parallel::map_chunks(&rows, 4096, hash).into_iter().flatten().collect()),
    });
    let bytes = to_parquet("points", &table, &[])?;
    write_atomic(&points_path(folder, generation), &bytes)?;
    Ok(hexadecimal(&Sha256::digest(&bytes)))
}

/// Appends the points of a generation to those before.
fn read_points(folder: &Path, manifest: &Manifest, points: &mut Matrix) -> Result<(), SweepError> {
    let path = points_path(folder, manifest.generation);
    let altered = |reason: &str| SweepError::Altered { path: path.clone(), reason: reason.into() };
    let bytes = fs::read(&path).map_err(|source| OutputError::io("read", &path, source))?;
    if hexadecimal(&Sha256::digest(&bytes)) != manifest.points_sha256 {
        return Err(altered("its checksum is not the one in the manifest"));
    }
    let table = read_parquet(&path)?;
    let keys = manifest.study.parameters.iter();
    let columns: Option<Vec<Vec<f64>>> = keys.map(|it| table.numbers(&it.key)).collect();
    let columns = columns.ok_or_else(|| altered("it lacks a parameter"))?;
    if points.columns() == 0 {
        *points = Matrix::new(columns.len());
    }
    (0..table.rows()).for_each(|row| points.push(columns.iter().map(|column| column[row])));
    match manifest.points.end as usize <= points.rows() {
        true => Ok(()),
        false => Err(altered("it has too few points")),
    }
}
