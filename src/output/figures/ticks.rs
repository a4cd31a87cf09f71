//! Axes: linear coordinates with ticks at steps that plotters chooses.

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::coord::types::RangedCoordf64;
use std::ops::Range;

/// A linear coordinate that knows its ticks and how to write them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticks {
    range: Range<f64>,
    values: Vec<f64>,
    step: f64,
    percent: bool,
}

impl Ticks {
    /// An axis of `length` pixels that covers `values`, widened to whole steps.
    pub fn covering(values: impl IntoIterator<Item = f64>, length: f64, percent: bool) -> Self {
        // Below these spans noise would look like news: five points of a share, 0.02 of anything else.
        let (low, high) = span(values, if percent { 0.05 } else { 0.02 });
        // Ticks closer than this crowd their labels.
        let step = step(high - low, (length / 42.0).clamp(2.0, 6.0));
        // The margins absorb rounding: 0.6 / 0.1 may lie just off 6.
        let (first, last) = ((low / step + 1e-9).floor() as i64, (high / step - 1e-9).ceil() as i64);
        let values: Vec<f64> = (first..=last).map(|index| index as f64 * step).collect();
        Self { range: first as f64 * step..last as f64 * step, values, step, percent }
    }

    /// An axis of `length` pixels that covers `values` closely, however small they are.
    pub fn close(values: impl IntoIterator<Item = f64>, length: f64) -> Self {
        let (low, high) = span(values, 1e-9);
        let step = step(high - low, (length / 42.0).clamp(2.0, 6.0));
        let (first, last) = ((low / step + 1e-9).floor() as i64, (high / step - 1e-9).ceil() as i64);
        let values: Vec<f64> = (first..=last).map(|index| index as f64 * step).collect();
        Self { range: first as f64 * step..last as f64 * step, values, step, percent: false }
    }

    /// An axis over rounds: whole numbers, with ticks at the first and the last.
    pub fn rounds(first: f64, last: f64, length: f64) -> Self {
        if first >= last {
            return Self { range: first - 0.5..first + 0.5, values: vec![first], step: 1.0, percent: false };
        }
        let step = step(last - first, (length / 70.0).clamp(2.0, 8.0)).max(1.0);
        // Labels closer to the first or last than this would touch it: 32 pixels.
        let room = 32.0 / length * (last - first);
        let multiples = (1..).map(|index| index as f64 * step).take_while(|value| value + room <= last);
        let inner = multiples.filter(|value| value - room >= first);
        let values = std::iter::once(first).chain(inner).chain([last]).collect();
        Self { range: first..last, values, step, percent: false }
    }

    /// An axis of `length` pixels with exactly these ends, and ticks at round steps between them.
    pub fn within(low: f64, high: f64, length: f64, percent: bool) -> Self {
        let step = step(high - low, (length / 40.0).clamp(3.0, 6.0));
        let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
        let values = (first..=last).map(|index| index as f64 * step).collect();
        Self { range: low..high, values, step, percent }
    }

    /// Ticks with their labels.
    pub fn labelled(&self) -> Vec<(f64, String)> {
        self.values.iter().copied().zip(self.labels()).collect()
    }

    /// Labels of the ticks.
    pub fn labels(&self) -> Vec<String> {
        self.values.iter().map(|value| self.format_ext(value)).collect()
    }
}

impl Ranged for Ticks {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        RangedCoordf64::from(self.range.clone()).map(value, limit)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Light points are the finer grid between ticks, of which there is none.
        if hint.weight().allow_light_points() { Vec::new() } else { self.values.clone() }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Ticks {
    fn format_ext(&self, value: &f64) -> String {
        let scale = if self.percent { 100.0 } else { 1.0 };
        let digits = (-(scale * self.step).log10() - 1e-9).ceil().max(0.0) as usize;
        let number = format!("{:.digits$}", scale * value).replace('-', "−");
        if self.percent { format!("{number} %") } else { number }
    }
}

/// Smallest and largest finite value, widened to at least `least`.
fn span(values: impl IntoIterator<Item = f64>, least: f64) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let (low, high) = finite
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    match (low, high) {
        (low, high) if low > high => (0.0, 1.0),
        (low, high) if high - low < least => ((low + high - least) / 2.0, (low + high + least) / 2.0),
        both => both,
    }
}

/// The finest round step that cuts `span` into at most `parts`.
fn step(span: f64, parts: f64) -> f64 {
    // Counted from zero, because where a range starts must not change its step.
    let points = RangedCoordf64::from(0.0..span).key_points(parts as usize + 1);
    points.get(1).copied().unwrap_or(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        let ticks = Ticks::covering([0.12, 0.43], 170.0, false);
        assert_eq!(ticks.labels(), ["0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert!(ticks.range.start <= 0.12 && ticks.range.end >= 0.43);
        assert_eq!(
            Ticks::covering([-0.01, 0.05], 130.0, true).labels(),
            ["−2 %", "0 %", "2 %", "4 %", "6 %"]
        );
    }

    #[test]
    fn noise_does_not_fill_an_axis() {
        let ticks = Ticks::covering([0.500, 0.501], 300.0, true);
        assert!(ticks.range.end - ticks.range.start >= 0.05);
    }

    #[test]
    fn the_first_and_the_last_round_have_ticks() {
        assert_eq!(
            Ticks::rounds(1.0, 40.0, 600.0).values,
            [1.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0]
        );
        assert_eq!(Ticks::rounds(1.0, 37.0, 300.0).values, [1.0, 10.0, 20.0, 30.0, 37.0]);
        assert_eq!(Ticks::rounds(1.0, 12.0, 290.0).values, [1.0, 5.0, 10.0, 12.0]);
        assert_eq!(Ticks::rounds(1.0, 41.0, 300.0).values, [1.0, 10.0, 20.0, 30.0, 41.0]);
        assert_eq!(Ticks::rounds(1.0, 2.0, 300.0).values, [1.0, 2.0]);
    }

    #[test]
    fn an_axis_with_given_ends_keeps_them() {
        let ticks = Ticks::within(-0.13, 0.13, 200.0, false);
        assert_eq!(ticks.labels(), ["−0.10", "−0.05", "0.00", "0.05", "0.10"]);
        assert_eq!(ticks.range, -0.13..0.13);
    }

    #[test]
    fn a_flat_or_empty_line_still_has_an_axis() {
        assert!(Ticks::covering([0.5, 0.5], 100.0, false).values.len() > 1);
        assert!(Ticks::covering([], 100.0, true).values.len() > 1);
        assert_eq!(Ticks::rounds(1.0, 1.0, 100.0).values, [1.0]);
    }
}
