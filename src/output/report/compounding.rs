//! The report of a factorial: what the numbers mean, figures, all outcomes, and how to repeat it.

use super::super::figures::text::escape;
use super::super::figures::{DataTable, Figure};
use super::super::words::{change, interval, level, measure_name, sentence_case, spaced};
use super::{figure_section, page, table};
use crate::analysis::compounding::{FactorReview, Outcome};
use crate::analysis::signal_by_signal::Spread;
use crate::output::CompoundingSummary;
use crate::scenario::Scenario;

/// The report as one HTML page.
pub fn compounding_html(summary: &CompoundingSummary<'_>, scenario: &Scenario, figures: &[Figure]) -> String {
    let title = format!("{}: who compounds with whom", scenario.name);
    let sections = [
        header(summary, scenario, &title),
        figures.iter().map(figure_section).collect(),
        outcomes(summary),
        review(summary),
        method(summary),
    ];
    page(&title, &sections, &summary.identity)
}

fn header(summary: &CompoundingSummary<'_>, scenario: &Scenario, title: &str) -> String {
    let factor = |name: &String| {
        format!(
            "<li><strong>{}</strong>: {}</li>\n",
            escape(&sentence_case(name)),
            escape(&scenario.factors[name].meaning)
        )
    };
    format!(
        "<header>\n<p class=\"kicker\">thumbscale compound</p>\n<h1>{}</h1>\n<p><strong>Question:</strong> {}</p>\n\
         <p>All {} combinations of these factors, {} replicates of {} rounds each, on common random numbers:</p>\n<ul>\n{}</ul>\n</header>\n",
        escape(title),
        escape(&scenario.about.question),
        1 << summary.found.factors.len(),
        summary.found.replicates,
        summary.rounds,
        summary.found.factors.iter().map(factor).collect::<String>()
    )
}

fn outcomes(summary: &CompoundingSummary<'_>) -> String {
    let header = ["Last round", "None", "Sum of singles", "All together", "Only together", "Ratio"];
    let rows = summary.found.outcomes.iter().map(cells).collect();
    let data = DataTable { header: header.map(String::from).to_vec(), rows };
    let shares = DataTable {
        header: std::iter::once("Shapley value".to_string())
            .chain(summary.found.factors.iter().map(|name| sentence_case(name)))
            .collect(),
        rows: summary.found.outcomes.iter().map(shapley_cells).collect(),
    };
    format!(
        "<section aria-labelledby=\"outcomes\">\n<h2 id=\"outcomes\">Every outcome</h2>\n<div class=\"fit\">{}</div>\n\
         <p>Each factor's share of the joint effect, whatever the order in which they are thought to come:</p>\n<div class=\"fit\">{}</div></section>\n",
        table(&data, "Effects on every outcome"),
        table(&shares, "Shapley values")
    )
}

fn cells(outcome: &Outcome) -> Vec<String> {
    let (measure, effects) = (outcome.measure.as_str(), &outcome.effects);
    let ratio = &effects.compounding_ratio;
    let ratio = match effects.sum_of_singles.has_clear_sign() && ratio.mean > 0.0 && ratio.has_interval() {
        true => format!("{:.2} [{:.2}, {:.2}]", ratio.mean, ratio.low, ratio.high),
        false => "singles cancel or are not clear of zero".to_string(),
    };
    vec![
        measure_name(measure),
        level(measure, effects.baseline.mean),
        words(measure, &effects.sum_of_singles),
        words(measure, &effects.joint),
        words(measure, &effects.excess),
        ratio,
    ]
}

fn shapley_cells(outcome: &Outcome) -> Vec<String> {
    let values = outcome.effects.shapley.iter().map(|value| words(&outcome.measure, value));
    std::iter::once(measure_name(&outcome.measure)).chain(values).collect()
}

fn words(measure: &str, spread: &Spread) -> String {
    format!("{} {}", change(measure, spread.mean), interval(measure, spread)).trim_end().to_string()
}

fn review(summary: &CompoundingSummary<'_>) -> String {
    let header = ["Update that brings", "Round", "Launched", "The usual reason", "Launches in all rounds"];
    let row = |it: &FactorReview| {
        vec![
            sentence_case(&spaced(&it.variant)),
            it.round.to_string(),
            format!("{} of {}", it.launched, it.of),
            it.reason.clone(),
            format!("{:.0} %", 100.0 * it.launched_share),
        ]
    };
    let data = DataTable {
        header: header.map(String::from).to_vec(),
        rows: summary.found.review.iter().map(row).collect(),
    };
    format!(
        "<section aria-labelledby=\"review\">\n<h2 id=\"review\">Did each pass review?</h2>\n<div class=\"fit\">{}</div></section>\n",
        table(&data, "Launch review")
    )
}

fn method(summary: &CompoundingSummary<'_>) -> String {
    format!(
        "<section aria-labelledby=\"again\">\n<h2 id=\"again\">What this rests on, and how to repeat it</h2>\n\
         <p>Intervals: 95 %, bias-corrected and accelerated bootstrap over replicates (Efron 1987), whole replicates redrawn. \
         What a combination adds beyond its parts: Harsanyi dividends, which sum to the joint effect. Shapley values split each evenly \
         among its factors. Contrasts of every order, averaged over the other factors (Walsh-Hadamard), are in <code>effects</code>. \
         A level of an assumed parameter is no measurement: see the robustness study in the documentation before reading more than signs and ratios.</p>\n\
         <p>With the <code>scenario.toml</code> beside this page, which has all values:</p>\n\
         <pre><code>thumbscale compound scenario.toml --factors {}</code></pre>\n</section>\n",
        escape(&summary.found.factors.join(","))
    )
}
