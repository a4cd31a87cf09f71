//! Which doubts a finished run deserves.

use super::Warning;
use super::doubts_launch::about_launches;
use super::results::Tables;
use super::rounds::samples;
use crate::analysis::signal_by_signal::{OutcomeEffects, SignalBySignal};
use crate::analysis::study::Ending;
use crate::measure::table::Table;
use crate::scenario::Scenario;
use indexmap::IndexMap;

/// Below this, the Monte-Carlo error of the sycophancy index is no longer small beside single effects.
const FEW_USERS: u64 = 10_000;
/// Below about 2,000 comparisons a reward model is near chance (Gao et al. 2022, arXiv 2210.10760).
const FEW_ROWS: f64 = 2000.0;
/// A mean level this close to 0 or 1 has nowhere left to go.
const END_OF_SCALE: f64 = 0.03;
/// Averages over fewer of the users than this describe a remnant.
const FEW_ACTIVE: f64 = 0.2;
/// Single effects nearly cancel if their sum is below this share of the sum of their sizes.
const CANCELLED: f64 = 0.25;

/// The doubts about a study of `scenario`, the most general first. Each is raised once, for the first round in which
/// it holds in any variant and replicate.
pub fn doubts(
    scenario: &Scenario,
    tables: &Tables,
    effects: Option<&SignalBySignal>,
    ending: &Ending,
) -> Vec<Warning> {
    let mut found = Vec::new();
    found.extend(ended_early(ending, tables));
    let settings = scenario.settings_in(0);
    if settings.run.replicates == 1 {
        found.push(Warning::SingleReplicate);
    }
    if settings.population.users < FEW_USERS {
        found.push(Warning::FewUsers { users: settings.population.users });
    }
    found.extend(about_reward_models(&tables.reward_models));
    found.extend(unconverged_fits(&tables.review));
    found.extend(
        super::rounds::behaviours(&tables.rounds).iter().filter_map(|b| saturated(&tables.rounds, b)),
    );
    found.extend(few_active_users(&tables.rounds));
    found.extend(about_launches(scenario, tables));
    let unstable = effects.iter().flat_map(|effects| &effects.outcomes).filter(|outcome| cancels(outcome));
    found.extend(unstable.map(|outcome| Warning::RatioUnstable { measure: outcome.measure.clone() }));
    found
}

fn ended_early(ending: &Ending, tables: &Tables) -> Option<Warning> {
    match ending {
        Ending::Complete => None,
        Ending::Stopped => Some(Warning::Interrupted { round: last_round(&tables.rounds) }),
        Ending::Failed(error) => Some(Warning::Failed { error: error.to_string() }),
    }
}

/// The last round that a table knows, 0 if none.
fn last_round(rounds: &Table) -> u32 {
    rounds.numbers("round").unwrap_or_default().into_iter().fold(0.0, f64::max) as u32
}

fn about_reward_models(models: &Table) -> Vec<Warning> {
    let signals = super::rounds::distinct(models, "signal");
    let few = signals.iter().filter_map(|signal| few_ratings(models, signal));
    few.chain(signals.iter().filter_map(|signal| near_chance(models, signal))).collect()
}

fn few_ratings(models: &Table, signal: &str) -> Option<Warning> {
    let by_round = samples(models, &[("signal", signal)], "rows");
    let mut fewest =
        by_round.into_iter().map(|(round, rows)| (round, rows.into_iter().fold(f64::INFINITY, f64::min)));
    let (round, rows) = fewest.find(|(_, rows)| *rows < FEW_ROWS)?;
    Some(Warning::FewRatings { signal: signal.to_string(), round: round as u32, rows: rows as u64 })
}

fn unconverged_fits(review: &Table) -> Vec<Warning> {
    let rounds = review.numbers("round").unwrap_or_default();
    let fits = review.words("unconverged_fits").unwrap_or_default();
    let mut first: IndexMap<&str, u32> = IndexMap::new();
    for (round, fits) in rounds.iter().zip(fits).filter(|(_, fits)| !fits.is_empty()) {
        for fit in fits.split(", ") {
            let known = first.entry(fit).or_insert(*round as u32);
            *known = (*known).min(*round as u32);
        }
    }
    first.into_iter().map(|(fit, round)| Warning::FitNotConverged { fit: fit.to_string(), round }).collect()
}

/// Single rounds can fall short by chance; a model that falls short on average has learned nothing.
fn near_chance(models: &Table, signal: &str) -> Option<Warning> {
    let loss = samples(models, &[("signal", signal)], "held_out_log_loss");
    let baseline = samples(models, &[("signal", signal)], "baseline_log_loss");
    let shortfall = |(loss, baseline): (&Vec<f64>, &Vec<f64>)| -> f64 {
        loss.iter().zip(baseline).map(|(loss, baseline)| loss - baseline).sum()
    };
    let by_round: Vec<(i64, f64)> = loss
        .iter()
        .zip(baseline.values())
        .map(|((round, loss), baseline)| (*round, shortfall((loss, baseline))))
        .collect();
    if by_round.iter().map(|(_, shortfall)| shortfall).sum::<f64>() < 0.0 {
        return None;
    }
    let (round, _) = by_round.into_iter().find(|(_, shortfall)| *shortfall >= 0.0)?;
    Some(Warning::RewardModelNearChance { signal: signal.to_string(), round: round as u32 })
}

fn saturated(rounds: &Table, behaviour: &str) -> Option<Warning> {
    let by_round = samples(rounds, &[], &format!("mean_{behaviour}"));
    let at_the_end = |level: &f64| *level <= END_OF_SCALE || *level >= 1.0 - END_OF_SCALE;
    let (round, _) = by_round.iter().find(|(_, levels)| levels.iter().any(at_the_end))?;
    Some(Warning::BehaviourSaturated { behaviour: behaviour.to_string(), round: *round as u32 })
}

