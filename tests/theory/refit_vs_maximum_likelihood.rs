//! Law: the refitted reference matches the data's moments, or, with a prior worth m of n rows, their weighted mean.
//! Source: Diaconis and Ylvisaker 1979 (conjugate priors of exponential families), theorem 2.
//! Assumptions: one context; the moments lie inside the hull of the levels', so that the maximum exists.
//! Statistic: mean (and mean square, if the spread is refitted) after against before and data.
//! Tolerance: 1e-9, the Newton search's own; also from references far from the data, where plain Newton overshoots.

use crate::laboratory::settings;
use thumbscale::policy::{Demonstration, Feature, Moments, Policy, Refit, refit_reference};

fn reference(mean: f64, sd: f64) -> Policy {
    let text = format!("behaviours.deference = {{ reference_mean = {mean:?}, reference_sd = {sd:?} }}");
    let settings = settings(&text, &["policy.features=['bias']"]);
    Policy::from_scenario(&settings, &Feature::list(&settings))
}

fn moments(policy: &Policy) -> Moments {
    policy.probabilities(0, &[1.0]).moments()
}

fn rows(levels: &[f64]) -> Vec<Demonstration> {
    levels
        .iter()
        .map(|&a| Demonstration { phi: vec![1.0], levels: vec![a, 0.2, 0.2, 0.6], weight: 1.0 })
        .collect()
}

const MIXED: [f64; 8] = [0.0, 0.2, 0.2, 0.4, 0.4, 0.6, 0.8, 1.0];

fn refitted(old: &Policy, rows: &[Demonstration], refit: Refit) -> Policy {
    let fitted = refit_reference(old, rows, refit).expect("finite");
    assert!(fitted.converged);
    fitted.policy
}

#[test]
fn moments_are_the_weighted_mean_of_old_and_new() {
    let old = reference(0.2, 0.2);
    let (n, prior) = (MIXED.len() as f64, 4.0);
    let blend = |old: f64, data: f64| (prior * old + n * data) / (prior + n);
    let data = MIXED.iter().sum::<f64>() / n;
    let squares = MIXED.iter().map(|a| a * a).sum::<f64>() / n;
    let aim = refitted(&old, &rows(&MIXED), Refit { share: 1.0, prior, spread: false });
    let both = refitted(&old, &rows(&MIXED), Refit { share: 1.0, prior, spread: true });
    assert!((moments(&aim).mean - blend(moments(&old).mean, data)).abs() < 1e-9);
    assert!((moments(&both).mean - blend(moments(&old).mean, data)).abs() < 1e-9);
    assert!((moments(&both).mean_square - blend(moments(&old).mean_square, squares)).abs() < 1e-9);
    // Negative control: without refitting the spread, the mean square is another one.
    assert!((moments(&aim).mean_square - moments(&both).mean_square).abs() > 1e-3);
}

#[test]
fn far_data_are_reached() {
    for (mean, sd, data) in [(0.05, 0.1, 0.9), (0.9, 0.1, 0.1), (0.2, 0.05, 0.7), (0.0, 0.03, 0.5)] {
        let old = reference(mean, sd);
        let levels: Vec<f64> = MIXED.iter().map(|a| data + 0.1 * (a - 0.45)).collect();
        let wanted = levels.iter().sum::<f64>() / levels.len() as f64;
        let new = refitted(&old, &rows(&levels), Refit { share: 1.0, prior: 0.0, spread: false });
        assert!((moments(&new).mean - wanted).abs() < 1e-6, "{mean} {sd} {data}: {:?}", moments(&new));
    }
}
