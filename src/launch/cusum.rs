//! CUSUM: evidence for a change is summed day by day, and starts again from zero whenever it speaks against one.

use crate::statistics::Estimate;

/// S <- max(0, S + evidence of the day); alarm at S >= threshold.
///
/// Evidence is the log-likelihood ratio of "changed" against "as before", in nats. With that scale one threshold h
/// fits counts of any size: without a change the mean time to an alarm is at least e^h days.
///
/// Source: Page 1954, "Continuous inspection schemes", Biometrika 41; the bound: Lorden 1971, theorem 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cusum {
    /// S.
    pub statistic: f64,
    /// h.
    pub threshold: f64,
}

impl Cusum {
    /// Nothing seen yet.
    pub fn new(threshold: f64) -> Self {
        Self { statistic: 0.0, threshold }
    }

    /// Takes in a day; whether the alarm is raised. A day on which nothing could be measured changes nothing.
    pub fn update(&mut self, evidence_nats: f64) -> bool {
        if !evidence_nats.is_nan() {
            self.statistic = (self.statistic + evidence_nats).max(0.0);
        }
        self.statistic >= self.threshold
    }
}

/// Evidence of a Poisson count X for a rate `ratio` times the expected one mu: X ln ratio - mu (ratio - 1).
///
/// Divided by ln ratio this is X - k with k = (mu1 - mu0) / (ln mu1 - ln mu0), the CUSUM of Lucas 1985,
/// "Counted data CUSUM's", Technometrics 27, equation 2; his alarm limit is h / ln ratio. The expected count may
/// differ from day to day with the number of conversations.
pub fn poisson_evidence(count: f64, expected: f64, ratio: f64) -> f64 {
    count * libm::log(ratio) - expected * (ratio - 1.0)
}

/// Evidence of a normal mean for a fall by `fall` below `before`: fall (before - mean - fall / 2) / SE^2.
///
/// Source: Page 1954; Hawkins and Olwell 1998, "Cumulative sum charts", section 6.2.
pub fn fall_evidence(day: Estimate, before: f64, fall: f64) -> f64 {
    fall * (before - day.value - 0.5 * fall) / (day.standard_error * day.standard_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Lucas: mu0 = 2, mu1 = 4: k = 2 / ln 2 = 2.885; a count of 5 adds 2.115 of his units.
    #[test]
    fn evidence_of_a_count_is_that_of_lucas() {
        let lucas = poisson_evidence(5.0, 2.0, 2.0) / libm::log(2.0);
        assert!((lucas - (5.0 - 2.0 / libm::log(2.0))).abs() < 1e-12);
    }

    // Half way between the two means nothing is learned.
    #[test]
    fn a_mean_half_way_is_no_evidence() {
        let day = Estimate { value: 0.69, standard_error: 0.01 };
        assert!(fall_evidence(day, 0.70, 0.02).abs() < 1e-12);
        assert!(fall_evidence(Estimate { value: 0.68, ..day }, 0.70, 0.02) > 0.0);
    }

    #[test]
    fn evidence_against_a_change_is_not_saved_up() {
        let mut cusum = Cusum::new(2.0);
        assert!(!cusum.update(-10.0));
        assert!(!cusum.update(1.5));
        assert!(!cusum.update(f64::NAN));
        assert!(cusum.update(0.5));
    }
}
