//! Law: a sampled gradient has the exact one as its mean; that of reinforce has the variance of a mean of products, or,
//! with the leave-one-out baseline, of a sample covariance; kto at the reference climbs along Cov_ref(t, P(desirable)).
//! Source: Williams 1992; Ahmadian et al. 2024, arXiv 2402.14740; Ethayarajh et al. 2024, arXiv 2402.01306; variance
//! of a sample covariance: Kendall and Stuart 1977, The Advanced Theory of Statistics 1, section 13.3.
//! Assumptions: a problem small enough for exact sums; batches are independent.
//! Statistic: mean gradient by coordinate; variance over batches; exact ratios where randomness is shared.
//! Tolerance: z = 4 standard errors; rounding where two gradients share their responses.

use crate::laboratory::small_problem::{SmallProblem, covariance, mean_t};
use crate::laboratory::{Z, mean_sd_se};
use nalgebra::DMatrix;
use thumbscale::policy::optimum;
use thumbscale::training::optimisers::improve;

const BATCHES: u32 = 4000;
const SMALL_BATCH: &str = "optimiser.prompts_per_step=8";

/// Largest distance of a coordinate's mean from `wanted`, in standard errors.
fn z_from(gradients: &[DMatrix<f64>], wanted: &DMatrix<f64>) -> f64 {
    let distance = |index: usize| {
        let (mean, _, se) = mean_sd_se(&gradients.iter().map(|it| it[index]).collect::<Vec<_>>());
        (mean - wanted[index]).abs() / se
    };
    (0..wanted.len()).map(distance).fold(0.0, f64::max)
}

/// A problem that starts away from the reference.
fn on_the_way(optimiser: &str, sets: &[&str]) -> SmallProblem {
    let mut small = SmallProblem::new(optimiser, sets);
    small.start = optimum(&small.reference, &small.reward.map(|r| 0.3 * r + 0.05), 0.2);
    small
}

/// Gradient of E[r] - beta KL(pi || pi_ref) at the start: Cov(t, r - beta ln pi / pi_ref).
fn exact_gradient(small: &SmallProblem, beta: f64) -> DMatrix<f64> {
    small.over_contexts(|phi| {
        let distance = &small.start.weights - &small.reference.weights;
        let log_ratio = |t: &[f64]| -> f64 {
            (0..t.len()).map(|k| t[k] * (0..phi.len()).map(|f| distance[(k, f)] * phi[f]).sum::<f64>()).sum()
        };
        covariance(&small.start, phi, |t, _| small.reward_of(t, phi) - beta * log_ratio(t))
    })
}

#[test]
fn reinforce_climbs_the_exact_gradient_on_average() {
    for baseline in ["optimiser.baseline=true", "optimiser.baseline=false"] {
        let small = on_the_way("reinforce", &[SMALL_BATCH, baseline]);
        let gradients = small.gradients(BATCHES);
        let z = z_from(&gradients, &exact_gradient(&small, 0.2));
        assert!(z < Z, "{baseline}: {z}");
        assert!(z_from(&gradients, &exact_gradient(&small, 0.0)) > Z, "negative control: no penalty");
    }
}

#[test]
fn k3_in_the_loss_pulls_along_the_gradient_of_the_forward_kl() {
    let small = on_the_way("reinforce", &[SMALL_BATCH, "optimiser.kl_penalty='loss'"]);
    let gradients = small.gradients(BATCHES);
    let wanted = exact_gradient(&small, 0.0)
        + small.over_contexts(|phi| {
            let pairs = mean_t(&small.reference, phi).into_iter().zip(mean_t(&small.start, phi));
            pairs.map(|(reference, now)| 0.2 * (reference - now)).collect()
        });
    let z = z_from(&gradients, &wanted);
    assert!(z < Z, "{z}");
    assert!(z_from(&gradients, &exact_gradient(&small, 0.2)) > Z, "negative control: the reverse KL");
}

/// Moments of the signal f and the score s of one coin: E[f^i s^j], about the means if `central`.
fn moment(small: &SmallProblem, (i, j): (i32, i32), central: bool) -> f64 {
    let p = mean_t(&small.start, &[1.0])[0];
    let q = mean_t(&small.reference, &[1.0])[0];
    let signal = |a: f64| {
        let (now, before) = if a == 1.0 { (p, q) } else { (1.0 - p, 1.0 - q) };
        small.reward[0] * a - 0.2 * (now / before).ln()
    };
    let middle = if central { p * signal(1.0) + (1.0 - p) * signal(0.0) } else { 0.0 };
    let at = |a: f64| (signal(a) - middle).powi(i) * (a - p).powi(j);
    p * at(1.0) + (1.0 - p) * at(0.0)
}

/// Distance of the gradients' variance from `wanted`, in standard errors.
fn z_of_variance(gradients: &[DMatrix<f64>], wanted: f64) -> f64 {
    let values: Vec<f64> = gradients.iter().map(|it| it[0]).collect();
    let mean = mean_sd_se(&values).0;
    let squares: Vec<f64> = values.iter().map(|x| (x - mean) * (x - mean)).collect();
    let (variance, _, se) = mean_sd_se(&squares);
    (variance - wanted).abs() / se
}

