//! `thumbscale run --json-lines`: designs come in on stdin, a JSON object a line, and outcomes go out on stdout in the same
//! order, so that any optimiser or sampler can drive the simulator.

use super::compound::unknown_measure;
use super::exit::{Exit, UsageError};
use super::interrupt;
use super::talk::{Talk, print};
use crate::analysis::ensemble::history_columns;
use crate::analysis::signal_by_signal::OUTCOMES;
use crate::scenario::{Scenario, SweepOutcomes};
use crate::sweep::{Trial, TrialOutcome, run_trials};
use rayon::ThreadPool;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, sync_channel};

/// Designs that are read ahead; whoever writes more waits.
const AHEAD: usize = 4096;

/// A design as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// Handed back as it is.
    #[serde(default)]
    id: Value,
    /// Values by key, as for `--set`; `factors.NAME` is true or false.
    #[serde(default)]
    parameters: Map<String, Value>,
    #[serde(default)]
    seed: Option<u64>,
    #[serde(default)]
    replicates: Option<u32>,
}

/// What comes back.
#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Value::is_null")]
    id: Value,
    #[serde(flatten)]
    found: Found,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Found {
    Outcomes {
        seed: u64,
        replicates: u32,
        /// Means over replicates; `null` where a measure does not apply.
        outcomes: Map<String, Value>,
        /// Standard deviations over replicates, with at least two.
        #[serde(skip_serializing_if = "Map::is_empty")]
        sd: Map<String, Value>,
    },
    Error {
        error: String,
    },
}

/// Answers designs until there are no more. A design that cannot be, or fails, is answered with its error; in the end that
/// makes the exit code 1.
pub fn answer_lines(
    scenario: &Scenario,
    measures: &[String],
    pool: &ThreadPool,
    talk: Talk,
) -> anyhow::Result<Exit> {
    let outcomes = outcomes(scenario, measures)?;
    interrupt::listen(talk)?;
    let lines = read_ahead();
    let (mut answered, mut failed) = (0, 0);
    while let Ok(first) = lines.recv() {
        // Whatever waits is done at a time: alone a run has all cores, many have one each.
        let batch: Vec<(usize, String)> =
            std::iter::once(first).chain(lines.try_iter().take(16 * pool.current_num_threads())).collect();
        let Some(answers) = answer(scenario, &outcomes, batch, pool) else {
            talk.say(&format!("interrupted after {answered} designs"));
            return Ok(Exit::Interrupted);
        };
        for answer in answers {
            failed += u64::from(matches!(answer.found, Found::Error { .. }));
            answered += 1;
            print(&(serde_json::to_string(&answer)? + "\n"))?;
        }
    }
    talk.say(&format!("{answered} designs, {failed} failed"));
    Ok(if failed == 0 { Exit::Fine } else { Exit::Failed })
}

fn outcomes(scenario: &Scenario, measures: &[String]) -> anyhow::Result<SweepOutcomes> {
    let known: Vec<String> = history_columns(scenario)?.into_iter().map(|column| column.name).collect();
    let usual = OUTCOMES.map(String::from).to_vec();
    let measures = if measures.is_empty() { usual } else { measures.to_vec() };
    match measures.iter().find(|name| !known.contains(name)) {
        Some(unknown) => Err(UsageError(unknown_measure(unknown, &known)).into()),
        None => Ok(SweepOutcomes { measures, ..SweepOutcomes::default() }),
    }
}

/// Lines of stdin with their numbers, read on a thread of its own, empty ones left out.
fn read_ahead() -> Receiver<(usize, String)> {
    let (give, take) = sync_channel(AHEAD);
    std::thread::spawn(move || {
        for (nth, line) in std::io::stdin().lock().lines().enumerate() {
            let line = line.unwrap_or_else(|error| format!("unreadable: {error}"));
            if !line.trim().is_empty() && give.send((nth + 1, line)).is_err() {
                return;
            }
        }
    });
    take
}

/// Answers to a batch, in order; `None` if it was interrupted.
fn answer(
    scenario: &Scenario,
    outcomes: &SweepOutcomes,
    batch: Vec<(usize, String)>,
    pool: &ThreadPool,
) -> Option<Vec<Answer>> {
    let run = scenario.settings_in(0).run.clone();
    let asked: Vec<Result<Asked, String>> = batch.iter().map(|(nth, line)| read(*nth, line)).collect();
    let trial = |asked: &Asked| Trial {
        sets: crate::sweep::sets_of(scenario, &asked.parameters),
        seed: asked.seed.unwrap_or(run.seed),
        replicates: asked.replicates.unwrap_or(run.replicates),
    };
    let trials: Vec<Trial> = asked.iter().flatten().map(trial).collect();
    let flow = || if interrupt::requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let mut found = pool.install(|| run_trials(scenario, &trials, outcomes, &flow))?.into_iter().zip(&trials);
    let mut of = |asked: Result<Asked, String>| match asked {
        Err(error) => Answer { id: Value::Null, found: Found::Error { error } },
        Ok(Asked { id, .. }) => match found.next() {
            Some((outcome, trial)) => Answer { id, found: in_json(outcome, trial, outcomes) },
            None => Answer { id, found: Found::Error { error: "no answer".into() } },
        },
    };
    Some(asked.into_iter().map(&mut of).collect())
}

fn read(nth: usize, line: &str) -> Result<Asked, String> {
    let example = r#"{"id": 1, "parameters": {"policy.kl_strength": 0.2}, "seed": 7, "replicates": 2}"#;
    // Through a map, since a list of values would do for a struct.
    let fields: Result<Map<String, Value>, _> = serde_json::from_str(line);
    let asked: Asked = fields
        .and_then(|fields| serde_json::from_value(Value::Object(fields)))
        .map_err(|error| format!("line {nth} is no design ({error}); write one as {example}"))?;
    match asked.replicates {
        Some(0) | Some(10_001..) => Err(format!("line {nth}: replicates are 1 to 10000")),
        _ => Ok(asked),
    }
}

fn in_json(outcome: TrialOutcome, trial: &Trial, asked: &SweepOutcomes) -> Found {
    match outcome {
        Err(error) => Found::Error { error },
        Ok(by_measure) => {
            let named = |of: fn(&(f64, f64)) -> f64| {
                let pairs = asked.measures.iter().zip(&by_measure);
                pairs.map(|(name, values)| (name.clone(), Value::from(of(values)))).collect::<Map<_, _>>()
            };
            let sd = if trial.replicates > 1 { named(|it| it.1) } else { Map::new() };
            Found::Outcomes { seed: trial.seed, replicates: trial.replicates, outcomes: named(|it| it.0), sd }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_design_says_how_to_write_one() {
        let problem = read(3, "{\"parameter\": {}}").err().unwrap();
        assert!(problem.starts_with("line 3") && problem.contains("kl_strength"), "{problem}");
        assert!(read(1, "[]").is_err() && read(1, "{\"replicates\": 0}").is_err());
        let asked = read(1, "{\"parameters\": {\"a.b\": 1}, \"id\": [2]}").unwrap();
        assert_eq!(
            (asked.id, asked.parameters["a.b"].as_f64(), asked.seed),
            (serde_json::json!([2]), Some(1.0), None)
        );
    }
}
