//! Adds to a sweep: more points of the same design, points from a file, or more replicates. Nothing that is done is done again.

use super::design::{design, grows};
use super::error::SweepError;
use super::folder::Sweep;
use super::from_file::read_points_file;
use super::plan::Draft;
use crate::analysis::sensitivity::Matrix;
use crate::scenario::{DesignKind, SweepDesign};
use std::path::Path;

impl Draft {
    /// The points that a design of `samples` has beyond those of the sweep.
    ///
    /// # Errors
    /// If larger designs of this kind do not begin with smaller ones, or nothing is added.
    pub fn more_samples(sweep: &Sweep, samples: u64) -> Result<Self, SweepError> {
        let refused = |reason: String| SweepError::NoExtension { reason };
        let (last, _) = &sweep.generations[sweep.generations.len() - 1];
        let kind = last.design.kind;
        if !grows(kind) {
            let word = kind.word();
            return Err(refused(format!(
                "a larger {word} design has other points than a smaller one; add points with --points FILE, or plan a random, sobol, saltelli or morris design, which grow"
            )));
        }
        if samples <= last.design.samples {
            return Err(refused(format!("it has {} samples already; ask for more", last.design.samples)));
        }
        let larger = SweepDesign { samples, ..last.design.clone() };
        let points = design(&larger, &sweep.parameters, sweep.study().seed)?;
        Self::following(sweep, points, larger).checked()
    }

    /// The points of a file.
    ///
    /// # Errors
    /// If the file does not fit the sweep.
    pub fn more_points(sweep: &Sweep, file: &Path) -> Result<Self, SweepError> {
        let read = read_points_file(file, &sweep.scenario, &sweep.parameters)?;
        let place = |key: &str| read.parameters.iter().position(|it| it.key == key);
        if let Some(foreign) =
            read.parameters.iter().find(|it| !sweep.parameters.iter().any(|own| own.key == it.key))
        {
            let reason = format!("the sweep does not vary {:?}, which the file has", foreign.key);
            return Err(SweepError::NoExtension { reason });
        }
        // The reader refuses files that lack a parameter.
        let order: Vec<usize> = sweep.parameters.iter().filter_map(|it| place(&it.key)).collect();
        let mut points: Matrix = sweep.points.clone();
        (0..read.points.rows()).for_each(|row| points.push(order.iter().map(|&it| read.points.row(row)[it])));
        let name = file.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
        let (last, _) = &sweep.generations[0];
        let design = SweepDesign {
            kind: DesignKind::FromFile,
            file: name,
            random_numbers: last.design.random_numbers,
            ..SweepDesign::default()
        };
        let mut draft = Self::following(sweep, points, design).checked()?;
        draft.notes.extend(read.notes);
        Ok(draft)
    }

    /// More runs of every point.
    ///
    /// # Errors
    /// If nothing is added.
    pub fn more_replicates(sweep: &Sweep, replicates: u32) -> Result<Self, SweepError> {
        let had = sweep.replicates();
        if replicates <= had {
            let reason = format!("it has {had} replicates already; ask for more");
            return Err(SweepError::NoExtension { reason });
        }
        let (last, _) = &sweep.generations[sweep.generations.len() - 1];
        let mut draft = Self::following(sweep, sweep.points.clone(), last.design.clone());
        draft.to_run = 0..sweep.points.rows() as u32;
        draft.replicates = had..replicates;
        draft.checked()
    }

    fn checked(mut self) -> Result<Self, SweepError> {
        self.refuse_too_many()?;
        self.count_versions();
        Ok(self)
    }
}
