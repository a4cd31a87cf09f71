//! What must add up in every round.

use crate::measure::RoundMeasures;
use crate::simulation::Simulation;
use crate::verify::laboratory::scenario;
use crate::verify::{Case, Finding, Outcome, Tier, VerifyError};

/// Sums that are conserved.
pub const CASE: Case = Case {
    name: "conservation",
    tier: Tier::Exact,
    title: "Nothing is lost and nothing counted twice",
    law: "Probabilities sum to 1; active and left users sum to N in every round; every thumb belongs to one served conversation, \
        and sums over segments are sums over all.",
    source: "docs/model.md, sections 2 and 3 (A9)",
    scenario: Some("all-three"),
    not_covered: "Conservation over a rollback; tests/launch_days.rs.",
    run,
};

const USERS: u64 = 3000;

fn rounds() -> Result<(Simulation, Vec<RoundMeasures>), VerifyError> {
    let sets = [
        "run.rounds=8",
        "run.warm_up_rounds=1",
        "run.measure_rows=300",
        "signals.raters.rows=500",
        "memory.enabled=true",
        "signals.thumbs.weight=1.0",
        "policy.fresh_data=0.4",
        "segments.general.rating_propensity=-1",
        "consequences.leaving=0.3",
    ];
    let users = format!("population.users={USERS}");
    let mut simulation = Simulation::new(&scenario("", &[&sets[..], &[&users]].concat())?, 5);
    let rounds = (0..9).map(|_| simulation.run_round()).collect::<Result<_, _>>()?;
    Ok((simulation, rounds))
}

/// Thumbs without a conversation of their own in the round's logs, where the samples hold every conversation.
fn stray_thumbs(round: &RoundMeasures) -> f64 {
    let sample = &round.served.sample;
    let mut seen: Vec<(u32, u32, u32)> =
        sample.rated.iter().map(|row| (row.user, row.day, row.conversation)).collect();
    seen.sort_unstable();
    let all = seen.len();
    seen.dedup();
    let unrated = sample.rated.iter().filter(|row| !row.rated).count();
    (all - seen.len() + unrated) as f64
}

fn run() -> Result<Outcome, VerifyError> {
    let (simulation, rounds) = rounds()?;
    let policy = &simulation.service.deployed;
    let rows = &rounds[8].served.sample.uniform;
    let sums = rows.iter().flat_map(|row| policy.response_law(&row.phi(policy.weights.ncols())));
    let gap = sums.map(|law| (law.as_slice().iter().sum::<f64>() - 1.0).abs()).fold(0.0, f64::max);
    let most = |of: &dyn Fn(&RoundMeasures) -> f64| rounds.iter().map(of).fold(0.0, f64::max);
    let users = most(&|round| (round.users.0.active + round.users.0.left).abs_diff(USERS) as f64);
    let excess = most(&|round| {
        let total = round.served.total();
        (total.rated as f64 - total.conversations()).max(0.0)
            + (total.up as f64 - total.rated as f64).max(0.0)
    });
    let parts = most(&|round| {
        let sum: f64 = round.served.segments.iter().map(|part| part.conversations()).sum();
        (sum - round.served.total().conversations()).abs()
    });
    let left = rounds[8].users.0.left as f64;
    let (count, exact) = ("whole numbers", 0.0);
    Ok(Outcome {
        findings: vec![
            Finding::exact(
                "largest gap of a sum of probabilities to 1",
                0.0,
                gap,
                1e-14,
                "rounding of a division",
            ),
            Finding::exact("active + left - N, largest over 9 rounds", 0.0, users, exact, count),
            Finding::exact("thumbs beyond ratings beyond conversations", 0.0, excess, exact, count),
            Finding::exact(
                "thumbs that share a conversation or were not given",
                0.0,
                most(&stray_thumbs),
                exact,
                count,
            ),
            Finding::exact("conversations of segments minus all", 0.0, parts, exact, count),
            Finding::exact("active - N, as if nobody had left", 0.0, left, exact, count).as_control(),
        ],
        curves: vec![],
    })
}
