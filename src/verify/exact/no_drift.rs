//! Without a signal nothing moves.

use crate::simulation::Simulation;
use crate::verify::laboratory::scenario;
use crate::verify::{Case, Finding, Outcome, Tier, VerifyError};

/// Bit-identical policies.
pub const CASE: Case = Case {
    name: "no-signal-no-drift",
    tier: Tier::Exact,
    title: "No signal, no drift",
    law: "With a learning rate of zero, or a reward that says nothing, the policy is bit-identical in every round, whatever users, \
        memory and ratings do.",
    source: "docs/model.md, section 6: W* = W_ref if theta = 0",
    scenario: Some("no-feedback"),
    not_covered: "Rewards that say nothing but are fitted: they move the policy by their noise.",
    run,
};

const ROUNDS: u32 = 4;

/// Rounds after which the policy is not the original one.
fn moved(text: &str, sets: &[&str]) -> Result<f64, VerifyError> {
    let small = [
        "population.users=500",
        "run.warm_up_rounds=0",
        "run.measure_rows=200",
        "signals.raters.rows=400",
        "memory.enabled=true",
    ];
    let mut simulation = Simulation::new(&scenario(text, &[&small[..], sets].concat())?, 1);
    let mut moved = 0.0;
    for _ in 0..ROUNDS {
        simulation.run_round()?;
        moved += f64::from(u8::from(simulation.service.deployed != simulation.original));
    }
    Ok(moved)
}

fn run() -> Result<Outcome, VerifyError> {
    let why = "bit for bit";
    let lively = ["signals.thumbs.weight=1", "segments.general.rating_propensity=0"];
    let nothing = "signals.nothing = { kind = 'rule', weight = 1.0 }";
    let whisper = "signals.whisper = { kind = 'rule', weight = 1.0, linear = { flattery = 1e-6 } }";
    let still = [&lively[..], &["policy.learning_rate=0.0", "policy.fresh_data=1.0"]].concat();
    let silent = ["signals.raters.weight=0"];
    let finding = |name: &str, moved| Finding::exact(name, 0.0, moved, 0.0, why);
    Ok(Outcome {
        findings: vec![
            finding("learning rate 0: rounds in which the policy differs, of 4", moved("", &still)?),
            finding("a reward of zero: the same", moved(nothing, &silent)?),
            finding("a reward of a millionth: the same", moved(whisper, &silent)?).as_control(),
        ],
        curves: vec![],
    })
}
