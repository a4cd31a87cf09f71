//! What can be wrong with a sweep, and what to do about it.

use crate::analysis::sensitivity::DesignError;
use crate::output::OutputError;
use crate::scenario::ScenarioErrors;
use crate::simulation::SimulationError;
use std::path::PathBuf;

/// A sweep that cannot be planned, run or merged.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// A file or folder cannot be read or written.
    #[error(transparent)]
    File(#[from] OutputError),
    /// There is no such design.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The scenario fails before anything is varied.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// The sweep file, its scenario or one of the points is wrong.
    #[error(transparent)]
    Scenario(#[from] ScenarioErrors),
    /// More runs than anybody would wait for.
    #[error(
        "{points} points with {replicates} replicates are {runs} runs, more than the {most} that are allowed"
    )]
    TooManyRuns {
        /// Points of the design.
        points: u64,
        /// Runs of each.
        replicates: u64,
        /// Runs in all.
        runs: u64,
        /// The limit.
        most: u64,
    },
    /// A file of points does not fit the scenario.
    #[error("`{}`: {reason}", path.display())]
    DesignFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what was expected.
        reason: String,
    },
    /// The folder holds no sweep.
    #[error("`{}` holds no sweep: it has no manifest-1.json; make one with `thumbscale sweep plan FILE`", folder.display())]
    NoSweep {
        /// The folder.
        folder: PathBuf,
    },
    /// A manifest or its table of points is not what `plan` wrote.
    #[error("`{}` was altered after it was written ({reason}): what is there was computed for the plan as it was; restore the file, or plan anew in another folder", path.display())]
    Altered {
        /// The file.
        path: PathBuf,
        /// How that shows.
        reason: String,
    },
    /// The sweep was planned by a program that computes something else.
    #[error("the sweep in `{}` was planned by {planned}, and this is {own}: their numbers would differ. Use that program, or plan anew in another folder", folder.display())]
    OtherProgram {
        /// Folder of the sweep.
        folder: PathBuf,
        /// Program that planned it.
        planned: String,
        /// This program.
        own: String,
    },
    /// A shard that the sweep does not have.
    #[error("there is no shard {shard}: the sweep has shards 1 to {shards}")]
    NoShard {
        /// Shard asked for.
        shard: u32,
        /// Shards of the sweep.
        shards: u32,
    },
    /// Something cannot be added to a sweep.
    #[error("this sweep cannot be extended so: {reason}")]
    NoExtension {
        /// Why, and what to do instead.
        reason: String,
    },
    /// A sweep is no full factorial.
    #[error("this sweep is no factorial of factors: {reason}")]
    NoFactorial {
        /// Why.
        reason: String,
    },
    /// Results are not all there.
    #[error(
        "{missing} of {runs} runs are missing, in {}; finish them with `sweep run` or `sweep submit`, or merge what is there with --partial",
        shards_in_words(shards)
    )]
    Incomplete {
        /// Runs without a result.
        missing: u64,
        /// Runs of the sweep.
        runs: u64,
        /// Shards that are not finished.
        shards: Vec<u32>,
    },
}

/// Shards named in a message before it says "and so many more".
const NAMED: usize = 12;

/// `shards 3 to 5 and 9`.
pub fn shards_in_words(shards: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &shard in shards {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == shard => *last = shard,
            _ => runs.push((shard, shard)),
        }
    }
    let named = |&(first, last): &(u32, u32)| match first == last {
        true => first.to_string(),
        false => format!("{first} to {last}"),
    };
    let mut words: Vec<String> = runs.iter().take(NAMED).map(named).collect();
    if runs.len() > NAMED {
        let told: u32 = runs[..NAMED].iter().map(|(first, last)| last - first + 1).sum();
        words.push(format!("{} more", shards.len() - told as usize));
    }
    let word = if shards.len() == 1 { "shard" } else { "shards" };
    match words.split_last() {
        Some((last, [])) => format!("{word} {last}"),
        Some((last, rest)) => format!("{word} {} and {last}", rest.join(", ")),
        None => "no shard".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_named_by_their_runs() {
        assert_eq!(shards_in_words(&[7]), "shard 7");
        assert_eq!(shards_in_words(&[3, 4, 5, 9]), "shards 3 to 5 and 9");
        let odd: Vec<u32> = (0..20).map(|it| 2 * it + 1).collect();
        assert!(shards_in_words(&odd).ends_with("21, 23 and 8 more"), "{}", shards_in_words(&odd));
    }
}
