//! Many comparisons: which of them are clear when all are looked at together.

/// Which of several hypotheses Holm's step-down procedure rejects, so that the chance of any false rejection among all
/// of them is at most `level`, whatever their dependence. A NaN is no hypothesis: it is not rejected and not counted.
///
/// The smallest p-value is held against level / m, the next against level / (m - 1), until one is not below.
///
/// Source: Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6, 65-70.
pub fn holm(p_values: &[f64], level: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p_values.len()).filter(|&index| !p_values[index].is_nan()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let count = order.len();
    let mut rejected = vec![false; p_values.len()];
    for (rank, index) in order.into_iter().enumerate() {
        if p_values[index] > level / (count - rank) as f64 {
            break;
        }
        rejected[index] = true;
    }
    rejected
}

#[cfg(test)]
mod tests {
    use super::*;

    // By hand: 0.01 <= 0.05 / 4 and 0.015 <= 0.05 / 3, but 0.03 > 0.05 / 2, so 0.04 falls with it.
    #[test]
    fn stepping_down_stops_at_the_first_that_is_not_small_enough() {
        assert_eq!(holm(&[0.04, 0.01, 0.03, 0.015], 0.05), [false, true, false, true]);
    }

    #[test]
    fn what_is_not_known_is_not_counted() {
        assert_eq!(holm(&[f64::NAN, 0.04], 0.05), [false, true]);
        assert_eq!(holm(&[], 0.05), [false; 0]);
    }
}
