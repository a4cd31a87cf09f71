//! Law: with explicit rewards the policy after one full step is W_ref + sum w_i theta_i / (beta sum w_i): adding a signal
//! dilutes the others, and a weaker KL penalty multiplies all. Effects of every order and Shapley values follow.
//! Source: docs/model.md, section 6; Shapley 1953 for the shares.
//! Assumptions: rule signals only, no context features; substance is the only behaviour that helps.
//! Statistic: offline substance, an exact mean, of all four combinations, through the whole pipeline.
//! Tolerance: rounding, 1e-12.

use crate::laboratory::scenario;
use std::ops::ControlFlow;
use thumbscale::analysis::compounding::{Compounding, compounding, versions};
use thumbscale::analysis::ensemble::{Design, NoStore, evaluate};
use thumbscale::measure::table::Table;
use thumbscale::scenario::Scenario;

const FACTORS: &str = "
active_factors = ['praise', 'loose']
[policy]
kl_strength = 0.2
[signals.primary]
kind = 'rule'
weight = 1.0
linear = { substance = 0.4 }
[signals.added]
kind = 'rule'
linear = { substance = -0.2 }
[factors.praise]
from_round = 1
set = { signals.added.weight = 0.5 }
[factors.loose]
from_round = 1
set = { policy.kl_strength = 0.1 }
";
const BETA: f64 = 0.2;

fn found() -> Compounding {
    let sets = [
        "population.users=64",
        "run.rounds=2",
        "run.replicates=2",
        "signals.raters.weight=0.0",
        "policy.learning_rate=1.0",
        "policy.features=[\"bias\"]",
    ];
    // Only the factors of this file: those of the baseline are declared, not combined.
    let scenario = scenario(FACTORS, &sets);
    let factors = ["praise", "loose"].map(String::from);
    let all: Vec<Scenario> =
        versions(&scenario, &factors).expect("valid").into_iter().map(|it| it.scenario).collect();
    let design = Design { points: 1, versions: &|_| all.clone(), replicates: 2 };
    let run = evaluate(design, &NoStore, &|_| ControlFlow::Continue(()), &|tables: &[Table]| tables.to_vec());
    let histories =
        run.results.into_iter().flatten().map(|it| it.expect("reached").expect("finite")).collect();
    compounding(&scenario, &factors, &["offline_substance".to_string()], histories)
}

/// Mean of a level in {0, 1/5, ..., 1} with weights exp(linear a + quadratic a^2): by the sum.
fn mean(linear: f64, quadratic: f64) -> f64 {
    let weight = |level: f64| (linear * level + quadratic * level * level).exp();
    let levels = (0..6).map(|index| f64::from(index) / 5.0);
    levels.clone().map(|a| a * weight(a)).sum::<f64>() / levels.map(weight).sum::<f64>()
}

/// Substance under an average reward and a penalty, from the reference law of the built-in behaviours.
fn substance(reward: f64, beta: f64) -> f64 {
    let settings = crate::laboratory::settings("", &[]);
    let it = &settings.behaviours["substance"];
    let variance = it.reference_sd * it.reference_sd;
    mean(it.reference_mean / variance + reward / beta, -0.5 / variance)
}

#[test]
fn effects_and_shares_are_those_of_the_closed_form() {
    let found = found();
    let effects = &found.outcomes[0].effects;
    let diluted = (1.0 * 0.4 + 0.5 * -0.2) / 1.5;
    let (none, praise, loose, both) =
        (substance(0.4, BETA), substance(diluted, BETA), substance(0.4, 0.1), substance(diluted, 0.1));
    let close = |ours: f64, law: f64| assert!((ours - law).abs() < 1e-12, "{ours} against {law}");
    close(effects.baseline.mean, none);
    close(effects.effects[0].rise.mean, praise - none);
    close(effects.effects[1].rise.mean, loose - none);
    close(effects.joint.mean, both - none);
    let pair = both - praise - loose + none;
    close(effects.effects[2].dividend.mean, pair);
    close(effects.effects[2].contrast.mean, pair / 2.0);
    close(effects.effects[0].contrast.mean, (praise + both - none - loose) / 2.0);
    close(effects.shapley[0].mean, praise - none + pair / 2.0);
    close(effects.shapley[1].mean, loose - none + pair / 2.0);
    close(effects.shapley.iter().map(|it| it.mean).sum(), both - none);
    close(effects.compounding_ratio.mean, (both - none) / (praise + loose - 2.0 * none));
    // Negative control: rewards that add up instead of diluting each other.
    assert!((effects.joint.mean - (substance(0.4 - 0.1, 0.1) - none)).abs() > 1e-3);
    // Exact means do not depend on the replicate, so nothing is uncertain.
    assert!((effects.joint.high - effects.joint.low).abs() < 1e-12);
}
