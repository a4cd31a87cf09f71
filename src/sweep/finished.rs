//! A finished sweep as what analyses ask for: points with their outcomes, or the histories of a factorial.

use super::error::SweepError;
use super::folder::{ShardState, Sweep};
use super::one_run::FinishedRun;
use super::shard_file::runs_of;
use crate::analysis::sensitivity::{Method, Points, PointsOutcome, mean_and_sd};
use crate::measure::table::{Column, Table, Values};
use crate::measure::units::known_unit;
use crate::scenario::{DesignKind, Law};

impl Sweep {
    /// All runs in order of points and replicates.
    ///
    /// # Errors
    /// If a run is missing.
    pub fn all_runs(&self) -> Result<Vec<FinishedRun>, SweepError> {
        let (mut runs, mut unfinished) = (Vec::new(), Vec::new());
        for shard in self.shards() {
            match self.state(&shard) {
                ShardState::Finished(table, _) => {
                    runs.extend(runs_of(&table, self.study().columns.len()).unwrap_or_default());
                }
                _ => unfinished.push(shard.number),
            }
        }
        if !unfinished.is_empty() {
            let missing = self.runs() - runs.len() as u64;
            return Err(SweepError::Incomplete { missing, runs: self.runs(), shards: unfinished });
        }
        FinishedRun::sort(&mut runs);
        Ok(runs)
    }

    /// Every point with the mean and the standard deviation of its outcomes over replicates, in the last round.
    ///
    /// # Errors
    /// If a run is missing.
    pub fn as_points(&self) -> Result<Points, SweepError> {
        let runs = self.all_runs()?;
        let mut outcomes: Vec<PointsOutcome> = self
            .study()
            .columns
            .iter()
            .map(|it| PointsOutcome {
                name: it.name.clone(),
                unit: known_unit(&it.unit).unwrap_or_default(),
                meaning: it.meaning.clone(),
                values: Vec::new(),
                sd: Vec::new(),
            })
            .collect();
        let mut errors = Vec::new();
        for replicates in runs.chunk_by(|a, b| a.run.point == b.run.point) {
            let failed = replicates.iter().find_map(|it| it.outcome.as_ref().err());
            for (nth, outcome) in outcomes.iter_mut().enumerate() {
                let last = |it: &FinishedRun| it.outcome.as_ref().ok()?.last().map(|kept| kept.values[nth]);
                let values: Vec<f64> = replicates.iter().filter_map(last).collect();
                let (mean, sd) = if failed.is_some() { (f64::NAN, f64::NAN) } else { mean_and_sd(&values) };
                outcome.values.push(mean);
                outcome.sd.push(sd);
            }
            errors.push(failed.cloned().unwrap_or_default());
        }
        let parameters = self.parameters.iter().map(|it| it.key.clone()).collect();
        Ok(Points { parameters, design: self.points.clone(), outcomes, errors })
    }

    /// The analysis that a design was made for.
    pub fn method(&self) -> Method {
        match self.generations[0].0.design.kind {
            DesignKind::Saltelli => Method::Sobol,
            DesignKind::Morris => Method::Morris,
            DesignKind::Grid if self.parameters.len() == 2 => Method::Grid,
            _ => Method::LatinHypercube,
        }
    }

    /// Which parameters have a logarithmic axis.
    pub fn logarithmic(&self) -> Vec<bool> {
        self.parameters.iter().map(|it| matches!(it.law, Law::LogRange { .. })).collect()
    }

    /// The factors of a sweep over nothing but factors that are off and on, with the histories of every combination:
    /// `[replicate][combination]`, combinations numbered by bits.
    ///
    /// # Errors
    /// If a run is missing or failed, or the sweep is no full factorial of factors.
    pub fn as_factorial(&self) -> Result<(Vec<String>, Vec<Vec<Table>>), SweepError> {
        let refused = |reason: &str| SweepError::NoFactorial { reason: reason.to_string() };
        let factors: Option<Vec<String>> =
            self.parameters.iter().map(|it| it.factor().map(String::from)).collect();
        let factors = factors.ok_or_else(|| refused("it also varies keys that are no factors"))?;
        let subset = |point: usize| -> usize {
            self.points.row(point).iter().enumerate().map(|(nth, on)| (*on as usize) << nth).sum()
        };
        let mut places: Vec<usize> = (0..self.points.rows()).map(subset).collect();
        let combinations = 1 << factors.len();
        let mut tables: Vec<Vec<Table>> =
            vec![vec![Table::default(); combinations]; self.replicates() as usize];
        for run in self.all_runs()? {
            let place = places[run.run.point as usize];
            tables[run.run.replicate as usize][place] = self.history(&run)?;
        }
        places.sort_unstable();
        match places.iter().copied().eq(0..combinations) {
            true => Ok((factors, tables)),
            false => Err(refused(
                "not every combination of factors is there once; use design.kind = \"factorial\"",
            )),
        }
    }

    fn history(&self, run: &FinishedRun) -> Result<Table, SweepError> {
        let rounds = run.outcome.as_ref().map_err(|reason| SweepError::NoFactorial {
            reason: format!("a run of point {} failed: {reason}", run.run.point + 1),
        })?;
        let mut columns = vec![Column {
            name: "round".into(),
            unit: "",
            meaning: "Update round, from 1".into(),
            values: Values::Integer(rounds.iter().map(|it| it.round).collect()),
        }];
        columns.extend(self.study().columns.iter().enumerate().map(|(nth, it)| Column {
            name: it.name.clone(),
            unit: known_unit(&it.unit).unwrap_or_default(),
            meaning: it.meaning.clone(),
            values: Values::Number(rounds.iter().map(|kept| kept.values[nth]).collect()),
        }));
        Ok(Table { columns })
    }
}
