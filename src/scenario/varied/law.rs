//! What the values of a varied key follow, and whether they fit the key.

use super::Varied;
use super::key::Key;
use crate::scenario::code::Code;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::parameter::Kind;
use crate::scenario::read::bounds;
use crate::scenario::source::Origin;
use serde::{Deserialize, Serialize};

/// The law of a varied parameter. Quantiles: [`crate::analysis::sensitivity`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Law {
    /// Uniform.
    Range {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Uniform in its logarithm.
    LogRange {
        /// Lower end, above zero.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Normal, cut to what the key accepts.
    Normal {
        /// Mean before it is cut.
        mean: f64,
        /// Standard deviation before it is cut.
        sd: f64,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Whole numbers, each as likely as the others, ends included.
    Whole {
        /// Smallest.
        low: f64,
        /// Largest.
        high: f64,
    },
    /// Some values, each as likely as the others.
    #[serde(with = "listed")]
    Values(Vec<f64>),
}

/// A list of values as a table, since beside `kind` there can be no list.
mod listed {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::borrow::Cow;

    #[derive(Serialize, Deserialize)]
    struct Listed<'a> {
        values: Cow<'a, [f64]>,
    }

    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        Listed { values: Cow::Borrowed(values) }.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        Listed::deserialize(deserializer).map(|it| it.values.into_owned())
    }
}

impl Law {
    /// Values at which a key is tried before anything runs: both ends, or the whole list.
    pub(super) fn ends(&self) -> Vec<f64> {
        match self {
            Law::Range { low, high } | Law::LogRange { low, high } | Law::Whole { low, high } => {
                vec![*low, *high]
            }
            Law::Normal { mean, low, high, .. } => vec![mean.clamp(*low, *high)],
            Law::Values(values) => values.clone(),
        }
    }
}

/// A law as it is written, not yet held against its key.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// From one number to another.
    Range {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
        /// Whether uniform in its logarithm.
        log: bool,
    },
    /// Mean and standard deviation.
    Normal(f64, f64),
    /// TOML texts.
    Values(Vec<String>),
}

impl Wish {
    /// The varied key, if the law fits it.
    pub fn fit(self, key: Key, at: &Origin) -> Result<Varied, Diagnostic> {
        let problem = |code: Code, message: String| Diagnostic::new(code, &key.path, message).at(at);
        let whole = matches!(key.parameter.kind, Kind::Integer { .. });
        let numeric = whole
            || matches!(
                key.parameter.kind,
                Kind::Number { .. } | Kind::PerBehaviour { .. } | Kind::PerSignal { .. }
            );
        let (law, words) = match self {
            Wish::Values(values) if numeric => (numbers(&values, whole, &problem)?, Vec::new()),
            Wish::Values(words) => {
                several(&words, &problem)?;
                (Law::Values((0..words.len()).map(|it| it as f64).collect()), words)
            }
            _ if !numeric => {
                let message = format!("`{}` has no range: it takes {}", key.path, key.parameter.kind.words());
                return Err(problem(Code::WrongType, message).help("list its values, separated by commas"));
            }
            Wish::Range { low, high, log } => (range(low, high, log, whole, &problem)?, Vec::new()),
            Wish::Normal(mean, sd) => {
                (normal(mean, sd, whole, key.parameter.kind.range(), &problem)?, Vec::new())
            }
        };
        if numeric {
            refuse_out_of_range(&law, &key.parameter.kind, &problem)?;
        }
        Ok(key.varied(law, words, whole, at))
    }
}

type Problem<'a> = &'a dyn Fn(Code, String) -> Diagnostic;

fn range(low: f64, high: f64, log: bool, whole: bool, problem: Problem<'_>) -> Result<Law, Diagnostic> {
    if !low.is_finite() || !high.is_finite() {
        return Err(problem(Code::NotFinite, "both ends of a range must be finite".into()));
    }
    if low >= high {
        let message = format!("a range goes from a smaller number to a larger one, not from {low} to {high}");
        return Err(problem(Code::Inconsistent, message));
    }
    match (log, whole) {
        (true, _) if low <= 0.0 => {
            Err(problem(Code::OutOfRange, format!("a logarithmic range starts above zero, not at {low}")))
        }
        (true, true) => {
            let message = "whole numbers have no logarithmic range".to_string();
            Err(problem(Code::WrongType, message).help("list the values, as in 1,2,4,8"))
        }
        (false, true) if low.fract() != 0.0 || high.fract() != 0.0 => {
            Err(problem(Code::WrongType, "both ends of a range of whole numbers are whole".into()))
        }
        (true, false) => Ok(Law::LogRange { low, high }),
        (false, true) => Ok(Law::Whole { low, high }),
        (false, false) => Ok(Law::Range { low, high }),
    }
}

fn normal(
    mean: f64,
    sd: f64,
    whole: bool,
    (low, high): (f64, f64),
    problem: Problem<'_>,
) -> Result<Law, Diagnostic> {
    match () {
        () if whole => Err(problem(Code::WrongType, "whole numbers have no normal law".into())),
        () if !mean.is_finite() || !sd.is_finite() => {
            Err(problem(Code::NotFinite, "mean and standard deviation must be finite".into()))
        }
        () if sd <= 0.0 => {
            Err(problem(Code::OutOfRange, format!("a standard deviation is above zero, not {sd}")))
        }
        () if mean < low || mean > high => {
            let message = format!("the mean {mean} lies outside the key's range");
            Err(problem(Code::OutOfRange, message).expected(bounds(low, high, false)))
        }
        () => Ok(Law::Normal { mean, sd, low, high }),
    }
}

fn numbers(values: &[String], whole: bool, problem: Problem<'_>) -> Result<Law, Diagnostic> {
    several(values, problem)?;
    let mut numbers = Vec::new();
    for text in values {
        let number: f64 = text
            .replace('_', "")
            .parse()
            .map_err(|_| problem(Code::BadSet, format!("{text:?} is no number")))?;
        if !number.is_finite() {
            return Err(problem(Code::NotFinite, format!("{text} is not finite")));
        }
        if whole && number.fract() != 0.0 {
            return Err(problem(Code::WrongType, format!("{text} is no whole number")));
        }
        if numbers.contains(&number) {
            return Err(problem(Code::Duplicate, format!("{text} is listed twice")));
        }
        numbers.push(number);
    }
    Ok(Law::Values(numbers))
}

fn several(values: &[String], problem: Problem<'_>) -> Result<(), Diagnostic> {
    if values.len() < 2 {
        let message = "a parameter that has one value is not varied".to_string();
        return Err(problem(Code::Inconsistent, message)
            .help("give a range as LOW..HIGH, or several values, or use --set"));
    }
    match (1..values.len()).find(|&nth| values[..nth].contains(&values[nth])) {
        Some(nth) => Err(problem(Code::Duplicate, format!("{} is listed twice", values[nth]))),
        None => Ok(()),
    }
}

fn refuse_out_of_range(law: &Law, kind: &Kind, problem: Problem<'_>) -> Result<(), Diagnostic> {
    let (min, max) = kind.range();
    match law.ends().into_iter().find(|value| !(min..=max).contains(value)) {
        None => Ok(()),
        Some(value) => {
            let whole = matches!(kind, Kind::Integer { .. });
            Err(problem(Code::OutOfRange, format!("{value} is outside the range of this key"))
                .expected(bounds(min, max, whole)))
        }
    }
}
