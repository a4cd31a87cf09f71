//! Best of n: what it does to agreement, and how far it goes from the reference.

use crate::policy::{MAX_BEHAVIOURS, Policy};
use crate::training::optimisers::{Problem, sample_groups};
use crate::verify::laboratory::{line, mean_and_error, points, settings};
use crate::verify::{Case, Curve, Expected, Finding, Outcome, Tier, VerifyError};
use nalgebra::DMatrix;

/// Theorem 3 of Shapira, Benade and Procaccia.
pub const AGREEMENT: Case = Case {
    name: "best-of-n",
    tier: Tier::Exact,
    title: "Best of n moves agreement with the sign of its reward gap",
    law: "E_N[g] - E_base[g] = N Cov_base(g, U^(N-1)), U the quantile of the reward. With a normal quality, agreement 0.3 and a \
        reward gap of +0.5 standard deviations the best of 32 agrees with 0.541; without a gap with 0.300; with -0.5 less.",
    source: "Shapira, Benade and Procaccia 2026, arXiv 2602.01002, theorem 3",
    scenario: None,
    not_covered: "Rewards with errors; see `overoptimisation`.",
    run: agreement_case,
};

/// The divergence of best of n.
pub const DIVERGENCE: Case = Case {
    name: "best-of-n-kl",
    tier: Tier::Exact,
    title: "How far best of n goes from the reference",
    law: "KL = ln n - (n - 1) / n nats where rewards have no ties, n = 32: 2.496986; with ties this is only an upper bound.",
    source: "Stiennon et al. 2020, arXiv 2009.01325, appendix G.3; Beirami et al. 2024, arXiv 2401.01879, theorem 1 (bound)",
    scenario: None,
    not_covered: "Distillation into the policy's family, which loses some of it.",
    run: divergence_case,
};

const LEVELS: usize = 32;
/// Quality is a normal law on 32 levels; this many levels make a standard deviation.
const SD: f64 = 0.17;
const POOL: u32 = 1024;
const POOLS: u32 = 400;

/// Behaviour 0 agrees (level 1, probability 0.3) or not (0); behaviour 1 is quality.
fn base() -> Policy {
    let levels = (LEVELS - 1) as f64;
    // Levels between 0 and 1 of the first behaviour have no weight to speak of: a large quadratic term empties them.
    let logit = libm::log(0.3 / 0.7);
    let weights = DMatrix::from_column_slice(
        4,
        1,
        &[logit - 4000.0 * levels, 0.5 / (SD * SD), 4000.0 * levels, -0.5 / (SD * SD)],
    );
    Policy { behaviours: 2, levels: LEVELS, weights, allowed: [LEVELS; MAX_BEHAVIOURS] }
}

/// Agreement of the best of n by the gap in reward, in standard deviations of quality: mean and error over pools.
fn sampled(gap: f64, n: usize) -> Result<(f64, f64), VerifyError> {
    let settings = settings("", &["policy.optimiser='best_of_n'"])?;
    let (base, contexts) = (base(), [vec![1.0]]);
    let reward = DMatrix::from_column_slice(4, 1, &[gap, 1.0 / SD, 0.0, 0.0]);
    let problem = Problem {
        reference: &base,
        start: &base,
        reward: &reward,
        contexts: &contexts,
        settings: &settings,
        seed: 7,
        round: 1,
        iteration: 0,
    };
    let pools = sample_groups(&problem, &base, 0, (POOLS, POOL));
    let shares: Vec<f64> = pools
        .iter()
        .map(|pool| {
            let groups = pool.rollouts.chunks_exact(n);
            let agrees = groups.map(|group| {
                let most = group.iter().map(|it| it.reward).fold(f64::NEG_INFINITY, f64::max);
                // Ties, which a continuous quality would not have, are broken evenly.
                let best = group.iter().filter(|it| it.reward >= most - 1e-9);
                let (count, agreeing) =
                    best.fold((0.0, 0.0), |(n, sum), it| (n + 1.0, sum + f64::from(it.response[0] > 0)));
                agreeing / count
            });
            agrees.sum::<f64>() / (POOL as usize / n) as f64
        })
        .collect();
    Ok(mean_and_error(&shares))
}

/// The law with a continuous quality: N times the integral of P(agree | r) F(r)^(N-1), by the trapezoidal rule.
fn law(gap: f64, n: usize) -> f64 {
    let density = |x: f64| libm::exp(-0.5 * x * x) / libm::sqrt(2.0 * std::f64::consts::PI);
    let below = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    let step = 0.002;
    let term = |i: i32| {
        let r = f64::from(i) * step;
        let total = 0.7 * below(r) + 0.3 * below(r - gap);
        n as f64 * libm::pow(total, n as f64 - 1.0) * 0.3 * density(r - gap) * step
    };
    (-5000..=5000).map(term).sum()
}

