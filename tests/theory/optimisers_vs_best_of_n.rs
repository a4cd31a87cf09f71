//! Law: where one level of two is better, the best of n is that level with probability 1 - (1 - p)^n; the law of the best
//! is at most ln n - (n - 1) / n nats from that of one response.
//! Source: Beirami et al. 2024, arXiv 2401.01879 (the bound, with ties); the first is elementary.
//! Assumptions: one behaviour with two levels and one context, so that the fit is the share among the best; nearly no prior.
//! Statistic: P(better level) after distillation; KL from the reference.
//! Tolerance: z = 4 standard errors of a share among 4,000 best responses.

use crate::laboratory::small_problem::{SmallProblem, mean_t};
use crate::laboratory::{Z, z_of_share};
use thumbscale::training::optimisers::improve;

fn distilled(p: f64, n: u32, reward: f64) -> (f64, f64) {
    let best_of = format!("optimiser.best_of={n}");
    let small = SmallProblem::coin("best_of_n", (p, p), reward, &[&best_of, "optimiser.prior=1e-6"]);
    let end = improve(&small.problem(u64::from(n))).unwrap().policy;
    (mean_t(&end, &[1.0])[0], end.kl_nats(&small.reference, &[1.0]))
}

#[test]
fn the_best_of_n_is_the_better_level_unless_all_are_worse() {
    for (p, n) in [(0.1, 1), (0.1, 2), (0.2, 4), (0.05, 8), (0.02, 32)] {
        let wanted = |n: u32| 1.0 - f64::powi(1.0 - p, n as i32);
        let (share, kl) = distilled(p, n, 0.3);
        let z = |n: u32| z_of_share(share * 4000.0, 4000.0, wanted(n)).abs();
        assert!(z(n) < Z, "p = {p}, n = {n}: {}", z(n));
        assert!(z(2 * n) > Z, "negative control: twice as many, p = {p}, n = {n}");
        let bound = f64::from(n).ln() - f64::from(n - 1) / f64::from(n);
        assert!(kl < bound + 1e-3, "p = {p}, n = {n}: {kl} {bound}");
    }
}

// Only the order of rewards counts: neither their size nor the KL strength does.
#[test]
fn the_size_of_the_reward_does_not_count() {
    assert_eq!(distilled(0.2, 4, 0.3), distilled(0.2, 4, 30.0));
    assert!(
        distilled(0.2, 4, 0.3).0 > 0.5 && distilled(0.2, 4, -0.3).0 < 0.1,
        "negative control: its sign does"
    );
}
