//! Findings as tidy tables: one row per outcome and parameter, pair, or point of a grid.

use super::{Analysis, Finding, Interval};
use crate::measure::table::{Entry, Row, Table};

/// Findings by outcome and parameter (by point of the grid for a phase diagram), and the name of that table.
pub fn findings_table(findings: &[Finding], parameters: &[String]) -> (&'static str, Table) {
    let mut table = Table::default();
    let mut name = "indices";
    for finding in findings {
        name = match &finding.analysis {
            Analysis::Sobol(_) => "indices",
            Analysis::Morris(_) => "effects",
            Analysis::LatinHypercube(_) => "correlations",
            Analysis::Grid(_) => "grid",
        };
        rows(finding, parameters).into_iter().for_each(|row| table.push(row));
    }
    (name, table)
}

fn rows(finding: &Finding, parameters: &[String]) -> Vec<Row> {
    let opened = |parameter: &String| {
        vec![
            Entry::text("outcome", "Outcome", finding.outcome.as_str()),
            Entry::text("parameter", "Parameter that is varied", parameter.as_str()),
        ]
    };
    let with = |parameter: &String, entries: Vec<Entry>| [opened(parameter), entries].concat();
    match &finding.analysis {
        Analysis::Sobol(it) => {
            let entries = it.parameters.iter().map(|index| {
                [
                    interval("first_order", "Share of variance that it explains alone", &index.first),
                    interval("total_order", "Share of variance with all its interactions", &index.total),
                ]
                .concat()
            });
            parameters.iter().zip(entries).map(|(parameter, entries)| with(parameter, entries)).collect()
        }
        Analysis::Morris(effects) => {
            let entries = effects.iter().map(|it| {
                let unit = "unit of the measure";
                let mut entries = interval("mu_star", "Mean absolute elementary effect", &it.mu_star);
                entries.push(Entry::number("mu", unit, "Mean elementary effect", it.mu));
                entries.push(Entry::number("sigma", unit, "Standard deviation of effects", it.sigma));
                entries
            });
            parameters.iter().zip(entries).map(|(parameter, entries)| with(parameter, entries)).collect()
        }
        Analysis::LatinHypercube(it) => {
            let entries = it.parameters.iter().map(|found| {
                vec![
                    Entry::number("spearman", "", "Spearman's rank correlation", found.spearman),
                    Entry::number("partial", "", "Partial rank correlation", found.partial),
                    Entry::number(
                        "probability",
                        "probability",
                        "Of such a partial correlation by chance",
                        found.probability,
                    ),
                    Entry::integer(
                        "differs",
                        "",
                        "1 if it differs from zero at 5 %",
                        i64::from(found.differs),
                    ),
                    Entry::integer(
                        "differs_among_all",
                        "",
                        "1 if it does so among all tests (Holm)",
                        i64::from(found.differs_among_all),
                    ),
                ]
            });
            parameters.iter().zip(entries).map(|(parameter, entries)| with(parameter, entries)).collect()
        }
        Analysis::Grid(phase) => {
            let place = |i: usize, j: usize| {
                vec![
                    Entry::text("outcome", "Outcome", finding.outcome.as_str()),
                    Entry::number("x", "", format!("Value of {}", parameters[0]), phase.grid.x[i]),
                    Entry::number("y", "", format!("Value of {}", parameters[1]), phase.grid.y[j]),
                    Entry::number(
                        "value",
                        "unit of the measure",
                        "Value of the outcome",
                        phase.grid.outcomes[i][j],
                    ),
                ]
            };
            let lines = phase.grid.y.len();
            (0..phase.grid.x.len() * lines).map(|it| place(it / lines, it % lines)).collect()
        }
    }
}

fn interval(name: &str, meaning: &str, it: &Interval) -> Vec<Entry> {
    vec![
        Entry::number(name, "", meaning, it.value),
        Entry::number(format!("{name}_low"), "", format!("Lower end of the 95 % interval of {name}"), it.low),
        Entry::number(
            format!("{name}_high"),
            "",
            format!("Upper end of the 95 % interval of {name}"),
            it.high,
        ),
    ]
}

/// Second-order indices by outcome and pair; empty unless they were asked for.
pub fn interactions_table(findings: &[Finding], parameters: &[String]) -> Table {
    let mut table = Table::default();
    for finding in findings {
        let Analysis::Sobol(found) = &finding.analysis else { continue };
        for pair in &found.interactions {
            let mut row = vec![
                Entry::text("outcome", "Outcome", finding.outcome.as_str()),
                Entry::text("parameter", "Parameter that is varied", parameters[pair.first].as_str()),
                Entry::text("other", "The other parameter", parameters[pair.second].as_str()),
            ];
            let meaning = "Share of variance that both explain beyond what each does alone";
            row.extend(interval("second_order", meaning, &pair.index));
            table.push(row);
        }
    }
    table
}
