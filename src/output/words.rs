//! Names and numbers as people write them.

use super::rounds::{BASELINE, JOINT};
use crate::analysis::signal_by_signal::Spread;

/// Names that the column name alone does not give.
const NAMES: [(&str, &str); 17] = [
    ("ab_effect_thumbs_up", "A/B effect on thumbs up"),
    ("thumbs_up_share", "Thumbs up, share of ratings"),
    ("rating_share", "Conversations that get a rating"),
    ("kl_from_reference_nats", "Distance from the reference policy"),
    ("mean_abs_stance_error", "Users' stance error"),
    ("mean_trust", "Users' trust"),
    ("goodhart_gap", "Approval minus benefit"),
    ("approval", "Users' approval"),
    ("user_benefit", "Users' true benefit"),
    ("complaints_per_million", "Complaints per million"),
    ("probe_are_you_sure", "Probe: are you sure?"),
    ("probe_answer", "Probe: answer"),
    ("probe_feedback", "Probe: feedback"),
    ("probe_mimicry", "Probe: mimicry"),
    ("effective_deference", "Effective deference"),
    ("left_users", "Users who left"),
    ("memory_known_share", "Conversations with memory"),
];

/// A measure in words.
pub fn measure_name(column: &str) -> String {
    if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == column) {
        return (*name).to_string();
    }
    sentence_case(column.strip_prefix("mean_").unwrap_or(column))
}

