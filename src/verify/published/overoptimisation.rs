//! A reward model that saw few preferences, optimised ever harder.

use super::laboratory::{run, scenario};
use crate::feedback::{ApprovalModel, Situation};
use crate::policy::Policy;
use crate::scenario::Settings;
use crate::training::optimisers::{Problem, sample_groups};
use crate::verify::laboratory::mean_and_error;
use crate::verify::{Case, Curve, Expected, Finding, Outcome, Points, Series, Tier, VerifyError};
use nalgebra::DMatrix;

/// Overoptimisation of Gao, Schulman and Hilton.
pub const CASE: Case = Case {
    name: "overoptimisation",
    tier: Tier::Published,
    title: "Optimising a reward model harder helps, until it hurts",
    law: "Best of n under a reward model fitted on few preferences: its own reward rises with n, true benefit rises and then \
        falls, along d (alpha - beta d) with d = sqrt(KL); with more labels the peak comes later. Errors of the reward model \
        on single responses lower benefit at large n only if their tails are heavy; normal ones never do.",
    source: "Gao, Schulman and Hilton 2022, arXiv 2210.10760, section 3.1 (best of n); tails: Kwa et al. 2024, arXiv 2407.14503",
    scenario: Some("published/overoptimisation"),
    not_covered: "The form d (alpha - beta ln d) of reinforcement learning; sizes of real reward models.",
    run: run_case,
};

const SCENARIO: &str = "published/overoptimisation";
/// n = 1, 2, 4 ... 1024.
const DOUBLINGS: u32 = 10;
const POOL: u32 = 1 << DOUBLINGS;
const POOLS: u32 = 48;
const FITS: u64 = 10;

/// Mean (proxy reward, benefit) of the best of n, less those of one response, for every n.
type Course = Vec<(f64, f64)>;

/// Best of n under a reward: pools of responses, cut into groups of n.
fn best_of_n(settings: &Settings, policy: &Policy, reward: &DMatrix<f64>, seed: u64) -> Course {
    let contexts = [vec![1.0]];
    let (round, iteration) = (1, 0);
    let problem = Problem {
        reference: policy,
        start: policy,
        reward,
        contexts: &contexts,
        settings,
        seed,
        round,
        iteration,
    };
    let approval = ApprovalModel::from_scenario(settings);
    let situation =
        Situation { stance_error: 0.0, stance_read: 0.0, visible: false, estimate: 0.0, charge: 0.0 };
    let pools: Vec<Vec<(f64, f64)>> = sample_groups(&problem, policy, 0, (POOLS, POOL))
        .iter()
        .map(|group| {
            let judged = group.rollouts.iter().map(|it| {
                let levels: Vec<f64> =
                    it.response[..policy.behaviours].iter().map(|&a| policy.level(usize::from(a))).collect();
                (it.reward, approval.benefit(&situation, &levels))
            });
            judged.collect()
        })
        .collect();
    let mean_best = |n: usize| {
        let best =
            |group: &[(f64, f64)]| group.iter().copied().fold(group[0], |a, b| if b.0 > a.0 { b } else { a });
        let all: Vec<(f64, f64)> = pools.iter().flat_map(|pool| pool.chunks_exact(n)).map(best).collect();
        let sum = all.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        (sum.0 / all.len() as f64, sum.1 / all.len() as f64)
    };
    let one = mean_best(1);
    (0..=DOUBLINGS).map(|k| mean_best(1 << k)).map(|it| (it.0 - one.0, it.1 - one.1)).collect()
}

/// Means over reward models fitted to different labels, and the error of the benefit's fall from peak to end.
struct Mean {
    course: Course,
    /// Benefit at the peak minus that at the largest n: mean and its error over fits.
    fall: (f64, f64),
    peak: usize,
}

fn averaged(courses: &[Course]) -> Mean {
    let count = courses.len() as f64;
    let at = |k: usize| {
        courses.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it[k].0 / count, sum.1 + it[k].1 / count))
    };
    let course: Course = (0..=DOUBLINGS as usize).map(at).collect();
    let peak = (0..course.len()).fold(0, |best, k| if course[k].1 > course[best].1 { k } else { best });
    let falls: Vec<f64> = courses.iter().map(|it| it[peak].1 - it[DOUBLINGS as usize].1).collect();
    Mean { course, fall: mean_and_error(&falls), peak }
}

/// With reward models fitted to so many compared pairs.
fn fitted(pairs: u32) -> Result<Mean, VerifyError> {
    let scenario = scenario(SCENARIO, &[format!("signals.raters.rows={pairs}")])?;
    let mut courses = Vec::new();
    for seed in 1..=FITS {
        let (simulation, _) = run(&scenario, seed)?;
        let reward = &simulation.trainer.reward;
        courses.push(best_of_n(scenario.settings_in(1), &simulation.original, reward, seed));
    }
    Ok(averaged(&courses))
}

/// With the true benefit as reward, but for errors on single responses, of these degrees of freedom (0: normal).
fn with_errors(df: u32) -> Result<Mean, VerifyError> {
    let words = ["optimiser.reward_error_sd=1.0".to_string(), format!("optimiser.reward_error_df={df}")];
    let scenario = scenario(SCENARIO, &words)?;
    let settings = scenario.settings_in(1);
    let policy = crate::verify::laboratory::reference_policy(settings);
    let mut reward = DMatrix::zeros(16, 1);
    for j in 0..8 {
        (reward[(j, 0)], reward[(8 + j, 0)]) = (5.4, -6.0);
    }
    let courses: Vec<Course> = (1..=FITS).map(|seed| best_of_n(settings, &policy, &reward, seed)).collect();
    Ok(averaged(&courses))
}

