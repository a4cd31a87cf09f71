//! One run of a sweep: a point and replicate simulated, and what is kept of it.

use super::point::{RunId, run_seed};
use crate::analysis::ensemble::history_row;
use crate::analysis::family::{RoundDone, run_family};
use crate::analysis::sensitivity::{versions, with_effects};
use crate::measure::table::{Cell, Row};
use crate::scenario::{Diagnostic, Scenario, ScenarioErrors, SweepOutcomes};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What is kept of a round.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRound {
    /// Round, from 1.
    pub round: i64,
    /// One value for every outcome column; NaN where a measure does not apply.
    pub values: Vec<f64>,
}

/// A run that is done: rounds that are kept, or why there are none.
#[derive(Clone, Debug, PartialEq)]
pub struct FinishedRun {
    /// Which run.
    pub run: RunId,
    /// What came of it.
    pub outcome: Result<Vec<KeptRound>, String>,
}

impl FinishedRun {
    /// Puts runs in the order of the plan.
    pub fn sort(runs: &mut [Self]) {
        runs.sort_by_key(|it| it.run);
    }
}

/// Simulates a run. `point` is its scenario, `seed` that of the point's first replicate; `each_round` is told the
/// conversations of every round and may stop it. `None` if it was stopped. A run that cannot be, or fails, or even panics, is
/// a result with its reason: it must not take the others of its shard along.
pub fn simulate_run(
    run: RunId,
    point: Result<Scenario, ScenarioErrors>,
    seed: u64,
    outcomes: &SweepOutcomes,
    each_round: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Option<FinishedRun> {
    let seed = run_seed(seed, run.replicate);
    let simulate = || kept_rounds(point, seed, outcomes, each_round);
    let outcome = match catch_unwind(AssertUnwindSafe(simulate)) {
        Ok(Ok(None)) => return None,
        Ok(Ok(Some(rounds))) => Ok(rounds),
        Ok(Err(reason)) => Err(reason),
        Err(panic) => Err(format!("panicked: {}; please report this with the scenario", words_of(&*panic))),
    };
    Some(FinishedRun { run, outcome })
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")
}

/// The problems of a scenario on one line.
fn in_words(errors: ScenarioErrors) -> String {
    let told = |problem: &Diagnostic| {
        let near =
            problem.suggestion.as_ref().map_or(String::new(), |near| format!(" (did you mean {near}?)"));
        format!("{}{near}", problem.message)
    };
    let all: Vec<String> = errors.0.iter().map(told).collect();
    format!("no valid scenario: {}", all.join("; "))
}

fn kept_rounds(
    point: Result<Scenario, ScenarioErrors>,
    seed: u64,
    outcomes: &SweepOutcomes,
    each_round: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Vec<KeptRound>>, String> {
    let versions = versions(point.map_err(in_words)?, outcomes.effects).map_err(in_words)?;
    let last = i64::from(versions[0].settings_in(0).run.rounds);
    let is_kept = |round: i64| {
        round == last || (round > 0 && outcomes.every > 0 && round % i64::from(outcomes.every) == 0)
    };
    // [version][kept round] -> measures
    let mut found: Vec<Vec<(i64, Vec<f64>)>> = vec![Vec::new(); versions.len()];
    let flow = run_family(&versions.iter().collect::<Vec<_>>(), seed, &mut |done| {
        let RoundDone { members, measures, simulation } = done;
        if is_kept(measures.round) {
            let row = history_row(measures, simulation.scenario().settings_in(measures.round as u32));
            let values: Vec<f64> = outcomes.measures.iter().map(|name| number(&row, name)).collect();
            members.iter().for_each(|&member| found[member].push((measures.round, values.clone())));
        }
        each_round(measures.served.total().conversations() as u64)
    })
    .map_err(|error| error.to_string())?;
    Ok(flow.is_continue().then(|| with_effects_by_round(&found, outcomes)))
}

fn number(row: &Row, name: &str) -> f64 {
    match row.iter().find(|entry| entry.name == name).map(|entry| &entry.cell) {
        Some(Cell::Number(value)) => *value,
        Some(Cell::Integer(value)) => *value as f64,
        Some(Cell::Text(_)) | None => f64::NAN,
    }
}

fn with_effects_by_round(found: &[Vec<(i64, Vec<f64>)>], outcomes: &SweepOutcomes) -> Vec<KeptRound> {
    let of_round = |(nth, (round, values)): (usize, &(i64, Vec<f64>))| {
        let by_version =
            |measure: usize| -> Vec<f64> { found.iter().map(|version| version[nth].1[measure]).collect() };
        let all = |measure: usize| with_effects(&by_version(measure), outcomes.effects);
        KeptRound { round: *round, values: (0..values.len()).flat_map(all).collect() }
    };
    found[0].iter().enumerate().map(of_round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::study::{Variant, run_study};

    fn scenario(more: &[&str]) -> Scenario {
        let sets = ["population.users=150", "run.warm_up_rounds=1", "run.rounds=4", "run.measure_rows=64"];
        let sets = sets.iter().chain(&["signals.raters.rows=128", "factors.memory.from_round=2"]).chain(more);
        Scenario::preset("all-three", &sets.map(|set| set.to_string()).collect::<Vec<_>>()).expect("valid")
    }

    fn outcomes(every: u32, effects: bool) -> SweepOutcomes {
        SweepOutcomes { measures: vec!["sycophancy_index".into(), "user_benefit".into()], every, effects }
    }

    const RUN: RunId = RunId { point: 3, replicate: 1 };

    fn run(outcomes: &SweepOutcomes) -> Vec<KeptRound> {
        let done = simulate_run(RUN, Ok(scenario(&[])), 7, outcomes, &mut |_| ControlFlow::Continue(()));
        done.expect("not stopped").outcome.expect("finite")
    }

    // By the other road: a study with that seed.
    #[test]
    fn a_run_is_the_replicate_of_a_study() {
        let mut scenario = scenario(&["run.replicates=2"]);
        scenario.phases.iter_mut().for_each(|phase| phase.settings.run.seed = 7);
        let study =
            run_study(&[Variant { name: "all".into(), scenario }], |_| ControlFlow::Continue(())).unwrap();
        let index = study.tables.rounds.numbers("sycophancy_index").unwrap();
        let found = run(&outcomes(2, false));
        assert_eq!(found.iter().map(|it| it.round).collect::<Vec<_>>(), [2, 4]);
        assert_eq!((found[0].values[0], found[1].values[0]), (index[4 + 1], index[4 + 3]));
        assert_eq!(run(&outcomes(0, false)), found[1..]);
        assert_eq!(run(&outcomes(3, false)).iter().map(|it| it.round).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn effects_are_kept_in_every_round() {
        let (plain, effects) = (run(&outcomes(1, false)), run(&outcomes(1, true)));
        for (plain, effects) in plain.iter().zip(&effects) {
            assert_eq!((plain.values.len(), effects.values.len()), (2, 8));
            assert_eq!((plain.values[0], plain.values[1]), (effects.values[0], effects.values[4]));
            assert!((effects.values[1] - effects.values[2] - effects.values[3]).abs() < 1e-12);
        }
    }

    #[test]
    fn a_point_that_cannot_be_is_a_result() {
        let point = scenario(&[]).with_set(&["policy.kl_strength=-1"]);
        let done = simulate_run(RUN, point, 7, &outcomes(0, false), &mut |_| ControlFlow::Continue(()));
        let reason = done.expect("not stopped").outcome.expect_err("invalid");
        assert!(reason.contains("policy.kl_strength") && !reason.contains('\n'), "{reason}");
    }

    #[test]
    fn a_panic_is_a_result_and_a_stop_is_none() {
        let asked = outcomes(0, false);
        let panicked = simulate_run(RUN, Ok(scenario(&[])), 7, &asked, &mut |_| panic!("a defect"));
        assert!(panicked.unwrap().outcome.unwrap_err().contains("a defect"));
        assert_eq!(simulate_run(RUN, Ok(scenario(&[])), 7, &asked, &mut |_| ControlFlow::Break(())), None);
    }
}
