//! Days of a run as dates.

use super::Clock;
use jiff::ToSpan;
use jiff::civil::Date;

impl Clock {
    /// The calendar date of a day of the run, counted from 0; `None` if the scenario has no start date, or beyond the
    /// calendar's end.
    pub fn civil_date(&self, day: i64) -> Option<Date> {
        let start: Date = self.start_date.parse().ok()?;
        start.checked_add(i32::try_from(day).ok()?.days()).ok()
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
        assert_eq!(Clock::default().date(3), "");
    }
}
