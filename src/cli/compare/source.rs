//! What is compared: scenarios that will run, and folders of finished runs.

use crate::analysis::ensemble::{Design, as_run_tables, bytes_needed};
use crate::cli::histories::{Kept, simulate_design};
use crate::cli::memory::refuse_too_large_for;
use crate::cli::scenario::Changes;
use crate::cli::talk::Talk;
use crate::measure::table::Table;
use crate::output::{ComparedRun, FinishedRun, Identity, RunFacts};
use crate::scenario::Scenario;
use rayon::ThreadPool;
use std::path::Path;

/// A run to compare, before it has run.
pub struct Source {
    facts: RunFacts,
    kind: Kind,
}

enum Kind {
    Scenario(Box<Scenario>),
    Finished(Box<FinishedRun>),
}

impl Source {
    /// A folder, a file, or the name of a shipped scenario.
    pub fn read(path: &Path, changes: &Changes) -> anyhow::Result<Self> {
        let typed = path.display().to_string();
        Ok(match path.is_dir() {
            true => Self::finished(FinishedRun::read(path)?, typed),
            false => Self::scenario(changes.load(path)?, typed),
        })
    }

    fn scenario(scenario: Scenario, typed: String) -> Self {
        let facts = RunFacts::of(&scenario, Identity::of(&scenario).scenario_hash, typed);
        Self { facts, kind: Kind::Scenario(Box::new(scenario)) }
    }

    fn finished(run: FinishedRun, typed: String) -> Self {
        let facts = RunFacts {
            run: run.scenario.clone(),
            source: typed,
            scenario: run.scenario.clone(),
            scenario_hash: run.scenario_hash.clone(),
            seed: run.seed,
            start_date: run.start_date.clone(),
            days_per_round: run.days_per_round,
        };
        Self { facts, kind: Kind::Finished(Box::new(run)) }
    }

    pub fn facts(&self) -> &RunFacts {
        &self.facts
    }

    pub fn is_finished(&self) -> bool {
        matches!(self.kind, Kind::Finished(_))
    }

    pub fn refuse_too_large(&self, threads: usize) -> anyhow::Result<()> {
        match &self.kind {
            Kind::Scenario(scenario) => {
                let replicates = scenario.settings_in(0).run.replicates as usize;
                Ok(refuse_too_large_for(scenario, bytes_needed(scenario, (1, replicates), threads))?)
            }
            Kind::Finished(_) => Ok(()),
        }
    }

    /// The run; `None` if it was interrupted. Histories that are known from before are not simulated again.
    pub fn run(
        self,
        kept: (&Kept, &Path),
        pool: &ThreadPool,
        talk: Talk,
    ) -> anyhow::Result<Option<ComparedRun>> {
        let facts = self.facts;
        match self.kind {
            Kind::Finished(run) => Ok(Some(ComparedRun { facts, rounds: run.rounds, review: run.review })),
            Kind::Scenario(scenario) => {
                let histories = histories(&scenario, kept, pool, talk)?;
                let tables = histories.map(|histories| as_run_tables("all", &histories));
                Ok(tables.map(|(rounds, review)| ComparedRun { facts, rounds, review }))
            }
        }
    }
}

/// One history per replicate; `None` if it was interrupted.
fn histories(
    scenario: &Scenario,
    kept: (&Kept, &Path),
    pool: &ThreadPool,
    talk: Talk,
) -> anyhow::Result<Option<Vec<Table>>> {
    let replicates = scenario.settings_in(0).run.replicates;
    let design = Design { points: 1, versions: &|_| vec![scenario.clone()], replicates };
    let manner = (pool, talk, "replicates");
    let found = simulate_design(design, scenario, kept, manner, &|tables: &[Table]| tables[0].clone())?;
    let histories: Option<Result<Vec<Table>, _>> = found.results.into_iter().flatten().collect();
    Ok(histories.transpose()?)
}

/// Gives all scenarios the seed of the first run, so that they share their random draws.
pub fn on_one_seed(sources: Vec<Source>, talk: Talk) -> anyhow::Result<Vec<Source>> {
    let Some(seed) = sources.first().map(|source| source.facts.seed) else { return Ok(sources) };
    let reseed = |source: Source| match source.kind {
        Kind::Scenario(scenario) if source.facts.seed != seed => {
            talk.say(&format!("{} runs on seed {seed}, that of the first run", scenario.name));
            Ok(Source::scenario(scenario.with_seed(seed)?, source.facts.source))
        }
        _ => Ok(source),
    };
    sources.into_iter().map(reseed).collect()
}

/// Gives every run a name of its own. Folders of one scenario are told apart by their names, files by what was typed, and
/// the same again by a number.
pub fn tell_apart(sources: &mut [Source]) {
    rename_shared(sources, |source, _| match source.is_finished() {
        true => format!("{} {}", source.facts.scenario, folder_name(&source.facts.source)),
        false => source.facts.source.clone(),
    });
    rename_shared(sources, |source, _| source.facts.source.clone());
    rename_shared(sources, |source, count| format!("{} ({count})", source.facts.source));
}

/// Renames all runs whose name another has; `name` is told how many of that name there were so far.
fn rename_shared(sources: &mut [Source], name: impl Fn(&Source, usize) -> String) {
    let names: Vec<String> = sources.iter().map(|source| source.facts.run.clone()).collect();
    for (index, source) in sources.iter_mut().enumerate() {
        let own = &names[index];
        if names.iter().filter(|other| *other == own).count() > 1 {
            let count = names[..=index].iter().filter(|other| *other == own).count();
            source.facts.run = name(source, count);
        }
    }
}

fn folder_name(path: &str) -> String {
    let name = Path::new(path).file_name();
    name.map_or_else(|| path.to_string(), |name| name.to_string_lossy().into_owned())
}
