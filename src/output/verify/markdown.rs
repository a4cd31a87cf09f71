//! The page on validation in the documentation.

use super::words::{Row, counts, rows};
use crate::verify::{Checked, Tier, Verdict};

const HEAD: &str = "# Validation

What the simulator must reproduce, and does: laws that hold exactly, and results that others published. Every number on
this page comes out of the simulator's own parts; `thumbscale verify` computes it again in a minute or two, and the same
cases run as tests of every change. This page is written by `UPDATE_VALIDATION=1 cargo test --test verify`.

How to read a table: *obtained* must agree with *expected* within the *tolerance*, for the reason given. Random quantities
may be off by four standard errors (se): a true law fails once in 16,000 times, and seeds are fixed. For a bound, the
tolerance is the distance from it that is demanded. Every case has negative controls: something slightly wrong, which the
same test must reject. What agreement does not show is said under each case; what the model leaves out altogether is in
[limitations.md](limitations.md).

The third tier, the facts of April 2025 in their order, is held by `tests/incident.rs` on the shipped scenario; what comes out is
in [scenarios.md](scenarios.md) and [autopsy.md](autopsy.md).
";

/// The page; figures of case `c` are expected at `figures/validation/<c>-<n>.svg`.
pub fn verify_markdown(checked: &[Checked]) -> String {
    let mut page = HEAD.to_string();
    page += &format!("\n**{}.**\n\n| case | tier | what | verdict |\n|---|---|---|---|\n", counts(checked));
    for it in checked {
        let (name, title) = (it.case.name, it.case.title);
        page += &format!("| [{name}](#{name}) | {} | {title} | {} |\n", tier(it.case.tier), verdict(it));
    }
    page + &checked.iter().map(section).collect::<String>()
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Exact => "exact",
        Tier::Published => "published",
    }
}

fn verdict(it: &Checked) -> &'static str {
    match it.verdict() {
        Verdict::Passed => "passed",
        Verdict::Failed => "**failed**",
    }
}

fn section(it: &Checked) -> String {
    let case = &it.case;
    let mut text =
        format!("\n## {}\n\n{}: {}.\n\n**Law.** {}\n", case.name, capital(verdict(it)), case.title, case.law);
    text += &format!("\n**Source.** {}", case.source);
    if let Some(scenario) = case.scenario {
        text += &format!(". Setting: [`{scenario}`](../scenarios/{scenario}.toml)");
    }
    text += ".\n";
    if let Err(error) = &it.outcome {
        text += &format!("\n**It could not be carried out:** {error}\n");
    }
    let curves = it.outcome.iter().flat_map(|outcome| &outcome.curves).enumerate();
    for (index, curve) in curves {
        text += &format!("\n![{}](figures/validation/{}-{}.svg)\n", curve.title, case.name, index + 1);
    }
    text += "\n| quantity | expected | obtained | tolerance | why | verdict |\n|---|---|---|---|---|---|\n";
    text += &rows(it).iter().map(line).collect::<String>();
    text + &format!("\n**Not covered.** {}\n", case.not_covered)
}

fn line(row: &Row) -> String {
    let cells = [&row.quantity, &row.expected, &row.obtained, &row.tolerance, &row.why];
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} | {} |\n", cells.join(" | "), row.verdict)
}

fn capital(word: &str) -> String {
    match word {
        "passed" => "Passed".to_string(),
        other => other.replace("failed", "Failed"),
    }
}
