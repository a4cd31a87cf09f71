//! Student's t law, for the probability of a correlation by chance.

/// Probability that |T| exceeds |t| with `degrees` degrees of freedom: the regularised incomplete beta function
/// I_x(degrees / 2, 1/2) at x = degrees / (degrees + t^2). NaN without any degree of freedom.
///
/// Source: Abramowitz and Stegun 1964, 26.5.27 and 26.5.8 (continued fraction).
pub fn two_sided_probability(t: f64, degrees: f64) -> f64 {
    match () {
        () if degrees.is_nan() || degrees <= 0.0 || t.is_nan() => f64::NAN,
        () if t.is_infinite() => 0.0,
        () => incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t)),
    }
}

fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast below the mean; above, the function is mirrored.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let logarithm =
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    libm::exp(logarithm) / a * fraction(a, b, x)
}

/// The continued fraction by Lentz's method.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const STEPS: u32 = 300;
    let off_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / off_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut result = d;
    for step in 1..=STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = result;
        for coefficient in [even, odd] {
            d = 1.0 / off_zero(1.0 + coefficient * d);
            c = off_zero(1.0 + coefficient / c);
            result *= c * d;
        }
        if (result - before).abs() < 1e-15 * result.abs() {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::student_quantile;

    #[test]
    fn five_percent_lie_beyond_the_published_quantiles() {
        for degrees in [1, 2, 5, 10, 20, 60, 1000] {
            let found = two_sided_probability(student_quantile(degrees), degrees as f64);
            assert!((found - 0.05).abs() < 1e-5, "{degrees}: {found}");
        }
    }

    // With one degree of freedom T is a Cauchy number: P(|T| > 1) = 1/2. SciPy: 2 * t.sf(3, 7) = 0.019942126132.
    #[test]
    fn known_probabilities() {
        assert!((two_sided_probability(1.0, 1.0) - 0.5).abs() < 1e-12);
        assert!((two_sided_probability(-3.0, 7.0) - 0.019942126132).abs() < 1e-11);
        assert_eq!(two_sided_probability(0.0, 7.0), 1.0);
        assert!(two_sided_probability(1.0, 0.0).is_nan());
    }
}