#[test]
fn variance_with_and_without_the_baseline_is_that_of_the_closed_forms() {
    let n = 4.0;
    let coin = |baseline: &str| {
        let sets = ["optimiser.prompts_per_step=1", "optimiser.rollouts_per_prompt=4", baseline];
        SmallProblem::coin("reinforce", (0.3, 0.45), 0.6, &sets)
    };
    let (with, without) = (coin("optimiser.baseline=true"), coin("optimiser.baseline=false"));
    let of_product = (moment(&without, (2, 2), false) - moment(&without, (1, 1), false).powi(2)) / n;
    let central = |i, j| moment(&with, (i, j), true);
    let of_covariance = central(2, 2) / n - (n - 2.0) / (n * (n - 1.0)) * central(1, 1).powi(2)
        + central(2, 0) * central(0, 2) / (n * (n - 1.0));
    let (with, without) = (with.gradients(16_000), without.gradients(16_000));
    assert!(z_of_variance(&with, of_covariance) < Z && z_of_variance(&without, of_product) < Z);
    // Negative control: each is clearly not the other's.
    assert!(z_of_variance(&with, of_product) > Z && z_of_variance(&without, of_covariance) > Z);
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Cov_ref(t, P(desirable)) over contexts.
fn covariance_with_labels(small: &SmallProblem) -> DMatrix<f64> {
    small.over_contexts(|phi| {
        let mean = small.reward_of(&mean_t(&small.reference, phi), phi);
        covariance(&small.reference, phi, |t, _| logistic(small.reward_of(t, phi) - mean))
    })
}

// At the reference u = z0 = 0 and the slope of the logistic function is 1/4.
#[test]
fn kto_climbs_the_covariance_with_labels_at_the_reference() {
    let mut small = SmallProblem::new("kto", &[SMALL_BATCH, "optimiser.undesirable_weight=2.0"]);
    small.reward *= 5.0;
    let gradients = small.gradients(BATCHES);
    let wanted = |weights: f64| covariance_with_labels(&small) * (weights * 0.2 / 4.0);
    let z = z_from(&gradients, &wanted(3.0));
    assert!(z < Z, "{z}");
    assert!(z_from(&gradients, &wanted(2.0)) > Z, "negative control: equal weights");
}

// The tilt is the optimum of another objective: kto would go on from there.
#[test]
fn kto_does_not_rest_at_the_tilt() {
    let mut small = SmallProblem::new("kto", &[]);
    small.start = optimum(&small.reference, &small.reward, 0.2);
    assert!(z_from(&small.gradients(BATCHES), &DMatrix::zeros(4, 2)) > Z);
    // Negative control: reinforce does, without noise.
    small.settings = SmallProblem::new("reinforce", &[]).settings;
    assert!(small.gradients(10).iter().all(|gradient| gradient.amax() < 1e-12));
}

// Labels are settled by strong rewards: beyond that their size no longer counts, while the tilt doubles.
#[test]
fn kto_saturates_in_the_reward() {
    let gradient = |scale: f64| {
        let mut small = SmallProblem::new("kto", &[]);
        small.reward *= scale;
        covariance_with_labels(&small)
    };
    let growth = |from: f64, to: f64| gradient(to).norm() / gradient(from).norm();
    assert!((growth(0.01, 0.02) - 2.0).abs() < 0.01);
    assert!((growth(1000.0, 2000.0) - 1.0).abs() < 0.02, "{}", growth(1000.0, 2000.0));
}

// At the reference ln pi / pi_ref = 0 and k3 has no gradient, so that nothing but the scaled rewards is left.
#[test]
fn scaled_advantages_do_not_see_the_size_of_the_reward() {
    let ratio = |scaled: bool| {
        let set = format!("optimiser.scale_advantages={scaled}");
        let mut small = SmallProblem::new("grpo", &[&set, "optimiser.kl_penalty='loss'"]);
        let before = small.gradients(1)[0].clone();
        small.reward *= 10.0;
        (before, small.gradients(1)[0].clone())
    };
    let (before, after) = ratio(true);
    assert!((&after - &before).norm() < 1e-5 * before.norm());
    let (before, after) = ratio(false);
    assert!(
        (after - 10.0 * &before).norm() < 1e-9 * before.norm(),
        "negative control: unscaled, ten times as large"
    );
}

// One batch, eight steps on it: beyond the clip only Adam's momentum is left.
#[test]
fn a_narrow_clip_moves_less() {
    let moved = |clip: &str| {
        let sets = ["optimiser.steps=8", "optimiser.epochs=8", clip];
        let small = SmallProblem::new("ppo", &sets);
        let end = improve(&small.problem(1)).unwrap().policy;
        small.contexts[..3].iter().map(|phi| end.kl_nats(&small.reference, phi)).sum::<f64>()
    };
    let [narrow, usual, wide, wider] =
        ["1e-6", "0.2", "100.0", "1000.0"].map(|clip| moved(&format!("optimiser.clip_range={clip}")));
    assert!(narrow < 0.7 * usual, "{narrow} {usual}");
    assert_eq!(wide, wider, "negative control: a clip that nothing reaches");
}
