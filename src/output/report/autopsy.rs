//! The report of an autopsy: figure, verdicts, sizes, and how to repeat it.

use super::super::autopsy::{AutopsySummary, name, size_cells};
use super::super::figures::text::escape;
use super::super::figures::{DataTable, Figure};
use super::super::words::large;
use super::{figure_section, page, table};
use crate::scenario::Scenario;

/// The report as one HTML page.
pub fn autopsy_html(summary: &AutopsySummary, scenario: &Scenario, figure: &Figure) -> String {
    let title = format!("{}: what would have caught it", scenario.name);
    let sections = [
        header(summary, scenario, &title),
        figure_section(figure),
        verdicts(summary),
        sizes(summary),
        method(summary),
    ];
    page(&title, &sections, &summary.identity)
}

fn header(summary: &AutopsySummary, scenario: &Scenario, title: &str) -> String {
    let stopped =
        if summary.interrupted { " It was interrupted; histories finished by then are shown." } else { "" };
    format!(
        "<header>\n<p class=\"kicker\">thumbscale autopsy</p>\n<h1>{}</h1>\n<p><strong>Question:</strong> {}</p>\n\
         <p>The same incident again, {} times under each measure, with {} simulated users who stand for {} real ones. \
         Histories with the same number share all random draws that the measure does not change.{stopped}</p>\n</header>\n",
        escape(title),
        escape(&scenario.about.question),
        summary.replicates,
        large(summary.users as f64),
        large(summary.real_users)
    )
}

fn verdicts(summary: &AutopsySummary) -> String {
    let item = |it: &super::super::autopsy::Judged| {
        let source = match it.outcome.source.as_str() {
            "" => String::new(),
            source => format!("<br><span class=\"small\">{}</span>", escape(source)),
        };
        let expected = match it.outcome.expected.as_str() {
            "" => String::new(),
            expected => {
                format!("<br><span class=\"small\">Expected before the replay: {}</span>", escape(expected))
            }
        };
        format!(
            "<li><strong>{}</strong>: {}<br>{}{expected}{source}</li>\n",
            escape(&name(&it.outcome.mitigation)),
            escape(&it.outcome.meaning),
            escape(&it.verdict)
        )
    };
    let items: String = summary.outcomes.iter().map(item).collect();
    format!(
        "<section aria-labelledby=\"verdicts\">\n<h2 id=\"verdicts\">Verdicts</h2>\n<ul>\n{items}</ul>\n</section>\n"
    )
}

fn sizes(summary: &AutopsySummary) -> String {
    if summary.sizes.is_empty() {
        return String::new();
    }
    let header = [
        "Check",
        "Harmless updates",
        "Their sd",
        "The incident",
        "Counted in",
        "If all were alike",
        "As they are",
        "Days",
        "Why no number is enough",
    ];
    let data = DataTable {
        header: header.map(String::from).to_vec(),
        rows: summary.sizes.iter().map(size_cells).collect(),
    };
    format!(
        "<section aria-labelledby=\"sizes\">\n<h2 id=\"sizes\">How large must each check be?</h2>\n\
         <p>For 80 % power at a 5 % false-alarm rate. Harmless updates differ among themselves, which no sample size removes.</p>\n\
         <div class=\"fit\">{}</div></section>\n",
        table(&data, "How large must each check be?")
    )
}

fn method(summary: &AutopsySummary) -> String {
    format!(
        "<section aria-labelledby=\"again\">\n<h2 id=\"again\">What this rests on, and how to repeat it</h2>\n\
         <p>This is a simulation: reward weights and most rates of real systems were never published, and a check is as good here as the \
         scenario says. False alarms are the share of {} harmless updates per history that review held; they are estimated, not assumed. \
         Exposure counts days of real users with an index {:+.3} or more above its start. A trial is scaled by its share of users; a lab with \
         more users than are simulated needs the same number of them, not the same share.</p>\n\
         <pre><code>thumbscale autopsy {} --seed {} --replicates {}</code></pre>\n</section>\n",
        summary.harmless_updates,
        summary.alarm_rise,
        escape(&summary.identity.scenario),
        summary.identity.seed,
        summary.replicates
    )
}
