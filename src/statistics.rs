//! Means, shares and their standard errors.

mod bootstrap;
mod fit_error;
mod student;

pub use bootstrap::{RESAMPLES, bca_interval, resample};
pub use fit_error::FitError;
pub(crate) use fit_error::{factor, triangle};
pub use student::student_two_sided;

/// A value with its Monte-Carlo standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Estimate.
    pub value: f64,
    /// Standard error, NaN where it cannot be had.
    pub standard_error: f64,
}

/// Sum and sum of squares of a quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// Number of values.
    pub count: f64,
    /// Sum.
    pub sum: f64,
    /// Sum of squares.
    pub squares: f64,
}

impl Moment {
    /// Takes in one value.
    #[inline(always)]
    pub fn push(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    /// Takes in the values of another.
    pub fn add(&mut self, other: &Moment) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// Mean, NaN without values.
    pub fn mean(&self) -> f64 {
        self.sum / self.count
    }

    /// Standard error of the mean, NaN below two values.
    pub fn standard_error(&self) -> f64 {
        let variance = (self.squares / self.count - self.mean() * self.mean()).max(0.0);
        if self.count < 2.0 { f64::NAN } else { (variance / (self.count - 1.0)).sqrt() }
    }
}

impl From<&Moment> for Estimate {
    fn from(moment: &Moment) -> Self {
        Self { value: moment.mean(), standard_error: moment.standard_error() }
    }
}

/// A share and its binomial standard error; NaN of nothing.
pub fn share(part: u64, whole: f64) -> Estimate {
    let value = part as f64 / whole;
    Estimate { value, standard_error: (value * (1.0 - value) / whole).sqrt() }
}

/// Sums over users of a numerator x and a denominator n (ratings up and ratings, say), from which the ratio
/// sum x / sum n of a group of users and its sampling error are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RatioMoments {
    /// Users.
    pub users: f64,
    /// Sum of x.
    pub x: f64,
    /// Sum of n.
    pub n: f64,
    /// Sum of x^2.
    pub xx: f64,
    /// Sum of n^2.
    pub nn: f64,
    /// Sum of x n.
    pub xn: f64,
}

impl RatioMoments {
    /// Takes in one user.
    pub fn push(&mut self, x: f64, n: f64) {
        self.users += 1.0;
        self.x += x;
        self.n += n;
        self.xx += x * x;
        self.nn += n * n;
        self.xn += x * n;
    }

    /// Takes in the users of another.
    pub fn add(&mut self, other: &RatioMoments) {
        self.users += other.users;
        self.x += other.x;
        self.n += other.n;
        self.xx += other.xx;
        self.nn += other.nn;
        self.xn += other.xn;
    }

    /// The same with every denominator `scale` times as large.
    pub fn per(&self, scale: f64) -> Self {
        Self { n: self.n * scale, nn: self.nn * scale * scale, xn: self.xn * scale, ..*self }
    }

    /// The ratio with its standard error by the delta method, users (not conversations) being what was sampled:
    /// the variance is sum (x - r n)^2 / (sum n)^2 with the factor users / (users - 1). NaN below two users or
    /// without a denominator.
    ///
    /// Source: Deng, Knoblich and Lu 2018, "Applying the delta method in metric analytics", arXiv 1803.06336, eq. 2.
    pub fn ratio(&self) -> Estimate {
        let value = self.x / self.n;
        let squares = (self.xx - 2.0 * value * self.xn + value * value * self.nn).max(0.0);
        let variance = squares * self.users / (self.users - 1.0) / (self.n * self.n);
        let known = self.users >= 2.0 && self.n > 0.0;
        Estimate { value, standard_error: if known { variance.sqrt() } else { f64::NAN } }
    }
}

/// 95 % confidence interval of a share, right also near 0 and 1 (Wilson 1927); NaN of nothing.
pub fn wilson_interval(count: f64, n: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let (share, z2) = (count / n, Z * Z / n);
    let middle = (share + 0.5 * z2) / (1.0 + z2);
    let half = libm::sqrt((share * (1.0 - share) + 0.25 * z2) * z2) / (1.0 + z2);
    if n > 0.0 { ((middle - half).max(0.0), (middle + half).min(1.0)) } else { (f64::NAN, f64::NAN) }
}

