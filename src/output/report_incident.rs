//! The section of the report about the update at issue, run by run: what became of it and who was exposed.

use super::calendar::date;
use super::figures::DataTable;
use super::incident::{Incident, IncidentSummary, Moment};
use super::words::{large, spaced};

/// What readers should know before they read the table.
pub fn introduction(incident: &IncidentSummary, real_users: f64) -> String {
    format!(
        "What became of the update after round {} in each run. Exposure counts days of {} real users with a policy past the alarm \
         level. A rollback brings back the policy, not what users have come to believe, trust and ask for by then.",
        incident.update,
        large(real_users)
    )
}

/// One row per run.
pub fn table(incident: &IncidentSummary) -> DataTable {
    let header = [
        "Run",
        "Review",
        "Rollout begins",
        "Noticed",
        "By",
        "Prompt patched",
        "Rollback complete",
        "Index before",
        "Peak",
        "Patched",
        "After rollback",
        "Exposed, days per user",
        "Exposed user-days",
        "In review",
    ];
    DataTable {
        header: header.map(String::from).to_vec(),
        rows: incident.replicates.iter().map(row).collect(),
    }
}

fn row(run: &Incident) -> Vec<String> {
    let when = |moment: &Option<Moment>| moment.as_ref().map_or("never".to_string(), date);
    let index = |value: f64| if value.is_nan() { "n/a".to_string() } else { format!("{value:.3}") };
    let review = match run.launched {
        true => "launched".to_string(),
        false => format!("held by {}", spaced(&run.stopped_by)),
    };
    vec![
        (run.replicate + 1).to_string(),
        review,
        when(&run.rollout_begins),
        when(&run.noticed),
        if run.noticed_by.is_empty() { "nobody".to_string() } else { spaced(&run.noticed_by) },
        when(&run.prompt_patched),
        when(&run.rollback_complete),
        index(run.index_before),
        index(run.index_peak),
        index(run.index_patched),
        index(run.index_after_rollback),
        format!("{:.1}", run.exposed_days),
        large(run.exposed_user_days),
        large(run.exposed_user_days_in_review),
    ]
}
