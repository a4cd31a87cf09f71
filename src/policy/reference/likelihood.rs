//! The penalised likelihood of one behaviour, its gradient and its curvature, in one pass over eight conversations at a time.

use super::{Demonstration, Refit};
use crate::doubles::{self, Doubles, WIDTH, ZEROS, add_products, add_scaled, map, map2, total};
use crate::parallel;
use crate::policy::levels::MODERATE;
use crate::policy::{MAX_FEATURES, MAX_LEVELS, Policy};
use crate::statistics::triangle;
use crate::vector::{Simd, Vectorised, with_widest_vectors};
use nalgebra::{DMatrix, DVector};

/// Groups that are summed up together: 512 rows.
const CHUNK: usize = 64;

/// Conversations to learn from, eight after the other; the last group is filled up with conversations of weight 0.
pub(super) struct Demonstrations {
    /// A group's phi, the levels of each behaviour, and weights.
    groups: Vec<Doubles>,
    features: usize,
    behaviours: usize,
    /// Sum of weights.
    weight: f64,
}

/// What is to be maximised for one behaviour.
pub(super) struct Problem<'a> {
    behaviour: usize,
    rows: &'a Demonstrations,
    /// Means of (a, a^2) under the old reference, per group.
    old_means: Vec<[Doubles; 2]>,
    /// Weight of the old reference, per row.
    prior: f64,
    /// 1 if only w1 is fitted, 2 if w2 too.
    powers: usize,
    behaviours: usize,
}

/// How it is for some weights. Unknowns are ordered w1 (and w2, if it is fitted too) per feature.
pub(super) struct Evaluation {
    pub log_likelihood: f64,
    pub gradient: DVector<f64>,
    /// Minus the second derivative.
    pub curvature: DMatrix<f64>,
}

impl Demonstrations {
    pub fn new<'d>(reference: &Policy, rows: impl IntoIterator<Item = &'d Demonstration>) -> Self {
        let (features, behaviours) = (reference.weights.ncols(), reference.behaviours);
        let stride = features + behaviours + 1;
        let (mut groups, mut weight) = (Vec::new(), 0.0);
        for (count, row) in rows.into_iter().enumerate() {
            if count % WIDTH == 0 {
                groups.extend(std::iter::repeat_n(ZEROS, stride));
            }
            let group = groups.len() - stride;
            let numbers = row.phi.iter().chain(&row.levels).chain([&row.weight]);
            for (column, number) in groups[group..].iter_mut().zip(numbers) {
                column[count % WIDTH] = *number;
            }
            weight += row.weight;
        }
        Self { groups, features, behaviours, weight }
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Doubles per group.
    fn stride(&self) -> usize {
        self.features + self.behaviours + 1
    }
}

/// Eight conversations, as far as one behaviour goes.
struct Group<'a> {
    phi: &'a [Doubles],
    level: &'a Doubles,
    weight: &'a Doubles,
}

impl<'a> Problem<'a> {
    pub fn new(old: &Policy, behaviour: usize, rows: &'a Demonstrations, refit: Refit) -> Self {
        let mut problem = Self {
            behaviour,
            rows,
            old_means: Vec::new(),
            prior: refit.prior / rows.weight,
            powers: if refit.spread { 2 } else { 1 },
            behaviours: old.behaviours,
        };
        let law = Law::new(old, behaviour);
        let means = parallel::map_chunks(&rows.groups, CHUNK * rows.stride(), |chunk| {
            with_widest_vectors(Means { problem: &problem, law: &law, chunk })
        });
        problem.old_means = means.concat();
        problem
    }

    /// The place in W of the unknown with that index.
    pub fn place(&self, index: usize) -> (usize, usize) {
        (index % self.powers * self.behaviours + self.behaviour, index / self.powers)
    }

    /// Value, gradient and curvature of
    /// sum_rows w . t(a) - log Z + prior (w . E_old[t] - log Z), up to what does not depend on w.
    pub fn evaluate(&self, policy: &Policy) -> Evaluation {
        let law = Law::new(policy, self.behaviour);
        let chunks: Vec<_> =
            self.rows.groups.chunks(CHUNK * self.rows.stride()).zip(self.old_means.chunks(CHUNK)).collect();
        let parts = parallel::map(&chunks, |&(chunk, old_means)| match self.powers {
            1 => with_widest_vectors(Evaluate::<1> { problem: self, law: &law, chunk, old_means }),
            _ => with_widest_vectors(Evaluate::<2> { problem: self, law: &law, chunk, old_means }),
        });
        let size = self.powers * self.rows.features;
        let mut sum =
            Totals { log_likelihood: 0.0, gradient: vec![0.0; size], curvature: vec![0.0; triangle(size)] };
        parts.iter().for_each(|part| sum.add(part));
        Evaluation {
            log_likelihood: sum.log_likelihood,
            gradient: DVector::from_vec(sum.gradient),
            curvature: DMatrix::from_fn(size, size, |i, j| sum.curvature[triangle(i.max(j)) + i.min(j)]),
        }
    }

