//! The report of a comparison: the runs, figures, every measure, and how to repeat it.

use super::super::comparison::ComparisonSummary;
use super::super::figures::text::escape;
use super::super::figures::{DataTable, Figure};
use super::{figure_section, page, table};

/// The report as one HTML page.
pub fn comparison_html(summary: &ComparisonSummary, figures: &[Figure]) -> String {
    let title = format!("{}: side by side", summary.identity.scenario);
    let sections = [
        header(summary, &title),
        figures.iter().map(figure_section).collect(),
        notes(summary),
        method(summary),
    ];
    page(&title, &sections, &summary.identity)
}

fn header(summary: &ComparisonSummary, title: &str) -> String {
    format!(
        "<header>\n<p class=\"kicker\">thumbscale compare</p>\n<h1>{}</h1>\n\
         <p>Differences are taken to <strong>{}</strong>, replicate by replicate.</p>\n{}</header>\n",
        escape(title),
        escape(summary.first()),
        table(&runs(summary), "The runs")
    )
}

fn runs(summary: &ComparisonSummary) -> DataTable {
    let header =
        ["Run", "Scenario", "Variant", "Seed", "Rounds", "Replicates", "First day", "Scenario SHA-256"];
    let row = |run: &super::super::comparison::RunSummary| {
        let facts = &run.facts;
        let start = if facts.start_date.is_empty() { "–" } else { &facts.start_date };
        vec![
            facts.run.clone(),
            facts.scenario.clone(),
            run.variant.clone(),
            facts.seed.to_string(),
            run.rounds.to_string(),
            run.replicates.to_string(),
            start.to_string(),
            facts.scenario_hash.chars().take(8).collect(),
        ]
    };
    DataTable { header: header.map(String::from).to_vec(), rows: summary.runs.iter().map(row).collect() }
}

fn notes(summary: &ComparisonSummary) -> String {
    if summary.notes.is_empty() {
        return String::new();
    }
    let items: String = summary.notes.iter().map(|note| format!("<li>{}</li>\n", escape(note))).collect();
    format!(
        "<section aria-labelledby=\"doubts\">\n<h2 id=\"doubts\">Read with care</h2>\n<ul>\n{items}</ul>\n</section>\n"
    )
}

fn method(summary: &ComparisonSummary) -> String {
    let words: Vec<String> = summary.runs.iter().map(|run| quoted(&run.facts.source)).collect();
    format!(
        "<section aria-labelledby=\"again\">\n<h2 id=\"again\">What this rests on, and how to repeat it</h2>\n\
         <p>Runs on one seed share every random draw that their settings do not change, so that most noise cancels in a difference \
         within a replicate. Intervals: 95 %, Student's t over those differences, each for its own comparison. Looked at together, some of \
         many intervals miss zero by chance alone; stars mark what remains clear after Holm's correction (1979) for all {} differences at {:.0} %.</p>\n\
         <pre><code>thumbscale compare {} --seed {} --replicates {}</code></pre>\n\
         <p>The seed and replicates hold for scenarios; folders are read as they are. Add the <code>--set</code>s that were given.</p>\n</section>\n",
        summary.differences_tested,
        100.0 * summary.level,
        escape(&words.join(" ")),
        summary.identity.seed,
        summary.fewest_replicates()
    )
}

fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("'{word}'") } else { word.to_string() }
}
