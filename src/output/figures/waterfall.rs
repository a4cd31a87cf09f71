//! *Who compounds with whom?* From the single effects to the joint one, step by step.

use super::Plan;
use super::axis::Scale;
use super::evidence::{DataTable, Evidence};
use super::palette::{BLUE, VERMILLION};
use super::sheet::{Area, Sheet};
use super::svg::{Anchor, Canvas, Tone};
use super::text::{width, wrap};
use crate::analysis::signal_by_signal::{OutcomeEffects, Spread};
use crate::output::words::{change, interval, measure_name, sentence_case};

const ROW: f64 = 27.0;
const TEXT: f64 = 12.5;
const MOST_OUTCOMES: usize = 3;

/// One step: a bar from one level to another.
struct Step {
    label: String,
    from: f64,
    to: f64,
    colour: &'static str,
    text: String,
    whisker: Option<(f64, f64)>,
}

/// A waterfall per outcome, at most three.
pub fn plan<'a>(evidence: &Evidence<'a>) -> Option<Plan<'a>> {
    let outcomes = &evidence.results.signal_by_signal?.outcomes;
    let shown = &outcomes[..outcomes.len().min(MOST_OUTCOMES)];
    let first = shown.first()?;
    Some(Plan {
        name: "who-compounds",
        question: "Who compounds with whom?",
        answer: answer(first),
        caption: format!(
            "Rise over the run without any factor, in the last round. Blue: one factor alone, stacked. Vermillion: what appears only when all are on, and the total.{}",
            if first.joint.has_interval() {
                " Whiskers, and brackets where there is room: the middle 95 % of runs with different seeds."
            } else {
                ""
            }
        ),
        table: table(shown),
        draw: Box::new(move |sheet: &mut Sheet| {
            for outcome in shown {
                let rows = outcome.singles.len() + 2;
                for area in sheet.panels(1, 40.0 + rows as f64 * ROW) {
                    draw(&mut sheet.canvas, area, outcome);
                }
            }
        }),
    })
}

fn answer(outcome: &OutcomeEffects) -> String {
    let column = &outcome.measure;
    let only_together = outcome.joint.mean - outcome.sum_of_singles.mean;
    let share = 100.0 * only_together / outcome.joint.mean;
    let part = if (0.0..=100.0).contains(&share) { format!(" ({share:.0} %)") } else { String::new() };
    format!(
        "{}: single effects add up to {}; all together reach {}. The difference of {}{part} exists only in combination.",
        measure_name(column),
        change(column, outcome.sum_of_singles.mean),
        change(column, outcome.joint.mean),
        change(column, only_together)
    )
}

fn steps(outcome: &OutcomeEffects) -> Vec<Step> {
    let column = outcome.measure.as_str();
    let mut level = 0.0;
    let mut steps: Vec<Step> = Vec::new();
    for (factor, effect) in &outcome.singles {
        let label = format!("{} alone", sentence_case(factor));
        steps.push(Step::new(label, level, level + effect.mean, BLUE, text(column, effect), effect));
        level += effect.mean;
    }
    let only = Spread { mean: outcome.joint.mean - level, low: f64::NAN, high: f64::NAN };
    steps.push(Step::new(
        "Only together".into(),
        level,
        outcome.joint.mean,
        VERMILLION,
        text(column, &only),
        &only,
    ));
    let joint = &outcome.joint;
    steps.push(Step::new("All together".into(), 0.0, joint.mean, VERMILLION, text(column, joint), joint));
    steps
}

impl Step {
    fn new(label: String, from: f64, to: f64, colour: &'static str, text: String, effect: &Spread) -> Self {
        let whisker = effect.has_interval().then_some((from + effect.low, from + effect.high));
        Self { label, from, to, colour, text, whisker }
    }
}

impl Step {
    fn without_interval(&mut self) {
        let end = self.text.find(" [").unwrap_or(self.text.len());
        self.text.truncate(end);
    }
}

