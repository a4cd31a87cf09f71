//! What makes runs hard to compare.

use super::run::ComparedRun;

/// One sentence for each way in which the runs do not match.
pub fn notes(runs: &[ComparedRun]) -> Vec<String> {
    let differ =
        |of: &dyn Fn(&ComparedRun) -> String| runs.windows(2).any(|pair| of(&pair[0]) != of(&pair[1]));
    let found = [
        (
            differ(&|run| run.facts.seed.to_string()),
            "the runs have different seeds, so differences contain run-to-run noise",
        ),
        (
            differ(&|run| run.candidate().last_round().to_string()),
            "the runs differ in length; they are aligned by round, and each is compared in its own last round",
        ),
        (
            differ(&|run| run.replicates().to_string()),
            "the runs differ in replicates; differences use those that both have",
        ),
        (
            differ(&|run| run.facts.start_date.clone()),
            "the runs start on different dates; they are aligned by round, not by date",
        ),
        (
            differ(&|run| run.facts.days_per_round.to_string()),
            "their rounds differ in days; they are aligned by round, not by time",
        ),
    ];
    found.into_iter().filter(|(applies, _)| *applies).map(|(_, note)| note.to_string()).collect()
}
