//! What verification found, as text, JSON and the page in the documentation.

mod markdown;
mod text;
mod words;

pub use markdown::verify_markdown;
pub use text::verify_text;
#[cfg(feature = "plots")]
pub(super) use words::{counts, rows};

use crate::verify::Checked;
use serde_json::{Value, json};

/// Everything as JSON: one object per case.
pub fn verify_json(checked: &[Checked]) -> Value {
    let case = |it: &Checked| {
        let (findings, curves) = match &it.outcome {
            Ok(outcome) => (json!(outcome.findings), json!(outcome.curves)),
            Err(_) => (json!([]), json!([])),
        };
        json!({
            "case": it.case.name,
            "tier": it.case.tier,
            "title": it.case.title,
            "law": it.case.law,
            "source": it.case.source,
            "scenario": it.case.scenario,
            "not_covered": it.case.not_covered,
            "verdict": it.verdict(),
            "error": it.outcome.as_ref().err(),
            "findings": findings,
            "curves": curves,
        })
    };
    json!({ "version": env!("CARGO_PKG_VERSION"), "cases": checked.iter().map(case).collect::<Vec<_>>() })
}
