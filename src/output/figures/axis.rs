//! Scales and their ticks.

/// A linear map from values to coordinates, with round ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    step: f64,
    percent: bool,
    starts_with_tick: bool,
}

impl Scale {
    /// A scale that covers `values` widened to whole steps, from coordinate `from` to coordinate `to`.
    pub fn covering(values: impl IntoIterator<Item = f64>, from: f64, to: f64, percent: bool) -> Self {
        // Below these spans noise would look like news: five points of a share, 0.02 of anything else.
        let (low, high) = range(values, if percent { 0.05 } else { 0.02 });
        // Ticks closer than this crowd their labels.
        let wanted = ((to - from).abs() / 42.0).clamp(2.0, 6.0);
        let step = round_step((high - low) / wanted);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        Self { low, high, from, to, step, percent, starts_with_tick: false }
    }

    /// A scale over rounds: whole numbers, exactly from the first to the last.
    pub fn rounds(first: f64, last: f64, from: f64, to: f64) -> Self {
        let high = if last > first { last } else { first + 1.0 };
        let step = round_step((high - first) / ((to - from) / 70.0).clamp(2.0, 8.0)).max(1.0);
        Self { low: first, high, from, to, step: step.ceil(), percent: false, starts_with_tick: true }
    }

    /// Coordinate of a value.
    pub fn at(&self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Ticks with their labels.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        // The margins absorb rounding: 0.6 / 0.1 lies just above 6.
        let first = (self.low / self.step - 1e-9).ceil() as i64;
        let last = (self.high / self.step + 1e-9).floor() as i64;
        let values = (first..=last).map(|index| index as f64 * self.step);
        let room = |value: &f64| !self.starts_with_tick || value - self.low >= 0.5 * self.step;
        let start = self.starts_with_tick.then_some(self.low);
        start.into_iter().chain(values.filter(room)).map(|value| (value, self.label(value))).collect()
    }

    fn label(&self, value: f64) -> String {
        let (value, step) =
            if self.percent { (100.0 * value, 100.0 * self.step) } else { (value, self.step) };
        let digits = (-step.log10() + 1e-9).ceil().max(0.0) as usize;
        let number = format!("{value:.digits$}").replace('-', "−");
        if self.percent { format!("{number} %") } else { number }
    }
}

/// Smallest and largest finite value, widened to at least `span`.
fn range(values: impl IntoIterator<Item = f64>, span: f64) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let (low, high) = finite
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    match (low, high) {
        (low, high) if low > high => (0.0, 1.0),
        (low, high) if high - low < span => ((low + high - span) / 2.0, (low + high + span) / 2.0),
        both => both,
    }
}

/// The smallest of 1, 2 or 5 times a power of ten that is at least `rough`.
fn round_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * power)
        .into_iter()
        .find(|step| *step >= rough * (1.0 - 1e-9))
        .unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        let scale = Scale::covering([0.12, 0.43], 300.0, 0.0, false);
        let labels: Vec<String> = scale.ticks().into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["0.10", "0.20", "0.30", "0.40", "0.50"]);
        assert!(scale.at(0.43) >= 0.0 && scale.at(0.12) <= 300.0);
    }

    #[test]
    fn a_flat_or_empty_line_still_has_a_scale() {
        assert!(Scale::covering([0.5, 0.5], 0.0, 100.0, false).at(0.5).is_finite());
        assert!(Scale::covering([], 0.0, 100.0, true).ticks().len() > 1);
        assert!(Scale::rounds(1.0, 1.0, 0.0, 100.0).at(1.0).is_finite());
    }
}
