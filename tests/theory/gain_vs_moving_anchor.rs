//! Law: with a constant reward, W += eta (R - W) + const. A fixed reference R leaves (1 - eta)^n of a push after n rounds:
//! gain 1 - eta. A reference refitted to the policy's own output, R += zeta (mean of six rounds of W - R), keeps equal
//! shifts of policy and anchor for ever: gain 1, the ratchet.
//! Source: docs/model.md, sections 6 and 11; the recursion below is those two lines.
//! Assumptions: thumbs and ratings say nothing of the answer, so that the refit sees the policy's own output; no prior.
//! Statistic and tolerance: the gain; exact to rounding with a fixed reference, else 22.3
//! standard errors of three replicates: Student's t with 2 degrees of freedom, level 0.002.

use crate::laboratory::{Z, scenario};
use std::ops::ControlFlow;
use thumbscale::analysis::gain::{Fate, LoopGain, Options, foretold, loop_gain, observed};

const OPTIONS: Options =
    Options { before: 1, hold: 12, span: 6, push: 0.02, directions: 2, paths: false, horizon: 24 };
const ETA: f64 = 0.5;
/// Quantile 0.999 of Student's t with 2 degrees of freedom.
const T: f64 = 22.3;

/// The gain where a constant reward pushes towards deference, all users rate, and their thumbs are coins.
fn measured(zeta: f64, options: Options) -> LoopGain {
    let fresh = format!("policy.fresh_data={zeta:?}");
    let sets = [
        "population.users=1000",
        "run.replicates=3",
        "signals.raters.weight=0.0",
        "signals.thumbs.rows=1500",
        "segments.general.rating_propensity=20",
        "approval.surprise=0",
        "approval.sharpness=0",
        "policy.fresh_data_prior=1e-6",
        "policy.learning_rate=0.5",
        "policy.features=[\"bias\"]",
        &fresh,
    ];
    let text = "[signals.push]\nkind = 'rule'\nweight = 1.0\nlinear = { deference = 0.3 }";
    loop_gain(&scenario(text, &sets), options, &|_| ControlFlow::Continue(()))
        .expect("small runs stay finite")
        .expect("nobody stops it")
}

/// What the two lines of the law leave of a push: held `hold` rounds, followed `span`, per round.
fn law(zeta: f64, hold: u32, span: u32) -> f64 {
    let (mut policy, mut reference, mut window) = (1.0, 0.0, [0.0; 6]);
    for round in 1..=hold + span {
        let next = policy + ETA * (reference - policy);
        window.rotate_left(1);
        window[5] = policy;
        reference += zeta * (window.iter().sum::<f64>() / 6.0 - reference);
        policy = if round <= hold { 1.0 } else { next };
    }
    f64::powf(policy, 1.0 / f64::from(span))
}

fn standard_error(found: &LoopGain) -> f64 {
    // The interval of three replicates is 4.303 standard errors wide on either side (Student's t).
    (found.gain().high - found.gain().low) / 2.0 / 4.303
}

#[test]
fn a_fixed_reference_returns() {
    let found = measured(0.0, OPTIONS);
    assert!((found.gain().mean - (1.0 - ETA)).abs() < 1e-9, "{:?}", found.gain());
    let left: Vec<f64> = found.loops[0].left.iter().map(|it| it.mean).collect();
    for (round, left) in (1..).zip(left) {
        assert!((left - f64::powi(0.5, round)).abs() < 1e-9, "{round}: {left}");
    }
    let course = found.course.iter().map(|it| it.mean).collect();
    assert_eq!(observed(&course), Fate::Settles);
}

#[test]
fn a_moving_reference_ratchets() {
    for zeta in [1.0, 0.4] {
        let found = measured(zeta, OPTIONS);
        let (gain, error) = (found.gain().mean, standard_error(&found));
        let law = law(zeta, 12, 6);
        assert!(error < 0.02 && (gain - law).abs() < T * error, "{zeta}: {gain} against {law}, se {error}");
        assert!((gain - (1.0 - ETA)).abs() > T * error, "negative control: the fixed one");
        let course = found.course.iter().map(|it| it.mean).collect();
        assert_eq!(
            (observed(&course), foretold(gain, found.drive.mean, 24)),
            (Fate::Ratchets, Fate::Ratchets)
        );
    }
}

// In the limit of a long hold nothing of the push is lost; what is, is the price of holding for twelve rounds only.
#[test]
fn the_law_tends_to_one() {
    assert!((law(0.4, 200, 6) - 1.0).abs() < 1e-9 && (law(1.0, 200, 6) - 1.0).abs() < 1e-9);
    assert!(law(0.4, 12, 6) > 0.98 && law(1.0, 12, 6) > 0.98);
    assert!((law(0.0, 12, 6) - 0.5).abs() < 1e-12);
}

// With the reference frozen a moving anchor is a fixed one, whatever data say.
#[test]
fn the_reference_is_the_path_that_carries_it() {
    let found = measured(1.0, Options { paths: true, ..OPTIONS });
    let frozen = |name: &str| {
        found.loops.iter().find(|it| it.frozen == name).map(|it| it.gain.mean).expect("every path is frozen")
    };
    assert!((frozen("reference") - (1.0 - ETA)).abs() < 1e-9, "{}", frozen("reference"));
    for other in ["reward_models", "memory"] {
        assert!((frozen(other) - found.gain().mean).abs() < 1e-9, "{other} carries nothing here");
    }
    // Users carry nothing but chance: with other trust they come at other times.
    assert!((frozen("users") - found.gain().mean).abs() < Z * 2f64.sqrt() * standard_error(&found));
}
