//! Days of a run as dates.

use super::Clock;
use chrono::{Datelike, Days, NaiveDate};
use std::ops::RangeInclusive;

/// Years are written in four digits.
const YEARS: RangeInclusive<i32> = 0..=9999;

/// The date written as YYYY-MM-DD, if there is one.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    // The parser takes single digits and signs, too.
    text.parse::<NaiveDate>().ok().filter(|date| date.to_string() == text && YEARS.contains(&date.year()))
}

impl Clock {
    /// The calendar date of a day of the run, counted from 0; `None` if the scenario has no start date, or beyond the
    /// calendar's end.
    pub fn civil_date(&self, day: i64) -> Option<NaiveDate> {
        let days = Days::new(u64::try_from(day).ok()?);
        parse_date(&self.start_date)?.checked_add_days(days).filter(|date| YEARS.contains(&date.year()))
    }

    /// The same as YYYY-MM-DD, or nothing.
    pub fn date(&self, day: i64) -> String {
        self.civil_date(day).map_or(String::new(), |date| date.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_start_date() {
        let clock = Clock { start_date: "2024-02-28".to_string(), ..Clock::default() };
        assert_eq!((clock.date(0), clock.date(2)), ("2024-02-28".to_string(), "2024-03-01".to_string()));
        assert_eq!(clock.date(3_000_000), "", "in 10237");
        assert_eq!(Clock::default().date(3), "");
    }

    #[test]
    fn dates_must_exist_and_be_written_in_eight_digits() {
        for good in ["2025-04-25", "2024-02-29", "2000-02-29", "0001-01-01"] {
            assert_eq!(parse_date(good).map(|date| date.to_string()), Some(good.to_string()));
        }
        for bad in ["2025-02-29", "1900-02-29", "2025-13-01", "2025-04-31", "2025-04-00"] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
        for bad in ["2025-4-25", "25-04-2025", "+2024-02-29", "-0001-01-01", "12024-02-29", " 2024-02-29", ""]
        {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }
}