fn few_active_users(rounds: &Table) -> Option<Warning> {
    let active = samples(rounds, &[], "active_users");
    let left = samples(rounds, &[], "left_users");
    let lowest = |(active, left): (&Vec<f64>, &Vec<f64>)| {
        active.iter().zip(left).map(|(active, left)| active / (active + left)).fold(f64::INFINITY, f64::min)
    };
    let shares =
        active.iter().zip(left.values()).map(|((round, active), left)| (*round, lowest((active, left))));
    let (round, share) = shares.into_iter().find(|(_, share)| *share < FEW_ACTIVE)?;
    Some(Warning::FewActiveUsers { round: round as u32, share })
}

fn cancels(outcome: &OutcomeEffects) -> bool {
    let sizes: f64 = outcome.singles.iter().map(|(_, effect)| effect.mean.abs()).sum();
    let sum: f64 = outcome.singles.iter().map(|(_, effect)| effect.mean).sum();
    sizes > 0.0 && sum.abs() < CANCELLED * sizes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::signal_by_signal::Spread;
    use crate::measure::table::{Entry, Row};

    fn scenario(sets: &[&str]) -> Scenario {
        let sets: Vec<String> = sets.iter().map(|set| set.to_string()).collect();
        Scenario::preset("baseline", &sets).unwrap()
    }

    fn of(tables: &Tables) -> Vec<Warning> {
        doubts(&scenario(&["run.replicates=5"]), tables, None, &Ending::Complete)
    }

    fn rounds(rows: &[(i64, f64, i64, i64)]) -> Tables {
        let mut tables = Tables::default();
        for &(round, level, active, left) in rows {
            tables.rounds.push(vec![
                Entry::text("variant", "", "all"),
                Entry::integer("round", "", "", round),
                Entry::number("mean_flattery", "", "", level),
                Entry::number("mean_flattery_visible", "", "", level),
                Entry::integer("active_users", "", "", active),
                Entry::integer("left_users", "", "", left),
            ]);
        }
        tables
    }

    fn model(round: i64, rows: i64, loss: f64) -> Row {
        vec![
            Entry::text("variant", "", "all"),
            Entry::integer("round", "", "", round),
            Entry::text("signal", "", "thumbs"),
            Entry::integer("rows", "", "", rows),
            Entry::number("held_out_log_loss", "", "", loss),
            Entry::number("baseline_log_loss", "", "", 0.6),
        ]
    }

    #[test]
    fn a_healthy_run_raises_none() {
        let mut tables = rounds(&[(1, 0.2, 90, 10), (2, 0.5, 80, 20)]);
        tables.reward_models.push(model(1, 4096, 0.5));
        // One bad round among good ones.
        tables.reward_models.push(model(2, 4096, 0.61));
        assert_eq!(of(&tables), []);
    }

    #[test]
    fn size_and_replicates_are_read_from_the_scenario() {
        let small = scenario(&["population.users=500"]);
        let found = doubts(&small, &Tables::default(), None, &Ending::Stopped);
        let expected =
            [Warning::Interrupted { round: 0 }, Warning::SingleReplicate, Warning::FewUsers { users: 500 }];
        assert_eq!(found, expected);
    }

    #[test]
    fn levels_and_users_are_watched_and_the_first_round_named() {
        let tables = rounds(&[(1, 0.2, 90, 10), (2, 0.98, 15, 85), (3, 0.99, 10, 90)]);
        let expected = [
            Warning::BehaviourSaturated { behaviour: "flattery".into(), round: 2 },
            Warning::FewActiveUsers { round: 2, share: 0.15 },
        ];
        assert_eq!(of(&tables), expected);
    }

    #[test]
    fn fits_that_ran_out_of_steps_are_named_with_their_first_round() {
        let mut tables = Tables::default();
        for (round, fits) in [(1, ""), (3, "thumbs"), (2, "thumbs, reference")] {
            let round = Entry::integer("round", "", "", round);
            tables.review.push(vec![round, Entry::text("unconverged_fits", "", fits)]);
        }
        let expected = [("thumbs", 2), ("reference", 2)]
            .map(|(fit, round)| Warning::FitNotConverged { fit: fit.into(), round });
        assert_eq!(of(&tables), expected);
    }

    #[test]
    fn thin_and_useless_reward_models_are_named() {
        let mut tables = Tables::default();
        tables.reward_models.push(model(1, 4096, 0.599));
        tables.reward_models.push(model(2, 1500, 0.61));
        let expected = [
            Warning::FewRatings { signal: "thumbs".into(), round: 2, rows: 1500 },
            Warning::RewardModelNearChance { signal: "thumbs".into(), round: 2 },
        ];
        assert_eq!(of(&tables), expected);
    }

    #[test]
    fn effects_that_cancel_have_no_ratio() {
        let spread = |mean| Spread { mean, low: f64::NAN, high: f64::NAN };
        let effects = |second| SignalBySignal {
            factors: vec!["a".into(), "b".into()],
            outcomes: vec![OutcomeEffects {
                measure: "x".into(),
                meaning: String::new(),
                baseline: spread(0.0),
                singles: vec![("a".into(), spread(0.1)), ("b".into(), spread(second))],
                joint: spread(0.3),
                sum_of_singles: spread(0.1 + second),
                compounding_ratio: spread(0.0),
            }],
        };
        let of = |second| {
            doubts(
                &scenario(&["run.replicates=5"]),
                &Tables::default(),
                Some(&effects(second)),
                &Ending::Complete,
            )
        };
        assert_eq!(of(-0.09), [Warning::RatioUnstable { measure: "x".into() }]);
        assert_eq!(of(0.05), []);
    }
}
