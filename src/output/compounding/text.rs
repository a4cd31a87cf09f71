//! The factorial for a terminal.

use super::summary::CompoundingSummary;
use crate::analysis::compounding::{Effect, Outcome, Subset};
use crate::analysis::signal_by_signal::Spread;
use crate::output::story::COLUMNS;
use crate::output::words::{change, interval, level, measure_name, sentence_case, wrapped};

/// Combinations shown one by one; beyond them the table has them.
const MOST_ROWS: usize = 12;

/// The factorial, at most 100 columns wide.
pub fn compounding_text(summary: &CompoundingSummary<'_>) -> String {
    let mut lines = vec![opening(summary)];
    if let Some(first) = summary.found.outcomes.first() {
        lines.extend(in_full(first, &summary.found.factors));
    }
    lines.extend(in_short(&summary.found.outcomes));
    lines.push(String::new());
    lines.extend(wrapped(&summary.paragraph, COLUMNS, ""));
    lines.join("\n") + "\n"
}

fn opening(summary: &CompoundingSummary<'_>) -> String {
    let (factors, replicates) = (summary.found.factors.len(), summary.found.replicates);
    format!(
        "{} (seed {}): {} combinations of {factors} factors, {} rounds, {replicates} replicate{} each",
        summary.identity.scenario,
        summary.identity.seed,
        1 << factors,
        summary.rounds,
        if replicates == 1 { "" } else { "s" }
    )
}

/// Every combination of one outcome.
fn in_full(outcome: &Outcome, factors: &[String]) -> Vec<String> {
    let measure = outcome.measure.as_str();
    let title = format!("{}, last round", measure_name(measure)).to_uppercase();
    let mut lines = vec![format!("{title:<40}{:>28}{:>30}", "rise over none", "beyond its parts")];
    let none = &outcome.effects.baseline;
    lines.push(format!("{:<40}{:>28}", "  none", format!("at {}", level(measure, none.mean))));
    let mut sets: Vec<&Effect> = outcome.effects.effects.iter().collect();
    sets.sort_by_key(|it| (Subset(it.subset).size(), it.subset));
    for it in sets.iter().take(MOST_ROWS) {
        let set = Subset(it.subset);
        let name = sentence_case(&set.names(factors).join(" + "));
        let beyond = if set.size() > 1 { words(measure, &it.dividend) } else { String::new() };
        lines
            .push(format!("  {name:<38}{:>28}{beyond:>30}", words(measure, &it.rise)).trim_end().to_string());
    }
    if sets.len() > MOST_ROWS {
        lines.push(format!("  and {} more in effects.parquet", sets.len() - MOST_ROWS));
    }
    lines
}

/// One line per outcome: singles, joint, ratio.
fn in_short(outcomes: &[Outcome]) -> Vec<String> {
    let heading = format!(
        "{:<30}{:>10}{:>16}{:>26}{:>17}",
        "LAST ROUND", "none", "sum of singles", "all together", "ratio"
    );
    let row = |outcome: &Outcome| {
        let (measure, effects) = (outcome.measure.as_str(), &outcome.effects);
        format!(
            "  {:<28}{:>10}{:>16}{:>26}{:>17}",
            measure_name(measure),
            level(measure, effects.baseline.mean),
            change(measure, effects.sum_of_singles.mean),
            words(measure, &effects.joint),
            ratio(outcome)
        )
    };
    match outcomes.first() {
        Some(first) if first.effects.shapley.len() > 1 => std::iter::once(heading)
            .chain(outcomes.iter().map(row))
            .map(|it| it.trim_end().to_string())
            .collect(),
        _ => Vec::new(),
    }
}

/// The ratio, where the sum it is taken to is clearly not zero and goes the same way.
fn ratio(outcome: &Outcome) -> String {
    let ratio = &outcome.effects.compounding_ratio;
    match outcome.effects.sum_of_singles.has_clear_sign() && ratio.mean > 0.0 {
        true if ratio.has_interval() => format!("{:.1} [{:.1}, {:.1}]", ratio.mean, ratio.low, ratio.high),
        true => format!("{:.1}", ratio.mean),
        false => "–".to_string(),
    }
}

fn words(measure: &str, spread: &Spread) -> String {
    format!("{} {}", change(measure, spread.mean), interval(measure, spread)).trim_end().to_string()
}
