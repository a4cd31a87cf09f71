//! Correction for who rates: each rating is weighted by the inverse of the probability that such a conversation is rated.

use super::logistic::{Example, fit_logistic};
use crate::feedback::logistic;
use crate::statistics::FitError;
use nalgebra::DMatrix;

/// Strength of the L2 penalty on the propensity model.
const L2: f64 = 1.0;

/// Weights are cut at this multiple of their mean, so that no single rating decides a fit.
const LARGEST_WEIGHT: f64 = 10.0;

/// Weighs `rated` by 1 / P(rated | response, context), estimated by a logistic fit to a uniform sample of conversations of
/// which it is known whether they were rated; weights have mean 1.
///
/// It corrects for what response and context say of who rates. What they do not say, such as how surprised the user was,
/// stays uncorrected: nobody logs it.
/// Source: Horvitz and Thompson 1952; Schnabel et al. 2016, arXiv 1602.05352, section 4.
///
/// Returns whether the logistic fit converged.
///
/// # Errors
/// If the logistic fit fails, or a rating is so improbable that its weight is not finite.
pub fn weigh_by_propensity(rated: &mut [Example], whether_rated: &[Example]) -> Result<bool, FitError> {
    let Some(first) = whether_rated.first() else { return Ok(true) };
    let start = DMatrix::zeros(first.z.len(), first.phi.len());
    let fit = fit_logistic(&whether_rated.iter().collect::<Vec<_>>(), L2, &start)?;
    for row in rated.iter_mut() {
        row.weight = 1.0 / logistic(row.log_odds(&fit.theta));
    }
    if rated.is_empty() {
        return Ok(fit.converged);
    }
    for _ in 0..2 {
        let mean = rated.iter().map(|row| row.weight).sum::<f64>() / rated.len() as f64;
        FitError::check("the mean of inverse-propensity weights", &[mean])?;
        rated.iter_mut().for_each(|row| row.weight = (row.weight / mean).min(LARGEST_WEIGHT));
    }
    Ok(fit.converged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(x: f64, yes: bool) -> Example {
        Example { z: vec![1.0, x], phi: vec![1.0], yes, weight: 1.0 }
    }

    // One in ten plain conversations is rated and one in two of the others: a plain rating stands for five times as many.
    #[test]
    fn rarely_rated_conversations_weigh_more() {
        let whether: Vec<Example> = (0..4000)
            .map(|i| if i % 2 == 0 { row(0.0, i % 20 == 0) } else { row(1.0, i % 4 == 1) })
            .collect();
        let mut rated: Vec<Example> = (0..600).map(|i| row(if i < 100 { 0.0 } else { 1.0 }, true)).collect();
        assert_eq!(weigh_by_propensity(&mut rated, &whether), Ok(true));
        let (plain, other) = (rated[0].weight, rated[599].weight);
        // The penalty pulls the estimate towards 1, by some percent here.
        assert!((plain / other / 5.0 - 1.0).abs() < 0.05, "{plain} {other}");
        let mean = rated.iter().map(|row| row.weight).sum::<f64>() / 600.0;
        assert!((mean - 1.0).abs() < 1e-12);
    }

    #[test]
    fn without_a_sample_of_all_conversations_nothing_is_corrected() {
        let mut rated = vec![row(0.0, true)];
        assert_eq!(weigh_by_propensity(&mut rated, &[]), Ok(true));
        assert_eq!(rated, [row(0.0, true)]);
    }
}
