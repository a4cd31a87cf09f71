//! Runs side by side: over rounds, in the last round, and what review held.

mod last_round;
mod lines;
mod map;
mod review;

use super::{Figure, Plan};
use crate::output::comparison::{ComparedRun, ComparisonSummary};
use crate::output::words::{change, interval, measure_name};

/// What is drawn, the most telling first; the table in the report has all measures.
const HEADLINE: [&str; 6] = [
    "sycophancy_index",
    "effective_deference",
    "mean_flattery",
    "thumbs_up_share",
    "user_benefit",
    "mean_abs_stance_error",
];

/// All figures of a comparison, in reading order.
pub fn comparison_figures(summary: &ComparisonSummary, runs: &[ComparedRun]) -> Vec<Figure> {
    let plans: [Option<Plan<'_>>; 4] =
        [lines::plan(summary, runs), last_round::plan(summary), map::plan(summary), review::plan(runs)];
    plans.into_iter().flatten().map(|plan| plan.finish(&summary.identity)).collect()
}

/// The headline measures that the comparison has.
fn headline(summary: &ComparisonSummary) -> impl Iterator<Item = &'static str> + '_ {
    HEADLINE.into_iter().filter(|name| summary.measures.iter().any(|it| it.measure == *name))
}

/// What intervals are, for captions.
fn intervals(summary: &ComparisonSummary) -> String {
    match summary.fewest_replicates() {
        0 | 1 => "One replicate: no intervals of differences.".to_string(),
        _ => format!(
            "95 % confidence intervals of the mean over {}, paired by replicate (Student's t), each for its own comparison.",
            summary.replicates_in_words()
        ),
    }
}

/// Where the index moved most, and how many differences are clear.
fn answer(summary: &ComparisonSummary) -> String {
    let first = summary.first();
    let Some(measure) = summary.measures.first() else { return String::new() };
    let apart = |mean: f64| if mean.is_nan() { -1.0 } else { mean.abs() };
    let others = measure.runs.iter().filter_map(|it| Some((it, it.difference.as_ref()?)));
    let Some((run, difference)) = others.max_by(|a, b| apart(a.1.mean).total_cmp(&apart(b.1.mean))) else {
        return String::new();
    };
    let column = measure.measure.as_str();
    let words = format!("{} {}", change(column, difference.mean), interval(column, difference));
    let name = measure_name(column).to_lowercase();
    let apart = if summary.runs.len() > 2 { "lies farthest from" } else { "against" };
    let clear = match summary.differences_tested {
        0 => String::new(),
        all => format!(
            " Of {all} differences in the last round {} are clear of zero after Holm's correction.",
            summary.clear()
        ),
    };
    let doubt = if difference.has_clear_sign() { "" } else { ", an interval that includes zero" };
    format!("The {name} of {} {apart} that of {first}: {}{doubt}.{clear}", run.run, words.trim_end())
}