/// sqrt(ln n - (n - 1) / n).
fn distance(k: usize) -> f64 {
    let n = libm::exp2(k as f64);
    libm::sqrt(libm::log(n) - (n - 1.0) / n)
}

/// alpha, beta and R^2 of the least-squares fit d (alpha - beta d).
fn fit(course: &Course) -> (f64, f64, f64) {
    let points: Vec<(f64, f64)> = course.iter().enumerate().map(|(k, it)| (distance(k), it.1)).collect();
    let sum = |f: &dyn Fn(f64, f64) -> f64| points.iter().map(|&(d, y)| f(d, y)).sum::<f64>();
    let (d2, d3, d4) = (sum(&|d, _| d * d), sum(&|d, _| d * d * d), sum(&|d, _| d * d * d * d));
    let (dy, d2y) = (sum(&|d, y| d * y), sum(&|d, y| d * d * y));
    let determinant = d2 * d4 - d3 * d3;
    let (alpha, beta) = ((dy * d4 - d2y * d3) / determinant, (dy * d3 - d2y * d2) / determinant);
    let mean = sum(&|_, y| y) / points.len() as f64;
    let left = sum(&|d, y| (y - d * (alpha - beta * d)) * (y - d * (alpha - beta * d)));
    (alpha, beta, 1.0 - left / sum(&|_, y| (y - mean) * (y - mean)))
}

fn run_case() -> Result<Outcome, VerifyError> {
    let few = fitted(100)?;
    let more = fitted(1000)?;
    let (normal, heavy) = (with_errors(0)?, with_errors(2)?);
    let least_rise =
        |course: &Course| course.windows(2).map(|it| it[1].0 - it[0].0).fold(f64::INFINITY, f64::min);
    let over_fits = "4 standard errors over ten reward models, each fitted to labels of its own";
    let (above, none) = (Expected::Above(0.0), Expected::Below(0.0));
    let fit_quality = "as demanded of a two-parameter fit to 11 points";
    let findings = vec![
        Finding::ranged(
            "100 pairs: least rise of the proxy from n to 2 n",
            above,
            least_rise(&few.course),
            "the proxy is what is selected by",
        ),
        Finding::ranged(
            "100 pairs: benefit at its peak",
            above,
            few.course[few.peak].1,
            "optimisation helps at first",
        ),
        Finding::ranged("100 pairs: fall of benefit from peak to n = 1024", above, few.fall.0, over_fits)
            .with_error(few.fall.1),
        Finding::ranged(
            "100 pairs: R^2 of d (alpha - beta d)",
            Expected::Between(0.98, 1.0),
            fit(&few.course).2,
            fit_quality,
        ),
        Finding::ranged(
            "doublings of n by which 1,000 pairs put the peak off",
            Expected::Above(1.5),
            more.peak as f64 - few.peak as f64,
            "two or more",
        ),
        Finding::ranged("1,000 pairs: R^2", Expected::Between(0.98, 1.0), fit(&more.course).2, fit_quality),
        Finding::ranged(
            "normal errors: place of the peak, log2 n",
            Expected::Above(9.5),
            normal.peak as f64,
            "the largest n tried: no peak",
        ),
        Finding::ranged("heavy-tailed errors (2 df): fall from the peak", above, heavy.fall.0, over_fits)
            .with_error(heavy.fall.1),
        Finding::ranged("normal errors, held to fall", above, normal.fall.0, over_fits)
            .with_error(normal.fall.1)
            .as_control(),
        Finding::ranged("100 pairs, held never to fall", none, few.fall.0, over_fits)
            .with_error(few.fall.1)
            .as_control(),
    ];
    Ok(Outcome { findings, curves: vec![labels(&few, &more), tails(&normal, &heavy)] })
}

fn labels(few: &Mean, more: &Mean) -> Curve {
    let (mut series, fine) = (Vec::new(), 0..=50);
    for (name, mean) in [("100 pairs", few), ("1,000 pairs", more)] {
        let (alpha, beta, _) = fit(&mean.course);
        let d = |i| 0.05 * f64::from(i);
        let at = fine.clone().map(|i: i32| (d(i), d(i) * (alpha - beta * d(i)))).collect();
        series.push(Series { name: format!("{name}: fit d (alpha - beta d)"), points: Points::Law, at });
        series.push(obtained(format!("{name}: true benefit"), &mean.course));
    }
    curve("Does true benefit follow d (alpha - beta d)?", series)
}

fn tails(normal: &Mean, heavy: &Mean) -> Curve {
    let of = |name: &str, mean: &Mean| obtained(format!("{name}: true benefit"), &mean.course);
    curve(
        "Do errors on single responses undo selection?",
        vec![of("normal errors", normal), of("heavy-tailed errors", heavy)],
    )
}

fn obtained(name: String, course: &Course) -> Series {
    Series {
        name,
        points: Points::Obtained,
        at: course.iter().enumerate().map(|(k, it)| (distance(k), it.1)).collect(),
    }
}

fn curve(title: &str, series: Vec<Series>) -> Curve {
    Curve {
        title: title.into(),
        x: "distance d = sqrt(KL), nats^1/2".into(),
        y: "benefit above the reference, approval".into(),
        log_x: false,
        log_y: false,
        series,
    }
}
