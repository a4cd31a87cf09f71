//! Law: reinforce, ppo, grpo (penalty in the reward) and dpo end where `exact` does, at the tilt pi_ref exp(r / beta);
//! grpo with k3 in the loss ends at the maximum of (1 - 1/n) E[r] - beta KL(pi_ref || pi); kto ends at neither.
//! Source: Korbak et al. 2022, arXiv 2205.11275; Rafailov et al. 2023, arXiv 2305.18290, eq. 4; Shao et al. 2024, arXiv
//! 2402.03300, eq. 4; the factor 1 - 1/n: a group's mean holds the response itself.
//! Assumptions: two behaviours and three contexts, so that sums are exact; one step per batch where k3 is tested.
//! Statistic: mean level in every context, over seeds; for dpo also the weights.
//! Tolerance: z = 4 standard errors over 24 seeds, and 0.002 levels for what Adam has left to go where noise vanishes.

use crate::laboratory::small_problem::{SmallProblem, covariance, mean_t};
use crate::laboratory::{Z, mean_sd_se};
use nalgebra::DMatrix;
use thumbscale::policy::{Policy, optimum};
use thumbscale::reward::Example;
use thumbscale::training::optimisers::{Adam, improve};

const SEEDS: u64 = 24;
const LEFT_TO_GO: f64 = 0.002;
const WORDS: [&str; 7] = ["exact", "reinforce", "ppo", "grpo", "dpo", "kto", "best_of_n"];

/// Largest distance of a mean level from that of `target`, beyond the tolerance, in standard errors.
fn z_from(policies: &[Policy], target: &Policy) -> f64 {
    let mut most: f64 = 0.0;
    for phi in [[1.0, 0.0], [1.0, 0.5], [1.0, 1.0]] {
        let levels: Vec<Vec<f64>> = policies.iter().map(|policy| mean_t(policy, &phi)).collect();
        for (j, wanted) in mean_t(target, &phi).into_iter().take(target.behaviours).enumerate() {
            let (mean, _, se) = mean_sd_se(&levels.iter().map(|t| t[j]).collect::<Vec<_>>());
            most = most.max(((mean - wanted).abs() - LEFT_TO_GO) / (se + 1e-12));
        }
    }
    most
}

fn tilt(small: &SmallProblem, kl_strength: f64) -> Policy {
    optimum(&small.reference, &small.reward, kl_strength)
}

#[test]
fn sampled_optimisers_reach_the_exact_optimum() {
    for word in ["reinforce", "ppo", "grpo", "dpo"] {
        let small =
            SmallProblem::new(word, &["optimiser.steps=400", "optimiser.pairs=20000", "optimiser.l2=1e-3"]);
        let ends = small.improved(SEEDS);
        let z = z_from(&ends, &tilt(&small, 0.2));
        assert!(z < Z, "{word}: {z}");
        // Negative control: a penalty that is a quarter too strong.
        let other = z_from(&ends, &tilt(&small, 0.25));
        assert!(other > Z, "{word}: {other}");
    }
}

/// theta . (t(0.6) - t(0)) of one behaviour in a context, what a step of three levels is worth.
fn worth(theta: &DMatrix<f64>, behaviour: usize, phi: &[f64]) -> f64 {
    let dot = |row: usize| phi.iter().enumerate().map(|(f, x)| theta[(row, f)] * x).sum::<f64>();
    0.6 * dot(behaviour) + 0.36 * dot(2 + behaviour)
}

// Coefficients of dpo are beta (W - W_ref), those of a Bradley-Terry fit are the reward: W - W_ref = theta / beta.
// Linear and quadratic weights err together, so it is their sums over a step of levels that are compared.
#[test]
fn weights_of_dpo_are_the_reward_over_the_kl_strength() {
    let mut small = SmallProblem::new("dpo", &["optimiser.pairs=20000", "optimiser.l2=1e-3"]);
    small.reward *= 3.0;
    let moves: Vec<_> =
        small.improved(SEEDS).iter().map(|end| &end.weights - &small.reference.weights).collect();
    let z = |beta: f64| {
        let mut most: f64 = 0.0;
        for (j, phi) in [0, 1].into_iter().flat_map(|j| small.contexts[..3].iter().map(move |phi| (j, phi))) {
            let (mean, _, se) = mean_sd_se(&moves.iter().map(|it| worth(it, j, phi)).collect::<Vec<_>>());
            most = most.max((mean - worth(&small.reward, j, phi) / beta).abs() / se);
        }
        most
    };
    assert!(z(0.2) < Z, "{}", z(0.2));
    assert!(z(0.21) > Z, "negative control: a KL strength 5 % off, {}", z(0.21));
}

