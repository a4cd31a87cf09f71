//! Loop gain: by combination of factors or along a parameter, against the edge at 1; what is left of a push; what the
//! dominant direction does; what gain foretold and what then happened.

use super::chart::{Chart, Line};
use super::evidence::{DataTable, table_of};
use super::frame::{Frame, Place, SMALL, path, tick_room, title_height};
use super::heat_map::{Axes, HeatMap, Scale};
use super::palette::{BLUE, GREY, INK, MUTED, ORANGE, VERMILLION, rule, series, strong};
use super::sheet::{Drawn, Panel, size, units};
use super::text::{style, width, wrap};
use super::ticks::Ticks;
use super::{Figure, Plan};
use crate::analysis::gain::{Fate, Loop, Measured};
use crate::analysis::signal_by_signal::Spread;
use crate::output::gain::{GainSummary, path_name, with_interval};
use crate::output::rounds::Point;
use crate::output::words::{sentence_case, variant_name};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const INTERVAL: &str = "95 % interval over replicates";

/// All figures of a measurement, in reading order.
pub fn gain_figures(summary: &GainSummary) -> Vec<Figure> {
    let plans = match summary.keys.len() {
        0 => vec![Some(by_setting(summary)), survival(summary), direction(summary)],
        1 => vec![Some(by_setting(summary)), forecast(summary)],
        _ => vec![Some(grid(summary)), forecast(summary)],
    };
    plans.into_iter().flatten().map(|plan| plan.finish(&summary.identity)).collect()
}

fn label(it: &Measured, summary: &GainSummary) -> String {
    match summary.keys.is_empty() {
        true => sentence_case(variant_name(&it.label).trim_end_matches(" alone")),
        false => it.values.join(", "),
    }
}

fn settings_table(summary: &GainSummary) -> DataTable {
    let header = ["Gain per round", "Drive, index per round", "Foretold", "What it did"].map(String::from);
    let row = |it: &Measured| {
        vec![
            label(it, summary),
            with_interval(it.found.gain(), 3),
            with_interval(&it.found.drive, 4),
            it.foretold.word().to_string(),
            it.observed.map_or("–", Fate::word).to_string(),
        ]
    };
    let first = if summary.keys.is_empty() { "Factors on".to_string() } else { summary.keys.join(", ") };
    DataTable {
        header: std::iter::once(first).chain(header).collect(),
        rows: summary.settings.iter().map(row).collect(),
    }
}

/// One point with its interval per setting; along a number where the scanned values are numbers.
fn by_setting<'a>(summary: &'a GainSummary) -> Plan<'a> {
    let question = match summary.keys.is_empty() {
        true => "How close to the edge is each combination?",
        false => "Where along the parameter is the edge?",
    };
    Plan {
        name: "gain",
        question,
        answer: summary.paragraph.clone(),
        caption: format!(
            "Gain per round: the dominant eigenvalue of the map from a push held for {} rounds to what is left {} rounds after it is let go, to the power 1 / {}. Below 1 pushes die out, above 1 they grow. Whiskers: {INTERVAL} ({}).",
            summary.options.hold, summary.options.span, summary.options.span, summary.replicates
        ),
        table: settings_table(summary),
        draw: Box::new(move |sheet| {
            let height = if sheet.is_narrow() { 300.0 } else { 340.0 };
            let panels = sheet.panels(1, height);
            draw_gains(&panels[0], summary)
        }),
    }
}

/// The positions of the settings: their values where those are numbers, else one after the other.
fn positions(summary: &GainSummary) -> (Vec<f64>, bool) {
    let values: Option<Vec<f64>> =
        summary.settings.iter().map(|it| it.values.first()?.parse().ok()).collect();
    match values.filter(|values| summary.keys.len() == 1 && values.len() > 1) {
        Some(values) => (values, true),
        None => ((0..summary.settings.len()).map(|place| place as f64).collect(), false),
    }
}

