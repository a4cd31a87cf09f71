//! One panel with lines over rounds: bands, line-end labels, an optional threshold, marks on the time axis.

use super::frame::path;
use super::labels::spread_out;
use super::palette::{GREY, GRID, INK, MUTED, Stroke, rule};
use super::sheet::{Drawn, Panel, pixels, size, units};
use super::text::{ending, style, width, wrap};
use super::ticks::Ticks;
use crate::output::rounds::Point;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;
use std::borrow::Cow;

const SMALL: f64 = 11.5;
const LABEL: f64 = 12.5;
const LINE_HEIGHT: f64 = 15.0;
/// Below a panel: ticks, their labels and the name of the axis.
const TIME_AXIS: f64 = 34.0;

type Plot<'p, 's> = ChartContext<'p, SVGBackend<'s>, Cartesian2d<Ticks, Ticks>>;

/// A line with the label at its end ("" for none).
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Label at its end.
    pub label: String,
    /// Points by round.
    pub points: Vec<Point>,
    /// Look.
    pub stroke: Stroke,
}

/// Something that happened in a round.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Round.
    pub round: i64,
    /// A word for it; "" draws only a small mark.
    pub label: String,
    /// Whether the update was held back.
    pub held: bool,
}

/// A panel of lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What is on the vertical axis, with its unit.
    pub title: String,
    /// Lines, the most important last: it is drawn on top.
    pub lines: Vec<Line>,
    /// A horizontal line with its label.
    pub threshold: Option<(f64, String)>,
    /// Marks on the time axis.
    pub marks: Vec<Mark>,
    /// Whether values are shares.
    pub percent: bool,
    /// Whether the axis must reach zero.
    pub from_zero: bool,
    /// Whether the space between the first two lines is shaded.
    pub shade_gap: bool,
    /// Whether bands are faint, because there are many.
    pub faint_bands: bool,
    /// The last round that is drawn, for pictures that move: axes are those of all rounds.
    pub until: Option<i64>,
}

impl Chart {
    /// Draws the chart into a panel.
    pub fn draw(&self, panel: &Panel<'_>) -> Drawn {
        let (breadth, height) = size(panel);
        let title = wrap(&self.title, LABEL, true, breadth * 0.97);
        for (index, line) in title.iter().enumerate() {
            let middle = units(0.6 * LABEL + index as f64 * LINE_HEIGHT);
            panel.draw_text(line, &style(LABEL, true, INK), (0, middle))?;
        }
        let labels = self.labels(breadth);
        let top = title.len() as f64 * LINE_HEIGHT + 10.0;
        let y = Ticks::covering(self.values(), height - top - TIME_AXIS, self.percent);
        let tick_labels = y.labels();
        let left = tick_labels.iter().map(|label| width(label, SMALL, false)).fold(0.0, f64::max) + 8.0;
        let right = label_space(&labels);
        let x = self.rounds(breadth - left - right);
        let mut plot = ChartBuilder::on(panel)
            .margin_top(units(top))
            .margin_right(units(right))
            .x_label_area_size(units(TIME_AXIS))
            .y_label_area_size(units(left))
            .build_cartesian_2d(x, y)?;
        plot.configure_mesh()
            .disable_x_mesh()
            .disable_x_axis()
            .bold_line_style(rule(GRID, None).style())
            .axis_style(TRANSPARENT)
            .label_style(style(SMALL, false, MUTED))
            .set_all_tick_mark_size(units(3.0))
            .draw()?;
        plot.configure_mesh()
            .disable_mesh()
            .disable_y_axis()
            .axis_style(rule(MUTED, None).style())
            .label_style(style(SMALL, false, MUTED))
            .axis_desc_style(style(SMALL, false, MUTED))
            .set_all_tick_mark_size(units(3.5))
            .x_desc("update round")
            .draw()?;
        let screen = panel.use_screen_coord();
        self.draw_marks(&mut plot, &screen)?;
        self.draw_threshold(&mut plot, &screen)?;
        let drawn = self.up_to_now();
        drawn.draw_lines(&mut plot)?;
        drawn.draw_labels(&plot, &labels, &screen)
    }

