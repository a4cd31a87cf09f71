//! The report of loop gain: figures, what the numbers mean, and how to repeat it.

use super::super::figures::Figure;
use super::super::figures::text::escape;
use super::{figure_section, page};
use crate::output::GainSummary;
use crate::output::words::large;
use crate::scenario::Scenario;

/// The report as one HTML page.
pub fn gain_html(summary: &GainSummary, scenario: &Scenario, figures: &[Figure]) -> String {
    let title = format!("{}: how close to the edge", scenario.name);
    let sections =
        [header(summary, &title), figures.iter().map(figure_section).collect(), meaning(), method(summary)];
    page(&title, &sections, &summary.identity)
}

fn header(summary: &GainSummary, title: &str) -> String {
    format!(
        "<header>\n<p class=\"kicker\">thumbscale gain</p>\n<h1>{}</h1>\n<p>{} settings, {} simulated users, {} replicates.</p>\n</header>\n",
        escape(title),
        summary.settings.len(),
        large(summary.users as f64),
        summary.replicates
    )
}

/// What gain does and does not say: a ratchet is no runaway.
fn meaning() -> String {
    "<section aria-labelledby=\"meaning\">\n<h2 id=\"meaning\">Settle, ratchet, run away</h2>\n\
     <p>A loop has a <strong>gain</strong>: the share of a push that is left after a round, in the direction that lasts longest. And it has a \
     <strong>drive</strong>: the distance that the policy moves in a round without any push.</p>\n<ul>\n\
     <li>Below 1 the policy comes to rest where drive and return balance, at about drive / (1 − gain) from here.</li>\n\
     <li>At 1 nothing brings it back: it moves by its drive every round, for as long as the drive lasts. That is a ratchet. It can go as far as a \
     runaway, but it needs the drive: take that away and it stays where it is.</li>\n\
     <li>Above 1 a push grows by itself, whatever the drive. That is a runaway.</li>\n</ul>\n</section>\n"
        .to_string()
}

fn method(summary: &GainSummary) -> String {
    format!(
        "<section aria-labelledby=\"again\">\n<h2 id=\"again\">What this rests on, and how to repeat it</h2>\n\
         <p>Every candidate is launched here and nothing is watched, because thresholds of review make small pushes jump. Each history is run three \
         times on the same random numbers: as it is, and with the deployed policy held {} of the index above and below its course, along the natural \
         gradient of the index. It is held for {} rounds, so that reference, reward models, memory and users have seen it, then let go. The map from such \
         shifts to what is left of them {} rounds later is known by what it does; its dominant eigenvalue comes from {} directions (Arnoldi's method, \
         lengths in the Fisher metric). Noise of sampled feedback is part of what is measured: the intervals say how much.</p>\n\
         <p>With the <code>scenario.toml</code> beside this page, which has all values:</p>\n\
         <pre><code>thumbscale gain scenario.toml {}</code></pre>\n</section>\n",
        summary.options.push,
        summary.options.hold,
        summary.options.span,
        summary.options.directions,
        escape(&words(summary))
    )
}

/// The words of the command line that repeat it.
fn words(summary: &GainSummary) -> String {
    let it = &summary.options;
    let mut words =
        format!("--hold {} --span {} --push {} --directions {}", it.hold, it.span, it.push, it.directions);
    if it.horizon > 0 {
        words.push_str(&format!(" --horizon {}", it.horizon));
    }
    for (place, key) in summary.keys.iter().enumerate() {
        let mut values: Vec<&str> = Vec::new();
        for value in summary.settings.iter().filter_map(|setting| setting.values.get(place)) {
            if !values.contains(&value.as_str()) {
                values.push(value);
            }
        }
        words.push_str(&format!(" --scan {key}={}", values.join(",")));
    }
    words
}
