//! A study between two rounds: what is measured so far, and where it goes on.

use super::{Ending, Measured, Progress, Study, Tables, Variant};
use crate::analysis::family::{Family, rounds_of_family};
use crate::analysis::signal_by_signal::effects;
use crate::random::replicate_seed;
use crate::scenario::Scenario;
use crate::simulation::SimulationError;

/// A study that is run round by round.
pub struct UnfinishedStudy<'a> {
    pub(super) variants: &'a [Variant],
    /// Rounds simulated so far, warm-up included.
    pub(super) rounds_done: u64,
    /// Conversations so far.
    pub(super) conversations: u64,
    /// What finished replicates measured.
    pub(super) tables: Tables,
    /// The replicate that runs, from 0.
    pub(super) replicate: u32,
    /// What it measured so far, by variant.
    pub(super) measured: Vec<Tables>,
    /// Its histories.
    pub(super) family: Family<'a>,
    /// Why no round can be run any more.
    pub(super) failure: Option<SimulationError>,
}

impl<'a> UnfinishedStudy<'a> {
    /// A study before its first round.
    pub fn new(variants: &'a [Variant]) -> Self {
        Self {
            variants,
            rounds_done: 0,
            conversations: 0,
            tables: Tables::default(),
            replicate: 0,
            measured: vec![Tables::default(); variants.len()],
            family: Family::new(scenarios(variants), seed_of(variants, 0)),
            failure: None,
        }
    }

    /// Runs the next round; `None` after the last one.
    ///
    /// # Errors
    /// If a number stops being finite ([`SimulationError`]); the rounds before it are kept.
    pub fn run_round(&mut self) -> Result<Option<Progress<'a>>, SimulationError> {
        let done = self.try_round();
        self.failure = done.as_ref().err().cloned();
        done
    }

    fn try_round(&mut self) -> Result<Option<Progress<'a>>, SimulationError> {
        loop {
            let (variants, replicate, measured) = (self.variants, self.replicate, &mut self.measured);
            let done = self.family.run_round(|done| {
                if done.measures.round > 0 {
                    let rows = Measured::of(&done);
                    for &member in done.members {
                        measured[member].record(&variants[member].name, replicate, rows.clone());
                    }
                }
                let conversations = done.measures.served.total().conversations() as u64;
                (done.members[0], conversations)
            })?;
            match done {
                Some((member, conversations)) => {
                    self.rounds_done += 1;
                    self.conversations += conversations;
                    return Ok(Some(self.progress(member)));
                }
                None if self.replicate + 1 < replicates(variants) => self.begin_replicate(),
                None => return Ok(None),
            }
        }
    }

    fn begin_replicate(&mut self) {
        self.keep_measured();
        self.replicate += 1;
        self.family = Family::new(scenarios(self.variants), seed_of(self.variants, self.replicate));
    }

    /// Puts what the replicate measured behind what is there.
    fn keep_measured(&mut self) {
        for measured in &mut self.measured {
            self.tables.append(std::mem::take(measured));
        }
    }

    fn progress(&self, member: usize) -> Progress<'a> {
        Progress {
            variant: &self.variants[member].name,
            replicate: self.replicate,
            rounds_done: self.rounds_done,
            rounds_total: self.rounds_total(),
            conversations: self.conversations,
        }
    }

    /// Rounds simulated so far, warm-up included.
    pub fn rounds_done(&self) -> u64 {
        self.rounds_done
    }

    /// Rounds that the whole study takes.
    pub fn rounds_total(&self) -> u64 {
        u64::from(replicates(self.variants)) * rounds_of_family(&scenarios(self.variants))
    }

    /// Conversations so far.
    pub fn conversations(&self) -> u64 {
        self.conversations
    }

    /// What was found, whether or not all rounds were run.
    pub fn finish(mut self) -> Study {
        self.keep_measured();
        let ending = match self.failure.take() {
            Some(error) => Ending::Failed(error),
            None if self.rounds_done < self.rounds_total() => Ending::Stopped,
            None => Ending::Complete,
        };
        let (tables, variants) = (self.tables, self.variants);
        let comparable = ending == Ending::Complete && variants.len() > 2;
        let signal_by_signal = comparable.then(|| effects(&tables.rounds, variants));
        Study { tables, signal_by_signal, ending, conversations: self.conversations }
    }
}

pub(super) fn scenarios(variants: &[Variant]) -> Vec<&Scenario> {
    variants.iter().map(|variant| &variant.scenario).collect()
}

pub(super) fn seed_of(variants: &[Variant], replicate: u32) -> u64 {
    replicate_seed(variants[0].scenario.settings_in(0).run.seed, replicate)
}

pub(super) fn replicates(variants: &[Variant]) -> u32 {
    variants[0].scenario.settings_in(0).run.replicates
}
