//! The page of verification: every case with its curves and numbers.

use super::super::figures::text::escape;
use super::super::figures::{DataTable, curve_svg};
use super::super::verify::{counts, rows};
use super::{bare_page, table};
use crate::verify::{Checked, Curve, Verdict};

/// The findings as one HTML page.
pub fn verify_html(checked: &[Checked]) -> String {
    let title = "What must come out, and does it?";
    let sections: Vec<String> =
        std::iter::once(header(title, checked)).chain(checked.iter().map(case)).collect();
    let footer = format!("<footer>thumbscale {} · thumbscale verify</footer>\n", env!("CARGO_PKG_VERSION"));
    bare_page(title, &sections, &footer)
}

fn header(title: &str, checked: &[Checked]) -> String {
    let row =
        |it: &Checked| vec![it.case.name.to_string(), it.case.title.to_string(), verdict(it).to_string()];
    let data = DataTable {
        header: ["Case", "What", "Verdict"].map(String::from).to_vec(),
        rows: checked.iter().map(row).collect(),
    };
    format!(
        "<header>\n<p class=\"kicker\">thumbscale verify</p>\n<h1>{}</h1>\n<p><strong>{}.</strong> Random quantities may be off by four \
         standard errors (se); for a bound, the tolerance is the distance from it that is demanded. Negative controls are slightly \
         wrong on purpose and must be rejected.</p>\n{}</header>\n",
        escape(title),
        escape(&counts(checked)),
        table(&data, "All cases")
    )
}

fn verdict(it: &Checked) -> &'static str {
    match it.verdict() {
        Verdict::Passed => "passed",
        Verdict::Failed => "FAILED",
    }
}

fn case(it: &Checked) -> String {
    let curves: String = it.outcome.iter().flat_map(|outcome| &outcome.curves).map(figure).collect();
    let error =
        it.outcome.as_ref().err().map(|error| format!("<p><strong>Error:</strong> {}</p>\n", escape(error)));
    let scenario = it.case.scenario.map(|name| format!(" Setting: <code>scenarios/{name}.toml</code>."));
    format!(
        "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}: {2}</h2>\n<p>{3}</p>\n<p class=\"small\">Source: {4}.{5}</p>\n\
         {6}{curves}{7}<p class=\"small\">Not covered: {8}</p>\n</section>\n",
        it.case.name,
        escape(it.case.title),
        verdict(it),
        escape(it.case.law),
        escape(it.case.source),
        scenario.unwrap_or_default(),
        error.unwrap_or_default(),
        table(&findings(it), &format!("Findings of {}", it.case.name)),
        escape(it.case.not_covered)
    )
}

fn findings(it: &Checked) -> DataTable {
    let header = ["Quantity", "Verdict", "Expected", "Obtained", "Tolerance", "Why"];
    let cells = rows(it).into_iter().map(|row| {
        vec![row.quantity, row.verdict.to_string(), row.expected, row.obtained, row.tolerance, row.why]
    });
    DataTable { header: header.map(String::from).to_vec(), rows: cells.collect() }
}

fn figure(curve: &Curve) -> String {
    let header = ["Series", curve.x.as_str(), curve.y.as_str()].map(String::from).to_vec();
    let series = curve.series.iter();
    let rows = series.flat_map(|it| {
        it.at.iter().map(|(x, y)| vec![it.name.clone(), format!("{x:.4}"), format!("{y:.6}")])
    });
    let data = DataTable { header, rows: rows.collect() };
    format!(
        "<figure>\n<div class=\"wide\">{}</div>\n<div class=\"narrow\">{}</div>\n</figure>\n\
         <details>\n<summary>Numbers behind this figure</summary>\n{}</details>\n",
        curve_svg(curve, 900.0),
        curve_svg(curve, 380.0),
        table(&data, &curve.title)
    )
}