/// 95 % interval of a statistic from its values with each replicate left out, by Student's t (Efron and Tibshirani 1993,
/// eq. 11.5); NaN with fewer than two.
pub fn jackknife_interval(estimate: f64, left_out: &[f64]) -> (f64, f64) {
    let count = left_out.len() as f64;
    let centre = left_out.iter().sum::<f64>() / count;
    let squares: f64 = left_out.iter().map(|value| (value - centre) * (value - centre)).sum();
    let standard_error = (squares * (count - 1.0) / count).sqrt();
    let half = student_quantile(left_out.len().saturating_sub(1)) * standard_error;
    (estimate - half, estimate + half)
}

/// P(Z <= z) for Z standard normal.
pub fn normal_cumulative(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// The z with P(Z <= z) = `probability`; infinite at 0 and 1.
///
/// From the approximation 26.2.23 of Abramowitz and Stegun 1964 (error below 4.5e-4) by three steps of Halley's
/// method, after which rounding is all that is left.
pub fn normal_quantile(probability: f64) -> f64 {
    if probability > 0.5 {
        return -normal_quantile(1.0 - probability);
    }
    if probability <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let t = libm::sqrt(-2.0 * libm::log(probability));
    let above = (0.010328 * t + 0.802853) * t + 2.515517;
    let below = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0;
    (0..3).fold(above / below - t, |z, _| {
        let density = libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * std::f64::consts::PI);
        let step = (normal_cumulative(z) - probability) / density;
        z - step / (1.0 + 0.5 * z * step)
    })
}

/// The 97.5 % quantile of Student's t: a mean lies within this many standard errors in 95 % of samples.
///
/// From a table up to ten degrees of freedom, above by expansion in 1 / n (Abramowitz and Stegun 1964, 26.7.5),
/// there exact to five digits. NaN without any degree of freedom.
pub fn student_quantile(degrees_of_freedom: usize) -> f64 {
    const TABLE: [f64; 10] =
        [12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139];
    const Z: f64 = 1.959_963_984_540_054;
    match degrees_of_freedom {
        0 => f64::NAN,
        few @ 1..=10 => TABLE[few - 1],
        many => {
            let (n, z2) = (many as f64, Z * Z);
            let g1 = Z * (z2 + 1.0) / 4.0;
            let g2 = Z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
            let g3 = Z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
            let g4 = Z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0;
            Z + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Published quantiles; those of 9 and 10 come from the table, the others from the expansion.
    #[test]
    fn student_quantiles_are_the_published_ones() {
        let published =
            [(9, 2.262157), (10, 2.228139), (11, 2.200985), (20, 2.085963), (60, 2.000298), (1000, 1.962339)];
        for (degrees_of_freedom, expected) in published {
            let found = student_quantile(degrees_of_freedom);
            assert!((found - expected).abs() < 2e-5, "{degrees_of_freedom}: {found}");
        }
        assert!(student_quantile(0).is_nan());
    }

    // R 4: qnorm(c(0.5, 0.05, 0.975, 1e-6)).
    #[test]
    fn normal_quantiles_are_the_published_ones() {
        let published =
            [(0.5, 0.0), (0.05, -1.644853626951473), (0.975, 1.959963984540054), (1e-6, -4.753424308822899)];
        for (probability, expected) in published {
            let found = normal_quantile(probability);
            assert!((found - expected).abs() < 1e-12, "{probability}: {found}");
            assert!((normal_cumulative(found) / probability - 1.0).abs() < 1e-12);
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }

    // 1, 2, 3, 4: mean 2.5, sample variance 5 / 3, standard error sqrt(5 / 12).
    #[test]
    fn moments_give_mean_and_standard_error() {
        let mut moment = Moment::default();
        for value in [1.0, 2.0, 3.0, 4.0] {
            moment.push(value);
        }
        assert_eq!(moment.mean(), 2.5);
        assert!((moment.standard_error() - (5.0f64 / 12.0).sqrt()).abs() < 1e-15);
    }

    // With n = 1 for everyone the ratio is the mean of x and its error that of a mean. Of 1, 0, 0, 1: 0.5, sample
    // variance 1/3, error sqrt(1/12).
    #[test]
    fn a_ratio_with_constant_denominator_is_a_mean() {
        let mut moments = RatioMoments::default();
        [1.0, 0.0, 0.0, 1.0].iter().for_each(|&x| moments.push(x, 1.0));
        let ratio = moments.ratio();
        assert_eq!(ratio.value, 0.5);
        assert!((ratio.standard_error - (1.0f64 / 12.0).sqrt()).abs() < 1e-15);
        assert!(RatioMoments::default().ratio().standard_error.is_nan());
    }
}
