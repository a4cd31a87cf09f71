//! The table of findings that a referee reads in a terminal.

use super::words::{Row, counts, rows};
use crate::verify::{Checked, Verdict};

const WIDTH: usize = 100;

/// Case by case: the law, its source, and every finding with its tolerance and the reason for it.
pub fn verify_text(checked: &[Checked]) -> String {
    let cases: String = checked.iter().map(case).collect();
    format!("{cases}{}\n", counts(checked))
}

fn case(it: &Checked) -> String {
    let verdict = match it.verdict() {
        Verdict::Passed => "PASSED",
        Verdict::Failed => "FAILED",
    };
    let mut text = format!("{verdict}  {}: {}\n", it.case.name, it.case.title);
    text += &indented("law", it.case.law);
    text += &indented("source", it.case.source);
    if let Some(scenario) = it.case.scenario {
        text += &indented("scenario", scenario);
    }
    if let Err(error) = &it.outcome {
        text += &indented("error", error);
    }
    text + &table(&rows(it)) + "\n"
}

fn indented(label: &str, words: &str) -> String {
    let mut lines = vec![String::new()];
    for word in words.split_whitespace() {
        let line = lines.last_mut().expect("there is a first line");
        if !line.is_empty() && line.chars().count() + word.chars().count() + 18 > WIDTH {
            lines.push(word.to_string());
        } else {
            *line += if line.is_empty() { "" } else { " " };
            *line += word;
        }
    }
    let label = |index| if index == 0 { label } else { "" };
    lines.iter().enumerate().map(|(index, line)| format!("        {:9}{line}\n", label(index))).collect()
}

/// One line per finding, and below it the reason for its tolerance where that changes.
fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let widest = |of: fn(&Row) -> &str, least: usize| {
        rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).max(least)
    };
    let quantity = widest(|row| &row.quantity, 8);
    let expected = widest(|row| &row.expected, 8);
    let obtained = widest(|row| &row.obtained, 8);
    let tolerance = widest(|row| &row.tolerance, 9);
    let line = |cells: [&str; 5]| {
        format!(
            "    {:quantity$}  {:>expected$}  {:>obtained$}  {:>tolerance$}  {}\n",
            cells[0], cells[1], cells[2], cells[3], cells[4]
        )
    };
    let mut text = line(["quantity", "expected", "obtained", "tolerance", "verdict"]);
    let mut reason = "";
    for row in rows {
        text += &line([&row.quantity, &row.expected, &row.obtained, &row.tolerance, row.verdict]);
        if row.why != reason {
            text += &indented("why", &row.why);
            reason = &row.why;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Case, Expected, Finding, Outcome, Tier};

    fn case(name: &'static str) -> Case {
        Case {
            name,
            tier: Tier::Exact,
            title: "A law of nature",
            law: "What goes up comes down.",
            source: "Newton 1687, book 3",
            scenario: None,
            not_covered: "Escape velocities.",
            run: || Ok(Outcome::default()),
        }
    }

    fn checked() -> Vec<Checked> {
        let height =
            |obtained| Finding::random("height after ten seconds", 0.0, obtained, 0.01, "4 standard errors");
        let control =
            |obtained| Finding::exact("the same on the Moon", 0.0, obtained, 1e-9, "rounding").as_control();
        let bound = Finding::ranged("speed", Expected::Above(9.0), 9.8, "it falls");
        let of = |findings| Ok(Outcome { findings, curves: vec![] });
        vec![
            Checked { case: case("passed"), outcome: of(vec![height(0.01), bound, control(2.5)]) },
            Checked { case: case("failed"), outcome: of(vec![height(0.1), control(2.5)]) },
            Checked { case: case("blind"), outcome: of(vec![height(0.01), control(0.0)]) },
            Checked { case: case("broken"), outcome: Err("the tower is closed".to_string()) },
        ]
    }

    #[test]
    fn every_verdict_can_be_told_apart() {
        let text = verify_text(&checked());
        for words in ["PASSED  passed", "FAILED  failed", "FAILED  blind", "FAILED  broken"] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        for words in
            ["FAIL\n", "NOT REJECTED\n", "rejected, as it must be\n", "the tower is closed", "above 9"]
        {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        assert!(text.ends_with("1 of 4 cases pass: 4 findings and 3 negative controls\n"), "{text}");
    }
}