// The loss of dpo, from normalised probabilities, is that of logistic regression: normalisers cancel within a pair.
#[test]
fn the_margin_of_dpo_is_linear_in_the_weights() {
    let small = SmallProblem::new("dpo", &[]);
    let (reference, policy, beta) = (&small.reference, tilt(&small, 0.2), 0.2);
    let phi = [1.0, 0.7];
    let log_ratio = |a: [usize; 2]| -> f64 {
        let of = |policy: &Policy, j: usize| policy.probabilities(j, &phi).logarithm(a[j]);
        (0..2).map(|j| of(&policy, j) - of(reference, j)).sum()
    };
    let t = |a: [usize; 2]| [0, 1, 2, 3].map(|k| reference.level(a[k % 2]).powi(1 + k as i32 / 2));
    for (first, second) in [([0, 5], [3, 1]), ([2, 2], [4, 0]), ([5, 5], [0, 0])] {
        let z = t(first).iter().zip(t(second)).map(|(a, b)| a - b).collect();
        let example = Example { z, phi: phi.to_vec(), yes: true, weight: 1.0 };
        let margin = beta * (log_ratio(first) - log_ratio(second));
        let theta = (&policy.weights - &reference.weights) * beta;
        assert!((example.log_odds(&theta) - margin).abs() < 1e-12);
        assert!((example.log_odds(&(theta * 1.01)) - margin).abs() > 1e-6, "negative control");
    }
}

/// The maximum of share x E[r] - beta KL(pi_ref || pi), climbed along the exact gradient.
fn forward_kl_optimum(small: &SmallProblem, share: f64, beta: f64) -> Policy {
    let mut policy = small.reference.clone();
    let mut adam = Adam::new(policy.weights.shape(), 0.1, 3000);
    for _ in 0..3000 {
        let gradient = small.over_contexts(|phi| {
            let pull = mean_t(&small.reference, phi).into_iter().zip(mean_t(&policy, phi));
            let push = covariance(&policy, phi, |t, _| small.reward_of(t, phi));
            push.iter()
                .zip(pull)
                .map(|(push, (reference, now))| share * push + beta * (reference - now))
                .collect()
        });
        adam.climb(&mut policy.weights, &gradient);
    }
    policy
}

#[test]
fn k3_in_the_loss_ends_at_the_optimum_of_the_forward_kl() {
    let sets = [
        "optimiser.kl_penalty='loss'",
        "optimiser.epochs=1",
        "optimiser.steps=1000",
        "optimiser.step_size=0.05",
    ];
    let small = SmallProblem::new("grpo", &sets);
    let ends = small.improved(SEEDS);
    let z = z_from(&ends, &forward_kl_optimum(&small, 7.0 / 8.0, 0.2));
    assert!(z < Z, "{z}");
    // Negative controls: the tilt, and the same penalty without the group's own share.
    assert!(z_from(&ends, &tilt(&small, 0.2)) > Z);
    assert!(z_from(&ends, &forward_kl_optimum(&small, 1.0, 0.2)) > Z);
}

#[test]
fn kto_goes_past_the_tilt() {
    let small = SmallProblem::new("kto", &["optimiser.steps=1000"]);
    let exact = tilt(&small, 0.2);
    let ends = small.improved(6);
    assert!(z_from(&ends, &exact) > Z);
    for phi in &small.contexts[..3] {
        for end in &ends {
            let (far, near) = (end.kl_nats(&small.reference, phi), exact.kl_nats(&small.reference, phi));
            assert!(far > 1.5 * near, "{far} {near}");
        }
    }
}

#[test]
fn without_reward_every_optimiser_stays_at_the_reference() {
    for word in WORDS {
        let mut small = SmallProblem::new(word, &["optimiser.pairs=10000", "optimiser.step_size=0.02"]);
        let elsewhere = tilt(&small, 0.2);
        small.reward.fill(0.0);
        let ends = small.improved(SEEDS);
        let z = z_from(&ends, &small.reference);
        assert!(z < Z, "{word}: {z}");
        assert!(z_from(&ends, &elsewhere) > Z, "negative control: {word}");
    }
}

#[test]
fn a_seed_gives_the_same_bits_and_another_seed_others() {
    for word in &WORDS[1..] {
        let small = SmallProblem::new(word, &["optimiser.steps=20", "optimiser.pairs=500"]);
        let [one, again, other] = [1, 1, 2].map(|seed| improve(&small.problem(seed)).unwrap());
        assert_eq!(one, again, "{word}");
        assert_ne!(one, other, "{word}");
    }
}

#[test]
fn without_contexts_sampled_optimisers_return_the_start() {
    for word in &WORDS[1..] {
        let mut small = SmallProblem::new(word, &[]);
        small.contexts.clear();
        assert_eq!(improve(&small.problem(1)).unwrap().policy, small.start, "{word}");
    }
}
