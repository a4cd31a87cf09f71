//! Law: of all penalties r - lambda A on agreement A, lambda* = beta ln(m1 / m0) restores the base policy's agreement,
//! m_a the mean of e^(r / beta) over base responses with A = a; the result is the KL-closest such policy to the optimum.
//! Source: Shapira, Benade and Procaccia 2026, arXiv 2602.01002, theorem 6.
//! Assumptions: agreement is yes or no; rewards and penalty are `rule` signals of a scenario, added without normalising.
//! Statistic and tolerance: agreement to 1e-9 (rounding); KL of 1,000 other policies with base agreement is larger.

use crate::laboratory::{draws, reference_policy, settings};
use thumbscale::feedback::Sample;
use thumbscale::policy::Policy;
use thumbscale::training::{Held, Trainer};

const BETA: f64 = 0.7;

/// Two behaviours with levels 0 and 1; the reward likes both, `penalty` is taken from deference.
fn trained(penalty: f64) -> (Policy, Policy) {
    let settings = settings(
        &format!(
            "[behaviours]\namplification = false\nsubstance = false\n\
             deference = {{ reference_mean = 0.4, reference_sd = 0.5 }}\n\
             [segments]\nexpert = {{ taste = {{ flattery = 0.7 }} }}\n\
             [signals.raters]\nweight = 0.0\n\
             [signals.wish]\nkind = 'rule'\nweight = 1.0\nlinear = {{ deference = 0.6, flattery = 0.3 }}\n\
             [signals.sycophancy_penalty]\nkind = 'rule'\nweight = 1.0\nlinear = {{ deference = {} }}\n\
             [policy]\nlevels = 2\nkl_strength = {BETA}\nlearning_rate = 1.0\nnormalise_weights = false\n",
            -penalty
        ),
        &[],
    );
    let base = reference_policy(&settings);
    let mut trainer = Trainer::new(&settings, &base);
    let trained = trainer
        .train_candidate(&base, &Sample::default(), &settings, Held::default(), (1, 1))
        .expect("finite");
    (base, trained)
}

/// P(deference, flattery) for the four responses, and the chance of agreement.
fn joint(policy: &Policy) -> [f64; 4] {
    let mut phi = vec![0.0; policy.weights.ncols()];
    phi[0] = 1.0;
    let (s, f) = (policy.probabilities(0, &phi), policy.probabilities(1, &phi));
    std::array::from_fn(|i| s.as_slice()[i / 2] * f.as_slice()[i % 2])
}

fn agreement(joint: [f64; 4]) -> f64 {
    joint[2] + joint[3]
}

/// m_a: mean of e^(r / beta) over base responses with agreement a.
fn mean_weight(base: [f64; 4], a: usize) -> f64 {
    let rewards = [0.0, 0.3, 0.6, 0.9];
    let mass: f64 = base[2 * a..2 * a + 2].iter().sum();
    (2 * a..2 * a + 2).map(|i| base[i] * f64::exp(rewards[i] / BETA)).sum::<f64>() / mass
}

#[test]
fn the_minimal_penalty_restores_base_agreement() {
    let (base, drifted) = trained(0.0);
    let base = joint(&base);
    let penalty = BETA * (mean_weight(base, 1) / mean_weight(base, 0)).ln();
    assert!(agreement(joint(&drifted)) > agreement(base) + 0.05);
    let corrected = joint(&trained(penalty).1);
    assert!((agreement(corrected) - agreement(base)).abs() < 1e-9);
    // Negative control: 1 % less.
    assert!((agreement(joint(&trained(0.99 * penalty).1)) - agreement(base)).abs() > 1e-4);
}

#[test]
fn nothing_with_base_agreement_is_closer_to_the_optimum() {
    let (base, drifted) = trained(0.0);
    let (base, drifted) = (joint(&base), joint(&drifted));
    let penalty = BETA * (mean_weight(base, 1) / mean_weight(base, 0)).ln();
    let kl = |p: [f64; 4]| -> f64 { p.iter().zip(drifted).map(|(p, q)| p * (p / q).ln()).sum() };
    let closest = kl(joint(&trained(penalty).1));
    let mut draws = draws(1, 20);
    for _ in 0..1000 {
        let (x, y, m) = (draws.uniform().max(1e-6), draws.uniform().max(1e-6), agreement(base));
        let other = [(1.0 - m) * (1.0 - x), (1.0 - m) * x, m * (1.0 - y), m * y];
        assert!(kl(other) > closest - 1e-12);
    }
}
