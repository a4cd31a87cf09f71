//! Student's t: probabilities for tests.

/// P(|T| >= |t|) for T of Student's law: the two-sided p-value of a mean that lies `t` standard errors from zero.
///
/// A finite sum for whole degrees of freedom n, with theta = atan(t / sqrt(n)). Absolute error below 1e-14, so that
/// p-values below that mean only "very small". NaN without any degree of freedom or for a NaN.
///
/// Source: Abramowitz and Stegun 1964, 26.7.3 (odd n) and 26.7.4 (even n).
pub fn student_two_sided(t: f64, degrees_of_freedom: usize) -> f64 {
    if degrees_of_freedom == 0 || t.is_nan() {
        return f64::NAN;
    }
    let theta = libm::atan(t.abs() / libm::sqrt(degrees_of_freedom as f64));
    let (sine, cosine) = libm::sincos(theta);
    let within = match degrees_of_freedom % 2 {
        0 => sine * powers(1.0, cosine, 1, degrees_of_freedom),
        _ => (theta + sine * powers(cosine, cosine, 2, degrees_of_freedom)) / std::f64::consts::FRAC_PI_2,
    };
    (1.0 - within).clamp(0.0, 1.0)
}

/// `first` and the terms after it up to the power n - 2 of the cosine, each cosine^2 k / (k + 1) times the one before,
/// with k rising by two from `start`.
fn powers(first: f64, cosine: f64, start: usize, n: usize) -> f64 {
    if n < start + 1 {
        return 0.0;
    }
    let (mut term, mut sum) = (first, first);
    for k in (start..n.saturating_sub(2)).step_by(2) {
        term *= cosine * cosine * k as f64 / (k + 1) as f64;
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::student_quantile;

    #[test]
    fn at_the_97th_and_a_half_percentile_five_per_cent_lie_outside() {
        for n in (1..=30).chain([99, 1000]) {
            let p = student_two_sided(student_quantile(n), n);
            assert!((p - 0.05).abs() < 2e-6, "{n}: {p}");
        }
    }

    // Published tables: 1 degree 6.3138 and 63.657, 2 degrees 9.9248, 3 degrees 5.8409, 5 degrees 4.0321, 10 degrees 3.1693.
    #[test]
    fn other_levels_are_the_published_ones() {
        let published = [
            (6.3138, 1, 0.1),
            (63.657, 1, 0.01),
            (9.9248, 2, 0.01),
            (5.8409, 3, 0.01),
            (-4.0321, 5, 0.01),
            (3.1693, 10, 0.01),
        ];
        for (t, n, expected) in published {
            let p = student_two_sided(t, n);
            assert!((p / expected - 1.0).abs() < 1e-4, "{t}, {n}: {p}");
        }
    }

    #[test]
    fn ends_and_nothing() {
        assert_eq!(student_two_sided(0.0, 4), 1.0);
        assert_eq!(student_two_sided(f64::INFINITY, 3), 0.0);
        assert!(student_two_sided(1.0, 0).is_nan() && student_two_sided(f64::NAN, 3).is_nan());
    }
}
