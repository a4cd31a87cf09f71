//! Names and numbers of a sensitivity analysis as people write them.

use crate::output::words::{measure_name, spaced};
use crate::scenario::{Law, Varied};

/// An outcome in words.
pub fn outcome_name(outcome: &str) -> String {
    match outcome.split_once('.') {
        Some((measure, "joint")) => format!("{}, joint rise", measure_name(measure)),
        Some((measure, "singles")) => format!("{}, sum of single rises", measure_name(measure)),
        Some((measure, "excess")) => format!("{}, joint less single rises", measure_name(measure)),
        _ => measure_name(outcome),
    }
}

/// The same within a sentence.
pub fn outcome_in_sentence(outcome: &str) -> String {
    let name = outcome_name(outcome);
    let mut letters = name.chars();
    match letters.next() {
        // Names that begin with an abbreviation keep it.
        Some(first) if !name.starts_with("A/B") => first.to_lowercase().chain(letters).collect(),
        _ => name,
    }
}

/// A parameter's key, its factor behind it: `signals.thumbs.weight (factor thumbs)`.
pub fn parameter_name(key: &str) -> String {
    let within = key.strip_prefix("factors.").and_then(|rest| rest.split_once(".set."));
    match within {
        Some((factor, path)) => format!("{path} (factor {})", spaced(factor)),
        None => key.to_string(),
    }
}

/// A number in three digits: `0.123`, `12.3`, `1.2e-5`, with a true minus sign.
pub fn short(value: f64) -> String {
    let text = match value.abs() {
        _ if value.is_nan() => "n/a".to_string(),
        0.0 => "0".to_string(),
        size if !(1e-3..1e5).contains(&size) => format!("{value:.1e}"),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        size if size >= 0.1 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    };
    text.replace('-', "−")
}

/// A value of a parameter: its word where it counts words.
pub fn value_words(varied: Option<&Varied>, value: f64) -> String {
    match varied.and_then(|it| it.words.get(value as usize)) {
        Some(word) => word.trim_matches('"').to_string(),
        None => plain(value),
    }
}

/// At most three digits, without zeros at the end.
fn plain(value: f64) -> String {
    if value != 0.0 && !(1e-4..1e6).contains(&value.abs()) {
        return format!("{value:.2e}").replace('-', "−");
    }
    let digits = (2 - value.abs().max(1e-4).log10().floor() as i32).clamp(0, 7) as usize;
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.replace('-', "−")
}

/// A law in words.
pub fn law_words(varied: &Varied) -> String {
    match &varied.law {
        Law::Range { low, high } => format!("{} to {}", plain(*low), plain(*high)),
        Law::LogRange { low, high } => format!("{} to {}, logarithmic", plain(*low), plain(*high)),
        Law::Whole { low, high } => format!("whole numbers {} to {}", plain(*low), plain(*high)),
        Law::Normal { mean, sd, low, high } => format!(
            "normal, mean {}, sd {}, cut to {} to {}",
            plain(*mean),
            plain(*sd),
            plain(*low),
            plain(*high)
        ),
        Law::Values(values) => {
            let words: Vec<String> = values.iter().map(|value| value_words(Some(varied), *value)).collect();
            words.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_read_as_people_write_them() {
        assert_eq!(outcome_name("mean_flattery.joint"), "Flattery, joint rise");
        assert_eq!(
            parameter_name("factors.fresh_data.set.policy.fresh_data"),
            "policy.fresh_data (factor fresh data)"
        );
        assert_eq!(parameter_name("policy.kl_strength"), "policy.kl_strength");
        assert_eq!(
            [0.0, -0.01234, 12.34, 1234.0, 1e-5].map(short),
            ["0", "−0.0123", "12.3", "1234", "1.0e−5"]
        );
        assert_eq!([0.05, 0.1581, 2.0, 1500.0].map(plain), ["0.05", "0.158", "2", "1500"]);
    }
}
