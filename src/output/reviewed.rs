//! Checks of launch review over a whole run: how often each passed, and what it found.

use super::launches::{CheckRow, checks};
use crate::analysis::signal_by_signal::Spread;
use crate::measure::table::Table;
use indexmap::IndexMap;
use serde::Serialize;

/// One check over all updates and replicates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewedCheck {
    /// What it looked at.
    pub kind: String,
    /// advisory or blocking.
    pub role: String,
    /// What was measured.
    pub metric: String,
    /// Unit of the values and of the threshold.
    pub unit: String,
    /// Where it fails.
    pub threshold: f64,
    /// On which side of the threshold: above or below.
    pub fails: String,
    /// Share of updates that passed, over rounds and replicates.
    pub pass_share: f64,
    /// The same for the last update that was reviewed.
    pub pass_share_last: f64,
    /// What it found in the last update that was reviewed.
    pub last: Spread,
    /// Share of replicates in which the update at issue (`incident.update`) passed; `None` without one.
    pub pass_share_at_issue: Option<f64>,
    /// What it found in the update at issue.
    pub at_issue: Option<Spread>,
    /// What it cannot see.
    pub blind_to: String,
}

/// The checks of a variant by name, in the order of the scenario.
pub fn reviewed(table: &Table, variant: &str, at_issue: Option<i64>) -> IndexMap<String, ReviewedCheck> {
    let mut by_name: IndexMap<String, Vec<CheckRow>> = IndexMap::new();
    for row in checks(table, variant) {
        by_name.entry(row.check.clone()).or_default().push(row);
    }
    by_name.into_iter().filter_map(|(name, rows)| Some((name, summarise(&rows, at_issue)?))).collect()
}

fn summarise(rows: &[CheckRow], at_issue: Option<i64>) -> Option<ReviewedCheck> {
    let last = rows.last()?;
    let last_round = rows.iter().map(|row| row.round).max()?;
    let at = |round: i64| rows.iter().filter(move |row| row.round == round);
    let values = |round| Spread::of(&at(round).map(|row| row.value).collect::<Vec<f64>>());
    Some(ReviewedCheck {
        kind: last.kind.clone(),
        role: if last.blocking { "blocking" } else { "advisory" }.to_string(),
        metric: last.metric.clone(),
        unit: last.unit.clone(),
        threshold: last.threshold,
        fails: if last.fails_above { "above" } else { "below" }.to_string(),
        pass_share: pass_share(rows.iter()),
        pass_share_last: pass_share(at(last_round)),
        last: values(last_round),
        pass_share_at_issue: at_issue.map(|round| pass_share(at(round))),
        at_issue: at_issue.map(values),
        blind_to: last.blind_to.clone(),
    })
}

fn pass_share<'r>(rows: impl Iterator<Item = &'r CheckRow> + Clone) -> f64 {
    rows.clone().filter(|row| row.passed).count() as f64 / rows.count() as f64
}
