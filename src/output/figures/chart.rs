//! One panel with lines over rounds: bands, line-end labels, an optional threshold, marks on the time axis.

use super::axis::Scale;
use super::labels::spread_out;
use super::palette::GREY;
use super::sheet::Area;
use super::svg::{Anchor, Canvas, Stroke, Tone};
use super::text::{width, wrap};
use crate::output::rounds::Point;

const SMALL: f64 = 11.5;
const LABEL: f64 = 12.5;
const LINE_HEIGHT: f64 = 15.0;

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
}

impl Chart {
    /// Draws the panel into `area`.
    pub fn draw(&self, canvas: &mut Canvas, area: Area) {
        let title = wrap(&self.title, LABEL, true, area.width * 0.97);
        for (index, line) in title.iter().enumerate() {
            let y = area.top + LABEL + index as f64 * LINE_HEIGHT;
            canvas.text((area.left, y), line, LABEL, true, Tone::Ink, Anchor::Start);
        }
        let labels = self.labels(area.width);
        let top = area.top + title.len() as f64 * LINE_HEIGHT + 10.0;
        let bottom = area.top + area.height - 32.0;
        let y = Scale::covering(self.values(), bottom, top, self.percent);
        let tick_width = y.ticks().iter().map(|(_, label)| width(label, SMALL, false)).fold(0.0, f64::max);
        let left = area.left + tick_width + 8.0;
        let right = area.left + area.width - self.label_space(&labels);
        let x = self.rounds(left, right);
        self.draw_axes(canvas, &x, &y, (left, right, top, bottom));
        self.draw_threshold(canvas, &x, &y, (left, right));
        self.draw_lines(canvas, &x, &y);
        self.draw_labels(canvas, &labels, &x, &y, (right, top, bottom));
    }

    fn values(&self) -> Vec<f64> {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let mut values: Vec<f64> =
            points.flat_map(|point| [point.spread.mean, point.spread.low, point.spread.high]).collect();
        values.extend(self.threshold.as_ref().map(|(value, _)| *value));
        values.extend(self.from_zero.then_some(0.0));
        values
    }

    fn rounds(&self, left: f64, right: f64) -> Scale {
        let rounds: Vec<i64> =
            self.lines.iter().flat_map(|line| &line.points).map(|point| point.round).collect();
        let first = rounds.iter().min().copied().unwrap_or(1);
        let last = rounds.iter().max().copied().unwrap_or(first);
        Scale::rounds(first as f64, last as f64, left, right)
    }

    /// Labels wrapped to at most a third of the panel.
    fn labels(&self, panel: f64) -> Vec<Vec<String>> {
        let limit = (panel * 0.32).max(70.0);
        self.lines
            .iter()
            .map(
                |line| {
                    if line.label.is_empty() { Vec::new() } else { wrap(&line.label, LABEL, false, limit) }
                },
            )
            .collect()
    }

    fn label_space(&self, labels: &[Vec<String>]) -> f64 {
        let widest = labels.iter().flatten().map(|line| width(line, LABEL, true)).fold(0.0, f64::max);
        // Room for the leader, and for a fallback font; without labels, for half of the last tick's label.
        if widest == 0.0 { 10.0 } else { 1.06 * widest + 26.0 }
    }

    fn draw_axes(&self, canvas: &mut Canvas, x: &Scale, y: &Scale, frame: (f64, f64, f64, f64)) {
        let (left, right, _, bottom) = frame;
        for (value, label) in y.ticks() {
            canvas.rule((left, y.at(value)), (right, y.at(value)), Tone::Grid, "");
            canvas.text((left - 6.0, y.at(value) + 4.0), &label, SMALL, false, Tone::Muted, Anchor::End);
        }
        canvas.rule((left, bottom), (right, bottom), Tone::Muted, "");
        for (value, label) in x.ticks() {
            canvas.rule((x.at(value), bottom), (x.at(value), bottom + 4.0), Tone::Muted, "");
            canvas.text((x.at(value), bottom + 16.0), &label, SMALL, false, Tone::Muted, Anchor::Middle);
        }
        canvas.text(
            ((left + right) / 2.0, bottom + 30.0),
            "update round",
            SMALL,
            false,
            Tone::Muted,
            Anchor::Middle,
        );
        self.draw_marks(canvas, x, frame);
    }

    fn draw_marks(&self, canvas: &mut Canvas, x: &Scale, (_, right, top, bottom): (f64, f64, f64, f64)) {
        for mark in &self.marks {
            let at = x.at(mark.round as f64);
            if mark.label.is_empty() {
                // Dots shrink before they touch.
                let radius = (0.35 * (x.at(2.0) - x.at(1.0))).clamp(0.8, 2.2);
                canvas.dot(at, bottom - 5.0, radius, GREY, mark.held);
                continue;
            }
            canvas.rule((at, top), (at, bottom), Tone::Muted, "2 3");
            let fits = at + 4.0 + width(&mark.label, SMALL, false) < right;
            let (at, anchor) = if fits { (at + 4.0, Anchor::Start) } else { (at - 4.0, Anchor::End) };
            canvas.text((at, top + 9.0), &mark.label, SMALL, false, Tone::Muted, anchor);
        }
    }

