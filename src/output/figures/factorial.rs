//! A full factorial: from single effects to the joint one, and every combination over rounds.

use super::chart::{Chart, Line};
use super::evidence::{DataTable, table_of};
use super::heat_map::{Axes, HeatMap, Scale};
use super::palette::{BLUE, GREY, ORANGE, Stroke, VERMILLION, series, variant};
use super::waterfall::{Step, draw_steps, text};
use super::{Figure, Plan};
use crate::analysis::compounding::{Effect, Outcome, RoundEffects, Subset};
use crate::analysis::signal_by_signal::Spread;
use crate::output::CompoundingSummary;
use crate::output::rounds::Point;
use crate::output::words::{change, is_share, list, measure_name, sentence_case, spaced};
use crate::scenario::Scenario;
use plotters::style::RGBColor;

/// Combinations drawn one by one; with more, those of one order are one step.
const MOST_STEPS: usize = 8;
const INTERVALS: &str = "95 % bootstrap interval of the mean over replicates";

/// All figures of a factorial, in reading order.
pub fn compounding_figures(summary: &CompoundingSummary<'_>, scenario: &Scenario) -> Vec<Figure> {
    let Some(first) = summary.found.outcomes.first() else { return Vec::new() };
    let several = summary.found.factors.len() > 1;
    let plans = [
        several.then(|| waterfall(summary)),
        several.then(|| interactions(summary, first)),
        Some(trajectories(summary, first, scenario)),
    ];
    plans.into_iter().flatten().map(|plan| plan.finish(&summary.identity)).collect()
}

fn waterfall<'a>(summary: &'a CompoundingSummary<'_>) -> Plan<'a> {
    let shown = &summary.found.outcomes[..summary.found.outcomes.len().min(2)];
    let factors = &summary.found.factors;
    Plan {
        name: "waterfall",
        question: "From single effects to the joint one: what do combinations add?",
        answer: summary.paragraph.clone(),
        caption: format!(
            "Rise over the run without any factor, in the last round, {} replicates. Blue: one factor alone. Orange: what a combination adds beyond everything that its parts add. Vermillion: all together. Whiskers and brackets: {INTERVALS}.",
            summary.found.replicates
        ),
        table: waterfall_table(shown, factors),
        draw: Box::new(move |sheet| {
            shown.iter().try_for_each(|outcome| {
                let title = format!("{}: rise in the last round", measure_name(&outcome.measure));
                draw_steps(sheet, &title, steps(outcome, factors))
            })
        }),
    }
}

/// One bar per combination, or per order where they are many, each from where the one before ends.
fn steps(outcome: &Outcome, factors: &[String]) -> Vec<Step> {
    let measure = outcome.measure.as_str();
    let mut level = 0.0;
    let mut steps = Vec::new();
    for (label, effect, colour) in parts(outcome, factors) {
        steps.push(Step::new(label, level, level + effect.mean, colour, text(measure, &effect), &effect));
        level += effect.mean;
    }
    let joint = &outcome.effects.joint;
    steps.push(Step::new("All together".into(), 0.0, joint.mean, VERMILLION, text(measure, joint), joint));
    steps
}

fn parts(outcome: &Outcome, factors: &[String]) -> Vec<(String, Spread, RGBColor)> {
    let mut sets: Vec<&Effect> = outcome.effects.effects.iter().collect();
    sets.sort_by_key(|it| (Subset(it.subset).size(), it.subset));
    let (singles, more): (Vec<&Effect>, Vec<&Effect>) =
        sets.into_iter().partition(|it| Subset(it.subset).size() == 1);
    let name = |it: &Effect| sentence_case(&Subset(it.subset).names(factors).join(" + "));
    let mut parts: Vec<(String, Spread, RGBColor)> =
        singles.iter().map(|it| (format!("{} alone", name(it)), it.dividend.clone(), BLUE)).collect();
    if more.len() <= MOST_STEPS {
        parts.extend(more.iter().map(|it| (name(it), it.dividend.clone(), ORANGE)));
    } else {
        let orders = (2..=factors.len()).map(|order| {
            let of_order = more.iter().filter(|it| Subset(it.subset).size() == order);
            let mean = of_order.map(|it| it.dividend.mean).sum();
            let sum = Spread { mean, low: f64::NAN, high: f64::NAN };
            (format!("Combinations of {order}"), sum, ORANGE)
        });
        parts.extend(orders);
    }
    parts
}