    /// The chart without the rounds that are not drawn.
    fn up_to_now(&self) -> Cow<'_, Self> {
        let Some(until) = self.until else { return Cow::Borrowed(self) };
        let mut cut = self.clone();
        cut.lines.iter_mut().for_each(|line| line.points.retain(|point| point.round <= until));
        Cow::Owned(cut)
    }

    fn values(&self) -> Vec<f64> {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let mut values: Vec<f64> =
            points.flat_map(|point| [point.spread.mean, point.spread.low, point.spread.high]).collect();
        values.extend(self.threshold.as_ref().map(|(value, _)| *value));
        values.extend(self.from_zero.then_some(0.0));
        values
    }

    fn rounds(&self, length: f64) -> Ticks {
        let rounds = || self.lines.iter().flat_map(|line| &line.points).map(|point| point.round);
        let first = rounds().min().unwrap_or(1);
        Ticks::rounds(first as f64, rounds().max().unwrap_or(first) as f64, length)
    }

    /// Labels wrapped to at most a third of the panel.
    fn labels(&self, panel: f64) -> Vec<Vec<String>> {
        let limit = label_limit(panel);
        let wrapped = |label: &str| match label {
            "" => Vec::new(),
            label => wrap(label, LABEL, false, limit),
        };
        self.lines.iter().map(|line| wrapped(&line.label)).collect()
    }

    fn draw_marks(&self, plot: &mut Plot<'_, '_>, screen: &Panel<'_>) -> Drawn {
        let (rounds, values) = (plot.x_range(), plot.y_range());
        for mark in &self.marks {
            let round = mark.round as f64;
            if round < rounds.start || round > rounds.end {
                continue;
            }
            if mark.label.is_empty() {
                let dot = dot(plot, mark.held);
                plot.draw_series([EmptyElement::at((round, values.start)) + dot])?;
                continue;
            }
            let mark_line = [(round, values.start), (round, values.end)];
            draw_line(plot, &mark_line, &rule(MUTED, Some((2.0, 3.0))))?;
            let (at, top) = plot.backend_coord(&(round, values.end));
            let [start, end] =
                [rounds.start, rounds.end].map(|round| plot.backend_coord(&(round, values.end)).0);
            self.draw_mark_label(&mark.label, (at, top), (pixels(at - start), pixels(end - at)), screen)?;
        }
        Ok(())
    }

    /// Beside the line of a mark, to its right if it fits there; in several lines if it fits on neither side.
    fn draw_mark_label(
        &self,
        label: &str,
        (at, top): (i32, i32),
        (before, after): (f64, f64),
        screen: &Panel<'_>,
    ) -> Drawn {
        let to_the_right = after > width(label, SMALL, false) + 4.0 || after > before;
        let room = if to_the_right { after } else { before } - 4.0;
        let plain = style(SMALL, false, MUTED);
        let (at, style) =
            if to_the_right { (at + units(4.0), plain) } else { (at - units(4.0), ending(&plain)) };
        (0..).zip(&wrap(label, SMALL, false, room)).try_for_each(|(index, line)| {
            let middle = top + units(7.0 + 13.0 * f64::from(index));
            screen.draw(&Text::new(line.as_str(), (at, middle), style.clone()))
        })
    }

    fn draw_threshold(&self, plot: &mut Plot<'_, '_>, screen: &Panel<'_>) -> Drawn {
        let Some((value, label)) = &self.threshold else {
            return Ok(());
        };
        let rounds = plot.x_range();
        let level = [(rounds.start, *value), (rounds.end, *value)];
        draw_line(plot, &level, &rule(INK, Some((6.0, 4.0))))?;
        let start = self.emptiest_start(plot, *value, width(label, SMALL, false));
        let level = plot.backend_coord(&level[0]).1;
        screen.draw(&Text::new(label.as_str(), (start, level - units(8.0)), style(SMALL, false, INK)))
    }

    /// Where a label of a width on the threshold keeps farthest from all lines.
    fn emptiest_start(&self, plot: &Plot<'_, '_>, value: f64, label: f64) -> i32 {
        let at = |round: i64, value: f64| plot.backend_coord(&(round as f64, value));
        let (left, right) = (plot.x_range().start, plot.x_range().end);
        let [left, right] = [left, right].map(|round| plot.backend_coord(&(round, value)).0);
        let label = units(label);
        let under = |start: i32, round: i64| {
            let at = at(round, value).0;
            at > start - units(12.0) && at < start + label + units(12.0)
        };
        let clearance = |start: i32| {
            if self.marks.iter().any(|mark| !mark.label.is_empty() && under(start, mark.round)) {
                return 0;
            }
            let points = self.lines.iter().flat_map(|line| &line.points);
            let near = points.filter(|point| under(start, point.round));
            let gap = |point: &Point| at(point.round, point.spread.mean).1 - at(point.round, value).1;
            near.map(|point| gap(point).abs()).min().unwrap_or(i32::MAX)
        };
        let room = f64::from(right - left - label - units(8.0));
        let start = |share: f64| left + units(4.0) + (share * room) as i32;
        let better = |best, next| if clearance(next) > clearance(best) { next } else { best };
        [1.0, 0.75, 0.5, 0.25, 0.0].into_iter().map(start).reduce(better).unwrap_or(left)
    }

    fn draw_lines(&self, plot: &mut Plot<'_, '_>) -> Drawn {
        if let (true, [first, second, ..]) = (self.shade_gap, self.lines.as_slice()) {
            let outline = first.means().into_iter().chain(second.means().into_iter().rev());
            let outline: Vec<(f64, f64)> = outline.collect();
            plot.draw_series([Polygon::new(outline, second.stroke.colour.mix(0.12))])?;
        }
        let opacity = if self.faint_bands { 0.09 } else { 0.2 };
        for line in &self.lines {
            plot.draw_series([Polygon::new(line.band(), line.stroke.colour.mix(opacity))])?;
        }
        for line in &self.lines {
            let points = line.means();
            if let [only] = points.as_slice() {
                plot.draw_series([Circle::new(*only, units(3.0), line.stroke.colour.filled())])?;
            }
            draw_line(plot, &points, &line.stroke)?;
        }
        Ok(())
    }

    fn draw_labels(&self, plot: &Plot<'_, '_>, labels: &[Vec<String>], screen: &Panel<'_>) -> Drawn {
        let (rounds, values) = (plot.x_range(), plot.y_range());
        let (right, top) = plot.backend_coord(&(rounds.end, values.end));
        let bottom = plot.backend_coord(&(rounds.end, values.start)).1;
        let labelled: Vec<(&Line, &Vec<String>, (i32, i32))> = self
            .lines
            .iter()
            .zip(labels)
            .filter(|(_, label)| !label.is_empty())
            .filter_map(|(line, label)| Some((line, label, plot.backend_coord(line.means().last()?))))
            .collect();
        let wanted: Vec<f64> = labelled.iter().map(|(_, _, end)| pixels(end.1)).collect();
        let gaps: Vec<f64> =
            labelled.iter().map(|(_, label, _)| label.len() as f64 * LINE_HEIGHT + 2.0).collect();
        let placed = spread_out(&wanted, &gaps, pixels(top) - 8.0, pixels(bottom) + 8.0);
        for ((line, label, end), centre) in labelled.into_iter().zip(placed) {
            let bends = [12.0, 20.0].map(|step| (right + units(step), units(centre)));
            let leader = Stroke { width: line.stroke.width.min(2.0), ..line.stroke };
            let start = (end.0 + units(2.0), end.1);
            if right - end.0 > units(3.0) {
                // The line ends before the axis does: nothing that looks like data may go on from there.
                screen.draw(&Circle::new(end, units(2.6), line.stroke.colour.filled()))?;
                path(screen, vec![start, bends[0]], &rule(MUTED, Some((1.0, 3.0))))?;
                screen.draw(&PathElement::new(bends.to_vec(), leader.style()))?;
            } else {
                screen.draw(&PathElement::new(vec![start, bends[0], bends[1]], leader.style()))?;
            }
            let first = centre - (label.len() - 1) as f64 * LINE_HEIGHT / 2.0;
            for (index, text) in label.iter().enumerate() {
                let style = style(LABEL, line.stroke.width > 3.0, INK);
                let middle = units(first + index as f64 * LINE_HEIGHT);
                screen.draw(&Text::new(text.as_str(), (right + units(24.0), middle), style))?;
            }
        }
        Ok(())
    }
}

