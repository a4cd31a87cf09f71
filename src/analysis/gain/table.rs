//! A loop gain as a tidy table, and back.

use super::eigenvector::Change;
use super::study::{Loop, LoopGain};
use crate::analysis::signal_by_signal::Spread;
use crate::measure::table::{Entry, Row, Table};

/// One row per number: which quantity, of which part, in which context or round, its value and interval.
pub fn to_table(found: &LoopGain) -> Table {
    let mut table = Table::default();
    let certain = |value: f64| Spread { mean: value, low: f64::NAN, high: f64::NAN };
    table.push(row("angle", "", "", 0, &certain(found.angle)));
    table.push(row("drive", "", "", 0, &found.drive));
    table.push(row("index", "", "", 0, &certain(found.index)));
    for it in &found.loops {
        table.push(row("gain", &it.frozen, "", 0, &it.gain));
        for (round, left) in (1..).zip(&it.left) {
            table.push(row("left", &it.frozen, "", round, left));
        }
    }
    for it in &found.direction {
        table.push(row("direction", &it.behaviour, &it.context, 0, &certain(it.change)));
    }
    for (round, moved) in (0..).zip(&found.course) {
        table.push(row("course", "", "", round, moved));
    }
    table
}

fn row(quantity: &str, part: &str, context: &str, round: i64, value: &Spread) -> Row {
    let unit = "unit of the quantity";
    vec![
        Entry::text("quantity", "gain, angle, drive, index, left, direction or course", quantity),
        Entry::text("part", "Frozen path of gain and what is left; behaviour of the direction", part),
        Entry::text("context", "Contexts of the direction", context),
        Entry::integer("round", "", "Rounds since the push", round),
        Entry::number("value", unit, "Mean over replicates", value.mean),
        Entry::number("low", unit, "Lower end of its 95 % confidence interval", value.low),
        Entry::number("high", unit, "Upper end of its 95 % confidence interval", value.high),
    ]
}

/// The loop gain that [`to_table`] wrote; `None` if the table is another one.
pub fn from_table(table: &Table) -> Option<LoopGain> {
    let (quantity, part, context) = (table.words("quantity")?, table.words("part")?, table.words("context")?);
    let (value, low, high) = (table.numbers("value")?, table.numbers("low")?, table.numbers("high")?);
    let spread = |row: usize| Spread { mean: value[row], low: low[row], high: high[row] };
    let rows = |wanted: &str| (0..quantity.len()).filter(|&row| quantity[row] == wanted).collect::<Vec<_>>();
    let one = |wanted: &str| rows(wanted).first().map(|&row| spread(row));
    let mut loops: Vec<Loop> = Vec::new();
    for row in 0..quantity.len() {
        match (quantity[row].as_str(), loops.last_mut()) {
            ("gain", _) => {
                loops.push(Loop { frozen: part[row].clone(), gain: spread(row), left: Vec::new() });
            }
            ("left", Some(it)) => it.left.push(spread(row)),
            _ => {}
        }
    }
    let change = |row: usize| Change {
        behaviour: part[row].clone(),
        context: context[row].clone(),
        change: value[row],
    };
    Some(LoopGain {
        loops: Some(loops).filter(|it| !it.is_empty())?,
        angle: one("angle")?.mean,
        drive: one("drive")?,
        index: one("index")?.mean,
        direction: rows("direction").into_iter().map(change).collect(),
        course: rows("course").into_iter().map(spread).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_gain_comes_back_from_its_table() {
        let spread = |mean| Spread { mean, low: mean - 0.1, high: mean + 0.1 };
        let with = |frozen: &str| Loop {
            frozen: frozen.into(),
            gain: spread(1.01),
            left: vec![spread(0.5), spread(0.2)],
        };
        let found = LoopGain {
            loops: vec![with("none"), with("users")],
            angle: 0.0,
            drive: spread(0.003),
            index: 0.07,
            direction: vec![Change { behaviour: "flattery".into(), context: "all".into(), change: 1.0 }],
            course: vec![spread(0.0), spread(0.01)],
        };
        assert_eq!(from_table(&to_table(&found)), Some(found));
        assert_eq!(from_table(&Table::default()), None);
    }
}
