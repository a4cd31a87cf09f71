//! The design of a factorial, and what its histories say.

use super::effects::{FactorialEffects, factorial_effects};
use super::subset::Subset;
use crate::analysis::study::Variant;
use crate::measure::table::{Column, Table};
use crate::parallel;
use crate::scenario::{Scenario, ScenarioErrors};
use serde::Serialize;
use std::collections::BTreeMap;

/// Most factors of a full factorial: 256 combinations.
pub const MOST_FACTORS: usize = 8;

/// The factorial of one outcome in the last round, and of the same in every round.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Column of the `rounds` table.
    pub measure: String,
    /// What that column is, in words.
    pub meaning: String,
    /// Unit.
    pub unit: &'static str,
    /// Effects in the last round.
    #[serde(flatten)]
    pub effects: FactorialEffects,
    /// Effects in every round.
    #[serde(skip)]
    pub by_round: Vec<RoundEffects>,
}

/// The factorial of an outcome in one round.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundEffects {
    /// Round, from 1.
    pub round: i64,
    /// Effects in it.
    pub effects: FactorialEffects,
}

/// What review decided of the update in which a set of factors began.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactorReview {
    /// The factors, as a variant is called.
    pub variant: String,
    /// Round of that update.
    pub round: u32,
    /// Replicates in which it was launched.
    pub launched: u32,
    /// Replicates in all.
    pub of: u32,
    /// The reason given most often.
    pub reason: String,
    /// Share of all rounds, over replicates, in which the candidate was launched.
    pub launched_share: f64,
}

/// A finished factorial.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compounding {
    /// Factors, in declared order.
    pub factors: Vec<String>,
    /// Replicates that were finished.
    pub replicates: u32,
    /// One entry per outcome, in the order asked for.
    pub outcomes: Vec<Outcome>,
    /// Review of every single factor, then of all together.
    pub review: Vec<FactorReview>,
    /// `[replicate][combination]`.
    #[serde(skip)]
    pub histories: Vec<Vec<Table>>,
}

/// All combinations of `factors`, numbered by bits: the scenario with exactly those on, and no other.
///
/// # Errors
/// If a combination is not a valid scenario.
pub fn versions(scenario: &Scenario, factors: &[String]) -> Result<Vec<Variant>, ScenarioErrors> {
    let version = |set: Subset| {
        let scenario = scenario.with_active_factors(&set.names(factors))?;
        Ok(Variant { name: set.label(factors), scenario })
    };
    Subset::all(factors.len()).map(version).collect()
}

/// What the histories of a factorial say of each measure. `histories[replicate][combination]`, numbered as by
/// [`versions`]; measures that they lack are left out.
pub fn compounding(
    scenario: &Scenario,
    factors: &[String],
    measures: &[String],
    histories: Vec<Vec<Table>>,
) -> Compounding {
    let outcomes = measures.iter().filter_map(|measure| outcome(measure, &histories)).collect();
    let singles = (0..factors.len()).map(|factor| Subset(1 << factor));
    let all = Subset((1 << factors.len()) - 1);
    let together = (factors.len() > 1).then_some(all);
    Compounding {
        factors: factors.to_vec(),
        replicates: histories.len() as u32,
        outcomes,
        review: singles
            .chain(together)
            .filter_map(|set| review(set, scenario, factors, &histories))
            .collect(),
        histories,
    }
}

fn outcome(measure: &str, histories: &[Vec<Table>]) -> Option<Outcome> {
    let Column { meaning, unit, .. } = histories.first()?.first()?.column(measure)?.clone();
    let rounds: Vec<usize> = (0..histories[0][0].rows()).collect();
    let by_round = parallel::map(&rounds, |&round| round_effects(measure, round, histories));
    let effects = by_round.last()?.effects.clone();
    Some(Outcome { measure: measure.to_string(), meaning, unit, effects, by_round })
}

/// The factorial in the round of row `row`.
fn round_effects(measure: &str, row: usize, histories: &[Vec<Table>]) -> RoundEffects {
    let value =
        |table: &Table| table.numbers(measure).and_then(|it| it.get(row).copied()).unwrap_or(f64::NAN);
    let outcomes: Vec<Vec<f64>> = histories.iter().map(|tables| tables.iter().map(value).collect()).collect();
    // Histories may hold every few rounds only.
    let round = histories[0][0].numbers("round").map_or(row as i64 + 1, |rounds| rounds[row] as i64);
    RoundEffects { round, effects: factorial_effects(&outcomes) }
}

/// `None` if histories do not say what review decided.
fn review(
    set: Subset,
    scenario: &Scenario,
    factors: &[String],
    histories: &[Vec<Table>],
) -> Option<FactorReview> {
    let begins = set.names(factors).iter().map(|name| scenario.factors[*name].from_round).max().unwrap_or(1);
    let (mut launched, mut rounds, mut launches) = (0, 0, 0);
    let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
    for tables in histories {
        let table = &tables[set.0 as usize];
        let verdicts = table.words("review_verdict")?;
        rounds += verdicts.len();
        launches += verdicts.iter().filter(|verdict| *verdict == "launched").count();
        let row = begins as usize - 1;
        launched += u32::from(verdicts.get(row).is_some_and(|verdict| verdict == "launched"));
        let reason = table.words("review_reason").and_then(|reasons| reasons.get(row));
        *reasons.entry(reason.map_or("", String::as_str)).or_default() += 1;
    }
    let most = reasons.iter().max_by_key(|(_, count)| **count);
    Some(FactorReview {
        variant: set.label(factors),
        round: begins,
        launched,
        of: histories.len() as u32,
        reason: most.map_or(String::new(), |(reason, _)| reason.to_string()),
        launched_share: launches as f64 / rounds as f64,
    })
}
