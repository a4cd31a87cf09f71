//! Carrying cases out, several at a time.

use super::case::{Case, Outcome, Verdict};
use super::cases;
use crate::parallel;
use crate::scenario::nearest_name;

/// A case and what came of it; what went wrong, if it could not be carried out.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The case.
    pub case: Case,
    /// Findings and curves, or why there are none.
    pub outcome: Result<Outcome, String>,
}

impl Checked {
    /// Passed only if it was carried out and every finding holds.
    pub fn verdict(&self) -> Verdict {
        self.outcome.as_ref().map_or(Verdict::Failed, Outcome::verdict)
    }
}

/// A name that no case has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no case {name:?}{}; `thumbscale verify --list` names all", hint(.nearest))]
pub struct UnknownCase {
    /// What was asked for.
    pub name: String,
    /// The name most like it.
    pub nearest: Option<String>,
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
}

/// The cases of these names, all without names, in the order of the list.
///
/// # Errors
/// If a name is unknown.
pub fn cases_named(names: &[String]) -> Result<Vec<Case>, UnknownCase> {
    let all = cases();
    for name in names {
        if !all.iter().any(|case| case.name == name) {
            let nearest = nearest_name(name, all.iter().map(|case| case.name));
            return Err(UnknownCase { name: name.clone(), nearest });
        }
    }
    let wanted = |case: &Case| names.is_empty() || names.iter().any(|name| name == case.name);
    Ok(all.into_iter().filter(wanted).collect())
}

/// Carries the cases out, one per core, and tells `done` of each; those not begun when `go_on` says no are left out.
pub fn run_cases(
    cases: &[Case],
    go_on: impl Fn() -> bool + Sync,
    done: impl Fn(&Checked) + Sync,
) -> Vec<Checked> {
    let check = |index: usize| {
        let case = cases[index];
        let checked =
            go_on().then(|| Checked { case, outcome: (case.run)().map_err(|error| error.to_string()) });
        checked.iter().for_each(&done);
        checked
    };
    parallel::map_whole(cases.len(), check).into_iter().flatten().collect()
}
