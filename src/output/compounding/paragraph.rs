//! The factorial in plain language: sentences made from the numbers, and never beyond them.

use crate::analysis::compounding::{Compounding, FactorReview, Outcome, Subset};
use crate::analysis::signal_by_signal::Spread;
use crate::output::words::{change, interval, list, measure_name, sentence_case, spaced};

/// Replicates from which on bootstrap intervals are worth their name.
const FEWEST: u32 = 10;

/// What the first outcome says, and what review said of single factors.
pub fn paragraph(found: &Compounding) -> String {
    let Some(outcome) = found.outcomes.first() else { return String::new() };
    let sentences = [
        alone_and_together(found, outcome),
        whether_it_compounds(outcome),
        which_combinations(found, outcome),
        shares(found, outcome),
        review(found),
        few_replicates(found),
    ];
    sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect::<Vec<_>>().join(" ")
}

fn alone_and_together(found: &Compounding, outcome: &Outcome) -> String {
    let measure = &outcome.measure;
    let effect = |spread: &Spread| format!("{} {}", change(measure, spread.mean), interval(measure, spread));
    let single = |(factor, name): (usize, &String)| {
        format!("{} {}", spaced(name), effect(&outcome.effects.effects[(1 << factor) - 1].rise).trim_end())
    };
    let alone: Vec<String> = found.factors.iter().enumerate().map(single).collect();
    let name = measure_name(measure);
    match found.factors.len() {
        1 => format!("{name} in the last round, against none: {}.", alone.concat()),
        _ => format!(
            "{name} in the last round, against none: alone, {}; all together {}.",
            list(&alone),
            effect(&outcome.effects.joint).trim_end()
        ),
    }
}

fn whether_it_compounds(outcome: &Outcome) -> String {
    let effects = &outcome.effects;
    if outcome.effects.shapley.len() < 2 || !effects.excess.has_interval() {
        return String::new();
    }
    let measure = &outcome.measure;
    let excess = format!("{} {}", change(measure, effects.excess.mean), interval(measure, &effects.excess));
    if !effects.excess.has_clear_sign() {
        return format!("Whether that differs from the sum of the single effects cannot be told: {excess}.");
    }
    if !effects.joint.has_clear_sign() {
        return format!(
            "That differs from the sum of the single effects by {excess}, but is itself not clear of nothing."
        );
    }
    if effects.excess.mean * effects.joint.mean <= 0.0 {
        return format!(
            "That is less than the sum of the single effects, by {excess}: they dampen each other."
        );
    }
    let share = 100.0 * effects.excess.mean / effects.joint.mean;
    let part = if share <= 100.0 { format!(", {share:.0} % of it,") } else { String::new() };
    format!("Of the joint effect {excess}{part} exists only in combination{}.", ratio(outcome))
}

/// The ratio, where dividing makes sense: singles whose sum is clearly above zero.
fn ratio(outcome: &Outcome) -> String {
    let effects = &outcome.effects;
    let ratio = &effects.compounding_ratio;
    let makes_sense = effects.sum_of_singles.has_clear_sign() && ratio.has_interval();
    match makes_sense && effects.sum_of_singles.mean * effects.joint.mean > 0.0 {
        true => format!(
            "; the joint effect is {:.1} [{:.1}, {:.1}] times the sum",
            ratio.mean, ratio.low, ratio.high
        ),
        false => String::new(),
    }
}

/// The combinations that clearly add something, the largest first; at most three.
fn which_combinations(found: &Compounding, outcome: &Outcome) -> String {
    let several = |it: &&crate::analysis::compounding::Effect| Subset(it.subset).size() > 1;
    let mut clear: Vec<_> = outcome
        .effects
        .effects
        .iter()
        .filter(several)
        .filter(|it| it.dividend.has_interval() && it.dividend.has_clear_sign())
        .collect();
    clear.sort_by(|a, b| b.dividend.mean.abs().total_cmp(&a.dividend.mean.abs()));
    if clear.is_empty() || found.factors.len() < 3 {
        return String::new();
    }
    let words = |it: &&crate::analysis::compounding::Effect| {
        let names: Vec<String> = Subset(it.subset).names(&found.factors).into_iter().map(spaced).collect();
        format!("{} together {}", list(&names), change(&outcome.measure, it.dividend.mean))
    };
    let named: Vec<String> = clear.iter().take(3).map(words).collect();
    format!("Beyond what their parts do, {}.", list(&named))
}

/// Shapley values as percentages, where all of them are clearly of the joint effect's sign.
fn shares(found: &Compounding, outcome: &Outcome) -> String {
    let (shapley, joint) = (&outcome.effects.shapley, outcome.effects.joint.mean);
    let same_sign = |it: &Spread| it.has_interval() && it.has_clear_sign() && it.mean * joint > 0.0;
    if shapley.len() < 2 || !shapley.iter().all(same_sign) {
        return String::new();
    }
    let share =
        |(name, value): (&String, &Spread)| format!("{} {:.0} %", spaced(name), 100.0 * value.mean / joint);
    let shares: Vec<String> = found.factors.iter().zip(shapley).map(share).collect();
    format!("Shared out by Shapley's rule: {}.", list(&shares))
}

fn review(found: &Compounding) -> String {
    let verdict = |it: &FactorReview| {
        let name = if it.variant == "all" { "the bundle".to_string() } else { spaced(&it.variant) };
        format!("{name} in {} of {}", it.launched, it.of)
    };
    let verdicts: Vec<String> = found.review.iter().map(verdict).collect();
    sentence_case(&format!("review launched the update that brought {}.", list(&verdicts)))
}

fn few_replicates(found: &Compounding) -> String {
    match found.replicates {
        0 | 1 => "One replicate gives no intervals, so none of this can be told from chance.".to_string(),
        few if few < FEWEST => {
            format!("Bootstrap intervals of {few} replicates are too narrow; {FEWEST} or more are needed.")
        }
        _ => String::new(),
    }
}