fn agreement_case() -> Result<Outcome, VerifyError> {
    let printed = "half of the third digit printed";
    let grid = "4 standard errors over 400 pools, and 0.006 for a quality on 32 levels, of which 5 make a standard deviation";
    let mut findings = vec![
        Finding::exact("law: gap +0.5, N = 32", 0.541, law(0.5, 32), 5e-4, printed),
        Finding::exact(
            "law: gap 0, N = 32",
            0.300,
            law(0.0, 32),
            1e-9,
            "agreement does not matter to the choice",
        ),
    ];
    for (gap, expected) in [(0.5, 0.541), (0.0, 0.300), (-0.5, law(-0.5, 32))] {
        let (share, error) = sampled(gap, 32)?;
        let plain = Finding::random(format!("sampled: gap {gap:+}"), expected, share, error, grid);
        findings.push(Finding { tolerance: plain.tolerance + 0.006, ..plain });
    }
    let (falls, error) = sampled(-0.5, 32)?;
    findings.push(
        Finding::ranged(
            "sampled: gap -0.5 lowers agreement",
            Expected::Below(0.3),
            falls,
            "4 standard errors",
        )
        .with_error(error),
    );
    let (share, error) = sampled(0.5, 32)?;
    let plain = Finding::random(
        "sampled at N = 32, held against the law of N = 16",
        law(0.5, 16),
        share,
        error,
        grid,
    );
    findings.push(Finding { tolerance: plain.tolerance + 0.006, ..plain }.as_control());
    let ns = [1usize, 2, 4, 8, 16, 32, 64, 128];
    let mut series = Vec::new();
    for gap in [0.5, 0.0, -0.5] {
        series
            .push(line(&format!("gap {gap:+}: law"), ns.iter().map(|&n| (n as f64, law(gap, n))).collect()));
        let at: Result<Vec<_>, VerifyError> =
            ns.iter().map(|&n| Ok((n as f64, sampled(gap, n)?.0))).collect();
        series.push(points(&format!("gap {gap:+}: sampled"), at?));
    }
    let curve = Curve {
        title: "Does best of n make answers more agreeable?".into(),
        x: "N".into(),
        y: "P(agree)".into(),
        log_x: true,
        log_y: false,
        series,
    };
    Ok(Outcome { findings, curves: vec![curve] })
}

/// KL of the best of n from a law on levels whose reward rises with the level: exact, by differences of F^n.
fn divergence(law: &[f64], n: f64) -> f64 {
    let (mut below, mut sum) = (0.0, 0.0);
    for p in law {
        let best = libm::pow(below + p, n) - libm::pow(below, n);
        below += p;
        if best > 0.0 {
            sum += best * libm::log(best / p);
        }
    }
    sum
}

fn divergence_case() -> Result<Outcome, VerifyError> {
    let continuous = |n: f64| libm::log(n) - (n - 1.0) / n;
    let fine = vec![1e-6; 1_000_000];
    let coarse = base().probabilities(1, &[1.0]).as_slice().to_vec();
    let six = crate::verify::laboratory::reference_policy(&settings("", &[])?);
    let mut phi = vec![0.0; six.weights.ncols()];
    phi[0] = 1.0;
    let six = six.probabilities(3, &phi).as_slice().to_vec();
    let why = "half of the sixth digit printed; a million equal levels are continuous to 1e-9";
    let bound = Expected::Between(0.0, continuous(32.0));
    let tied = "ties: never more than the continuous value";
    Ok(Outcome {
        findings: vec![
            Finding::exact("n = 32, a million levels", 2.496_986, divergence(&fine, 32.0), 5e-7, why),
            Finding::ranged("n = 32, a policy's 32 levels", bound, divergence(&coarse, 32.0), tied),
            Finding::ranged("n = 32, six levels", bound, divergence(&six, 32.0), tied),
            Finding::exact(
                "n = 32, six levels, held to be continuous",
                2.496_986,
                divergence(&six, 32.0),
                5e-7,
                why,
            )
            .as_control(),
        ],
        curves: vec![Curve {
            title: "How far is the best of n from the reference?".into(),
            x: "n".into(),
            y: "KL, nats".into(),
            log_x: true,
            log_y: false,
            series: vec![
                line(
                    "continuous: ln n - (n - 1) / n",
                    (0..=10).map(|k| libm::exp2(f64::from(k))).map(|n| (n, continuous(n))).collect(),
                ),
                points(
                    "32 levels: exact sum",
                    (0..=10).map(|k| libm::exp2(f64::from(k))).map(|n| (n, divergence(&coarse, n))).collect(),
                ),
                points(
                    "six levels: exact sum",
                    (0..=10).map(|k| libm::exp2(f64::from(k))).map(|n| (n, divergence(&six, n))).collect(),
                ),
            ],
        }],
    })
}