    #[inline(always)]
    fn groups<'g>(&self, chunk: &'g [Doubles]) -> impl Iterator<Item = Group<'g>> + use<'g> {
        let (features, behaviour, last) = (self.rows.features, self.behaviour, self.rows.stride() - 1);
        chunk.chunks_exact(last + 1).map(move |group| Group {
            phi: &group[..features],
            level: &group[features + behaviour],
            weight: &group[last],
        })
    }
}

/// The law of one behaviour, given the context.
struct Law {
    /// w1 and w2, each a number per feature.
    weights: [Vec<f64>; 2],
    levels: usize,
    allowed: usize,
}

/// log Z and the means of a, a^2, a^3 and a^4 in eight contexts.
struct Moments {
    log_z: Doubles,
    means: [Doubles; 4],
}

impl Law {
    fn new(policy: &Policy, behaviour: usize) -> Self {
        let row = |row: usize| policy.weights.row(row).iter().copied().collect();
        Self {
            weights: [row(behaviour), row(policy.behaviours + behaviour)],
            levels: policy.levels,
            allowed: policy.allowed[behaviour],
        }
    }

    /// (w1 . phi, w2 . phi).
    #[inline(always)]
    fn tilts(&self, phi: &[Doubles]) -> [Doubles; 2] {
        let mut tilts = [ZEROS; 2];
        for (f, x) in phi.iter().enumerate() {
            add_scaled(&mut tilts[0], x, self.weights[0][f]);
            add_scaled(&mut tilts[1], x, self.weights[1][f]);
        }
        tilts
    }

    #[inline(always)]
    fn moments(&self, tilts: &[Doubles; 2]) -> Moments {
        let largest = map2(&tilts[0], &tilts[1], |linear, quadratic| linear.abs() + quadratic.abs());
        if largest.iter().all(|&tilt| tilt < MODERATE) {
            self.moments_by_recurrence(tilts)
        } else {
            self.moments_by_exponentials(tilts)
        }
    }

    /// By weights relative to level 0 from two exponentials: the ratio of neighbours changes by a constant factor.
    #[inline(always)]
    fn moments_by_recurrence(&self, [linear, quadratic]: &[Doubles; 2]) -> Moments {
        let step = 1.0 / (self.levels - 1) as f64;
        let mut ratio =
            doubles::exp(&map2(linear, quadratic, |linear, quadratic| step * (linear + quadratic * step)));
        let factor = doubles::exp(&map(quadratic, |quadratic| 2.0 * quadratic * step * step));
        let (mut weight, mut sums) = ([1.0; WIDTH], Sums::default());
        for index in 0..self.allowed {
            sums.add(&weight, index as f64 * step);
            weight = map2(&weight, &ratio, |weight, ratio| weight * ratio);
            ratio = map2(&ratio, &factor, |ratio, factor| ratio * factor);
        }
        sums.moments(&ZEROS)
    }

    /// By weights relative to the largest, an exponential each: nothing overflows, whatever the policy. Rare, so that it is
    /// kept out of the loops that need the registers.
    #[cold]
    #[inline(never)]
    fn moments_by_exponentials(&self, [linear, quadratic]: &[Doubles; 2]) -> Moments {
        let mut logs = [ZEROS; MAX_LEVELS];
        // Level 0 has weight e^0 = 1.
        let mut largest = ZEROS;
        let step = 1.0 / (self.levels - 1) as f64;
        for index in 1..self.allowed {
            let a = index as f64 * step;
            logs[index] = map2(linear, quadratic, |linear, quadratic| a * (linear + quadratic * a));
            largest = map2(&logs[index], &largest, |log, largest| if log > largest { log } else { largest });
        }
        let mut sums = Sums::default();
        for (index, log) in logs[..self.allowed].iter().enumerate() {
            sums.add(&doubles::exp(&map2(log, &largest, |log, largest| log - largest)), index as f64 * step);
        }
        sums.moments(&largest)
    }
}

/// Sums of a level's weight times powers of the level, from 0 to 4.
#[derive(Default)]
struct Sums([Doubles; 5]);

impl Sums {
    #[inline(always)]
    fn add(&mut self, weight: &Doubles, level: f64) {
        let mut term = *weight;
        for sum in &mut self.0 {
            *sum = map2(sum, &term, |sum, term| sum + term);
            term = map(&term, |term| term * level);
        }
    }

    /// What they say if weights are relative to e^`logarithm`.
    #[inline(always)]
    fn moments(&self, logarithm: &Doubles) -> Moments {
        let [z, powers @ ..] = &self.0;
        Moments {
            log_z: map2(logarithm, &doubles::ln(z), |logarithm, ln| logarithm + ln),
            means: std::array::from_fn(|k| map2(&powers[k], z, |sum, z| sum / z)),
        }
    }
}

struct Means<'a> {
    problem: &'a Problem<'a>,
    law: &'a Law,
    chunk: &'a [Doubles],
}

impl Vectorised for Means<'_> {
    type Output = Vec<[Doubles; 2]>;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> Self::Output {
        let mut means = Vec::with_capacity(CHUNK);
        for group in self.problem.groups(self.chunk) {
            let [mean, square, ..] = self.law.moments(&self.law.tilts(group.phi)).means;
            means.push([mean, square]);
        }
        means
    }
}