fn draw_gains(panel: &Panel<'_>, summary: &GainSummary) -> Drawn {
    let (breadth, height) = size(panel);
    let (positions, is_numeric) = positions(summary);
    let title = "Gain per round";
    let below = if is_numeric { 40.0 } else { 62.0 };
    let room = height - title_height(title, breadth) - below;
    let gains = || summary.settings.iter().map(|it| it.found.gain());
    let ends = gains().flat_map(|it| [it.mean, it.low, it.high]).chain([0.95, 1.05]);
    let ticks = Ticks::covering(ends.filter(|it| it.is_finite()), room, false);
    let (low, high) =
        positions.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (l.min(*x), h.max(*x)));
    let margin = if is_numeric { 0.03 * (high - low) } else { 0.6 };
    let place = Place { left: tick_room(&ticks), right: breadth - 12.0, top: 0.0, height: room };
    let frame = Frame::new(panel, place, title, (low - margin, high + margin), ticks)?;
    frame.line(&[(low - margin, 1.0), (high + margin, 1.0)], &rule(INK, Some((6.0, 4.0))))?;
    let (x, y) = frame.at(low - margin, 1.0);
    frame.write("1: the edge", (x + units(4.0), y - units(8.0)), &style(SMALL, false, INK))?;
    if is_numeric {
        let means: Vec<(f64, f64)> = positions.iter().copied().zip(gains().map(|it| it.mean)).collect();
        frame.line(&means, &series(0))?;
    }
    for (x, gain) in positions.iter().zip(gains()) {
        whisker(&frame, *x, gain)?;
    }
    match is_numeric {
        true => numeric_axis(&frame, summary, &positions, breadth),
        false => named_axis(&frame, summary, &positions, breadth),
    }
}

fn whisker(frame: &Frame<'_, '_>, x: f64, gain: &Spread) -> Drawn {
    let colour = match () {
        () if gain.low > 1.0 => VERMILLION,
        () if gain.high < 1.0 => BLUE,
        () => GREY,
    };
    if gain.has_interval() {
        frame.line(&[(x, gain.low), (x, gain.high)], &rule(INK, None))?;
    }
    frame.panel().draw(&Circle::new(frame.at(x, gain.mean), units(4.5), colour.filled()))
}

fn numeric_axis(frame: &Frame<'_, '_>, summary: &GainSummary, positions: &[f64], breadth: f64) -> Drawn {
    let bottom = frame.bottom();
    let centred = style(SMALL, false, MUTED).pos(Pos::new(HPos::Center, VPos::Center));
    let mut free = f64::NEG_INFINITY;
    for (x, setting) in positions.iter().zip(&summary.settings) {
        let at = frame.at(*x, frame.values().start).0;
        let half = width(&setting.values[0], SMALL, false) / 2.0;
        let middle = super::sheet::pixels(at);
        if middle - half > free {
            frame.write(&setting.values[0], (at, units(bottom + 12.0)), &centred)?;
            free = middle + half + 6.0;
        }
    }
    frame.write(&summary.keys[0], (units(breadth / 2.0), units(bottom + 29.0)), &centred)
}

fn named_axis(frame: &Frame<'_, '_>, summary: &GainSummary, positions: &[f64], breadth: f64) -> Drawn {
    let room = (breadth - 50.0) / positions.len() as f64 - 4.0;
    let centred = style(SMALL, false, INK).pos(Pos::new(HPos::Center, VPos::Center));
    for (x, setting) in positions.iter().zip(&summary.settings) {
        let at = frame.at(*x, frame.values().start).0;
        for (line, words) in wrap(&label(setting, summary), SMALL, false, room).iter().take(4).enumerate() {
            let middle = frame.bottom() + 12.0 + 13.0 * line as f64;
            frame.write(words, (at, units(middle)), &centred)?;
        }
    }
    Ok(())
}