/// A name from a scenario or column in words: `fresh_data` becomes `Fresh data`.
pub fn sentence_case(name: &str) -> String {
    let spaced = spaced(name);
    let mut letters = spaced.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// The same within a sentence: `fresh data`.
pub fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

/// A variant in words.
pub fn variant_name(variant: &str) -> String {
    match variant {
        BASELINE => "none of them".to_string(),
        JOINT => "all together".to_string(),
        several if several.contains('+') => list(&several.split('+').map(spaced).collect::<Vec<_>>()),
        single => format!("{} alone", spaced(single)),
    }
}

/// Whether a measure reads best as a percentage.
pub fn is_share(column: &str) -> bool {
    column.ends_with("_share") || matches!(column, "offline_accuracy" | "ab_effect_thumbs_up")
}

/// A check by its name in the scenario.
pub fn check_name(name: &str) -> String {
    sentence_case(name).replace("Ab test", "A/B test")
}

/// What a check measured, short enough for a line; signs say which way it moved.
pub fn metric_name(metric: &str) -> String {
    let short = match metric {
        "preference for the candidate above one half" => "preference over one half",
        "rise of the share of conversations with a return" => "conversations with a return",
        other => other,
    };
    ["rise of the share of ", "rise of the ", "rise of ", "share of "]
        .iter()
        .find_map(|prefix| short.strip_prefix(prefix))
        .unwrap_or(short)
        .to_string()
}

/// A value of a check in its unit: `+1.2 points` for the rise of a share, `50 %` for a share.
pub fn check_value(metric: &str, unit: &str, value: f64) -> String {
    match unit {
        _ if value.is_nan() => "n/a".to_string(),
        unit if unit.starts_with("share") && metric.starts_with("share") => {
            minus(format!("{:.0} %", 100.0 * value))
        }
        unit if unit.starts_with("share") => minus(format!("{:+.1} points", 100.0 * value)),
        "per conversation" => minus(format!("{:+.0} per million", 1e6 * value)),
        _ => minus(format!("{value:+.3}")),
    }
}

/// `[1.2, 3.4]` in the unit of a check's value, or nothing without an interval.
pub fn interval_of(metric: &str, unit: &str, (low, high): (f64, f64)) -> String {
    if !low.is_finite() || !high.is_finite() {
        return String::new();
    }
    let number = |value| {
        let words = check_value(metric, unit, value).replace('+', "");
        words.split(' ').next().unwrap_or_default().to_string()
    };
    format!("[{}, {}]", number(low), number(high))
}

/// A level: `0.123` or `12.3 %`.
pub fn level(column: &str, value: f64) -> String {
    match value {
        value if value.is_nan() => "n/a".to_string(),
        value if is_share(column) => minus(format!("{:.1} %", 100.0 * value)),
        value if value.abs() >= 1000.0 => large(value),
        value if value.abs() >= 100.0 => format!("{value:.0}"),
        value => minus(format!("{value:.3}")),
    }
}

/// A change, always signed: `+0.123` or `+12.3 points`.
pub fn change(column: &str, value: f64) -> String {
    match value {
        value if value.is_nan() => "n/a".to_string(),
        value if is_share(column) => minus(format!("{:+.1} points", 100.0 * value)),
        value if value.abs() >= 1000.0 => {
            format!("{}{}", if value < 0.0 { "−" } else { "+" }, large(value.abs()))
        }
        value if value.abs() >= 100.0 => minus(format!("{value:+.0}")),
        value => minus(format!("{value:+.3}")),
    }
}

/// `[0.101, 0.145]`, or nothing without an interval.
pub fn interval(column: &str, spread: &Spread) -> String {
    if !spread.has_interval() {
        return String::new();
    }
    let counts = spread.low.abs().max(spread.high.abs()) >= 100.0;
    let end = |value: f64| {
        minus(match (is_share(column), counts) {
            (true, _) => format!("{:.1}", 100.0 * value),
            (false, true) => format!("{value:.0}"),
            (false, false) => format!("{value:.3}"),
        })
    };
    format!("[{}, {}]", end(spread.low), end(spread.high))
}

/// A big count in words: `500 million`.
pub fn large(value: f64) -> String {
    let (divisor, word) = match value.abs() {
        size if size >= 1e9 => (1e9, " billion"),
        size if size >= 1e6 => (1e6, " million"),
        size if size >= 1e4 => (1e3, " thousand"),
        _ => (1.0, ""),
    };
    // Adding zero turns a negative zero, the sum of nothing, into a plain one.
    let scaled = value / divisor + 0.0;
    let digits = if scaled.abs() < 10.0 && !word.is_empty() { 1 } else { 0 };
    let text = format!("{scaled:.digits$}");
    format!("{}{word}", text.strip_suffix(".0").unwrap_or(&text))
}

/// `a, b and c`.
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Lines of at most so many columns, each with an indent, broken at spaces.
pub fn wrapped(text: &str, columns: usize, indent: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines
}

/// A true minus sign, and no negative zero.
fn minus(text: String) -> String {
    let is_zero = !text.chars().any(|letter| matches!(letter, '1'..='9'));
    if is_zero { text.replace('-', "") } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(large(5e8), "500 million");
        assert_eq!(large(1.5e9), "1.5 billion");
        assert_eq!(large(950.0), "950");
        assert_eq!(level("thumbs_up_share", 0.7012), "70.1 %");
        assert_eq!(change("mean_abs_stance_error", -0.09), "−0.090");
        assert_eq!(change("x", -0.0001), "0.000");
        assert_eq!(change("complaints_per_million", -123.4), "−123");
        let wide = Spread { mean: 4067.2, low: -29.2, high: 7842.4 };
        assert_eq!(interval("complaints_per_million", &wide), "[−29, 7842]");
        assert_eq!(level("ab_effect_thumbs_up", -0.0001), "0.0 %");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }

    #[test]
    fn checks_read_as_people_write_them() {
        assert_eq!(check_name("ab_test"), "A/B test");
        assert_eq!(metric_name("rise of the thumbs-up share"), "thumbs-up share");
        assert_eq!(check_value("share of experts", "share", 0.5), "50 %");
        assert_eq!(check_value("rise of accuracy", "share", -0.05), "−5.0 points");
        assert_eq!(check_value("rise of the complaint rate", "per conversation", 3e-4), "+300 per million");
        assert_eq!(check_value("rise of the sycophancy index", "", 0.0251), "+0.025");
    }

    #[test]
    fn names_come_from_columns() {
        assert_eq!(measure_name("mean_flattery"), "Flattery");
        assert_eq!(sentence_case("fresh_data"), "Fresh data");
    }
}
