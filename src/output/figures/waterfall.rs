//! *Who compounds with whom?* From the single effects to the joint one, step by step.

use super::Plan;
use super::chart::draw_line;
use super::evidence::{DataTable, Evidence};
use super::palette::{BLUE, INK, MUTED, VERMILLION, rule};
use super::sheet::{Drawn, Panel, Sheet, size, units};
use super::text::{style, width, wrap};
use crate::analysis::signal_by_signal::{OutcomeEffects, Spread};
use crate::output::words::{change, interval, measure_name, sentence_case};
use plotters::prelude::*;

const ROW: f64 = 27.0;
const TEXT: f64 = 12.5;
/// Above the bars: the outcome.
const TOP: f64 = 24.0;
const MOST_OUTCOMES: usize = 3;

/// One step: a bar from one level to another.
pub struct Step {
    /// What it is called.
    pub label: String,
    /// Where its bar starts.
    pub from: f64,
    /// Where its bar ends.
    pub to: f64,
    /// Colour.
    pub colour: RGBColor,
    /// The number, with its interval.
    pub text: String,
    /// The interval, on the axis of the bars.
    pub whisker: Option<(f64, f64)>,
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
                " Whiskers, and brackets where there is room: 95 % confidence interval of the mean over runs (Student's t)."
            } else {
                ""
            }
        ),
        table: table(shown),
        draw: Box::new(move |sheet| {
            shown.iter().try_for_each(|outcome| {
                let title = format!("{}: rise in the last round", measure_name(&outcome.measure));
                draw_steps(sheet, &title, steps(outcome))
            })
        }),
    })
}

fn answer(outcome: &OutcomeEffects) -> String {
    let column = &outcome.measure;
    if !outcome.joint.has_clear_sign() {
        return format!(
            "{}: all together reach {} {}, which is not clearly different from nothing.",
            measure_name(column),
            change(column, outcome.joint.mean),
            interval(column, &outcome.joint)
        );
    }
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
    /// A bar with the interval of its effect.
    pub fn new(label: String, from: f64, to: f64, colour: RGBColor, text: String, effect: &Spread) -> Self {
        let whisker = effect.has_interval().then_some((from + effect.low, from + effect.high));
        Self { label, from, to, colour, text, whisker }
    }

    fn without_interval(&mut self) {
        let end = self.text.find(" [").unwrap_or(self.text.len());
        self.text.truncate(end);
    }
}

/// A number with its interval.
pub fn text(column: &str, spread: &Spread) -> String {
    format!("{} {}", change(column, spread.mean), interval(column, spread)).trim_end().to_string()
}

/// The next row of a sheet: a title and the bars below each other.
pub fn draw_steps(sheet: &mut Sheet<'_>, title: &str, steps: Vec<Step>) -> Drawn {
    let panels = sheet.panels(1, TOP + steps.len() as f64 * ROW);
    draw(&panels[0], title, steps)
}

fn draw(panel: &Panel<'_>, title: &str, mut steps: Vec<Step>) -> Drawn {
    let breadth = size(panel).0;
    if breadth < 500.0 {
        // On a phone the bars need the room that intervals would take; the table has them.
        steps.iter_mut().for_each(Step::without_interval);
    }
    panel.draw_text(title, &style(TEXT, true, INK), (0, units(0.6 * TEXT)))?;
    let widest =
        |texts: &mut dyn Iterator<Item = &String>| texts.map(|t| width(t, TEXT, true)).fold(0.0, f64::max);
    let labels = widest(&mut steps.iter().map(|step| &step.label)).min(breadth * 0.32);
    let values = 1.06 * widest(&mut steps.iter().map(|step| &step.text)).min(breadth * 0.36);
    let rows = steps.len() as f64;
    let mut plot = ChartBuilder::on(panel)
        .margin_top(units(TOP))
        .margin_left(units(labels + 10.0))
        .margin_right(units(values + 14.0))
        .build_cartesian_2d(range(&steps), rows..0.0)?;
    draw_line(&mut plot, &[(0.0, 0.0), (0.0, rows)], &rule(MUTED, None))?;
    for (row, step) in (0..).map(f64::from).zip(&steps) {
        let bar =
            Rectangle::new([(step.from, row + 0.15), (step.to, row + 0.82)], step.colour.mix(0.9).filled());
        plot.draw_series([bar])?;
        draw_line(
            &mut plot,
            &[(step.to, row + 0.15), (step.to, row + 1.15)],
            &rule(MUTED, Some((1.0, 2.0))),
        )?;
        plot.draw_series(step.whisker.map(|(low, high)| {
            ErrorBar::new_horizontal(
                row + 0.5,
                low,
                step.to,
                high,
                rule(INK, None).style().filled(),
                units(6.0) as u32,
            )
        }))?;
        draw_words(panel, step, TOP + (row + 0.5) * ROW, (labels, breadth - values))?;
    }
    Ok(())
}

/// Everything that bars and whiskers reach, and zero.
fn range(steps: &[Step]) -> std::ops::Range<f64> {
    let whiskers = steps.iter().filter_map(|step| step.whisker).flat_map(|(low, high)| [low, high]);
    let ends = steps.iter().flat_map(|step| [step.from, step.to]).chain(whiskers);
    let (low, high) = ends.fold((0.0, 0.0), |(low, high): (f64, f64), end| (low.min(end), high.max(end)));
    if high > low { low..high } else { 0.0..1.0 }
}

/// Name and numbers of a step, centred on `middle`.
fn draw_words(panel: &Panel<'_>, step: &Step, middle: f64, (labels, values): (f64, f64)) -> Drawn {
    let lines = wrap(&step.label, TEXT, false, labels);
    for (index, line) in lines.iter().take(2).enumerate() {
        let shift = if lines.len() > 1 { 13.0 * (index as f64 - 0.5) } else { 0.0 };
        panel.draw_text(line, &style(TEXT, false, INK), (0, units(middle + shift)))?;
    }
    let bold = step.label == "All together";
    panel.draw_text(&step.text, &style(TEXT, bold, INK), (units(values), units(middle)))
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
