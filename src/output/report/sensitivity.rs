//! The report of a sensitivity analysis: figures, what they mean, what was varied, and how to repeat it.

use super::super::figures::text::escape;
use super::super::figures::{DataTable, Figure};
use super::super::sensitivity::{law_words, parameter_name, value_words};
use super::{figure_section, page, table};
use crate::analysis::sensitivity::Method;
use crate::output::SensitivitySummary;
use crate::scenario::Varied;

/// The report as one HTML page.
pub fn sensitivity_html(summary: &SensitivitySummary, figures: &[Figure]) -> String {
    let title = format!("{}: which parameters decide", summary.identity.scenario);
    let sections = [
        header(summary, &title),
        figures.iter().map(figure_section).collect(),
        meaning(summary),
        parameters(summary),
        method(summary),
    ];
    page(&title, &sections, &summary.identity)
}

fn header(summary: &SensitivitySummary, title: &str) -> String {
    format!(
        "<header>\n<p class=\"kicker\">thumbscale sensitivity</p>\n<h1>{}</h1>\n\
         <p>{} parameters varied in a {} design of {} points; {}.</p>\n</header>\n",
        escape(title),
        summary.study.parameters.len(),
        summary.study.method.word(),
        summary.points,
        match (summary.study.read_from.as_str(), summary.study.replicates) {
            ("", 1) => "one history each".to_string(),
            ("", many) => format!("{many} histories each, on random numbers that all points share"),
            (file, _) => format!("read from <code>{}</code>", escape(file)),
        }
    )
}

fn meaning(summary: &SensitivitySummary) -> String {
    let items: String =
        summary.sentences.iter().map(|sentence| format!("<li>{}</li>\n", escape(sentence))).collect();
    format!(
        "<section aria-labelledby=\"meaning\">\n<h2 id=\"meaning\">What the numbers say</h2>\n<ul>\n{items}</ul>\n</section>\n"
    )
}

fn parameters(summary: &SensitivitySummary) -> String {
    if summary.study.varied.is_empty() {
        return String::new();
    }
    let row = |it: &Varied| {
        vec![
            parameter_name(&it.key),
            law_words(it),
            it.value.map_or_else(|| "not given".to_string(), |value| value_words(Some(it), value)),
            it.unit.to_string(),
            it.meaning.to_string(),
        ]
    };
    let header = ["Parameter", "Varied", "Own value", "Unit", "Meaning"];
    let data = DataTable {
        header: header.map(String::from).to_vec(),
        rows: summary.study.varied.iter().map(row).collect(),
    };
    format!(
        "<section aria-labelledby=\"varied\">\n<h2 id=\"varied\">What was varied</h2>\n<div class=\"fit\">{}</div></section>\n",
        table(&data, "What was varied")
    )
}

fn method(summary: &SensitivitySummary) -> String {
    let estimator = match summary.study.method {
        Method::Sobol => {
            "First-order indices: Saltelli et al. 2010; total indices: Jansen 1999; an Owen-scrambled Sobol' sequence; the \
             normalisation of SALib. Intervals: 1.96 standard deviations over 500 bootstrap resamples of base samples."
        }
        Method::Morris => {
            "Trajectories and effects: Morris 1991; mean absolute effect: Campolongo et al. 2007. A screening: it says which \
             parameters to look at, not how much of the variance they explain."
        }
        Method::LatinHypercube => {
            "Latin hypercube: McKay et al. 1979; partial rank correlation: Marino et al. 2008; many tests at once: Holm 1979. A \
             correlation near zero does not rule out an effect that goes up and down again."
        }
        Method::Grid => {
            "Every combination of two parameters; the line by linear interpolation between points (marching squares)."
        }
    };
    format!(
        "<section aria-labelledby=\"again\">\n<h2 id=\"again\">What this rests on</h2>\n<p>{estimator}</p>\n\
         <p>An index belongs to the ranges that were varied: over wider ranges another parameter may decide. Ranges are assumptions, \
         not knowledge about a real system. <code>design.csv</code> holds the points, <code>sensitivity.json</code> everything that \
         is said here.</p>\n</section>\n"
    )
}