impl Line {
    fn means(&self) -> Vec<(f64, f64)> {
        self.points.iter().map(|point| (point.round as f64, point.spread.mean)).collect()
    }

    /// Outline of the band: along its lower edge and back along its upper one.
    fn band(&self) -> Vec<(f64, f64)> {
        let banded = || self.points.iter().filter(|point| point.spread.has_interval());
        let low = banded().map(|point| (point.round as f64, point.spread.low));
        low.chain(banded().rev().map(|point| (point.round as f64, point.spread.high))).collect()
    }
}

/// Labels are no wider than this in a panel of a breadth.
fn label_limit(panel: f64) -> f64 {
    (panel * 0.32).max(70.0)
}

/// Height that a label needs at the end of its line, in pixels.
pub fn label_height(label: &str, panel: f64) -> f64 {
    wrap(label, LABEL, false, label_limit(panel)).len() as f64 * LINE_HEIGHT + 2.0
}

/// Room for labels and their leaders, and for a fallback font; without labels, for half of the last tick's label.
fn label_space(labels: &[Vec<String>]) -> f64 {
    let widest = labels.iter().flatten().map(|line| width(line, LABEL, true)).fold(0.0, f64::max);
    if widest == 0.0 { 10.0 } else { 1.06 * widest + 26.0 }
}

/// A dot above the time axis; dots shrink before they touch.
fn dot(plot: &Plot<'_, '_>, hollow: bool) -> Circle<(i32, i32), i32> {
    let at = |round: f64| plot.backend_coord(&(round, 0.0)).0;
    let radius = (0.35 * pixels(at(2.0) - at(1.0))).clamp(0.8, 2.2);
    let style = ShapeStyle { filled: !hollow, ..GREY.stroke_width(units(1.3) as u32) };
    Circle::new((0, -units(5.0)), units(radius), style)
}

/// A broken line, solid or dashed.
pub fn draw_line<X: Ranged<ValueType = f64>, Y: Ranged<ValueType = f64>>(
    plot: &mut ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>,
    points: &[(f64, f64)],
    stroke: &Stroke,
) -> Drawn {
    let points = points.to_vec();
    match stroke.dash {
        None => plot.draw_series(LineSeries::new(points, stroke.style()))?,
        Some((dash, space)) => {
            plot.draw_series(DashedLineSeries::new(points, units(dash), units(space), stroke.style()))?
        }
    };
    Ok(())
}
