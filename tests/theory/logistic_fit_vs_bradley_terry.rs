//! Law: fitted to answers with log-odds theta . x, the estimate is normal around theta, its variance 1 / information.
//! Source: Bradley and Terry 1952; Lehmann and Casella 1998, theorem 6.5.1 (asymptotics of maximum likelihood).
//! Assumptions: a penalty of 1e-9, which is nothing against hundreds of answers.
//! Statistic: estimate from 15,000 pairs of true logit 0.24116; coverage of the 95 % interval in 1,000 replications.
//! Tolerance: z = 4 x 0.0164 (1 / sqrt(15,000 p (1 - p))); 93-97 %, 3 binomial standard errors of 0.69 %.

use crate::laboratory::{Z, draws};
use nalgebra::DMatrix;
use thumbscale::feedback::logistic;
use thumbscale::random::Draws;
use thumbscale::reward::{Example, LogisticFit, fit_logistic};

const LOGIT: f64 = 0.241_16;

fn example(z: Vec<f64>, phi: Vec<f64>, theta: &DMatrix<f64>, draws: &mut Draws) -> Example {
    let mut example = Example { z, phi, yes: false, weight: 1.0 };
    example.yes = draws.uniform() < logistic(example.log_odds(theta));
    example
}

fn fit(examples: &[Example], shape: (usize, usize)) -> LogisticFit {
    let rows: Vec<&Example> = examples.iter().collect();
    fit_logistic(&rows, 1e-9, &DMatrix::zeros(shape.0, shape.1)).expect("regular")
}

fn pairs(count: usize, draws: &mut Draws) -> Vec<Example> {
    let truth = DMatrix::from_element(1, 1, LOGIT);
    (0..count)
        .map(|_| {
            let difference = if draws.uniform() < 0.5 { 1.0 } else { -1.0 };
            example(vec![difference], vec![1.0], &truth, draws)
        })
        .collect()
}

#[test]
fn the_logit_of_a_preference_is_recovered() {
    let fit = fit(&pairs(15_000, &mut draws(1, 30)), (1, 1));
    let (estimate, error) = (fit.theta[(0, 0)], fit.standard_error[(0, 0)]);
    assert!((error - 0.0164).abs() < 0.0002, "{error}");
    assert!((estimate - LOGIT).abs() < Z * 0.0164, "{estimate}");
    // Negative control: the raters' share of wins is no logit.
    assert!((logistic(LOGIT) - estimate).abs() > Z * 0.0164);
}

#[test]
fn intervals_cover_the_truth_as_often_as_they_say() {
    let mut draws = draws(1, 31);
    let (mut covered, mut covered_shifted) = (0, 0);
    for _ in 0..1000 {
        let fit = fit(&pairs(400, &mut draws), (1, 1));
        let gap = |truth: f64| (fit.theta[(0, 0)] - truth).abs() < 1.96 * fit.standard_error[(0, 0)];
        covered += u32::from(gap(LOGIT));
        // Negative control: intervals around another truth, one standard error away.
        covered_shifted += u32::from(gap(LOGIT + 0.1));
    }
    assert!((930..=970).contains(&covered), "{covered}");
    assert!(covered_shifted < 930, "{covered_shifted}");
}

// Twelve coefficients of (a, a^2, constant) x four context features: the sum of squared z is chi-square with 12
// degrees of freedom, mean 12, standard deviation sqrt(24); z = 4.
#[test]
fn many_coefficients_are_recovered_together() {
    let mut draws = draws(1, 32);
    let truth = DMatrix::from_fn(3, 4, |_, _| 0.5 * draws.normal());
    let examples: Vec<Example> = (0..20_000)
        .map(|_| {
            let (a, phi) = (draws.uniform(), vec![1.0, draws.uniform(), draws.normal(), draws.normal()]);
            example(vec![1.0, a, a * a], phi, &truth, &mut draws)
        })
        .collect();
    let fit = fit(&examples, (3, 4));
    let distance = |truth: &DMatrix<f64>| -> f64 {
        let z = (&fit.theta - truth).component_div(&fit.standard_error);
        z.iter().map(|z| z * z).sum::<f64>() / 12.0
    };
    // Coefficients of a and a^2 are strongly correlated, so the mean of squared z is 1 with a wide spread: at most
    // that of a single squared z, sqrt(2).
    assert!(distance(&truth) < 1.0 + Z * 2f64.sqrt(), "{}", distance(&truth));
    assert!(distance(&(truth * -1.0)) > 1.0 + Z * 2f64.sqrt());
}