    fn draw_threshold(&self, canvas: &mut Canvas, x: &Scale, y: &Scale, (left, right): (f64, f64)) {
        if let Some((value, label)) = &self.threshold {
            canvas.rule((left, y.at(*value)), (right, y.at(*value)), Tone::Ink, "6 4");
            let start = self.emptiest_start(x, y, *value, (left, right), width(label, SMALL, false));
            canvas.text((start, y.at(*value) - 5.0), label, SMALL, false, Tone::Ink, Anchor::Start);
        }
    }

    /// Where a label on the threshold keeps farthest from all lines.
    fn emptiest_start(&self, x: &Scale, y: &Scale, value: f64, (left, right): (f64, f64), label: f64) -> f64 {
        let under = |start: f64, round: i64| {
            let at = x.at(round as f64);
            at > start - 12.0 && at < start + label + 12.0
        };
        let clearance = |start: f64| {
            if self.marks.iter().any(|mark| !mark.label.is_empty() && under(start, mark.round)) {
                return 0.0;
            }
            let points = self.lines.iter().flat_map(|line| &line.points);
            let near = points.filter(|point| under(start, point.round));
            near.map(|point| (y.at(point.spread.mean) - y.at(value)).abs()).fold(f64::INFINITY, f64::min)
        };
        let start = |share: f64| left + 4.0 + share * (right - left - label - 8.0);
        let better = |best, next| if clearance(next) > clearance(best) { next } else { best };
        [1.0, 0.75, 0.5, 0.25, 0.0].into_iter().map(start).reduce(better).unwrap_or(left)
    }

    fn draw_lines(&self, canvas: &mut Canvas, x: &Scale, y: &Scale) {
        let at = |round: i64, value: f64| (x.at(round as f64), y.at(value));
        if let (true, [first, second, ..]) = (self.shade_gap, self.lines.as_slice()) {
            let there = first.points.iter().map(|point| at(point.round, point.spread.mean));
            let back = second.points.iter().rev().map(|point| at(point.round, point.spread.mean));
            canvas.area(&there.chain(back).collect::<Vec<_>>(), second.stroke.colour, 0.12);
        }
        for line in &self.lines {
            let banded: Vec<&Point> =
                line.points.iter().filter(|point| point.spread.has_interval()).collect();
            let low = banded.iter().map(|point| at(point.round, point.spread.low));
            let high = banded.iter().rev().map(|point| at(point.round, point.spread.high));
            let outline: Vec<(f64, f64)> = low.chain(high).collect();
            if !outline.is_empty() {
                canvas.area(&outline, line.stroke.colour, 0.2);
            }
        }
        for line in &self.lines {
            let points: Vec<(f64, f64)> =
                line.points.iter().map(|point| at(point.round, point.spread.mean)).collect();
            if let [(x, y)] = points.as_slice() {
                canvas.dot(*x, *y, 3.0, line.stroke.colour, false);
            }
            canvas.path(&points, &line.stroke);
        }
    }

    fn draw_labels(
        &self,
        canvas: &mut Canvas,
        labels: &[Vec<String>],
        x: &Scale,
        y: &Scale,
        (right, top, bottom): (f64, f64, f64),
    ) {
        let ends = self.lines.iter().map(|line| line.points.last());
        let labelled: Vec<(&Line, &Vec<String>, &Point)> = self
            .lines
            .iter()
            .zip(labels)
            .zip(ends)
            .filter_map(|((line, label), end)| Some((line, label, end?)))
            .filter(|(_, label, _)| !label.is_empty())
            .collect();
        let wanted: Vec<f64> = labelled.iter().map(|(_, _, end)| y.at(end.spread.mean)).collect();
        let gaps: Vec<f64> =
            labelled.iter().map(|(_, label, _)| label.len() as f64 * LINE_HEIGHT + 2.0).collect();
        let placed = spread_out(&wanted, &gaps, top - 8.0, bottom + 8.0);
        for ((line, label, end), centre) in labelled.into_iter().zip(placed) {
            let start = (x.at(end.round as f64) + 2.0, y.at(end.spread.mean));
            let leader = Stroke { width: line.stroke.width.min(2.0), dash: "", ..line.stroke };
            canvas.path(&[start, (right + 12.0, centre), (right + 20.0, centre)], &leader);
            let first = centre + 4.5 - (label.len() - 1) as f64 * LINE_HEIGHT / 2.0;
            for (index, text) in label.iter().enumerate() {
                let baseline = first + index as f64 * LINE_HEIGHT;
                let bold = line.stroke.width > 3.0;
                canvas.text((right + 24.0, baseline), text, LABEL, bold, Tone::Ink, Anchor::Start);
            }
        }
    }
}
