//! One law or published result, and what came of checking it.

use super::finding::{Curve, Finding};
use crate::mean_field::NotMeanField;
use crate::scenario::ScenarioErrors;
use crate::simulation::SimulationError;
use crate::statistics::FitError;
use crate::training::TrainingError;

/// What kind of truth a case is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A law that holds to rounding or to a stated Monte-Carlo error.
    Exact,
    /// Figures from a paper.
    Published,
}

/// A law or a published result that the simulator must reproduce.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Short name, as given to `thumbscale verify`.
    pub name: &'static str,
    /// Exact or published.
    pub tier: Tier,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// The law or the result, in one or two sentences.
    pub law: &'static str,
    /// Paper with table, theorem or equation.
    pub source: &'static str,
    /// The shipped scenario that holds the paper's setting, without ending.
    pub scenario: Option<&'static str>,
    /// What passing does not show.
    pub not_covered: &'static str,
    /// Checks it, through the simulator's own parts.
    pub run: fn() -> Result<Outcome, VerifyError>,
}

/// What checking a case gave.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Outcome {
    /// Expected against obtained, negative controls included.
    pub findings: Vec<Finding>,
    /// Curves to look at.
    pub curves: Vec<Curve>,
}

/// The verdict on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every finding is as expected and every control was rejected.
    Passed,
    /// One at least is not.
    Failed,
}

impl Outcome {
    /// Passed only if every finding holds; a case without findings or without a control has shown nothing.
    pub fn verdict(&self) -> Verdict {
        let controlled = self.findings.iter().any(|it| it.control);
        let shown = self.findings.iter().any(|it| !it.control);
        if controlled && shown && self.findings.iter().all(Finding::holds) {
            Verdict::Passed
        } else {
            Verdict::Failed
        }
    }
}

/// A case that could not be carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum VerifyError {
    /// Its scenario is refused.
    #[error("the scenario of this case is refused: {0}")]
    Scenario(#[from] ScenarioErrors),
    /// Its scenario has no mean-field map.
    #[error(transparent)]
    NotMeanField(#[from] NotMeanField),
    /// Its simulation cannot go on.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// Its training has no result.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// Its fit has no result.
    #[error(transparent)]
    Fit(#[from] FitError),
}
