//! From the outcomes of all 2^k combinations to effects of every order. Combinations are numbered by their bits.

/// Contrasts of a two-level factorial: entry T is the average change of the outcome when the product of the factors in T
/// goes from -1 to +1, entry 0 the mean. For one factor that is its main effect, averaged over everything else.
///
/// (2 / 2^k) sum_S (-1)^(|T| - |S and T|) y(S), by the fast Walsh-Hadamard transform, k 2^k additions (Yates 1937; Box,
/// Hunter and Hunter 2005, section 5.4).
pub fn contrasts(outcomes: &[f64]) -> Vec<f64> {
    let mut values = outcomes.to_vec();
    butterflies(&mut values, |off, on| (off + on, on - off));
    let half = values.len() as f64 / 2.0;
    values.iter_mut().for_each(|value| *value /= half);
    values[0] /= 2.0;
    values
}

/// What each combination adds beyond everything that its parts add: the terms d with y(S) - y(none) = sum of d(T) over
/// the non-empty T in S; entry 0 is y(none). Those of single factors are their effects alone, all others compounding.
///
/// d(T) = sum_S (-1)^(|T| - |S|) y(S) over S in T (Moebius inversion; "dividends" of Harsanyi 1959).
pub fn dividends(outcomes: &[f64]) -> Vec<f64> {
    let mut values = outcomes.to_vec();
    butterflies(&mut values, |off, on| (off, on - off));
    values
}

/// Each factor's share of the joint effect: every dividend is split evenly among the factors that earn it.
///
/// phi_i = sum of d(T) / |T| over T with i (Shapley 1953). They sum to y(all) - y(none), whatever the order in which
/// factors are thought to come.
pub fn shapley_values(dividends: &[f64]) -> Vec<f64> {
    let factors = dividends.len().trailing_zeros() as usize;
    let mut shares = vec![0.0; factors];
    for (subset, dividend) in dividends.iter().enumerate().skip(1) {
        let part = dividend / f64::from(subset.count_ones());
        (0..factors).filter(|factor| subset >> factor & 1 == 1).for_each(|factor| shares[factor] += part);
    }
    shares
}

/// Combines, factor by factor, the values without and with it.
fn butterflies(values: &mut [f64], combine: impl Fn(f64, f64) -> (f64, f64)) {
    let mut stride = 1;
    while stride < values.len() {
        for block in values.chunks_exact_mut(2 * stride) {
            let (without, with) = block.split_at_mut(stride);
            for (off, on) in without.iter_mut().zip(with) {
                (*off, *on) = combine(*off, *on);
            }
        }
        stride *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// (-1)^(|T| - |S and T|).
    fn sign(t: usize, s: usize) -> f64 {
        if (t.count_ones() - (s & t).count_ones()).is_multiple_of(2) { 1.0 } else { -1.0 }
    }

    fn outcomes() -> impl Strategy<Value = Vec<f64>> {
        (0u32..7).prop_flat_map(|factors| prop::collection::vec(-10.0..10.0f64, 1 << factors))
    }

    // Box, Hunter and Hunter 2005, table 5.1 (pilot plant; T, C, K): 60, 72, 54, 68, 52, 83, 45, 80.
    #[test]
    fn contrasts_of_a_published_example() {
        let effects = contrasts(&[60.0, 72.0, 54.0, 68.0, 52.0, 83.0, 45.0, 80.0]);
        assert_eq!(effects, [64.25, 23.0, -5.0, 1.5, 1.5, 10.0, 0.0, 0.5]);
    }

    // y = 1 + 2 a + 3 b + 5 a b: alone 2 and 3, together 5 more.
    #[test]
    fn dividends_and_shares_of_a_product() {
        let terms = dividends(&[1.0, 3.0, 4.0, 11.0]);
        assert_eq!(terms, [1.0, 2.0, 3.0, 5.0]);
        assert_eq!(shapley_values(&terms), [4.5, 5.5]);
    }

    proptest! {
        #[test]
        fn fast_contrasts_are_the_sums_that_define_them(y in outcomes()) {
            for (t, effect) in contrasts(&y).iter().enumerate().skip(1) {
                let sum: f64 = y.iter().enumerate().map(|(s, y)| sign(t, s) * y).sum();
                prop_assert!((effect - 2.0 * sum / y.len() as f64).abs() < 1e-12);
            }
        }

        #[test]
        fn dividends_add_up_to_every_outcome(y in outcomes()) {
            let terms = dividends(&y);
            for (s, y) in y.iter().enumerate() {
                let sum: f64 = (0..terms.len()).filter(|t| t & s == *t).map(|t| terms[t]).sum();
                prop_assert!((sum - y).abs() < 1e-9);
            }
        }

        // The definition: the mean over all orders of what a factor adds when it comes.
        #[test]
        fn shares_are_means_over_orders_and_sum_to_the_joint_effect(
            y in prop::collection::vec(-10.0..10.0f64, 16),
        ) {
            let shares = shapley_values(&dividends(&y));
            prop_assert!((shares.iter().sum::<f64>() - (y[15] - y[0])).abs() < 1e-12);
            let weight = [6.0, 2.0, 2.0, 6.0].map(|w| w / 24.0);
            for (factor, share) in shares.iter().enumerate() {
                let without = (0..16usize).filter(|s| s >> factor & 1 == 0);
                let mean: f64 =
                    without.map(|s| weight[s.count_ones() as usize] * (y[s | 1 << factor] - y[s])).sum();
                prop_assert!((mean - share).abs() < 1e-12);
            }
        }
    }
}
