//! Means, shares and their standard errors.

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
