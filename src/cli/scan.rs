//! `--scan KEY=...`: the values of a key that are tried.

use super::exit::UsageError;
use std::cmp::Ordering;
use std::str::FromStr;

/// Most values of one key.
const MOST: usize = 1000;

/// A key of the scenario and the values that it takes, as they are written in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    pub key: String,
    pub values: Vec<String>,
}

impl FromStr for Scan {
    type Err = UsageError;

    /// `KEY=0.1,0.2,0.4`, or `KEY=0.1..0.4:7` for seven values at equal steps, or `:7:log` for equal factors.
    fn from_str(text: &str) -> Result<Self, UsageError> {
        let wrong = |what: &str| {
            let forms = "KEY=0.1,0.2,0.4 or KEY=0.1..0.4:7 or KEY=0.1..0.4:7:log";
            UsageError(format!("--scan {text}: {what}; expected {forms}"))
        };
        let (key, values) = text.split_once('=').ok_or_else(|| wrong("there is no `=`"))?;
        let key = key.trim().to_string();
        let Some((low, rest)) = values.split_once("..") else {
            let values: Vec<String> = values.split(',').map(|it| it.trim().to_string()).collect();
            return match values.iter().any(String::is_empty) {
                true => Err(wrong("a value is missing")),
                false => Ok(Self { key, values }),
            };
        };
        let (rest, log) = rest.strip_suffix(":log").map_or((rest, false), |rest| (rest, true));
        let (high, count) = rest.split_once(':').ok_or_else(|| wrong("the number of values is missing"))?;
        let number =
            |word: &str| word.trim().parse::<f64>().map_err(|_| wrong(&format!("{word:?} is no number")));
        let (low, high) = (number(low)?, number(high)?);
        let count: usize =
            count.trim().parse().map_err(|_| wrong(&format!("{count:?} is no number of values")))?;
        match () {
            () if low.partial_cmp(&high) != Some(Ordering::Less) => {
                Err(wrong("the range is empty or reversed"))
            }
            () if !(2..=MOST).contains(&count) => Err(wrong(&format!("2 to {MOST} values fit"))),
            () if log && low <= 0.0 => Err(wrong("equal factors need a range above 0")),
            () => Ok(Self { key, values: steps(low, high, count, log) }),
        }
    }
}

fn steps(low: f64, high: f64, count: usize, log: bool) -> Vec<String> {
    let value = |index: usize| {
        let share = index as f64 / (count - 1) as f64;
        let value = if log { low * (high / low).powf(share) } else { low + share * (high - low) };
        // Six digits: what is scanned is read by people, and both ends are met.
        format!("{:?}", format!("{value:.5e}").parse::<f64>().unwrap_or(value))
    };
    (0..count).map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        text.parse::<Scan>().expect("a scan").values
    }

    #[test]
    fn values_are_listed_or_spaced() {
        assert_eq!(values("policy.fresh_data=0,0.2,1"), ["0", "0.2", "1"]);
        assert_eq!(values("a.b=0..1:5"), ["0.0", "0.25", "0.5", "0.75", "1.0"]);
        assert_eq!(values("a.b=0.1..10:3:log"), ["0.1", "1.0", "10.0"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| text.parse::<Scan>().expect_err("wrong").to_string();
        assert!(error("a.b").contains("no `=`"));
        assert!(error("a.b=1..2").contains("number of values"));
        assert!(error("a.b=2..1:5").contains("reversed"));
        assert!(error("a.b=1..2:1").contains("2 to 1000"));
        assert!(error("a.b=0..2:4:log").contains("above 0"));
        assert!(error("a.b=1,,2").contains("missing"));
        assert!(error("a.b=x..2:4").contains("\"x\""));
    }
}
