//! How much memory training takes, before anything is allocated.

use super::FRESH_BATCHES;
use super::optimisers::Rollout;
use crate::feedback::Interaction;
use crate::policy::Feature;
use crate::scenario::{OptimiserKind, Scenario, Settings, SignalKind};
use std::mem::size_of;

/// What two vectors and the rest of a demonstration take beside its numbers.
const OVERHEAD: f64 = 96.0;

/// Bytes of feedback, samples and sampled responses at their peak, in the largest phase. Rows that there are not
/// conversations for are not counted.
pub fn bytes_needed(scenario: &Scenario) -> u64 {
    let most = scenario.phases.iter().map(|phase| bytes_of(&phase.settings)).fold(0.0, f64::max);
    most as u64
}

fn bytes_of(settings: &Settings) -> f64 {
    let conversations = settings.population.users as f64
        * settings.clock.conversations_per_day
        * f64::from(settings.clock.days_per_round);
    let rows = |rows: u32| f64::from(rows).min(1.2 * conversations);
    let numbers = 2 * settings.behaviours.len() + 1 + Feature::list(settings).len();
    let answer = 8.0 * (numbers + 2) as f64;
    let row = size_of::<Interaction>() + 8 * numbers;
    let run = &settings.run;
    let iterations =
        u64::from(run.warm_up_rounds + run.rounds) * u64::from(settings.policy.training_iterations);
    let signals = settings.signals.values();
    let learned = signals.clone().filter(|it| it.weight > 0.0 && it.kind != SignalKind::Rule);
    let windows: f64 =
        learned.map(|it| rows(it.rows) * u64::from(it.window).min(iterations) as f64 * answer).sum();
    let most = |thumbs| {
        let of_kind = signals.clone().filter(|it| (it.kind == SignalKind::Thumbs) == thumbs);
        of_kind.map(|it| rows(it.rows)).fold(0.0, f64::max)
    };
    // A sample is kept as it was served, and once more for the answers of later iterations.
    let uniform = most(false).max(rows(run.measure_rows));
    let samples = 2.0 * (most(true) + uniform) * row as f64;
    let fresh = FRESH_BATCHES as f64 * most(true) * (answer + OVERHEAD);
    windows + samples + fresh + uniform * OVERHEAD + optimiser(settings, answer)
}

/// One batch of sampled responses, and what is fitted to them.
fn optimiser(settings: &Settings, answer: f64) -> f64 {
    let it = &settings.optimiser;
    let response = size_of::<Rollout>() as f64;
    let batch = f64::from(it.prompts_per_step) * (f64::from(it.rollouts_per_prompt) * response + OVERHEAD);
    match settings.policy.optimiser {
        OptimiserKind::Exact => 0.0,
        OptimiserKind::Dpo => f64::from(it.pairs) * (2.0 * response + OVERHEAD + answer),
        OptimiserKind::BestOfN => {
            let prompts = settings.signals.values().map(|it| it.rows).max().unwrap_or(0);
            f64::from(prompts.max(settings.run.measure_rows)) * (f64::from(it.best_of) * response + answer)
        }
        _ => batch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(sets: &[&str]) -> f64 {
        let sets: Vec<String> = sets.iter().map(|set| set.to_string()).collect();
        bytes_needed(&Scenario::preset("baseline", &sets).expect("valid")) as f64
    }

    // By hand: an answer has 9 functions of 4 behaviours, 10 features, what was said and its weight, 8 bytes each.
    #[test]
    fn more_rows_take_more_as_far_as_there_are_conversations() {
        let answer = 21.0 * 8.0;
        let grows = needed(&["signals.raters.window=7"]) - needed(&["signals.raters.window=6"]);
        assert_eq!(grows, 4096.0 * answer);
        // 100,000 users have 140,000 conversations in a week.
        let rows = |rows: &str| needed(&[&format!("signals.raters.rows={rows}")]);
        assert!(rows("100000") > 1.5e8 && rows("100000") < rows("1000000"));
        assert_eq!(rows("1000000"), rows("10000000"));
        assert!(needed(&["policy.optimiser=dpo", "optimiser.pairs=10000000"]) > 3e9);
    }
}
