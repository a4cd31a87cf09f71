//! Law: on functions whose indices are known in closed form, estimates lie within their own 95 % intervals widened to four
//!   standard errors.
//! Source: Ishigami and Homma 1990 (a = 7, b = 0.1); Sobol' g: Saltelli et al. 2008, "Global sensitivity analysis", p. 123.
//! Assumptions: independent uniform inputs; the interval is 1.96 standard errors by the bootstrap.
//! Statistic: (estimate - known) / (half interval / 1.96), and the same for Morris, hypercube, rank correlation and contour.
//! Tolerance: |z| < 4.5, above the 4 of the rule because 22 estimates are compared: 1 in 7,000 by chance for all of them.

use thumbscale::analysis::sensitivity::{
    Interval, Matrix, contour, latin_hypercube, morris_effects, rank_correlations, saltelli, sobol_indices,
    trajectories,
};

const PI: f64 = std::f64::consts::PI;

fn outcomes(design: &Matrix, model: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    (0..design.rows()).map(|row| model(design.row(row))).collect()
}

fn z(found: &Interval, known: f64) -> f64 {
    (found.value - known) / ((found.high - found.low) / 3.92)
}

fn ishigami(u: &[f64]) -> f64 {
    let x: Vec<f64> = u.iter().map(|u| -PI + 2.0 * PI * u).collect();
    let (s1, s2) = (libm::sin(x[0]), libm::sin(x[1]));
    s1 + 7.0 * s2 * s2 + 0.1 * x[2] * x[2] * x[2] * x[2] * s1
}

/// First-order and total indices of Ishigami's function: V1 = (1 + b pi^4 / 5)^2 / 2, V2 = a^2 / 8, V13 = 8 b^2 pi^8 / 225.
fn ishigami_indices() -> ([f64; 3], [f64; 3], f64) {
    let (a, b, p4) = (7.0, 0.1, PI * PI * PI * PI);
    let v1 = 0.5 * (1.0 + b * p4 / 5.0) * (1.0 + b * p4 / 5.0);
    let v2 = a * a / 8.0;
    let v13 = 8.0 * b * b * p4 * p4 / 225.0;
    let v = v1 + v2 + v13;
    ([v1 / v, v2 / v, 0.0], [(v1 + v13) / v, v2 / v, v13 / v], v13 / v)
}

#[test]
fn ishigami_s_indices_are_found() {
    let design = saltelli(3, 4096, true, 11).unwrap();
    let found = sobol_indices(&outcomes(&design, ishigami), 3, true, 11).unwrap();
    let (first, total, third) = ishigami_indices();
    for (j, index) in found.parameters.iter().enumerate() {
        assert!(z(&index.first, first[j]).abs() < 4.5, "{j}: {index:?} {}", first[j]);
        assert!(z(&index.total, total[j]).abs() < 4.5, "{j}: {index:?} {}", total[j]);
    }
    let pairs: Vec<f64> =
        found.interactions.iter().zip([0.0, third, 0.0]).map(|(it, known)| z(&it.index, known)).collect();
    assert!(pairs.iter().all(|z| z.abs() < 4.5), "{pairs:?}");
}

// Negative control: the indices of x1 and x2 exchanged are rejected.
#[test]
fn exchanged_indices_are_rejected() {
    let design = saltelli(3, 4096, false, 11).unwrap();
    let found = sobol_indices(&outcomes(&design, ishigami), 3, false, 11).unwrap();
    let (first, _, _) = ishigami_indices();
    assert!(z(&found.parameters[0].first, first[1]).abs() > 6.0);
    assert!(z(&found.parameters[1].first, first[0]).abs() > 6.0);
}

// g = product of (|4 u - 2| + a) / (1 + a): V_j = 1 / (3 (1 + a)^2), V = product of (1 + V_j) - 1, total index of j
// V_j (product of the other 1 + V_k) / V.
#[test]
fn the_indices_of_sobol_s_g_function_are_found() {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];
    let g = |u: &[f64]| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product();
    let design = saltelli(6, 4096, false, 5).unwrap();
    let found = sobol_indices(&outcomes(&design, g), 6, false, 5).unwrap();
    let parts = a.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
    let whole: f64 = parts.iter().map(|v| 1.0 + v).product();
    for (j, index) in found.parameters.iter().enumerate() {
        let (first, total) = (parts[j] / (whole - 1.0), parts[j] * whole / (1.0 + parts[j]) / (whole - 1.0));
        assert!(z(&index.first, first).abs() < 4.5, "{j}: {index:?} {first}");
        assert!(z(&index.total, total).abs() < 4.5, "{j}: {index:?} {total}");
    }
}