/// What is left of a push, round by round, with each path frozen.
fn survival<'a>(summary: &'a GainSummary) -> Option<Plan<'a>> {
    let main = summary.settings.last()?;
    let line = |(index, it): (usize, &Loop)| {
        let start = Spread { mean: 1.0, low: 1.0, high: 1.0 };
        let points = std::iter::once(&start).chain(&it.left);
        let is_whole = it.frozen == "none";
        Line {
            label: if is_whole {
                "the whole loop".into()
            } else {
                format!("without {}", path_name(&it.frozen))
            },
            points: (0..)
                .zip(points)
                .map(|(round, spread)| {
                    let band = if is_whole {
                        spread.clone()
                    } else {
                        Spread { low: f64::NAN, high: f64::NAN, ..spread.clone() }
                    };
                    Point { round, spread: band }
                })
                .collect(),
            stroke: if is_whole { strong() } else { series(index - 1) },
        }
    };
    let mut lines: Vec<Line> = main.found.loops.iter().enumerate().map(line).collect();
    lines.reverse();
    let measure = "left";
    let table = table_of(&lines.iter().map(|it| (measure, it.label.clone(), it)).collect::<Vec<_>>());
    let chart = Chart {
        title: "Left of the push, as a share".to_string(),
        lines,
        percent: true,
        from_zero: true,
        ..Chart::default()
    };
    Some(Plan {
        name: "push",
        question: "What is left of a push?",
        answer: format!(
            "With {}, a push that raises the index by {} is followed for {} rounds.",
            variant_name(&main.label),
            summary.options.push,
            summary.options.span
        ),
        caption: format!(
            "Rise of the index (to first order) as a share of the push; half the difference of histories pushed up and down, from when they are let go. Frozen paths are put back each round to what they are without the push. Band: {INTERVAL} of the whole loop."
        ),
        table,
        draw: Box::new(move |sheet| sheet.charts([&chart], 320.0)),
    })
}

/// Behaviours against contexts: what the dominant direction changes.
fn direction<'a>(summary: &'a GainSummary) -> Option<Plan<'a>> {
    let main = summary.settings.last()?;
    let distinct = |of: &dyn Fn(usize) -> String| {
        let mut names: Vec<String> = Vec::new();
        (0..main.found.direction.len()).map(of).for_each(|name| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        names
    };
    let behaviours = distinct(&|place| main.found.direction[place].behaviour.clone());
    let contexts = distinct(&|place| main.found.direction[place].context.clone());
    let value = |behaviour: &String, context: &String| {
        let found =
            main.found.direction.iter().find(|it| it.behaviour == *behaviour && it.context == *context);
        found.map_or(f64::NAN, |it| it.change)
    };
    let values: Vec<Vec<f64>> =
        behaviours.iter().map(|b| contexts.iter().map(|c| value(b, c)).collect()).collect();
    let words = |value: &f64| format!("{value:+.2}").replace('-', "−");
    let texts: Vec<Vec<String>> = values.iter().map(|row| row.iter().map(words).collect()).collect();
    let names: Vec<String> = behaviours.iter().map(|name| sentence_case(name)).collect();
    let table = DataTable {
        header: std::iter::once("Behaviour".to_string()).chain(contexts.clone()).collect(),
        rows: names
            .iter()
            .zip(&texts)
            .map(|(name, row)| [vec![name.clone()], row.clone()].concat())
            .collect(),
    };
    let map = HeatMap {
        title: "Change of the mean level, relative to the largest".to_string(),
        axes: Axes { rows: names, columns: contexts },
        scale: Scale::Diverging { reach: 1.0 },
        values,
        texts,
        unit: "relative change".to_string(),
        percent: false,
    };
    Some(Plan {
        name: "direction",
        question: "What does the loop hold on to?",
        answer: format!(
            "The direction that dies out most slowly, or grows, with {}: what it changes, and where.",
            variant_name(&main.label)
        ),
        caption: "The dominant eigenvector of the map, signed so that it raises the sycophancy index; contexts as conversations have them.".to_string(),
        table,
        draw: Box::new(move |sheet| {
            let height = map.height(sheet.breadth());
            map.draw(&sheet.panels(1, height)[0])
        }),
    })
}

/// Two scanned keys: the gain in every cell.
fn grid<'a>(summary: &'a GainSummary) -> Plan<'a> {
    let column: Vec<String> = distinct_values(summary, 1);
    let rows: Vec<String> = distinct_values(summary, 0);
    let gain = |row: &String, column: &String| {
        let found = summary.settings.iter().find(|it| it.values[0] == *row && it.values[1] == *column);
        found.map_or(f64::NAN, |it| it.found.gain().mean)
    };
    let values: Vec<Vec<f64>> =
        rows.iter().map(|r| column.iter().map(|c| gain(r, c) - 1.0).collect()).collect();
    let texts = values.iter().map(|row| row.iter().map(|it| format!("{:.2}", it + 1.0)).collect()).collect();
    let map = HeatMap {
        title: format!("Gain per round: {} (rows), {} (columns)", summary.keys[0], summary.keys[1]),
        axes: Axes { rows, columns: column },
        scale: Scale::covering(&values, true),
        values,
        texts,
        unit: "gain per round minus 1".to_string(),
        percent: false,
    };
    Plan {
        name: "gain",
        question: "Where is the edge?",
        answer: summary.paragraph.clone(),
        caption: format!("White: a gain of 1, the edge. Means over {} replicates.", summary.replicates),
        table: settings_table(summary),
        draw: Box::new(move |sheet| {
            let height = map.height(sheet.breadth());
            map.draw(&sheet.panels(1, height)[0])
        }),
    }
}

