//! Law: with a fixed reference, a reward D for agreement lifts its logit by D / beta once; with a reference refitted to
//! the policy's own output every round, by D / beta every round: 0.30 becomes 0.353 and 0.982 after 20 rounds.
//! Source: induction on the tilt, logit pi* = logit pi_ref + D / beta. Here D = 0.241, beta = 1.
//! Assumptions: agreement is yes or no; the refit sees expected data (exact) or 20,000 samples (Monte Carlo), no prior.
//! Statistic and tolerance: agreement to 1e-9 (exact); the logit's random walk has variance sum 1 / (n p (1 - p)), z = 4.

use crate::laboratory::{Z, draws};
use crate::tilt_vs_covariance_identity::yes_or_no;
use nalgebra::DMatrix;
use thumbscale::policy::{Demonstration, Policy, Refit, optimum, refit_reference};

const GAIN: f64 = 0.241;
const ROUNDS: i32 = 20;
const FULL: Refit = Refit { share: 1.0, prior: 0.0, spread: false };

fn agreement(policy: &Policy) -> f64 {
    policy.probabilities(0, &[1.0]).moments().mean
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

fn demonstration(level: f64) -> Demonstration {
    Demonstration { phi: vec![1.0], levels: vec![level], weight: 1.0 }
}

/// Agreement after 20 rounds, the reference refitted to what `data` makes of the policy's agreement.
fn after(mut data: impl FnMut(f64) -> Vec<Demonstration>, refit: Refit) -> f64 {
    let reward = DMatrix::from_column_slice(2, 1, &[GAIN, 0.0]);
    let mut reference = yes_or_no(0.3);
    let mut policy = reference.clone();
    for _ in 0..ROUNDS {
        policy = optimum(&reference, &reward, 1.0);
        reference = refit_reference(&reference, &data(agreement(&policy)), refit).expect("finite").policy;
    }
    agreement(&policy)
}

#[test]
fn a_fixed_anchor_holds_and_a_moving_one_ratchets() {
    let expected = |p: f64| vec![demonstration(p)];
    let fixed = after(expected, Refit { share: 0.0, ..FULL });
    let moving = after(expected, FULL);
    assert!((fixed - 0.353).abs() < 5e-4 && (logit(fixed) - logit(0.3) - GAIN).abs() < 1e-9);
    assert!((moving - 0.982).abs() < 5e-4, "{moving}");
    assert!((logit(moving) - logit(0.3) - f64::from(ROUNDS) * GAIN).abs() < 1e-7);
    // Half the way each round, in logits: the anchor trails, W_ref += (W - W_ref) / 2.
    let half = after(expected, Refit { share: 0.5, ..FULL });
    let law = (1.0 + 0.5 * f64::from(ROUNDS - 1)) * GAIN;
    assert!((logit(half) - logit(0.3) - law).abs() < 1e-7);
    // Negative control: a prior worth a tenth of the data slows the ratchet visibly.
    assert!((after(expected, Refit { prior: 0.1, ..FULL }) - moving).abs() > 1e-3);
}

#[test]
fn sampled_data_ratchet_alike() {
    let (n, mut draws) = (20_000, draws(1, 50));
    let mut variance = 0.0;
    let moving = after(
        |p| {
            variance += 1.0 / (f64::from(n) * p * (1.0 - p));
            (0..n).map(|_| demonstration(f64::from(u8::from(draws.uniform() < p)))).collect()
        },
        FULL,
    );
    let walked = logit(moving) - logit(0.3);
    assert!((walked - f64::from(ROUNDS) * GAIN).abs() < Z * variance.sqrt(), "{walked}");
    assert!((walked - f64::from(ROUNDS - 5) * GAIN).abs() > Z * variance.sqrt());
}
