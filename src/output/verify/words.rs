//! Numbers and verdicts of findings in words.

use crate::verify::{Checked, Expected, Finding, Verdict};

/// A finding in words.
pub struct Row {
    /// What is measured.
    pub quantity: String,
    /// What it should be.
    pub expected: String,
    /// What it is.
    pub obtained: String,
    /// How far off it may be.
    pub tolerance: String,
    /// Why that far.
    pub why: String,
    /// The verdict.
    pub verdict: &'static str,
}

/// The findings of a case in words; none if it could not be carried out.
pub fn rows(checked: &Checked) -> Vec<Row> {
    checked.outcome.iter().flat_map(|outcome| outcome.findings.iter().map(row)).collect()
}

fn row(it: &Finding) -> Row {
    let error = it.standard_error.map(|error| format!(" (se {})", short(error))).unwrap_or_default();
    Row {
        quantity: it.quantity.clone(),
        expected: expected(&it.expected),
        obtained: number(it.obtained) + &error,
        tolerance: tolerance(it),
        why: it.why.clone(),
        verdict: match (it.holds(), it.control) {
            (true, false) => "pass",
            (true, true) => "rejected, as it must be",
            (false, false) => "FAIL",
            (false, true) => "NOT REJECTED",
        },
    }
}

fn expected(expected: &Expected) -> String {
    match *expected {
        Expected::Value(value) => number(value),
        Expected::Between(low, high) => format!("{} to {}", number(low), number(high)),
        Expected::Above(bound) => format!("above {}", number(bound)),
        Expected::Below(bound) => format!("below {}", number(bound)),
    }
}

fn tolerance(it: &Finding) -> String {
    match it.tolerance {
        0.0 => "none".to_string(),
        margin if margin < 0.0 => format!("by {}", short(-margin)),
        margin => format!("± {}", short(margin)),
    }
}

/// Six significant digits.
fn number(x: f64) -> String {
    match x {
        0.0 => "0".to_string(),
        x if !x.is_finite() => "no number".to_string(),
        x if x.abs() < 1e-4 || x.abs() >= 1e7 => format!("{x:.2e}"),
        x => {
            let digits = (5.0 - x.abs().log10().floor()).max(0.0) as usize;
            let text = format!("{x:.digits$}");
            match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
                false => text,
            }
        }
    }
}

/// Two significant digits.
fn short(x: f64) -> String {
    match x {
        x if x < 1e-3 => format!("{x:.1e}"),
        x => format!("{x:.*}", (1.0 - x.log10().floor()).max(0.0) as usize),
    }
}

/// "20 of 21 cases pass; 140 findings, 25 negative controls".
pub fn counts(checked: &[Checked]) -> String {
    let passed = checked.iter().filter(|it| it.verdict() == Verdict::Passed).count();
    let findings = || checked.iter().flat_map(|it| &it.outcome).flat_map(|outcome| &outcome.findings);
    let controls = findings().filter(|it| it.control).count();
    format!(
        "{passed} of {} cases pass: {} findings and {controls} negative controls",
        checked.len(),
        findings().count() - controls
    )
}
