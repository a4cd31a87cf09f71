//! What a page gets of one round.

use super::answers::{Answers, sample_answers};
use super::controls::values_in_force;
use super::course::{Course, Lived};
use super::dots::Dots;
use crate::launch::{Fails, Stretch};
use crate::measure::table::{Cell, Row};
use crate::measure::{RoundMeasures, round_row};
use crate::scenario::Settings;
use crate::statistics::share;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One round, for people to look at.
#[derive(Serialize)]
pub struct Frame {
    round: i64,
    /// The first day's date, or "".
    date: String,
    /// The row of the table of rounds, the same numbers as in its files.
    values: Map<String, Value>,
    /// What the sliders stand at.
    controls: Map<String, Value>,
    /// The sycophancy index that counts as an alarm.
    alarm_level: f64,
    review: Value,
    checks: Vec<Value>,
    days: Vec<Value>,
    dots: String,
    segments: Vec<String>,
    conversations: Vec<Answers>,
}

impl Frame {
    pub fn new(lived: &Lived, course: &Course, dots: &Dots) -> Self {
        let measures = &lived.measures;
        let settings = course.scenario.settings_in(measures.round as u32);
        Self {
            round: measures.round,
            date: settings.clock.date(measures.first_day as i64),
            values: values(round_row(measures, settings)),
            controls: values_in_force(settings),
            alarm_level: lived.alarm_level,
            review: review(measures),
            checks: measures.review.results.iter().map(check).collect(),
            days: measures.stretches.iter().map(|it| day(it, measures, settings)).collect(),
            dots: dots.encode(&course.simulation.population, settings.memory.enabled),
            segments: settings.segments.keys().cloned().collect(),
            conversations: sample_answers(lived, course),
        }
    }
}

/// Numbers by column; what does not apply is null.
fn values(row: Row) -> Map<String, Value> {
    let value = |cell| match cell {
        Cell::Number(number) => Value::from(number),
        Cell::Integer(count) => Value::from(count),
        Cell::Text(word) => Value::from(word),
    };
    row.into_iter().map(|entry| (entry.name, value(entry.cell))).collect()
}

/// What the columns of [`Frame::values`] are.
pub fn columns(lived: &Lived, course: &Course) -> Vec<Value> {
    let settings = course.scenario.settings_in(lived.measures.round as u32);
    let row = round_row(&lived.measures, settings).into_iter();
    row.map(|it| json!({"name": it.name, "unit": it.unit, "meaning": it.meaning})).collect()
}

fn review(measures: &RoundMeasures) -> Value {
    let decision = &measures.review.decision;
    json!({
        "launched": decision.launched,
        "reason": decision.reason,
        "stopped_by": decision.stopped_by,
        "index_rise": measures.candidate_rise,
    })
}

fn check(it: &crate::launch::CheckResult) -> Value {
    json!({
        "name": it.name,
        "role": it.role.word(),
        "metric": it.metric,
        "unit": it.unit,
        "value": it.value.value,
        "low": it.low,
        "high": it.high,
        "threshold": it.threshold,
        "fails": if it.fails == Fails::Above { "above" } else { "below" },
        "passed": it.passed,
        "sees": it.sees,
        "blind_to": it.blind_to,
    })
}

fn day(it: &Stretch, measures: &RoundMeasures, settings: &Settings) -> Value {
    let conversations = it.total.conversations();
    let events: Vec<&str> = it.events.iter().map(|event| event.word()).collect();
    json!({
        "day": it.first_day,
        "days": it.days,
        "date": settings.clock.date(measures.first_day as i64 + i64::from(it.first_day)),
        "activity": it.activity.word(),
        "index": it.sycophancy_index,
        "thumbs_up_share": share(it.total.up, it.total.rated as f64).value,
        "complaints_per_million": share(it.total.complaints, conversations).value * 1e6,
        "events": events,
    })
}
