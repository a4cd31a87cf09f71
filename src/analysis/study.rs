//! A scenario run as a study: as it is, without any of its factors, and with each factor alone; replicated, and
//! all of it on common random numbers.

use super::signal_by_signal::{SignalBySignal, effects};
use crate::measure::table::{Entry, Row, Table};
use crate::measure::{
    RoundMeasures, check_rows, day_rows, review_row, reward_model_rows, round_row, segment_rows,
};
use crate::population::Population;
use crate::random::replicate_seed;
use crate::scenario::{Scenario, ScenarioErrors};
use crate::simulation::{Simulation, SimulationError};
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// One row per variant, replicate and round.
    pub rounds: Table,
    /// The same by segment.
    pub segments: Table,
    /// One row per variant, replicate, round and learned signal.
    pub reward_models: Table,
    /// One row per variant, replicate and round: what review decided and why.
    pub review: Table,
    /// One row per variant, replicate, round and check: what it found.
    pub checks: Table,
    /// One row per variant, replicate and day, or days of which only the sum is known.
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
    /// Whether the observer stopped the study before its end.
    pub interrupted: bool,
    /// Conversations simulated.
    pub conversations: u64,
}

/// How far a study is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Variant that just ran a round.
    pub variant: &'a str,
    /// Its replicate, from 0.
    pub replicate: u32,
    /// The round's measures.
    pub measures: &'a RoundMeasures,
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

/// Memory that the users of a study take at its peak: those of the rounds that all variants share, those of the
/// variant that runs, and the stances of the round before where users influence each other.
pub fn bytes_needed(variants: &[Variant]) -> u64 {
    let of = |variant: &Variant| {
        let settings = variant.scenario.settings_in(0);
        let social = variant.scenario.phases.iter().any(|phase| phase.settings.social.influence > 0.0);
        Population::bytes_needed(settings).saturating_mul(if social { 3 } else { 2 })
    };
    variants.iter().map(of).max().unwrap_or(0)
}

/// Runs all variants and replicates. `observe` is called after every round and may stop the study; what was
/// computed by then is returned.
///
/// Rounds before any factor holds are the same in all variants and run once.
///
/// # Errors
/// If a number stops being finite ([`SimulationError`]).
pub fn run_study(
    variants: &[Variant],
    mut observe: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Study, SimulationError> {
    let replicates = variants[0].scenario.settings_in(0).run.replicates;
    let mut run = Run::new(variants, replicates, &mut observe);
    let mut interrupted = false;
    'study: for replicate in 0..replicates {
        let shared = match run.shared_rounds(variants, replicate)? {
            ControlFlow::Continue(shared) => shared,
            ControlFlow::Break(()) => {
                interrupted = true;
                break;
            }
        };
        for variant in variants {
            if run.rounds_of(variant, replicate, &shared)?.is_break() {
                interrupted = true;
                break 'study;
            }
        }
    }
    let (tables, conversations) = (run.tables, run.conversations);
    let signal_by_signal = (!interrupted && variants.len() > 2).then(|| effects(&tables.rounds, variants));
    Ok(Study { tables, signal_by_signal, interrupted, conversations })
}

struct Run<'o> {
    tables: Tables,
    conversations: u64,
    rounds_done: u64,
    rounds_total: u64,
    /// Last round (0: warm-up) before any factor of any variant holds.
    shared_until: u32,
    observe: &'o mut dyn FnMut(Progress) -> ControlFlow<()>,
}

/// Rounds that all variants share: the simulation after them and what was measured.
struct Shared {
    simulation: Simulation,
    rows: Vec<Measured>,
}

struct Measured {
    measures: RoundMeasures,
    reward_models: Vec<Row>,
}

impl<'o> Run<'o> {
    fn new(
        variants: &[Variant],
        replicates: u32,
        observe: &'o mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Self {
        let run = &variants[0].scenario.settings_in(0).run;
        let starts =
            variants.iter().flat_map(|variant| &variant.scenario.phases).map(|phase| phase.from_round);
        let shared_until =
            starts.filter(|&start| start > 0).min().unwrap_or(run.rounds + 1).min(run.rounds + 1) - 1;
        let shared = u64::from(run.warm_up_rounds) + u64::from(shared_until);
        let own = u64::from(run.rounds - shared_until);
        let rounds_total = u64::from(replicates) * (shared + variants.len() as u64 * own);
        let tables = Tables::default();
        Self { tables, conversations: 0, rounds_done: 0, rounds_total, shared_until, observe }
    }

    fn shared_rounds(
        &mut self,
        variants: &[Variant],
        replicate: u32,
    ) -> Result<ControlFlow<(), Shared>, SimulationError> {
        let variant = &variants[0];
        let run = &variant.scenario.settings_in(0).run;
        let seed = replicate_seed(run.seed, replicate);
        let mut shared = Shared { simulation: Simulation::new(&variant.scenario, seed), rows: Vec::new() };
        for _ in 0..run.warm_up_rounds + self.shared_until {
            let (measured, flow) = self.round(&mut shared.simulation, &variant.name, replicate)?;
            if measured.measures.round > 0 {
                shared.rows.push(measured);
            }
            if flow.is_break() {
                // These rounds belong to every variant.
                variants.iter().for_each(|variant| self.record(variant, replicate, &shared.rows));
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(shared))
    }

    fn rounds_of(
        &mut self,
        variant: &Variant,
        replicate: u32,
        shared: &Shared,
    ) -> Result<ControlFlow<()>, SimulationError> {
        self.record(variant, replicate, &shared.rows);
        let mut simulation = shared.simulation.with_scenario(&variant.scenario);
        for _ in self.shared_until..variant.scenario.settings_in(0).run.rounds {
            let (measured, flow) = self.round(&mut simulation, &variant.name, replicate)?;
            self.record(variant, replicate, &[measured]);
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn round(
        &mut self,
        simulation: &mut Simulation,
        variant: &str,
        replicate: u32,
    ) -> Result<(Measured, ControlFlow<()>), SimulationError> {
        let measures = simulation.run_round()?;
        self.rounds_done += 1;
        self.conversations += measures.served.total().conversations() as u64;
        let flow = (self.observe)(Progress {
            variant,
            replicate,
            measures: &measures,
            rounds_done: self.rounds_done,
            rounds_total: self.rounds_total,
            conversations: self.conversations,
        });
        let settings = simulation.scenario().settings_in(measures.round.max(0) as u32);
        let reward_models = reward_model_rows(measures.round, &simulation.trainer.models, settings);
        Ok((Measured { measures, reward_models }, flow))
    }

    fn record(&mut self, variant: &Variant, replicate: u32, rounds: &[Measured]) {
        let key = |row: Row| -> Row {
            let mut keyed = vec![
                Entry::text("variant", "Which factors are on: all, none, or one", &variant.name),
                Entry::integer("replicate", "", "Replicate, from 0", i64::from(replicate)),
            ];
            keyed.extend(row);
            keyed
        };
        for Measured { measures, reward_models } in rounds {
            let settings = variant.scenario.settings_in(measures.round as u32);
            self.tables.rounds.push(key(round_row(measures, settings)));
            for row in segment_rows(measures, settings) {
                self.tables.segments.push(key(row));
            }
            for row in reward_models {
                self.tables.reward_models.push(key(row.clone()));
            }
            self.tables.review.push(key(review_row(measures, settings)));
            for row in check_rows(measures) {
                self.tables.checks.push(key(row));
            }
            for row in day_rows(measures, settings) {
                self.tables.days.push(key(row));
            }
        }
    }
}
