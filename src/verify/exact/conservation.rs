//! What is counted adds up.

use crate::feedback::Interaction;
use crate::measure::RoundMeasures;
use crate::policy::Policy;
use crate::simulation::Simulation;
use crate::verify::laboratory::{draws, reference_policy, scenario, settings};
use crate::verify::{Case, Finding, Outcome, Tier, VerifyError};
use std::collections::BTreeSet;

/// Conservation.
pub const CASE: Case = Case {
    name: "conservation",
    tier: Tier::Exact,
    title: "Probabilities, users and thumbs add up",
    law: "The probabilities of a behaviour's levels sum to 1, whatever the policy. Users who are active and users who left sum to \
        the population. Every thumb belongs to exactly one served conversation.",
    source: "axioms of probability; counting",
    scenario: None,
    not_covered: "Whether the right users leave and rate.",
    run,
};

const USERS: f64 = 500.0;
const ROUNDS: usize = 8;

/// Users leave, return and arrive, and some rate; samples are large enough for every conversation.
const LIVELY: [&str; 10] = [
    "population.users=500",
    "run.rounds=8",
    "run.warm_up_rounds=0",
    "run.measure_rows=100000",
    "signals.thumbs.weight=1.0",
    "signals.thumbs.rows=100000",
    "segments.general.rating_propensity=0.0",
    "consequences.leaving=0.1",
    "consequences.returning=0.1",
    "population.arrival_rate=0.05",
];

fn run() -> Result<Outcome, VerifyError> {
    let mut findings = probabilities()?;
    let mut simulation = Simulation::new(&scenario("", &LIVELY)?, 1);
    let rounds = (0..ROUNDS).map(|_| simulation.run_round()).collect::<Result<Vec<_>, _>>()?;
    findings.extend(users(&rounds));
    findings.extend(thumbs(&rounds));
    Ok(Outcome { findings, curves: vec![] })
}

/// The largest distance from 1 of a sum of probabilities, over random policies from flat to extreme.
fn probabilities() -> Result<Vec<Finding>, VerifyError> {
    let base = reference_policy(&settings("", &["policy.levels=32", "policy.features=['bias']"])?);
    let mut draws = draws(12, 0);
    let (mut whole, mut without_last) = (0.0f64, 0.0f64);
    for trial in 0..2000 {
        let scale = libm::pow(10.0, f64::from(trial % 8) - 2.0);
        let weights = base.weights.map(|_| scale * draws.normal());
        let policy = Policy { weights, ..base.clone() };
        for law in policy.response_law(&[1.0]) {
            let gap = |levels: usize| (law.as_slice()[..levels].iter().sum::<f64>() - 1.0).abs();
            whole = if gap(32).is_nan() { f64::INFINITY } else { whole.max(gap(32)) };
            without_last = without_last.max(gap(31));
        }
    }
    let why = "rounding of 32 terms; 2,000 policies, weights of 0.01 to 100,000";
    Ok(vec![
        Finding::exact("largest gap of a sum of probabilities to 1", 0.0, whole, 1e-13, why),
        Finding::exact("the same without the last level", 0.0, without_last, 1e-13, why).as_control(),
    ])
}

/// The largest distance of active + left from N, over rounds.
fn users(rounds: &[RoundMeasures]) -> [Finding; 2] {
    let gap = |left: f64| {
        let one =
            |it: &RoundMeasures| (it.users.0.active as f64 + left * it.users.0.left as f64 - USERS).abs();
        rounds.iter().map(one).fold(0.0, f64::max)
    };
    let name = "largest gap of active + left to 500 users, 8 rounds";
    [
        Finding::exact(name, 0.0, gap(1.0), 0.0, "counts"),
        Finding::exact("the same without those who left", 0.0, gap(0.0), 0.0, "counts").as_control(),
    ]
}

/// Which conversation of a round a row is.
type Name = (u32, u32, u32);

fn name(row: &Interaction) -> Name {
    (row.user, row.day, row.conversation)
}

/// Thumbs against the conversations that they should belong to.
fn thumbs(rounds: &[RoundMeasures]) -> Vec<Finding> {
    let (mut astray, mut shifted, mut twice, mut uncounted) = (0, 0, 0, 0);
    for round in rounds {
        let (served, total) = (&round.served.sample, round.served.total());
        let all: BTreeSet<Name> = served.uniform.iter().map(name).collect();
        let rated: BTreeSet<Name> = served.rated.iter().map(name).collect();
        astray += rated.difference(&all).count();
        // The conversation after the one that was rated need not exist.
        shifted +=
            rated.iter().filter(|(user, day, number)| !all.contains(&(*user, *day, number + 1))).count();
        twice += served.uniform.len() - all.len() + served.rated.len() - rated.len();
        uncounted += all.len().abs_diff(total.conversations() as usize);
        uncounted += rated.len().abs_diff(total.rated as usize);
        uncounted += served.rated.iter().filter(|row| row.up).count().abs_diff(total.up as usize);
    }
    let all: u64 = rounds.iter().map(|round| round.served.total().rated).sum();
    let none = |what: &str, count: usize| Finding::exact(what, 0.0, count as f64, 0.0, "counts");
    vec![
        none(&format!("thumbs of {all} without a served conversation"), astray),
        none("conversations or thumbs that occur twice", twice),
        none("difference between rows and sums: conversations, thumbs, thumbs up", uncounted),
        none("thumbs without a conversation, if each is given to the next", shifted).as_control(),
    ]
}