fn waterfall_table(outcomes: &[Outcome], factors: &[String]) -> DataTable {
    let header =
        std::iter::once("Effect".to_string()).chain(outcomes.iter().map(|o| measure_name(&o.measure)));
    let columns: Vec<Vec<Step>> = outcomes.iter().map(|outcome| steps(outcome, factors)).collect();
    let row = |index: usize| {
        let label = columns[0][index].label.clone();
        std::iter::once(label).chain(columns.iter().map(|steps| steps[index].text.clone())).collect()
    };
    DataTable { header: header.collect(), rows: (0..columns[0].len()).map(row).collect() }
}

/// Factor against factor: alone on the diagonal, what a pair adds beyond its parts off it.
fn interactions<'a>(summary: &'a CompoundingSummary<'_>, outcome: &'a Outcome) -> Plan<'a> {
    let factors = &summary.found.factors;
    let measure = outcome.measure.as_str();
    let effect = |i: usize, j: usize| &outcome.effects.effects[(1 << i | 1 << j) - 1].dividend;
    let grid = |cell: &dyn Fn(usize, usize) -> String| -> Vec<Vec<String>> {
        (0..factors.len()).map(|i| (0..factors.len()).map(|j| cell(i, j)).collect()).collect()
    };
    let names: Vec<String> = factors.iter().map(|name| sentence_case(name)).collect();
    let values: Vec<Vec<f64>> =
        (0..factors.len()).map(|i| (0..factors.len()).map(|j| effect(i, j).mean).collect()).collect();
    let map = HeatMap {
        title: format!("{}: effect alone, and what pairs add", measure_name(measure)),
        axes: Axes { rows: names.clone(), columns: names.clone() },
        scale: Scale::covering(&values, true),
        values,
        texts: grid(&|i, j| change(measure, effect(i, j).mean)),
        unit: "change in the last round".to_string(),
        percent: is_share(measure),
    };
    let rows = names.iter().zip(grid(&|i, j| text(measure, effect(i, j))));
    Plan {
        name: "interactions",
        question: "Who compounds with whom?",
        answer: strongest_pair(outcome, factors),
        caption: format!(
            "Diagonal: rise over none with one factor on. Off the diagonal: what two together add beyond the sum of both, the others off. Means over {} replicates; the table has {INTERVALS}s.",
            summary.found.replicates
        ),
        table: DataTable {
            header: std::iter::once("Factor".to_string()).chain(names.clone()).collect(),
            rows: rows.map(|(name, cells)| std::iter::once(name.clone()).chain(cells).collect()).collect(),
        },
        draw: Box::new(move |sheet| {
            let height = map.height(sheet.breadth());
            map.draw(&sheet.panels(1, height)[0])
        }),
    }
}

fn strongest_pair(outcome: &Outcome, factors: &[String]) -> String {
    let pairs = outcome.effects.effects.iter().filter(|it| Subset(it.subset).size() == 2);
    let clear = pairs.filter(|it| it.dividend.has_interval() && it.dividend.has_clear_sign());
    match clear.max_by(|a, b| a.dividend.mean.abs().total_cmp(&b.dividend.mean.abs())) {
        Some(it) => format!(
            "The pair that adds most beyond its parts is {}: {}.",
            list(&Subset(it.subset).names(factors).into_iter().map(spaced).collect::<Vec<_>>()),
            text(&outcome.measure, &it.dividend)
        ),
        None => "No pair clearly adds anything beyond its parts.".to_string(),
    }
}

