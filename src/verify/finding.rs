//! An expected number beside the one obtained, and curves of both.

use serde::Serialize;

/// What a number should be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// This value.
    Value(f64),
    /// Between these two, ends included.
    Between(f64, f64),
    /// Greater than this.
    Above(f64),
    /// Less than this.
    Below(f64),
}

/// One number held against what it should be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What is measured.
    pub quantity: String,
    /// What it should be.
    pub expected: Expected,
    /// What it is.
    pub obtained: f64,
    /// Standard error of what was obtained, if it rests on chance.
    pub standard_error: Option<f64>,
    /// How far off it may be.
    pub tolerance: f64,
    /// Why that far.
    pub why: String,
    /// Whether it is a negative control: something wrong, which must be off.
    pub control: bool,
}

/// Standard errors that a random quantity may be off: a true law fails once in 16,000 times, and seeds are fixed.
pub const Z: f64 = 4.0;

impl Finding {
    /// A number without chance in it that may be off by `tolerance`, for the reason given.
    pub fn exact(
        quantity: impl Into<String>,
        expected: f64,
        obtained: f64,
        tolerance: f64,
        why: impl Into<String>,
    ) -> Self {
        Self {
            quantity: quantity.into(),
            expected: Expected::Value(expected),
            obtained,
            standard_error: None,
            tolerance,
            why: why.into(),
            control: false,
        }
    }

    /// A random number that may be off by four standard errors.
    pub fn random(
        quantity: impl Into<String>,
        expected: f64,
        obtained: f64,
        standard_error: f64,
        why: impl Into<String>,
    ) -> Self {
        let exact = Self::exact(quantity, expected, obtained, Z * standard_error, why);
        Self { standard_error: Some(standard_error), ..exact }
    }

    /// A number that must lie in a range or beyond a bound, with no further allowance.
    pub fn ranged(
        quantity: impl Into<String>,
        expected: Expected,
        obtained: f64,
        why: impl Into<String>,
    ) -> Self {
        Self { expected, ..Self::exact(quantity, f64::NAN, obtained, 0.0, why) }
    }

    /// The same with its standard error shown; for a bound, four of them are demanded as distance from it.
    pub fn with_error(self, standard_error: f64) -> Self {
        let demanded = match self.expected {
            Expected::Above(_) | Expected::Below(_) => -Z * standard_error,
            Expected::Value(_) | Expected::Between(..) => Z * standard_error,
        };
        Self { standard_error: Some(standard_error), tolerance: demanded, ..self }
    }

    /// The same as a negative control: it must not be as expected.
    pub fn as_control(self) -> Self {
        Self { control: true, ..self }
    }

    /// Whether the number is as expected; a number that is not one never is.
    pub fn is_as_expected(&self) -> bool {
        let (x, off) = (self.obtained, self.tolerance);
        match self.expected {
            Expected::Value(value) => (x - value).abs() <= off,
            Expected::Between(low, high) => x >= low - off && x <= high + off,
            Expected::Above(bound) => x > bound - off,
            Expected::Below(bound) => x < bound + off,
        }
    }

    /// Whether it is as it must be: as expected, or, for a control, a number that is not.
    pub fn holds(&self) -> bool {
        self.obtained.is_finite() && self.is_as_expected() != self.control
    }
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Points {
    /// The law: a line.
    Law,
    /// What the simulator gave: points.
    Obtained,
}

/// One line or set of points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// Line or points.
    pub points: Points,
    /// (x, y).
    pub at: Vec<(f64, f64)>,
}

/// A figure of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// The question it answers.
    pub title: String,
    /// Label of the horizontal axis.
    pub x: String,
    /// Label of the vertical axis.
    pub y: String,
    /// Whether the horizontal axis is logarithmic.
    pub log_x: bool,
    /// Whether the vertical axis is logarithmic.
    pub log_y: bool,
    /// What is drawn.
    pub series: Vec<Series>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_demands_four_standard_errors() {
        let rise = |error| Finding::ranged("rise", Expected::Above(0.0), 0.1, "").with_error(error);
        assert!(rise(0.02).holds() && !rise(0.03).holds());
        let fall = |error| Finding::ranged("fall", Expected::Below(0.0), -0.1, "").with_error(error);
        assert!(fall(0.02).holds() && !fall(0.03).holds());
    }

    #[test]
    fn a_control_holds_only_if_it_is_off() {
        assert!(!Finding::exact("x", 1.0, 1.0, 0.1, "").as_control().holds());
        assert!(Finding::exact("x", 1.0, 1.2, 0.1, "").as_control().holds());
        assert!(!Finding::exact("x", 1.0, f64::NAN, 0.1, "").as_control().holds());
    }
}
