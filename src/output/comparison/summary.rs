//! Everything that a comparison found, as JSON has it.

use super::notes::notes;
use super::run::{ComparedRun, RunFacts};
use crate::analysis::comparison::{LEVEL, MeasureComparison, compare, differences_tested};
use crate::output::identity::{Identity, hexadecimal};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Runs named in full in titles and folder names; with more, the first and how many more.
const NAMED: usize = 3;

/// A run, what was compared of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunSummary {
    /// Which run it is.
    #[serde(flatten)]
    pub facts: RunFacts,
    /// Which of its variants.
    pub variant: String,
    /// Its last round.
    pub rounds: i64,
    /// Its replicates.
    pub replicates: usize,
}

/// What a comparison found; the layout is documented in `docs/compare.md`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparisonSummary {
    /// Version of the layout.
    pub format: u32,
    /// Program, names, hash of all runs, and the seed of the first.
    pub identity: Identity,
    /// The runs; differences are taken to the first.
    pub runs: Vec<RunSummary>,
    /// In which ways the runs do not match.
    pub notes: Vec<String>,
    /// Differences with a p-value: as many are corrected for.
    pub differences_tested: usize,
    /// Chance that any difference is called clear after correction though there is none.
    pub level: f64,
    /// The last round, measure by measure.
    pub measures: Vec<MeasureComparison>,
}

impl ComparisonSummary {
    /// The comparison of runs to the first of them.
    pub fn new(runs: &[ComparedRun]) -> Self {
        let candidates: Vec<_> = runs.iter().map(ComparedRun::candidate).collect();
        let measures = compare(&candidates);
        let facts: Vec<RunFacts> = runs.iter().map(|run| run.facts.clone()).collect();
        let summary = |run: &ComparedRun| RunSummary {
            facts: run.facts.clone(),
            variant: run.candidate().variant,
            rounds: run.candidate().last_round(),
            replicates: run.replicates(),
        };
        Self {
            format: 1,
            identity: identity(&facts),
            runs: runs.iter().map(summary).collect(),
            notes: notes(runs),
            differences_tested: differences_tested(&measures),
            level: LEVEL,
            measures,
        }
    }

    /// The run that the others are compared to; "" without any.
    pub fn first(&self) -> &str {
        self.runs.first().map_or("", |run| &run.facts.run)
    }

    /// Replicates of the run that has the fewest.
    pub fn fewest_replicates(&self) -> usize {
        self.runs.iter().map(|run| run.replicates).min().unwrap_or(0)
    }

    /// "5 replicates", or "4 to 5 replicates".
    pub fn replicates_in_words(&self) -> String {
        let fewest = self.fewest_replicates();
        match self.runs.iter().map(|run| run.replicates).max().unwrap_or(0) {
            most if most > fewest => format!("{fewest} to {most} replicates"),
            1 => "1 replicate".to_string(),
            most => format!("{most} replicates"),
        }
    }

    /// Differences that are clear after correction.
    pub fn clear(&self) -> usize {
        let outcomes = self.measures.iter().flat_map(|measure| &measure.runs);
        outcomes.filter(|outcome| outcome.clear_after_holm == Some(true)).count()
    }
}

/// What ties files and figures to the runs.
pub(super) fn identity(runs: &[RunFacts]) -> Identity {
    let mut hash = Sha256::new();
    for run in runs {
        hash.update(format!("{}\0{}\0{}\0", run.run, run.scenario_hash, run.seed));
    }
    let hash = hexadecimal(&hash.finalize());
    Identity::of_several(named(runs, ", "), hash, runs.first().map_or(0, |run| run.seed))
}

/// Name of the folder of results: the same runs in the same order always give the same name.
#[cfg(feature = "files")]
pub(super) fn run_id(runs: &[RunFacts], identity: &Identity) -> String {
    format!("{}-{}", named(runs, "-vs-").replace(' ', "-"), identity.short_hash())
}

fn named(runs: &[RunFacts], between: &str) -> String {
    let names: Vec<&str> = runs.iter().map(|run| run.scenario.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        few if few.len() <= NAMED => few.join(between),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    }
}