fn distinct_values(summary: &GainSummary, key: usize) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for setting in &summary.settings {
        if !values.contains(&setting.values[key]) {
            values.push(setting.values[key].clone());
        }
    }
    values
}

/// Gain against how far the policy went: what was foretold and what it did.
fn forecast<'a>(summary: &'a GainSummary) -> Option<Plan<'a>> {
    summary.hit_rate.as_ref()?;
    Some(Plan {
        name: "forecast",
        question: "Did gain and drive foretell what happened?",
        answer: summary.paragraph.clone(),
        caption: format!(
            "One point per setting: gain at the start, and how far the policy moved in the {} rounds after it (index, to first order). Colour: what it did. Filled: foretold rightly; hollow: not.",
            summary.options.horizon
        ),
        table: settings_table(summary),
        draw: Box::new(move |sheet| {
            let panels = sheet.panels(1, 380.0);
            draw_forecast(&panels[0], summary)
        }),
    })
}

fn fate_colour(fate: Fate) -> RGBColor {
    match fate {
        Fate::Settles => BLUE,
        Fate::Ratchets => ORANGE,
        Fate::RunsAway => VERMILLION,
    }
}

fn draw_forecast(panel: &Panel<'_>, summary: &GainSummary) -> Drawn {
    let (breadth, height) = size(panel);
    let title = "How far the policy moved (index, to first order)";
    let room = height - title_height(title, breadth) - 62.0;
    let moved = |it: &Measured| it.found.course.last().map_or(f64::NAN, |it| it.mean);
    let ticks = Ticks::covering(summary.settings.iter().map(moved).chain([0.0]), room, false);
    let gains = summary.settings.iter().map(|it| it.found.gain().mean).chain([1.0]);
    let across = Ticks::covering(gains, breadth, false);
    let (low, high) = (
        plotters::coord::ranged1d::Ranged::range(&across).start,
        plotters::coord::ranged1d::Ranged::range(&across).end,
    );
    let place = Place { left: tick_room(&ticks), right: breadth - 12.0, top: 0.0, height: room };
    let frame = Frame::new(panel, place, title, (low, high), ticks)?;
    let ends = [frame.at(1.0, frame.values().start), frame.at(1.0, frame.values().end)];
    path(panel, ends.to_vec(), &rule(INK, Some((6.0, 4.0))))?;
    let centred = style(SMALL, false, MUTED).pos(Pos::new(HPos::Center, VPos::Center));
    for (value, words) in across.labelled() {
        let at = frame.at(value, frame.values().start).0;
        frame.write(&words, (at, units(frame.bottom() + 12.0)), &centred)?;
    }
    frame.write("gain per round", (units(breadth / 2.0), units(frame.bottom() + 29.0)), &centred)?;
    for it in &summary.settings {
        let fate = it.observed.unwrap_or(it.foretold);
        let colour = fate_colour(fate);
        let shape =
            if fate == it.foretold { colour.filled() } else { colour.stroke_width(units(1.8) as u32) };
        panel.draw(&Circle::new(frame.at(it.found.gain().mean, moved(it)), units(4.5), shape))?;
    }
    legend(&frame)
}

fn legend(frame: &Frame<'_, '_>) -> Drawn {
    let mut left = 40.0;
    for fate in [Fate::Settles, Fate::Ratchets, Fate::RunsAway] {
        let middle = units(frame.bottom() + 50.0);
        frame.panel().draw(&Circle::new((units(left), middle), units(4.5), fate_colour(fate).filled()))?;
        frame.write(fate.word(), (units(left + 10.0), middle), &style(SMALL, false, INK))?;
        left += width(fate.word(), SMALL, false) + 34.0;
    }
    Ok(())
}