/// The outcome of every combination over rounds.
fn trajectories<'a>(
    summary: &'a CompoundingSummary<'_>,
    outcome: &'a Outcome,
    scenario: &Scenario,
) -> Plan<'a> {
    let factors = &summary.found.factors;
    let lines = lines(outcome, factors);
    let measure = outcome.measure.as_str();
    let table = table_of(&lines.iter().map(|(name, line)| (measure, name.clone(), line)).collect::<Vec<_>>());
    let first = outcome.by_round.first().map_or(f64::NAN, |it| it.effects.baseline.mean);
    let rise = scenario.settings_in(1).monitoring.alarm_rise;
    let chart = Chart {
        title: format!("{} ({})", measure_name(measure), outcome.meaning),
        lines: lines.into_iter().map(|(_, line)| line).collect(),
        threshold: (measure == "sycophancy_index").then(|| (first + rise, format!("alarm, +{rise}"))),
        ..Chart::default()
    };
    let crowd = if factors.len() > 3 { " Grey: all other combinations." } else { "" };
    Plan {
        name: "combinations",
        question: "Which combinations drift, and when?",
        answer: when(outcome, factors),
        caption: format!(
            "Means over {} replicates. Bands: 95 % bootstrap interval of the mean rise over none; of none, of its mean.{crowd}",
            summary.found.replicates
        ),
        table,
        draw: Box::new(move |sheet| sheet.charts([&chart], 420.0)),
    }
}

/// Name and line of every combination; those that matter most last, so that they are on top.
fn lines(outcome: &Outcome, factors: &[String]) -> Vec<(String, Line)> {
    let mut sets: Vec<Subset> = Subset::all(factors.len()).collect();
    let all = Subset((1 << factors.len()) - 1);
    let crowded = factors.len() > 3;
    let is_named = |set: Subset| !crowded || set.size() < 2 || set == all;
    sets.sort_by_key(|set| (is_named(*set), set.size()));
    let line = |set: Subset| {
        let label = set.label(factors);
        let name = match label.as_str() {
            "none" | "all" => label.clone(),
            _ => spaced(&set.names(factors).join(" + ")),
        };
        let stroke = match is_named(set) {
            true if set.size() == 0 || set == all => variant(&label, 0),
            true => Stroke { width: 1.6, ..series(set.0 as usize - 1) },
            false => Stroke { colour: GREY, dash: None, width: 0.6 },
        };
        let points = outcome.by_round.iter().map(|round| point(round, set, !crowded || is_named(set)));
        let label = if is_named(set) { name.clone() } else { String::new() };
        (name, Line { label, points: points.collect(), stroke })
    };
    sets.into_iter().map(line).collect()
}

fn point(round: &RoundEffects, set: Subset, with_band: bool) -> Point {
    let base = &round.effects.baseline;
    let spread = match set.0 {
        0 => base.clone(),
        bits => {
            let rise = &round.effects.effects[bits as usize - 1].rise;
            let shift = |end: f64| if with_band { base.mean + end } else { f64::NAN };
            Spread { mean: base.mean + rise.mean, low: shift(rise.low), high: shift(rise.high) }
        }
    };
    Point { round: round.round, spread }
}

/// Which combination is highest in the end, and from when on it is clearly above the sum of single effects.
fn when(outcome: &Outcome, factors: &[String]) -> String {
    if factors.len() < 2 {
        return format!("{} over rounds, with and without the factor.", measure_name(&outcome.measure));
    }
    let highest = outcome.effects.effects.iter().max_by(|a, b| a.rise.mean.total_cmp(&b.rise.mean));
    let name = highest.map_or(String::new(), |it| match Subset(it.subset).label(factors).as_str() {
        "all" => "all factors on".to_string(),
        _ => spaced(&Subset(it.subset).names(factors).join(" + ")),
    });
    let clear = |it: &&RoundEffects| it.effects.excess.low > 0.0;
    let from = match outcome.by_round.iter().rev().take_while(clear).last() {
        Some(round) => format!(
            "the joint effect exceeds the sum of the single ones in every round from {} on",
            round.round
        ),
        None => "at the end the joint effect does not clearly exceed the sum of the single ones".to_string(),
    };
    format!("The highest in the end is the one with {name}; {from}.")
}
