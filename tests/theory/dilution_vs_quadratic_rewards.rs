//! Law: raters' reward -k_p (s - s0)^2 of weight 1 - w and users' reward g (s - s0) - k_u (s - s0)^2 of weight w move a
//! behaviour with normal reference (s0, sd) by w g / (2 ((1 - w) k_p + w k_u) + kappa), kappa = beta / sd^2.
//! Source: first-order condition of the KL-regularised objective; the optimum of a normal law is normal.
//! Assumptions: both are `rule` signals, weights normalised; 32 levels, s0 in the middle, sd so that nothing is cut off.
//! Statistic: the mean level. Tolerance: 1e-9; a normal law on 32 levels with sd of 1.5 steps has an error of e^-44.

use crate::laboratory::{reference_policy, settings};
use thumbscale::feedback::Sample;
use thumbscale::training::{Held, Trainer};

const S0: f64 = 0.45;
const SD: f64 = 0.05;
const BETA: f64 = 0.12;
const STIFF_RATERS: f64 = 20.0;
const STIFF_USERS: f64 = 8.0;
const GAIN: f64 = 12.0;

fn mean_shift(w: f64, normalise: bool) -> f64 {
    let settings = settings(
        &format!(
            "[behaviours.deference]\nreference_mean = {S0}\nreference_sd = {SD}\n\
             [signals.raters]\nweight = 0.0\n\
             [signals.experts]\nkind = 'rule'\nweight = {:?}\n\
             linear = {{ deference = {:?} }}\nquadratic = {{ deference = {:?} }}\n\
             [signals.users]\nkind = 'rule'\nweight = {:?}\n\
             linear = {{ deference = {:?} }}\nquadratic = {{ deference = {:?} }}\n\
             [policy]\nlevels = 32\nkl_strength = {BETA}\nlearning_rate = 1.0\nnormalise_weights = {normalise}\n",
            3.0 * (1.0 - w),
            2.0 * STIFF_RATERS * S0,
            -STIFF_RATERS,
            3.0 * w,
            GAIN + 2.0 * STIFF_USERS * S0,
            -STIFF_USERS,
        ),
        &[],
    );
    let base = reference_policy(&settings);
    let trained = Trainer::new(&settings, &base)
        .train_candidate(&base, &Sample::default(), &settings, Held::default(), (1, 1))
        .expect("finite");
    let mut phi = vec![0.0; base.weights.ncols()];
    phi[0] = 1.0;
    trained.probabilities(0, &phi).moments().mean - S0
}

fn law(w: f64) -> f64 {
    w * GAIN / (2.0 * ((1.0 - w) * STIFF_RATERS + w * STIFF_USERS) + BETA / (SD * SD))
}

#[test]
fn a_new_signal_dilutes_the_old_one() {
    for w in [0.0, 0.1, 0.3, 0.5, 0.9] {
        assert!((mean_shift(w, true) - law(w)).abs() < 1e-9, "{w}: {} {}", mean_shift(w, true), law(w));
    }
    // Negative control: weights that sum to 3 without being normalised.
    assert!((mean_shift(0.3, false) - law(0.3)).abs() > 1e-3);
}
