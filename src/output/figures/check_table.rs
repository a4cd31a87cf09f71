//! The table behind *what did review see*: every check of every update.

use super::evidence::DataTable;
use crate::output::incident_story::found;
use crate::output::launches::CheckRow;
use crate::output::words::{check_name, check_value, sentence_case};

/// Every update and check: what was found in the first run, and in how many runs it passed.
pub fn table(rows: &[CheckRow], runs: usize) -> DataTable {
    let header =
        ["Update, check", "May stop it", "Found (first run)", "Fails", "Verdict", "Passed", "Cannot see"];
    let first = rows.iter().filter(|row| row.replicate == 0);
    let line = |row: &CheckRow| {
        let same = || rows.iter().filter(|it| (it.round, &it.check) == (row.round, &row.check));
        vec![
            format!("{}: {}", row.round, check_name(&row.check)),
            if row.blocking { "yes" } else { "no, advisory" }.to_string(),
            sentence_case(&found(row)),
            format!(
                "{} {}",
                if row.fails_above { "from" } else { "below" },
                check_value(&row.metric, &row.unit, row.threshold)
            ),
            if row.passed { "passed" } else { "failed" }.to_string(),
            format!("{} of {runs}", same().filter(|it| it.passed).count()),
            row.blind_to.clone(),
        ]
    };
    DataTable { header: header.map(String::from).to_vec(), rows: first.map(line).collect() }
}
