//! A run that is compared.

use crate::analysis::comparison::Candidate;
use crate::measure::table::Table;
use crate::output::rounds::{main_variant, replicates};
use crate::scenario::Scenario;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is known of a run before it has run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunFacts {
    /// What it is called in the comparison.
    pub run: String,
    /// What was asked for: a file, the name of a shipped scenario, or a folder.
    pub source: String,
    /// Name of its scenario.
    pub scenario: String,
    /// SHA-256 of the scenario after defaults.
    pub scenario_hash: String,
    /// Seed.
    pub seed: u64,
    /// Calendar date of its first day, "" for none or if not known.
    pub start_date: String,
    /// Days of its rounds, 0 if not known.
    pub days_per_round: u32,
}

/// A run with its results.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedRun {
    /// Which run it is.
    pub facts: RunFacts,
    /// Its `rounds` table.
    pub rounds: Table,
    /// Its `review` table; empty if there is none.
    pub review: Table,
}

impl RunFacts {
    /// The facts of a scenario that will run.
    pub fn of(scenario: &Scenario, hash: String, source: String) -> Self {
        let settings = scenario.settings_in(0);
        Self {
            run: scenario.name.clone(),
            source,
            scenario: scenario.name.clone(),
            scenario_hash: hash,
            seed: settings.run.seed,
            start_date: settings.clock.start_date.clone(),
            days_per_round: settings.clock.days_per_round,
        }
    }
}

impl ComparedRun {
    /// As the comparison takes it: the variant with every factor on.
    pub fn candidate(&self) -> Candidate<'_> {
        Candidate { label: self.facts.run.clone(), rounds: &self.rounds, variant: main_variant(&self.rounds) }
    }

    /// Number of replicates.
    pub fn replicates(&self) -> usize {
        replicates(&self.rounds)
    }

    /// Share of replicates in which review held the update, by round.
    pub fn held(&self) -> BTreeMap<i64, f64> {
        let (rounds, variant) = (self.review.numbers("round"), main_variant(&self.rounds));
        let words = |name: &str| self.review.words(name).unwrap_or_default();
        let (variants, verdicts) = (words("variant"), words("verdict"));
        let mut counts: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
        for (row, round) in rounds.unwrap_or_default().into_iter().enumerate() {
            if variants.get(row).is_some_and(|it| *it == variant) {
                let count = counts.entry(round as i64).or_default();
                count.0 += f64::from(u8::from(verdicts.get(row).is_some_and(|it| it.contains("held"))));
                count.1 += 1.0;
            }
        }
        counts.into_iter().map(|(round, (held, all))| (round, held / all)).collect()
    }
}
