//! From points to findings: every point simulated, every outcome analysed.

use super::asked::Asked;
use super::{Arguments, Done, check_place, usage};
use crate::analysis::ensemble::{Design, Ensemble, history_columns};
use crate::analysis::sensitivity::{Measures, Method, findings, points, reduce, versions};
use crate::cli::compound::unknown_measure;
use crate::cli::histories::simulate_design;
use crate::cli::talk::Talk;
use crate::measure::table::{Column, Table};
use crate::output::{Identity, SensitivityStudy, SensitivitySummary};
use crate::scenario::{Scenario, with_point};
use rayon::ThreadPool;

/// The outcome that is looked at unless another is asked for.
pub const INDEX: &str = "sycophancy_index";

/// Simulates and analyses all points; `None` if it was interrupted.
pub fn simulate(
    arguments: &Arguments,
    asked: Asked,
    scenario: Scenario,
    talk: Talk,
) -> anyhow::Result<Option<Done>> {
    let identity = Identity::of(&scenario);
    let measures = Measures { columns: columns(arguments, &scenario)?, effects: arguments.effects };
    let study = study(arguments, &asked, &scenario, &measures);
    check_place(arguments, &identity, &study)?;
    let pool = arguments.threads.pool()?;
    let run = Run { arguments, scenario: &scenario, measures: &measures, pool: &pool, talk };
    let Some(own) = run.own(asked.method)? else { return Ok(None) };
    let found = run.points(&asked)?;
    if found.interrupted {
        return Ok(None);
    }
    let points = points(asked.parameters(), asked.design, &measures, &found);
    let seed = identity.seed;
    let threshold = |outcome: &str| arguments.threshold.or_else(|| own.alarm(outcome, &scenario));
    let findings = findings(asked.method, &points, &study.logarithmic(), &threshold, study.replicates, seed)?;
    let summary = SensitivitySummary::new(identity, study, findings, &points.errors, own.outcomes);
    Ok(Some(Done { summary, points, scenario: Some(scenario) }))
}

fn study(arguments: &Arguments, asked: &Asked, scenario: &Scenario, measures: &Measures) -> SensitivityStudy {
    SensitivityStudy {
        method: asked.method,
        second_order: arguments.second_order,
        samples: asked.samples,
        replicates: scenario.settings_in(0).run.replicates,
        effects: arguments.effects,
        parameters: asked.parameters(),
        varied: asked.varied.clone(),
        threshold: arguments.threshold,
        measures: measures.columns.iter().map(|column| column.name.clone()).collect(),
        read_from: asked.read_from.clone(),
    }
}

/// The columns asked for, if histories have them.
fn columns(arguments: &Arguments, scenario: &Scenario) -> anyhow::Result<Vec<Column>> {
    let known = history_columns(scenario)?;
    let names = match arguments.outcomes.as_slice() {
        [] => vec![INDEX.to_string()],
        named => named.to_vec(),
    };
    let find = |name: &String| {
        let found = known.iter().find(|column| column.name == *name).cloned();
        let all: Vec<String> = known.iter().map(|column| column.name.clone()).collect();
        found.ok_or_else(|| usage(unknown_measure(name, &all)))
    };
    names.iter().map(find).collect()
}

struct Run<'a> {
    arguments: &'a Arguments,
    scenario: &'a Scenario,
    measures: &'a Measures,
    pool: &'a ThreadPool,
    talk: Talk,
}

impl Run<'_> {
    fn points(&self, asked: &Asked) -> anyhow::Result<Ensemble<Vec<f64>>> {
        let of_point = |point: usize| {
            let point = with_point(self.scenario, &asked.varied, asked.design.row(point));
            let all = point.and_then(|point| versions(point, self.measures.effects));
            all.expect("every point was checked")
        };
        self.simulate(asked.design.rows(), &of_point, &|histories| reduce(histories, self.measures))
    }

    /// The scenario's own point, which only a phase diagram shows; `None` if it was interrupted.
    fn own(&self, method: Method) -> anyhow::Result<Option<Own>> {
        if method != Method::Grid {
            return Ok(Some(Own { outcomes: Vec::new(), first_index: f64::NAN }));
        }
        let versions = versions(self.scenario.clone(), self.measures.effects)?;
        let found = self.simulate(1, &|_| versions.clone(), &|histories| {
            let first = histories.last().and_then(|it| it.numbers(INDEX)?.first().copied());
            [reduce(histories, self.measures), vec![first.unwrap_or(f64::NAN)]].concat()
        })?;
        Ok((!found.interrupted).then(|| Own::new(&found)))
    }

    fn simulate(
        &self,
        points: usize,
        versions: &(dyn Fn(usize) -> Vec<Scenario> + Sync),
        reduce: &(dyn Fn(&[Table]) -> Vec<f64> + Sync),
    ) -> anyhow::Result<Ensemble<Vec<f64>>> {
        let replicates = self.scenario.settings_in(0).run.replicates;
        let kept = (&self.arguments.kept, self.arguments.place.out.as_path());
        let manner = (self.pool, self.talk, "histories of points");
        simulate_design(Design { points, versions, replicates }, self.scenario, kept, manner, reduce)
    }
}

/// What the scenario itself has, means over replicates.
struct Own {
    outcomes: Vec<f64>,
    /// The index in the first round.
    first_index: f64,
}

impl Own {
    fn new(found: &Ensemble<Vec<f64>>) -> Self {
        let replicates: Vec<&Vec<f64>> = found.results.iter().flatten().flatten().flatten().collect();
        let count = replicates.first().map_or(0, |it| it.len());
        let mean = |nth: usize| replicates.iter().map(|it| it[nth]).sum::<f64>() / replicates.len() as f64;
        let mut outcomes: Vec<f64> = (0..count).map(mean).collect();
        let first_index = outcomes.pop().unwrap_or(f64::NAN);
        Self { outcomes, first_index }
    }

    /// The level from which the index, or its rise, is an alarm.
    fn alarm(&self, outcome: &str, scenario: &Scenario) -> Option<f64> {
        let rise = scenario.settings_in(1).monitoring.alarm_rise;
        match outcome {
            INDEX => Some(self.first_index + rise).filter(|level| level.is_finite()),
            "sycophancy_index.joint" => Some(rise),
            _ => None,
        }
    }
}
