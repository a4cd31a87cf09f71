//! The table behind the calendar: the days of the first run.

use super::calendar::Days;
use super::evidence::DataTable;
use crate::output::launches::DayRow;
use crate::output::words::{large, spaced};

/// One row per day, or per days of which only the sum is known.
pub fn table(days: &Days) -> DataTable {
    let header = [
        "Day",
        "What happened",
        "Sycophancy index",
        "Complaints per million",
        "Thumbs up",
        "On the update",
        "Past the alarm level",
    ];
    let rows = days.runs.first().into_iter().flatten().map(|row| line(days, row));
    DataTable { header: header.map(String::from).to_vec(), rows: rows.collect() }
}

fn line(days: &Days, row: &DayRow) -> Vec<String> {
    let (value, error) = row.complaints;
    let on_it = match row.first_day < days.review.1 {
        true => row.shares[3],
        false => row.shares[0] + row.shares[1],
    };
    vec![
        when(days, row),
        spaced(&row.events.join(", ")),
        format!("{:.3}", row.index),
        format!("{value:.0} [{:.0}, {:.0}]", (value - 1.96 * error).max(0.0), value + 1.96 * error),
        format!("{:.1} %", 100.0 * row.thumbs_up),
        format!("{:.0} % of users", 100.0 * on_it),
        format!("{} user-days", large(row.exposed)),
    ]
}

fn when(days: &Days, row: &DayRow) -> String {
    match row.days {
        1 => days.date(row.first_day),
        _ => format!("{} to {}, {}", days.date(row.first_day), days.date(row.last_day()), row.activity),
    }
}
