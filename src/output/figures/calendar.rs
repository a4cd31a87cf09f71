//! *What happened, day by day?* The days around an update: index, complaints, who had which policy, who was exposed.

use super::Plan;
use super::calendar_events::{self, Event};
use super::calendar_panels::draw;
use super::calendar_table::table;
use super::evidence::{Evidence, sentence};
use crate::output::calendar::{exposure, over_replicates};
use crate::output::incident::Incident;
use crate::output::launches::{DayRow, days};
use crate::output::rounds::samples;
use crate::scenario::Clock;

/// Days shown after the last event.
const AFTER: i64 = 5;
/// Days shown before review.
const BEFORE: i64 = 3;

/// What all panels share.
pub struct Days {
    /// Rows that reach into the days shown, by run; the first run first.
    pub runs: Vec<Vec<DayRow>>,
    /// First day shown, and the end of the last.
    pub range: (i64, i64),
    /// What happened in the first run.
    pub events: Vec<Event>,
    /// Days of the first run's review.
    pub review: (i64, i64),
    /// Index from which users count as exposed.
    pub alarm_level: f64,
    /// Rise that makes it.
    pub alarm_rise: f64,
    /// Days of real users past the alarm level, rollout to rollback.
    pub exposed: f64,
    /// Dates.
    pub clock: Clock,
}

/// The days around the update at issue; `None` where no launch was watched.
pub fn plan<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let incident = evidence.summary.incident.as_ref()?;
    let first = incident.replicates.iter().find(|it| it.rollout_begins.is_some())?;
    let shown = shown(evidence, first)?;
    let answer = sentence(&format!("{}; {}", over_replicates(incident), exposure(incident)));
    Some(Plan {
        name: "calendar",
        question: "What happened, day by day?",
        answer,
        caption: caption(evidence, first),
        table: table(&shown),
        draw: Box::new(move |sheet| draw(sheet, &shown)),
    })
}

fn shown(evidence: &Evidence<'_>, first: &Incident) -> Option<Days> {
    let summary = evidence.summary;
    let incident = summary.incident.as_ref()?;
    let all = days(&evidence.results.tables.days, evidence.main());
    let of_run = |replicate: i64| all.iter().filter(move |it| it.replicate == replicate);
    let begins = first.rollout_begins.as_ref()?.day;
    let watched =
        of_run(first.replicate).filter(|it| it.round == incident.update + 1 && it.activity == "watching");
    let ends = watched.map(|it| it.first_day + 1).max()?;
    let last =
        incident.replicates.iter().filter_map(|it| it.rollback_complete.as_ref().or(it.noticed.as_ref()));
    let range = (
        begins - first.review_days - BEFORE,
        last.map(|it| it.day + 1 + AFTER).max().unwrap_or(ends).min(ends),
    );
    let mut order: Vec<i64> = incident.replicates.iter().map(|it| it.replicate).collect();
    order.sort_by_key(|&it| (it != first.replicate, it));
    let within = |it: &&DayRow| it.first_day < range.1 && it.first_day + it.days > range.0;
    let start = start_index(evidence, first.replicate);
    let alarm_rise = summary.main()?.alarm.rise;
    Some(Days {
        runs: order.into_iter().map(|run| of_run(run).filter(within).cloned().collect()).collect(),
        range,
        events: calendar_events::of(first),
        review: (begins - first.review_days, begins),
        alarm_level: start + alarm_rise,
        alarm_rise,
        exposed: first.exposed_user_days,
        clock: evidence.results.scenario.settings_in(1).clock.clone(),
    })
}

/// The index of a run in its first round.
fn start_index(evidence: &Evidence<'_>, replicate: i64) -> f64 {
    let by_round = samples(evidence.rounds(), &[("variant", evidence.main())], "sycophancy_index");
    let first = by_round.values().next();
    first.and_then(|values| values.get(replicate as usize)).copied().unwrap_or(f64::NAN)
}

fn caption(evidence: &Evidence<'_>, first: &Incident) -> String {
    let others = match evidence.summary.replicates {
        1 => String::new(),
        runs => format!(
            "Strong lines, marks, strip and bars: run {} of {runs}; thin lines and short dashes: the other runs. ",
            first.replicate + 1
        ),
    };
    format!(
        "{others}Vertical bars: 95 % confidence interval of a day's complaints among simulated users. The index is computed from the \
         policies in service, by share of users."
    )
}

impl Days {
    /// `24 Apr`, or the number of the day.
    pub fn date(&self, day: i64) -> String {
        self.clock.civil_date(day).map_or(day.to_string(), |date| date.format("%-d %b").to_string())
    }

    /// First and last moment of a row, cut to the days shown.
    pub fn span(&self, row: &DayRow) -> [f64; 2] {
        let (start, end) = self.range;
        [row.first_day.max(start) as f64, (row.first_day + row.days).min(end) as f64]
    }

    /// Complaints per million conversations of the first run before the rollout.
    pub fn usual_rate(&self) -> f64 {
        let before = || self.runs[0].iter().filter(|it| it.first_day < self.review.1);
        let complaints: f64 = before().map(|it| it.complaints.0 * it.conversations).sum();
        complaints / before().map(|it| it.conversations).sum::<f64>()
    }
}
