//! An added signal that weakens the primary one.

use crate::feedback::Sample;
use crate::training::{Held, Trainer};
use crate::verify::laboratory::{line, points, reference_policy, settings};
use crate::verify::{Case, Curve, Finding, Outcome, Tier, VerifyError};

/// Dilution by normalised weights.
pub const CASE: Case = Case {
    name: "dilution",
    tier: Tier::Exact,
    title: "A new signal dilutes the old ones",
    law: "Raters' reward -k_p (s - s0)^2 of weight 1 - w and users' reward g (s - s0) - k_u (s - s0)^2 of weight w move a behaviour \
        with a normal reference by w g / (2 ((1 - w) k_p + w k_u) + kappa), kappa = beta / sd^2.",
    source: "First-order condition of the KL-regularised objective; what OpenAI 2025-05-02 called weakening the primary signal",
    scenario: None,
    not_covered: "Learned rewards, whose errors add to it.",
    run,
};

const S0: f64 = 0.45;
const SD: f64 = 0.05;
const BETA: f64 = 0.12;
const K_P: f64 = 20.0;
const K_U: f64 = 8.0;
const GAIN: f64 = 12.0;

fn shift(w: f64, normalise: bool) -> Result<f64, VerifyError> {
    let text = format!(
        "[behaviours.deference]\nreference_mean = {S0}\nreference_sd = {SD}\n[signals.raters]\nweight = 0.0\n\
         [signals.experts]\nkind = 'rule'\nweight = {:?}\nlinear = {{ deference = {:?} }}\nquadratic = {{ deference = {:?} }}\n\
         [signals.users]\nkind = 'rule'\nweight = {:?}\nlinear = {{ deference = {:?} }}\nquadratic = {{ deference = {:?} }}\n\
         [policy]\nlevels = 32\nkl_strength = {BETA}\nlearning_rate = 1.0\nnormalise_weights = {normalise}\n",
        3.0 * (1.0 - w),
        2.0 * K_P * S0,
        -K_P,
        3.0 * w,
        GAIN + 2.0 * K_U * S0,
        -K_U,
    );
    let settings = settings(&text, &[])?;
    let base = reference_policy(&settings);
    let mut trainer = Trainer::new(&settings, &base);
    let trained = trainer.train_candidate(&base, &Sample::default(), &settings, Held::default(), (1, 1))?;
    let mut phi = vec![0.0; base.weights.ncols()];
    phi[0] = 1.0;
    Ok(trained.probabilities(0, &phi).moments().mean - S0)
}

fn law(w: f64) -> f64 {
    w * GAIN / (2.0 * ((1.0 - w) * K_P + w * K_U) + BETA / (SD * SD))
}

fn run() -> Result<Outcome, VerifyError> {
    let why = "a normal law on 32 levels with a standard deviation of 1.5 steps errs by e^-44; the rest is rounding";
    let (mut findings, mut obtained) = (Vec::new(), Vec::new());
    for w in [0.0, 0.1, 0.3, 0.5, 0.7, 0.9] {
        let shift = shift(w, true)?;
        findings.push(Finding::exact(format!("shift at w = {w}"), law(w), shift, 1e-9, why));
        obtained.push((w, shift));
    }
    findings.push(
        Finding::exact("w = 0.3, weights not normalised", law(0.3), shift(0.3, false)?, 1e-9, why)
            .as_control(),
    );
    let curve = Curve {
        title: "How far does a behaviour move as users' weight grows?".into(),
        x: "weight of users' signal".into(),
        y: "shift of the mean level".into(),
        log_x: false,
        log_y: false,
        series: vec![
            line("law", (0..=50).map(|i| 0.02 * f64::from(i)).map(|w| (w, law(w))).collect()),
            points("trained", obtained),
        ],
    };
    Ok(Outcome { findings, curves: vec![curve] })
}