/// Totals over conversations; the curvature is packed row by row, up to the diagonal.
struct Totals {
    log_likelihood: f64,
    gradient: Vec<f64>,
    curvature: Vec<f64>,
}

impl Totals {
    fn add(&mut self, other: &Self) {
        self.log_likelihood += other.log_likelihood;
        let gradient = self.gradient.iter_mut().zip(&other.gradient);
        let curvature = self.curvature.iter_mut().zip(&other.curvature);
        gradient.chain(curvature).for_each(|(sum, part)| *sum += part);
    }
}

struct Evaluate<'a, const POWERS: usize> {
    problem: &'a Problem<'a>,
    law: &'a Law,
    chunk: &'a [Doubles],
    old_means: &'a [[Doubles; 2]],
}

impl<const POWERS: usize> Vectorised for Evaluate<'_, POWERS> {
    type Output = Totals;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> Totals {
        let Self { problem, law, chunk, old_means } = self;
        let size = POWERS * problem.rows.features;
        let mut log_likelihood = ZEROS;
        let mut gradient = [ZEROS; 2 * MAX_FEATURES];
        let mut curvature = vec![ZEROS; triangle(size)];
        for (group, old) in problem.groups(chunk).zip(old_means) {
            let tilts = law.tilts(group.phi);
            let now = law.moments(&tilts);
            let seen = [*group.level, map(group.level, |a| a * a)];
            let prior = problem.prior;
            for k in 0..2 {
                let aim = map2(&seen[k], &old[k], |seen, old| seen + prior * old);
                add_products(
                    &mut log_likelihood,
                    group.weight,
                    &map2(&tilts[k], &aim, |tilt, aim| tilt * aim),
                );
            }
            let total_weight = map(group.weight, |weight| weight * (1.0 + prior));
            let loss = map2(&total_weight, &now.log_z, |weight, log_z| weight * log_z);
            log_likelihood = map2(&log_likelihood, &loss, |sum, loss| sum - loss);

            let gaps: [Doubles; POWERS] = std::array::from_fn(|k| {
                let gap = |seen: f64, old: f64, now: f64| seen - now + prior * (old - now);
                std::array::from_fn(|i| group.weight[i] * gap(seen[k][i], old[k][i], now.means[k][i]))
            });
            let covariances: [[Doubles; POWERS]; POWERS] = std::array::from_fn(|k| {
                std::array::from_fn(|l| {
                    let product = map2(&now.means[k], &now.means[l], |a, b| a * b);
                    let covariance = map2(&now.means[k + l + 1], &product, |both, product| both - product);
                    map2(&total_weight, &covariance, |weight, covariance| weight * covariance)
                })
            });
            let mut entry = 0;
            for (f, x) in group.phi.iter().enumerate() {
                for k in 0..POWERS {
                    add_products(&mut gradient[f * POWERS + k], &gaps[k], x);
                    let scaled: [Doubles; POWERS] =
                        std::array::from_fn(|l| map2(&covariances[k][l], x, |covariance, x| covariance * x));
                    for y in &group.phi[..f] {
                        for scaled in &scaled {
                            add_products(&mut curvature[entry], scaled, y);
                            entry += 1;
                        }
                    }
                    for scaled in &scaled[..=k] {
                        add_products(&mut curvature[entry], scaled, x);
                        entry += 1;
                    }
                }
            }
        }
        Totals {
            log_likelihood: total(&log_likelihood),
            gradient: gradient[..size].iter().map(total).collect(),
            curvature: curvature.iter().map(total).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Two ways to the same sums; the bound is rounding of 31 factors.
    #[test]
    fn recurrence_and_exponentials_agree() {
        for (levels, allowed) in [(2, 2), (6, 4), (6, 6), (32, 32)] {
            let law = Law { weights: [vec![], vec![]], levels, allowed };
            let tilts = [
                [0.0, 1.0, -1.0, 40.0, -40.0, 120.0, -250.0, 3.5],
                [0.0, -2.0, 2.0, -50.0, 45.0, -170.0, 40.0, -0.5],
            ];
            let (here, there) = (law.moments_by_recurrence(&tilts), law.moments_by_exponentials(&tilts));
            for i in 0..WIDTH {
                assert!((here.log_z[i] - there.log_z[i]).abs() < 1e-13 * (1.0 + there.log_z[i]), "log Z");
                for (a, b) in here.means.iter().zip(&there.means) {
                    assert!((a[i] - b[i]).abs() < 1e-12 * (b[i] + 1e-300), "{} and {}", a[i], b[i]);
                }
            }
        }
    }

    #[test]
    fn tilts_beyond_what_numbers_hold_still_have_moments() {
        let law = Law { weights: [vec![], vec![]], levels: 6, allowed: 6 };
        let moments = law.moments(&[[2000.0; WIDTH], [-500.0; WIDTH]]);
        assert!((moments.log_z[0] - 1500.0).abs() < 1e-9 && (moments.means[0][7] - 1.0).abs() < 1e-9);
    }
}