// y = x1 x2 + 3 x3 on levels 0, 1/3, 2/3, 1. An effect of x1 is the level of x2, which is uniform over four: mean 1/2,
// standard deviation sqrt(5) / 6; that of x3 is always 3. With 2,000 trajectories the standard error of a mean is 0.0083 and
// of a standard deviation below 0.006: within 4 of them.
#[test]
fn morris_tells_a_sum_from_a_product() {
    let design = trajectories(3, 2000, 2).unwrap();
    let found = morris_effects(&design, &outcomes(&design, |x| x[0] * x[1] + 3.0 * x[2]), 2).unwrap();
    for effects in &found[..2] {
        assert!((effects.mu - 0.5).abs() < 0.034 && (effects.mu_star.value - effects.mu).abs() < 1e-12);
        assert!((effects.sigma - 5f64.sqrt() / 6.0).abs() < 0.024, "{effects:?}");
        assert!(z(&effects.mu_star, 0.5).abs() < 4.5, "{effects:?}");
    }
    assert!((found[2].mu - 3.0).abs() < 1e-9 && found[2].sigma < 1e-9);
}

// The mean of a function over a hypercube of n points has a variance below that of n random points where the function is
// close to a sum; for a sum of d terms each slice leaves (1/n)^2 / 12 within it: standard error sqrt(d / 12) / n^1.5.
#[test]
fn a_latin_hypercube_integrates_a_sum_far_better_than_chance() {
    let design = latin_hypercube(5, 100, 8).unwrap();
    let sum = outcomes(&design, |x| x.iter().sum()).iter().sum::<f64>() / 100.0;
    let error = (5.0f64 / 12.0).sqrt() / 1000.0;
    assert!((sum - 2.5).abs() < 4.0 * error, "{sum}");
    assert!(4.0 * error < 0.1 * (5.0f64 / 12.0 / 100.0).sqrt(), "a random sample would not do as well");
}

// x4 does not act. x1 acts strongly and monotonely (but not linearly), x2 against it, x3 weakly.
#[test]
fn partial_rank_correlations_of_a_monotone_model_have_its_signs() {
    let design = latin_hypercube(4, 400, 3).unwrap();
    let model = |x: &[f64]| libm::exp(3.0 * x[0]) - 8.0 * x[1] * x[1] + 0.9 * x[2];
    let found = rank_correlations(&design, &outcomes(&design, model)).unwrap();
    let partial: Vec<f64> = found.parameters.iter().map(|it| it.partial).collect();
    assert!(partial[0] > 0.9 && partial[1] < -0.7 && partial[2] > 0.0, "{partial:?}");
    assert!(found.parameters[0].differs_among_all && found.parameters[1].differs_among_all);
    assert!(partial[3].abs() < 2.0 * found.critical_partial, "{partial:?}");
}

// Without any effect the share beyond the 5 % level is 5 %: of 200 tests 10, standard deviation sqrt(9.5); within 4 of them.
#[test]
fn chance_alone_passes_five_percent_of_tests_and_hardly_one_after_holm() {
    let (mut alone, mut among_all) = (0, 0);
    for seed in 0..20 {
        let design = latin_hypercube(11, 60, seed).unwrap();
        let narrowed = |row: usize| design.row(row)[10];
        let noise: Vec<f64> = (0..60).map(narrowed).collect();
        let mut others = Matrix::new(10);
        (0..60).for_each(|row| others.push(design.row(row)[..10].iter().copied()));
        let found = rank_correlations(&others, &noise).unwrap();
        alone += found.parameters.iter().filter(|it| it.differs).count();
        among_all += found.parameters.iter().filter(|it| it.differs_among_all).count();
    }
    assert!((alone as f64 - 10.0).abs() < 4.0 * 9.5f64.sqrt(), "{alone}");
    assert!(among_all <= 5, "{among_all}");
}

// Interpolation on a grid of step h misses a circle of radius r by at most h^2 / (8 r).
#[test]
fn the_contour_of_a_cone_is_a_circle() {
    let steps: Vec<f64> = (0..=40).map(|step| -1.0 + f64::from(step) / 20.0).collect();
    let cone: Vec<Vec<f64>> =
        steps.iter().map(|x| steps.iter().map(|y| libm::sqrt(x * x + y * y)).collect()).collect();
    let pieces = contour(&steps, &steps, &cone, 0.7);
    let (mut length, mut worst) = (0.0, 0.0f64);
    for [from, to] in &pieces {
        length += libm::hypot(to.0 - from.0, to.1 - from.1);
        worst =
            [from, to].into_iter().fold(worst, |worst, (x, y)| worst.max((libm::hypot(*x, *y) - 0.7).abs()));
    }
    assert!(worst < 0.05 * 0.05 / (8.0 * 0.7) + 1e-9, "{worst}");
    assert!((length / (2.0 * PI * 0.7) - 1.0).abs() < 2e-3, "{length}");
    let elsewhere = contour(&steps, &steps, &cone, 0.8);
    assert!(elsewhere.iter().flatten().all(|(x, y)| (libm::hypot(*x, *y) - 0.7).abs() > 0.05));
}
