//! *What did review hold?* Updates held, run by run.

use super::super::Plan;
use super::super::evidence::DataTable;
use super::super::heat_map::{Axes, HeatMap, Scale};
use crate::output::comparison::ComparedRun;
use crate::output::words::list;
use std::collections::BTreeMap;

/// A map of runs and rounds, if any update was held.
pub fn plan<'a>(runs: &'a [ComparedRun]) -> Option<Plan<'a>> {
    let held: Vec<BTreeMap<i64, f64>> = runs.iter().map(ComparedRun::held).collect();
    let last = held.iter().flat_map(BTreeMap::keys).copied().max()?;
    held.iter().flat_map(BTreeMap::values).any(|share| *share > 0.0).then(|| {
        let map = map(runs, &held, last);
        Plan {
            name: "held-updates",
            question: "Which updates did review hold?",
            answer: answer(runs, &held),
            caption: "One cell per run and round: the share of replicates in which review held that round's update. Struck out: nothing was reviewed.".to_string(),
            table: table(runs, &held, last),
            draw: Box::new(move |sheet| {
                let height = map.height(sheet.breadth());
                map.draw(&sheet.panels(1, height)[0])
            }),
        }
    })
}

fn map(runs: &[ComparedRun], held: &[BTreeMap<i64, f64>], last: i64) -> HeatMap {
    let row = |held: &BTreeMap<i64, f64>| -> Vec<f64> {
        (1..=last).map(|round| held.get(&round).copied().unwrap_or(f64::NAN)).collect()
    };
    HeatMap {
        title: "Updates that review held, by round".to_string(),
        axes: Axes {
            rows: runs.iter().map(|run| run.facts.run.clone()).collect(),
            columns: (1..=last).map(|round| round.to_string()).collect(),
        },
        values: held.iter().map(row).collect(),
        texts: Vec::new(),
        scale: Scale::Sequential { low: 0.0, high: 1.0 },
        unit: "share of replicates".to_string(),
        percent: true,
    }
}

fn answer(runs: &[ComparedRun], held: &[BTreeMap<i64, f64>]) -> String {
    let share = |held: &BTreeMap<i64, f64>| held.values().sum::<f64>() / held.len() as f64;
    let words = |(run, held): (&ComparedRun, &BTreeMap<i64, f64>)| match held.len() {
        0 => format!("{} was not reviewed", run.facts.run),
        _ => format!("{} {:.0} %", run.facts.run, 100.0 * share(held)),
    };
    format!("Held of all updates: {}.", list(&runs.iter().zip(held).map(words).collect::<Vec<_>>()))
}

fn table(runs: &[ComparedRun], held: &[BTreeMap<i64, f64>], last: i64) -> DataTable {
    let cell = |held: &BTreeMap<i64, f64>, round: i64| {
        held.get(&round).map_or(String::new(), |share| format!("{:.0} %", 100.0 * share))
    };
    let row = |round: i64| {
        std::iter::once(round.to_string()).chain(held.iter().map(|it| cell(it, round))).collect()
    };
    DataTable {
        header: std::iter::once("Round".to_string())
            .chain(runs.iter().map(|run| run.facts.run.clone()))
            .collect(),
        rows: (1..=last).map(row).collect(),
    }
}
