//! Users kept in few bits against users in single precision, on the same random words.
//!
//! Rounding at random adds noise and no drift, so over seeds the paired differences of every measure have mean zero: z = 4
//! standard errors of 12 seeds. What is left of noise is bounded, too: a difference of one run of 4,000 users over
//! eight rounds stays below 0.01 in all of these measures, which are all of order one.

use crate::laboratory::{Z, mean_sd_se, run, scenario};
use thumbscale::measure::RoundMeasures;

const NAMES: [&str; 8] = [
    "approval",
    "benefit",
    "share of thumbs up and known users",
    "share of visible stances",
    "flattery",
    "trust",
    "stance error",
    "polarisation",
];

fn measures(it: &RoundMeasures) -> [f64; 8] {
    let (total, users) = (it.served.total(), &it.users.0);
    let share = |count: u64| count as f64 / total.conversations();
    [
        total.approval.mean(),
        total.benefit.mean(),
        share(total.up) + share(total.known),
        share(total.visible),
        total.level(1, 6).mean(),
        users.mean_trust(),
        users.mean_abs_stance_error(),
        users.polarisation(),
    ]
}

/// The last round of a run with a policy that learns nothing, so that users alone differ.
fn last(state: &str, seed: u64, extra: &[&str]) -> [f64; 8] {
    let state = format!("run.state='{state}'");
    let sets = [
        &state,
        "population.users=4000",
        "run.rounds=8",
        "policy.learning_rate=0.0",
        "memory.enabled=true",
        "clock.conversations_per_day=0.5",
        "segments.general.rating_propensity=-2",
    ];
    let (_, rounds) = run(&scenario("", &[&sets[..], extra].concat()), seed);
    measures(&rounds[7])
}

/// Mean and standard error of the paired differences, by measure.
fn differences(extra: &[&str]) -> Vec<(f64, f64, f64)> {
    let pairs: Vec<[f64; 8]> = (1..=12)
        .map(|seed| {
            let (compact, wide) = (last("compact", seed, extra), last("wide", seed, &[]));
            std::array::from_fn(|k| compact[k] - wide[k])
        })
        .collect();
    (0..8).map(|k| mean_sd_se(&pairs.iter().map(|pair| pair[k]).collect::<Vec<_>>())).collect()
}

#[test]
fn rounding_at_random_leads_nowhere() {
    for (name, (mean, sd, se)) in NAMES.iter().zip(differences(&[])) {
        assert!(mean.abs() < Z * se, "{name}: {mean} +- {se}");
        assert!(sd < 0.01 / Z, "{name}: {sd}");
    }
}

// Negative control: beliefs that move a fifth faster.
#[test]
fn what_leads_somewhere_is_noticed() {
    let found = differences(&["consequences.belief_rate=0.3"]);
    assert!(found.iter().any(|(mean, _, se)| mean.abs() > Z * se));
}