fn text(column: &str, spread: &Spread) -> String {
    format!("{} {}", change(column, spread.mean), interval(column, spread)).trim_end().to_string()
}

fn draw(canvas: &mut Canvas, area: Area, outcome: &OutcomeEffects) {
    let mut steps = steps(outcome);
    if area.width < 500.0 {
        // On a phone the bars need the room that intervals would take; the table has them.
        steps.iter_mut().for_each(Step::without_interval);
    }
    let title = format!("{}: rise in the last round", measure_name(&outcome.measure));
    canvas.text((area.left, area.top + TEXT), &title, TEXT, true, Tone::Ink, Anchor::Start);
    let widest =
        |texts: &mut dyn Iterator<Item = &String>| texts.map(|t| width(t, TEXT, true)).fold(0.0, f64::max);
    let labels = widest(&mut steps.iter().map(|step| &step.label)).min(area.width * 0.32);
    let values = widest(&mut steps.iter().map(|step| &step.text)).min(area.width * 0.36);
    let left = area.left + labels + 10.0;
    let right = area.left + area.width - 1.06 * values - 14.0;
    let ends = steps.iter().flat_map(|step| {
        let (low, high) = step.whisker.unwrap_or((step.from, step.to));
        [step.from, step.to, low, high]
    });
    let x = Scale::covering(ends.chain([0.0]), left, right, false);
    let top = area.top + 24.0;
    let zero = (x.at(0.0), top);
    canvas.rule(zero, (zero.0, top + steps.len() as f64 * ROW), Tone::Muted, "");
    for (index, step) in steps.iter().enumerate() {
        draw_step(canvas, step, &x, top + index as f64 * ROW, (area.left, labels, right + 12.0));
    }
}

fn draw_step(canvas: &mut Canvas, step: &Step, x: &Scale, top: f64, (left, labels, values): (f64, f64, f64)) {
    let (start, end) = (x.at(step.from.min(step.to)), x.at(step.from.max(step.to)));
    let middle = top + ROW / 2.0;
    canvas.bar(start, top + 4.0, end - start, ROW - 9.0, step.colour, 0.9);
    canvas.rule((x.at(step.to), top + 4.0), (x.at(step.to), top + ROW + 4.0), Tone::Muted, "1 2");
    if let Some((low, high)) = step.whisker {
        canvas.rule((x.at(low), middle), (x.at(high), middle), Tone::Ink, "");
        for at in [x.at(low), x.at(high)] {
            canvas.rule((at, middle - 4.0), (at, middle + 4.0), Tone::Ink, "");
        }
    }
    let lines = wrap(&step.label, TEXT, false, labels);
    for (index, line) in lines.iter().take(2).enumerate() {
        let shift = if lines.len() > 1 { -6.0 } else { 0.0 };
        let baseline = middle + 4.0 + shift + 13.0 * index as f64;
        canvas.text((left, baseline), line, TEXT, false, Tone::Ink, Anchor::Start);
    }
    let bold = step.label == "All together";
    canvas.text((values, middle + 4.0), &step.text, TEXT, bold, Tone::Ink, Anchor::Start);
}

fn table(outcomes: &[OutcomeEffects]) -> DataTable {
    let header =
        std::iter::once("Effect".to_string()).chain(outcomes.iter().map(|o| measure_name(&o.measure)));
    let columns: Vec<Vec<Step>> = outcomes.iter().map(steps).collect();
    let labels = columns.first().map(|steps| steps.iter().map(|step| step.label.clone()).collect::<Vec<_>>());
    let row = |(index, label): (usize, String)| {
        let cells =
            columns.iter().map(|steps| steps.get(index).map_or(String::new(), |step| step.text.clone()));
        std::iter::once(label).chain(cells).collect()
    };
    DataTable {
        header: header.collect(),
        rows: labels.unwrap_or_default().into_iter().enumerate().map(row).collect(),
    }
}
