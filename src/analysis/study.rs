//! A scenario run as a study: as it is, without any of its factors, and with each factor alone; replicated, and
//! all of it on common random numbers.

mod parts;
mod unfinished;

pub use parts::StudyParts;
pub use unfinished::UnfinishedStudy;

use super::ensemble::variant_key;
use super::family::RoundDone;
use super::signal_by_signal::SignalBySignal;
use crate::measure::table::{Row, Table};
use crate::measure::{check_rows, day_rows, review_row, reward_model_rows, round_row, segment_rows};
use crate::population::Population;
use crate::scenario::{Scenario, ScenarioErrors};
use crate::simulation::SimulationError;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;

/// One version of the scenario.
#[derive(Clone, Debug)]
pub struct Variant {
    /// "all": the scenario as it is; "none": without factors; otherwise the one factor that is on.
    pub name: String,
    /// That version.
    pub scenario: Scenario,
}

/// The tables of a study.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tables {
    /// One row per variant, replicate and round.
    #[serde(with = "crate::measure::stored")]
    pub rounds: Table,
    /// The same by segment.
    #[serde(with = "crate::measure::stored")]
    pub segments: Table,
    /// One row per variant, replicate, round and learned signal.
    #[serde(with = "crate::measure::stored")]
    pub reward_models: Table,
    /// One row per variant, replicate and round: what review decided and why.
    #[serde(with = "crate::measure::stored")]
    pub review: Table,
    /// One row per variant, replicate, round and check: what it found.
    #[serde(with = "crate::measure::stored")]
    pub checks: Table,
    /// One row per variant, replicate and day, or days of which only the sum is known.
    #[serde(with = "crate::measure::stored")]
    pub days: Table,
}

impl Tables {
    /// The tables with their file names, empty ones left out.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &Table)> {
        [
            ("rounds", &self.rounds),
            ("segments", &self.segments),
            ("reward_models", &self.reward_models),
            ("review", &self.review),
            ("checks", &self.checks),
            ("days", &self.days),
        ]
        .into_iter()
        .filter(|(_, table)| table.rows() > 0)
    }
}

/// What a study found.
#[derive(Clone, Debug)]
pub struct Study {
    /// Everything measured.
    pub tables: Tables,
    /// Effects of the factors, if there are at least two and the study was finished.
    pub signal_by_signal: Option<SignalBySignal>,
    /// How it ended.
    pub ending: Ending,
    /// Conversations simulated.
    pub conversations: u64,
}

/// How a study ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// All rounds were run.
    Complete,
    /// It was stopped before.
    Stopped,
    /// The next round could not be run.
    Failed(SimulationError),
}

/// How far a study is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Variant that just ran a round.
    pub variant: &'a str,
    /// Its replicate, from 0.
    pub replicate: u32,
    /// Rounds simulated so far, warm-up included.
    pub rounds_done: u64,
    /// Rounds that the whole study takes.
    pub rounds_total: u64,
    /// Conversations so far.
    pub conversations: u64,
}

/// The versions of a scenario that a study compares: only "all" if fewer than two factors are on.
///
/// # Errors
/// If a version with other factors is not a valid scenario.
pub fn variants(scenario: &Scenario) -> Result<Vec<Variant>, ScenarioErrors> {
    let mut variants = vec![Variant { name: "all".into(), scenario: scenario.clone() }];
    if scenario.active_factors.len() >= 2 {
        let none = scenario.with_active_factors(&[] as &[&str])?;
        variants.insert(0, Variant { name: "none".into(), scenario: none });
        for (index, factor) in scenario.active_factors.iter().enumerate() {
            let alone = scenario.with_active_factors(&[factor])?;
            variants.insert(1 + index, Variant { name: factor.clone(), scenario: alone });
        }
    }
    Ok(variants)
}

/// Memory that the users of a study take at its peak: those of the variant that runs, those of the rounds that several
/// variants share, and the stances of the round before where users influence each other.
pub fn bytes_needed(variants: &[Variant]) -> u64 {
    let of = |variant: &Variant| {
        let settings = variant.scenario.settings_in(0);
        let social = variant.scenario.phases.iter().any(|phase| phase.settings.social.influence > 0.0);
        let shared = variants.len() > 1;
        Population::bytes_needed(settings).saturating_mul(1 + u64::from(shared) + u64::from(social))
    };
    variants.iter().map(of).max().unwrap_or(0)
}

/// Runs all variants and replicates. `observe` is called after every round and may stop the study; what was
/// computed by then is returned.
///
/// Rounds that variants have in common are the same in all of them and run once.
///
/// # Errors
/// If a number stops being finite ([`SimulationError`]).
pub fn run_study(
    variants: &[Variant],
    mut observe: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Study, SimulationError> {
    let mut study = UnfinishedStudy::new(variants);
    while let Some(progress) = study.run_round()? {
        if observe(progress).is_break() {
            break;
        }
    }
    Ok(study.finish())
}

/// The rows of one round, before it is said which variant and replicate they belong to.
#[derive(Clone)]
struct Measured {
    round: Row,
    segments: Vec<Row>,
    reward_models: Vec<Row>,
    review: Row,
    checks: Vec<Row>,
    days: Vec<Row>,
}

impl Measured {
    fn of(done: &RoundDone) -> Self {
        let RoundDone { measures, simulation, .. } = done;
        let settings = simulation.scenario().settings_in(measures.round as u32);
        Self {
            round: round_row(measures, settings),
            segments: segment_rows(measures, settings),
            reward_models: reward_model_rows(measures.round, &simulation.trainer.models, settings),
            review: review_row(measures, settings),
            checks: check_rows(measures),
            days: day_rows(measures, settings),
        }
    }
}

impl Tables {
    fn all_mut(&mut self) -> [&mut Table; 6] {
        [
            &mut self.rounds,
            &mut self.segments,
            &mut self.reward_models,
            &mut self.review,
            &mut self.checks,
            &mut self.days,
        ]
    }

    /// Appends all rows of tables of the same study.
    fn append(&mut self, mut other: Tables) {
        for (table, other) in self.all_mut().into_iter().zip(other.all_mut()) {
            table.append(std::mem::take(other));
        }
    }

    /// Appends the rows of a round.
    fn record(&mut self, variant: &str, replicate: u32, rows: Measured) {
        let key = |row: Row| -> Row {
            let mut keyed = variant_key(variant, i64::from(replicate));
            keyed.extend(row);
            keyed
        };
        self.rounds.push(key(rows.round));
        self.review.push(key(rows.review));
        let lists = [
            (&mut self.segments, rows.segments),
            (&mut self.reward_models, rows.reward_models),
            (&mut self.checks, rows.checks),
            (&mut self.days, rows.days),
        ];
        for (table, rows) in lists {
            rows.into_iter().for_each(|row| table.push(key(row)));
        }
    }
}
