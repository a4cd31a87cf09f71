//! A factorial as tidy tables.

use super::effects::FactorialEffects;
use super::study::{Compounding, Outcome};
use super::subset::Subset;
use crate::analysis::signal_by_signal::Spread;
use crate::measure::table::{Entry, Row, Table};

/// One row per outcome, round and set of factors: rise, dividend, contrast.
pub fn effects_table(found: &Compounding) -> Table {
    rows(found, |outcome, round, effects, table| {
        for effect in &effects.effects {
            let set = Subset(effect.subset);
            let mut row = key(outcome, round);
            row.push(Entry::text("factors", "The factors that are on", set.label(&found.factors)));
            row.push(Entry::integer("order", "", "How many they are", set.size() as i64));
            spread(&mut row, "rise", "Above the outcome without any factor", &effect.rise);
            spread(
                &mut row,
                "dividend",
                "Added beyond everything that parts of the set add",
                &effect.dividend,
            );
            let contrast = "Average change when the product of the factors changes sign (Walsh-Hadamard)";
            spread(&mut row, "contrast", contrast, &effect.contrast);
            table.push(row);
        }
    })
}

/// One row per outcome and round: baseline, joint effect, sum of single effects, excess, ratio.
pub fn combinations_table(found: &Compounding) -> Table {
    rows(found, |outcome, round, effects, table| {
        let mut row = key(outcome, round);
        spread(&mut row, "baseline", "Outcome without any factor", &effects.baseline);
        spread(&mut row, "joint", "Rise with all factors on", &effects.joint);
        spread(&mut row, "sum_of_singles", "Sum of the rises of single factors", &effects.sum_of_singles);
        spread(&mut row, "excess", "Joint rise minus that sum", &effects.excess);
        spread(&mut row, "compounding_ratio", "Joint rise over that sum", &effects.compounding_ratio);
        table.push(row);
    })
}

/// One row per outcome, round and factor: its Shapley value.
pub fn shapley_table(found: &Compounding) -> Table {
    rows(found, |outcome, round, effects, table| {
        for (factor, value) in found.factors.iter().zip(&effects.shapley) {
            let mut row = key(outcome, round);
            row.push(Entry::text("factor", "The factor", factor));
            spread(&mut row, "shapley", "Its fair share of the joint rise (Shapley 1953)", value);
            table.push(row);
        }
    })
}

/// One row per set of factors whose review is of interest.
pub fn review_table(found: &Compounding) -> Table {
    let mut table = Table::default();
    for it in &found.review {
        table.push(vec![
            Entry::text("factors", "The factors that are on", &it.variant),
            Entry::integer("round", "", "Round of the update in which they begin", i64::from(it.round)),
            Entry::integer("launched", "", "Replicates in which it was launched", i64::from(it.launched)),
            Entry::integer("replicates", "", "Replicates in all", i64::from(it.of)),
            Entry::number("launched_share", "share", "Share of all rounds with a launch", it.launched_share),
            Entry::text("reason", "The reason given most often", &it.reason),
        ]);
    }
    table
}

/// All histories: the `rounds` table of every combination and replicate, with what review decided.
pub fn histories_table(found: &Compounding) -> Table {
    let mut table = Table::default();
    for (replicate, histories) in (0..).zip(&found.histories) {
        for (set, history) in Subset::all(found.factors.len()).zip(histories) {
            for row in 0..history.rows() {
                let mut keyed = vec![
                    Entry::text("variant", "The factors that are on", set.label(&found.factors)),
                    Entry::integer("replicate", "", "Replicate, from 0", replicate),
                ];
                keyed.extend(history.row(row));
                table.push(keyed);
            }
        }
    }
    table
}

fn rows(found: &Compounding, write: impl Fn(&Outcome, i64, &FactorialEffects, &mut Table)) -> Table {
    let mut table = Table::default();
    for outcome in &found.outcomes {
        for round in &outcome.by_round {
            write(outcome, round.round, &round.effects, &mut table);
        }
    }
    table
}

fn key(outcome: &Outcome, round: i64) -> Row {
    vec![
        Entry::text("measure", "Column of the rounds table", &outcome.measure),
        Entry::integer("round", "", "Update round, from 1", round),
    ]
}

fn spread(row: &mut Row, name: &str, meaning: &str, value: &Spread) {
    let unit = "unit of the measure";
    row.push(Entry::number(name, unit, meaning, value.mean));
    for (end, bound, which) in [("low", value.low, "Lower"), ("high", value.high, "Upper")] {
        let meaning = format!("{which} end of its 95 % bootstrap interval");
        row.push(Entry::number(format!("{name}_{end}"), unit, meaning, bound));
    }
}
