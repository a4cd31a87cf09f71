//! `report.html`: the story of a run in one file that needs no network and no scripts.

mod autopsy;
mod comparison;
mod compounding;
mod gain;
mod sensitivity;
mod verify;

use super::figures::text::{REGULAR, SEMI_BOLD, escape};
use super::figures::{DataTable, Figure};
use super::identity::Identity;
use super::report_incident;
use super::results::Results;
use super::summary::Summary;
use super::words::{change, interval, large, level, measure_name, sentence_case};
use crate::analysis::signal_by_signal::{OutcomeEffects, Spread};
pub use autopsy::autopsy_html;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
pub use comparison::comparison_html;
pub use compounding::compounding_html;
pub use gain::gain_html;
pub use sensitivity::sensitivity_html;
pub use verify::verify_html;

const STYLE: &str = include_str!("report.css");

/// The report as one HTML page.
pub fn report_html(results: &Results<'_>, summary: &Summary, figures: &[Figure]) -> String {
    let title = format!("{}: what the signals do together", results.scenario.name);
    let sections = [
        header(results, summary, &title),
        key_numbers(summary),
        figures.iter().map(figure_section).collect(),
        incident_section(summary),
        effects_section(summary),
        warnings_section(results),
        assumptions(results, summary),
        reproduce(summary),
    ];
    page(&title, &sections, &summary.identity)
}

/// A page that needs nothing but itself.
fn page(title: &str, sections: &[String], identity: &Identity) -> String {
    bare_page(title, sections, &footer(identity))
}

/// The same with any footer.
fn bare_page(title: &str, sections: &[String], footer: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>\n{}{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{}</main>\n{footer}</body>\n</html>\n",
        escape(title),
        font_faces(),
        sections.concat(),
    )
}

/// The fonts travel in the page, so that it looks the same offline.
fn font_faces() -> String {
    let face = |weight: &str, font: &[u8]| {
        format!(
            "@font-face{{font-family:Inter;font-weight:{weight};src:url(data:font/ttf;base64,{}) format(\"truetype\")}}\n",
            STANDARD.encode(font)
        )
    };
    face("400", REGULAR) + &face("600 700", SEMI_BOLD)
}

fn header(results: &Results<'_>, summary: &Summary, title: &str) -> String {
    let about = &results.scenario.about;
    let paragraph = |label: &str, text: &str| match text {
        "" => String::new(),
        text => format!("<p><strong>{label}</strong> {}</p>\n", escape(text)),
    };
    format!(
        "<header>\n<p class=\"kicker\">thumbscale report</p>\n<h1>{}</h1>\n{}{}<p>{}</p>\n</header>\n",
        escape(title),
        paragraph("Question:", &about.question),
        paragraph("Expected before the run:", &about.expected),
        escape(&scope(summary))
    )
}

fn scope(summary: &Summary) -> String {
    let runs =
        if summary.replicates == 1 { "One run".to_string() } else { format!("{} runs", summary.replicates) };
    format!(
        "{runs} of {} update rounds ({} days) with {} simulated users, who stand for {} real ones.",
        summary.rounds,
        summary.days,
        large(summary.users as f64),
        large(summary.real_users)
    )
}

/// Four numbers that a reader should leave with.
fn key_numbers(summary: &Summary) -> String {
    let Some(main) = summary.main() else {
        return String::new();
    };
    let tiles: String = ["sycophancy_index", "thumbs_up_share", "mean_abs_stance_error", "user_benefit"]
        .iter()
        .filter_map(|name| Some((name, main.measure(name)?)))
        .map(|(name, measure)| {
            format!(
                "<div><dt>{}</dt><dd><span class=\"from\">{} to</span> {}</dd><dd class=\"small\">change {} {}</dd></div>\n",
                escape(&measure_name(name)),
                level(name, measure.first.mean),
                level(name, measure.last.mean),
                change(name, measure.change.mean),
                unbroken(name, &measure.change)
            )
        })
        .collect();
    let intervals = if summary.replicates > 1 { " Brackets: the middle 95 % of runs." } else { "" };
    format!(
        "<section aria-labelledby=\"key\">\n<h2 id=\"key\">First round to last round</h2>\n<dl class=\"tiles\">\n{tiles}</dl>\n\
         <p class=\"small\">{}{intervals} Scaled to {} users: {} conversations on simulated topics, {} of them past the alarm level.</p>\n</section>\n",
        if summary.main_variant == super::rounds::JOINT && summary.variants.len() > 1 {
            "With all factors on."
        } else {
            ""
        },
        large(summary.real_users),
        large(main.exposure.conversations),
        large(main.exposure.conversations_past_alarm)
    )
}

fn figure_section(figure: &Figure) -> String {
    format!(
        "<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n<p>{2}</p>\n<figure>\n<div class=\"wide\">{3}</div>\n\
         <div class=\"narrow\">{4}</div>\n<figcaption>{5}</figcaption>\n</figure>\n<details>\n<summary>Numbers behind this figure</summary>\n{6}</details>\n</section>\n",
        figure.name,
        escape(&figure.question),
        escape(&figure.answer),
        figure.wide,
        figure.narrow,
        escape(&figure.caption),
        table(&figure.table, &format!("Numbers behind: {}", figure.question))
    )
}

