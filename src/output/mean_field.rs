//! What infinitely many users do: a table in words, and the folder of results.

#[cfg(feature = "files")]
use super::analysis_folder::AnalysisFolder;
use super::identity::Identity;
#[cfg(feature = "files")]
use super::{Destination, OutputError};
use crate::mean_field::MeanFieldRound;
use crate::measure::table::Table;
use crate::scenario::Scenario;
use serde::Serialize;
#[cfg(feature = "files")]
use std::path::PathBuf;

/// Measures that the text tells of.
const TOLD: [&str; 8] = [
    "sycophancy_index",
    "effective_deference",
    "mean_flattery",
    "thumbs_up_share",
    "approval",
    "user_benefit",
    "goodhart_gap",
    "mean_abs_stance_error",
];

/// The rounds of a map, and what they belong to.
#[derive(Clone, Debug, Serialize)]
pub struct MeanFieldSummary {
    /// Version, scenario, hash.
    #[serde(flatten)]
    pub identity: Identity,
    /// One row per round, without standard errors: there is no chance in it.
    pub rounds: Table,
}

impl MeanFieldSummary {
    /// Of all rounds of a scenario's map.
    pub fn new(scenario: &Scenario, rounds: &[MeanFieldRound]) -> Self {
        let mut table = Table::default();
        for round in rounds {
            table.push(round.row(scenario.settings_in(round.round.max(0) as u32)));
        }
        Self { identity: Identity::of(scenario), rounds: table }
    }

    fn course(&self, measure: &str) -> Option<Vec<f64>> {
        self.rounds.numbers(measure)
    }
}

/// First and last round of the main measures.
pub fn mean_field_text(summary: &MeanFieldSummary) -> String {
    let rounds = summary.rounds.rows();
    let mut text = format!(
        "{}: infinitely many users, {rounds} rounds\nNothing here is drawn: no number has a sampling error, and the seed plays no part.\n\n\
         {:26}{:>12}{:>12}{:>12}\n",
        summary.identity.scenario,
        "",
        "round 1",
        format!("round {rounds}"),
        "change"
    );
    for measure in TOLD {
        if let Some((first, last)) = summary.course(measure).and_then(|it| Some((*it.first()?, *it.last()?)))
        {
            let name = super::words::measure_name(measure);
            text += &format!("{name:26}{first:>12.4}{last:>12.4}{:>+12.4}\n", last - first);
        }
    }
    text
}

/// Checks that [`write_mean_field`] will find a place, before the work is done, and returns that place.
///
/// # Errors
/// If the folder holds results and `force` is off, or cannot be written.
#[cfg(feature = "files")]
pub fn mean_field_folder(scenario: &Scenario, destination: &Destination) -> Result<PathBuf, OutputError> {
    let identity = Identity::of(scenario);
    Ok(AnalysisFolder::create(&identity, &run_id(&identity), destination)?.target())
}

#[cfg(feature = "files")]
fn run_id(identity: &Identity) -> String {
    format!("mean-field-{}", identity.short_hash())
}

/// Writes `root/<scenario>/mean-field-<hash>/` and returns its path.
///
/// # Errors
/// If the folder holds results and `force` is off, or cannot be written.
#[cfg(feature = "files")]
pub fn write_mean_field(
    summary: &MeanFieldSummary,
    scenario: &Scenario,
    destination: &Destination,
) -> Result<PathBuf, OutputError> {
    let mut folder = AnalysisFolder::create(&summary.identity, &run_id(&summary.identity), destination)?;
    folder.table("rounds", &summary.rounds)?;
    folder.json("mean-field.json", summary)?;
    folder.text("scenario.toml", &scenario.to_toml())?;
    #[cfg(feature = "plots")]
    folder.text("figures/rounds.svg", &super::curve_svg(&curve(summary), 900.0))?;
    folder.publish()
}

/// The index and every behaviour over rounds.
#[cfg(all(feature = "files", feature = "plots"))]
fn curve(summary: &MeanFieldSummary) -> crate::verify::Curve {
    use crate::verify::{Curve, Points, Series};
    let rounds = summary.course("round").unwrap_or_default();
    let shown =
        |name: &str| name == "sycophancy_index" || name == "effective_deference" || name.starts_with("mean_");
    let columns = summary.rounds.columns.iter().map(|column| column.name.as_str());
    let series = columns.filter(|name| shown(name) && *name != "mean_abs_stance_error").map(|name| Series {
        name: format!("{}: map", super::words::measure_name(name)),
        points: Points::Law,
        at: rounds.iter().copied().zip(summary.course(name).unwrap_or_default()).collect(),
    });
    Curve {
        title: "How does behaviour move with infinitely many users?".into(),
        x: "round".into(),
        y: "level".into(),
        log_x: false,
        log_y: false,
        series: series.collect(),
    }
}
