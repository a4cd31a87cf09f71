//! Single designs that somebody else chooses one by one: values of keys in, means over replicates out.

use super::one_run::simulate_run;
use super::point::RunId;
use crate::analysis::sensitivity::mean_and_sd;
use crate::parallel::map_whole;
use crate::scenario::{Scenario, SweepOutcomes};
use serde_json::{Map, Value};
use std::ops::ControlFlow;

/// A design.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// What it changes, as `--set`.
    pub sets: Vec<String>,
    /// Seed of the first replicate.
    pub seed: u64,
    /// Runs.
    pub replicates: u32,
}

/// For every measure the mean and the standard deviation over replicates (NaN with one), or why there are none.
pub type TrialOutcome = Result<Vec<(f64, f64)>, String>;

/// Runs every replicate of every trial, in the last round of which `outcomes` are measured; `None` if `flow` stopped it.
pub fn run_trials(
    scenario: &Scenario,
    trials: &[Trial],
    outcomes: &SweepOutcomes,
    flow: &(dyn Fn() -> ControlFlow<()> + Sync),
) -> Option<Vec<TrialOutcome>> {
    let runs: Vec<(usize, u32)> = trials
        .iter()
        .enumerate()
        .flat_map(|(nth, trial)| (0..trial.replicates).map(move |replicate| (nth, replicate)))
        .collect();
    let run = |which: usize| {
        let (nth, replicate) = runs[which];
        let run = RunId { point: nth as u32, replicate };
        let point = scenario.with_set(&trials[nth].sets);
        simulate_run(run, point, trials[nth].seed, outcomes, &mut |_| flow())
    };
    let found = map_whole(runs.len(), run).into_iter().collect::<Option<Vec<_>>>()?;
    let last = |outcome: Result<Vec<super::KeptRound>, String>| {
        outcome.map(|rounds| rounds.last().map_or(Vec::new(), |kept| kept.values.clone()))
    };
    let mut by_trial: Vec<Vec<Result<Vec<f64>, String>>> = vec![Vec::new(); trials.len()];
    found.into_iter().for_each(|run| by_trial[run.run.point as usize].push(last(run.outcome)));
    Some(by_trial.into_iter().map(summary).collect())
}

fn summary(runs: Vec<Result<Vec<f64>, String>>) -> TrialOutcome {
    let runs = runs.into_iter().collect::<Result<Vec<_>, _>>()?;
    let of = |measure: usize| mean_and_sd(&runs.iter().map(|run| run[measure]).collect::<Vec<_>>());
    Ok((0..runs.first().map_or(0, Vec::len)).map(of).collect())
}

/// Values by key as `--set`s; keys `factors.NAME` become one list of the factors that are on.
pub fn sets_of(scenario: &Scenario, parameters: &Map<String, Value>) -> Vec<String> {
    let factor =
        |key: &str| key.strip_prefix("factors.").filter(|name| !name.contains('.')).map(String::from);
    let is_on = |value: &Value| value.as_bool().unwrap_or(value.as_f64().is_some_and(|it| it != 0.0));
    let mut on: Vec<String> = scenario.active_factors.clone();
    let mut sets = Vec::new();
    let mut switched = false;
    for (key, value) in parameters {
        match factor(key) {
            Some(name) => {
                switched = true;
                on.retain(|it| *it != name);
                if is_on(value) {
                    on.push(name);
                }
            }
            // JSON's numbers, words, lists and true and false are TOML's.
            None => sets.push(format!("{key}={value}")),
        }
    }
    if switched {
        let names: Vec<String> = on.iter().map(|name| format!("{name:?}")).collect();
        sets.push(format!("active_factors=[{}]", names.join(",")));
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario() -> Scenario {
        let sets = ["population.users=100", "run.warm_up_rounds=0", "run.rounds=2", "run.measure_rows=64"];
        Scenario::preset("all-three", &sets.map(String::from)).expect("valid")
    }

    fn parameters(text: &str) -> Map<String, Value> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn values_become_sets_and_factors_a_list() {
        let text = r#"{"policy.kl_strength": 0.2, "factors.memory": false, "policy.optimiser": "exact"}"#;
        assert_eq!(
            sets_of(&scenario(), &parameters(text)),
            [
                "policy.kl_strength=0.2",
                "policy.optimiser=\"exact\"",
                "active_factors=[\"thumbs\",\"fresh_data\"]"
            ]
        );
    }

    #[test]
    fn replicates_are_averaged_and_errors_have_their_place() {
        let outcomes = SweepOutcomes::default();
        let trial = |kl: f64, replicates| Trial {
            sets: vec![format!("policy.kl_strength={kl:?}")],
            seed: 3,
            replicates,
        };
        let go = || ControlFlow::Continue(());
        let run = |trials: &[Trial]| run_trials(&scenario(), trials, &outcomes, &go).expect("not stopped");
        let found = run(&[trial(0.1, 1), trial(-1.0, 2), trial(0.1, 2)]);
        let (one, two) = (found[0].as_ref().unwrap()[0], found[2].as_ref().unwrap()[0]);
        assert!(one.1.is_nan() && found[1].as_ref().unwrap_err().contains("kl_strength"));
        // Of two numbers the first is mean +- sd / sqrt 2.
        assert!(((one.0 - two.0).abs() - two.1 / 2f64.sqrt()).abs() < 1e-12, "{one:?} {two:?}");
        let stop = || ControlFlow::Break(());
        assert!(run_trials(&scenario(), &[trial(0.1, 1)], &outcomes, &stop).is_none());
    }
}