fn table(data: &DataTable, caption: &str) -> String {
    let header: String =
        data.header.iter().map(|title| format!("<th scope=\"col\">{}</th>", escape(title))).collect();
    let row = |cells: &Vec<String>| {
        let cells = cells.iter().enumerate().map(|(index, cell)| match index {
            0 => format!("<th scope=\"row\">{}</th>", escape(cell)),
            _ => format!("<td>{}</td>", escape(cell)),
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table>\n<thead><tr>{header}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
        escape(caption),
        data.rows.iter().map(row).collect::<String>()
    )
}

fn incident_section(summary: &Summary) -> String {
    let Some(incident) = &summary.incident else {
        return String::new();
    };
    format!(
        "<section aria-labelledby=\"exposure\">\n<h2 id=\"exposure\">Who was exposed, run by run</h2>\n<p>{}</p>\n{}</section>\n",
        escape(&report_incident::introduction(incident, summary.real_users)),
        table(&report_incident::table(incident), "The update at issue, run by run")
    )
}

fn effects_section(summary: &Summary) -> String {
    let Some(analysis) = &summary.signal_by_signal else {
        return String::new();
    };
    let factors = analysis.factors.iter().map(|factor| format!("{} alone", sentence_case(factor)));
    let header = ["Outcome".to_string(), "Without".to_string()]
        .into_iter()
        .chain(factors)
        .chain(["Sum of single effects", "All together", "Together / sum"].map(String::from));
    let data =
        DataTable { header: header.collect(), rows: analysis.outcomes.iter().map(effects_row).collect() };
    format!(
        "<section aria-labelledby=\"signals\">\n<h2 id=\"signals\">Signal by signal</h2>\n\
         <p>Each factor switched on alone, then all of them, against the run without any. Rises in the last round; a ratio above 1 means that effects compound.{}</p>\n<div class=\"fit\">{}</div></section>\n",
        if summary.replicates > 1 {
            " Brackets: 95 % confidence interval of the mean over runs."
        } else {
            ""
        },
        table(&data, "Signal by signal")
    )
}

fn effects_row(outcome: &OutcomeEffects) -> Vec<String> {
    let column = outcome.measure.as_str();
    let rise = |spread: &Spread| format!("{} {}", change(column, spread.mean), unbroken(column, spread));
    let mut cells = vec![
        measure_name(column),
        format!("{} {}", level(column, outcome.baseline.mean), unbroken(column, &outcome.baseline)),
    ];
    cells.extend(outcome.singles.iter().map(|(_, effect)| rise(effect)));
    cells.extend([rise(&outcome.sum_of_singles), rise(&outcome.joint), ratio(&outcome.compounding_ratio)]);
    cells
}

/// An interval that no line break splits.
fn unbroken(column: &str, spread: &Spread) -> String {
    interval(column, spread).replace(' ', "\u{a0}")
}

fn ratio(spread: &Spread) -> String {
    match (spread.mean.is_finite(), spread.has_interval()) {
        (false, _) => "n/a".to_string(),
        (true, false) => format!("{:.1}", spread.mean),
        (true, true) => format!("{:.1} [{:.1},\u{a0}{:.1}]", spread.mean, spread.low, spread.high),
    }
}

fn warnings_section(results: &Results<'_>) -> String {
    if results.warnings.is_empty() {
        return String::new();
    }
    let items: String = results
        .warnings
        .iter()
        .map(|warning| format!("<li>{}</li>\n", escape(&warning.to_string())))
        .collect();
    format!(
        "<section aria-labelledby=\"doubts\">\n<h2 id=\"doubts\">Read with care</h2>\n<ul>\n{items}</ul>\n</section>\n"
    )
}

fn assumptions(results: &Results<'_>, summary: &Summary) -> String {
    let sources: String = results
        .scenario
        .about
        .sources
        .iter()
        .map(|source| format!("<li>{}</li>\n", escape(source)))
        .collect();
    let sources = if sources.is_empty() {
        sources
    } else {
        format!("<h3>Sources of this scenario</h3>\n<ul>\n{sources}</ul>\n")
    };
    format!(
        "<section aria-labelledby=\"assumptions\">\n<h2 id=\"assumptions\">What these numbers rest on</h2>\n\
         <p>This is a simulation. Users, conversations and ratings are modelled, not observed; reward weights and most rates of real \
         systems were never published, so they are assumptions, listed with their sources in the scenario and in <code>manifest.json</code>. \
         Directions and ratios are worth more than levels. Numbers scaled to {} users are a multiplication, not a forecast.</p>\n{sources}</section>\n",
        large(summary.real_users)
    )
}

fn reproduce(summary: &Summary) -> String {
    let identity = &summary.identity;
    format!(
        "<section aria-labelledby=\"again\">\n<h2 id=\"again\">Run it again</h2>\n\
         <pre><code>thumbscale run scenarios/{}.toml --seed {}</code></pre>\n\
         <p>The same version, scenario and seed give the same numbers on any machine and any number of threads. \
         <code>manifest.json</code> beside this page holds the scenario after defaults and the checksum of every file.</p>\n</section>\n",
        escape(&identity.scenario),
        identity.seed
    )
}

fn footer(identity: &Identity) -> String {
    let commit = identity.commit.map(|commit| format!(" ({commit})")).unwrap_or_default();
    format!(
        "<footer>thumbscale {}{commit} · scenario {} · SHA-256 <code>{}</code> · seed {}</footer>\n",
        identity.version,
        escape(&identity.scenario),
        identity.scenario_hash,
        identity.seed
    )
}
