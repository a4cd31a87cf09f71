//! Law: at the minimum of the penalised log-loss the gradient is zero; standard errors are roots of the inverse curvature.
//! Source: Bishop 2006, section 4.3.3.
//! Assumptions: a positive penalty; nothing else, separable answers included.
//! Statistic: finite differences of `log_loss`: largest gradient entry per answer, ratio of standard errors.
//! Tolerance: 1e-5, for steps end below 1e-6; 0.1 %, for second differences over 1e-3 err by less.

use crate::laboratory::draws;
use nalgebra::DMatrix;
use thumbscale::reward::{Example, fit_logistic, log_loss};

const L2: f64 = 0.5;

fn examples(count: u32, yes: impl Fn(f64, f64, f64) -> bool) -> Vec<Example> {
    let mut draws = draws(1, 40);
    (0..count)
        .map(|_| {
            let (a, x, u) = (draws.uniform(), draws.normal(), draws.uniform());
            Example { z: vec![1.0, a], phi: vec![1.0, x], yes: yes(a, x, u), weight: 1.0 }
        })
        .collect()
}

fn objective(rows: &[&Example], theta: &DMatrix<f64>) -> f64 {
    rows.len() as f64 * log_loss(rows, theta) + 0.5 * L2 * theta.norm_squared()
}

fn moved(theta: &DMatrix<f64>, moves: &[(usize, f64)]) -> DMatrix<f64> {
    let mut theta = theta.clone();
    moves.iter().for_each(|&(i, h)| theta[(i / 2, i % 2)] += h);
    theta
}

fn gradient(rows: &[&Example], theta: &DMatrix<f64>) -> Vec<f64> {
    let h = 1e-5;
    let side = |i, h| objective(rows, &moved(theta, &[(i, h)]));
    (0..4).map(|i| (side(i, h) - side(i, -h)) / (2.0 * h)).collect()
}

fn curvature(rows: &[&Example], theta: &DMatrix<f64>) -> DMatrix<f64> {
    let h = 1e-3;
    let corner = |i, k, a: f64, b: f64| objective(rows, &moved(theta, &[(i, a * h), (k, b * h)]));
    DMatrix::from_fn(4, 4, |i, k| {
        let mixed = corner(i, k, 1.0, 1.0) - corner(i, k, 1.0, -1.0) - corner(i, k, -1.0, 1.0);
        (mixed + corner(i, k, -1.0, -1.0)) / (4.0 * h * h)
    })
}

fn assert_minimum(examples: &[Example]) {
    let rows: Vec<&Example> = examples.iter().collect();
    let n = rows.len() as f64;
    for start in [0.0, 3.0, -20.0] {
        let fit = fit_logistic(&rows, L2, &DMatrix::from_element(2, 2, start)).expect("regular");
        let slope = gradient(&rows, &fit.theta).iter().fold(0.0f64, |most, g| most.max(g.abs())) / n;
        assert!(slope < 1e-5, "from {start}: {slope}");
        let inverse = curvature(&rows, &fit.theta).try_inverse().expect("the penalty is positive");
        for i in 0..4 {
            let ratio = fit.standard_error[(i / 2, i % 2)] / inverse[(i, i)].sqrt();
            assert!((ratio - 1.0).abs() < 1e-3, "from {start}: {ratio}");
        }
        // Negative control: a hundredth beside the minimum the gradient is not zero.
        let beside = gradient(&rows, &moved(&fit.theta, &[(0, 0.01)]));
        assert!(beside[0].abs() / n > 1e-5);
    }
}

#[test]
fn noisy_answers() {
    assert_minimum(&examples(3000, |a, x, u| u < 1.0 / (1.0 + (0.5 - a * x).exp())));
}

#[test]
fn separable_answers() {
    assert_minimum(&examples(500, |a, _, _| a > 0.5));
}

#[test]
fn only_yes() {
    assert_minimum(&examples(200, |_, _, _| true));
}
