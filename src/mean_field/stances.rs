//! The law of beliefs: one density per segment and level of trust, moved by conversations and renewed.
//!
//! Topics are alike, and with trust constant they are independent, so one density stands for all of them. A conversation on
//! the topic is a linear kernel K; a round of Poisson(lambda) conversations is exp(lambda (K - 1)), summed as a power series.

use super::quadrature::normal_nodes;
use crate::conversation::conversation_rate;
use crate::parallel;
use crate::policy::{Feature, Policy, Reading, phi};
use crate::scenario::{Segment, Settings, Usage};

/// Points of the grid over [-limit, limit].
const POINTS: usize = 321;
/// Levels of trust of a segment.
const TRUSTS: usize = 12;
/// Values of the reading error and of the model's error.
const ERRORS: usize = 12;
/// Terms of a power series end where the rest is smaller than this.
const REST: f64 = 1e-13;

/// Densities by segment and level of trust.
#[derive(Clone, Debug)]
pub struct Stances {
    cells: Vec<Cell>,
    limit: f64,
}

#[derive(Clone, Debug)]
struct Cell {
    segment: usize,
    share: f64,
    trust: f64,
    density: Vec<f64>,
}

/// Beliefs during a round, averaged over the conversations that are had: a density by segment.
pub struct During {
    /// Masses on the grid, by segment.
    pub densities: Vec<Vec<f64>>,
    /// First point and distance of points of the grid.
    pub grid: (f64, f64),
    /// Conversations per user.
    pub conversations_per_user: f64,
}

/// P(level of total deference) in the context of a stance that reads b_hat, and where none is visible, mixed over prompts.
struct Responses {
    /// (s, probability) pairs.
    unseen: f64,
    laws: Vec<Vec<(f64, f64)>>,
}

impl Stances {
    /// New questions for everybody.
    pub fn new(settings: &Settings) -> Self {
        let limit = settings.world.stance_limit;
        let (mean, sd) = (settings.consequences.initial_trust, settings.consequences.initial_trust_sd);
        let trusts: Vec<f64> = normal_nodes(TRUSTS).iter().map(|x| (mean + sd * x).clamp(0.0, 1.0)).collect();
        let cell = |(number, segment): (usize, &Segment)| -> Vec<Cell> {
            let density = new_questions(segment, settings);
            let share = segment.share / TRUSTS as f64;
            let of = |&trust: &f64| Cell { segment: number, share, trust, density: density.clone() };
            trusts.iter().map(of).collect()
        };
        Self { cells: settings.segments.values().enumerate().flat_map(cell).collect(), limit }
    }

    fn step(&self) -> f64 {
        2.0 * self.limit / (POINTS - 1) as f64
    }

    fn point(&self, index: usize) -> f64 {
        -self.limit + self.step() * index as f64
    }

    /// Lets everybody have the round's conversations; what they believed during them.
    pub fn serve(&mut self, policy: &Policy, features: &[Feature], settings: &Settings) -> During {
        let answers: Vec<Vec<(f64, f64, f64)>> = self.answers(policy, features, settings);
        let (limit, step) = (self.limit, self.step());
        let moved = parallel::map_mut(&mut self.cells, |cell| {
            let kernel = kernel(&answers, cell, settings, (limit, step));
            let (during, after) = round(&kernel, &cell.density, rate(cell.trust, settings), settings);
            cell.density = after;
            during
        });
        let usage = |cell: &Cell| cell.share * rate(cell.trust, settings);
        let mut densities = vec![vec![0.0; POINTS]; settings.segments.len()];
        for (cell, during) in self.cells.iter().zip(moved) {
            let sum = &mut densities[cell.segment];
            sum.iter_mut().zip(during).for_each(|(sum, mass)| *sum += usage(cell) * mass);
        }
        let conversations_per_user = self.cells.iter().map(usage).sum();
        During { densities, grid: (-self.limit, self.step()), conversations_per_user }
    }

    /// By point of the grid: (position taken, effective deference, probability) of answers to someone who believes it.
    fn answers(
        &self,
        policy: &Policy,
        features: &[Feature],
        settings: &Settings,
    ) -> Vec<Vec<(f64, f64, f64)>> {
        let nodes = normal_nodes(ERRORS);
        let (noise, error) = (settings.world.stance_noise_stated, settings.world.model_error_sd);
        let weight = 1.0 / (ERRORS * ERRORS) as f64;
        let of = |index: usize| -> Vec<(f64, f64, f64)> {
            let b = self.point(index);
            let mut all = Vec::new();
            for x in &nodes {
                let read = b + noise * x;
                let responses = responses(policy, features, settings, read);
                for y in &nodes {
                    let estimate = error * y;
                    all.push((estimate, 0.0, weight * responses.unseen));
                    let seen = responses.laws.iter().flatten();
                    all.extend(seen.map(|&(s, p)| (estimate + s * (read - estimate), s, weight * p)));
                }
            }
            all
        };
        (0..POINTS).map(of).collect()
    }

    /// Each belief is a new question with probability `stance_renewal`.
    pub fn renew(&mut self, settings: &Settings) {
        let renewal = settings.world.stance_renewal;
        for cell in &mut self.cells {
            let segment = &settings.segments[cell.segment];
            let fresh = new_questions(segment, settings);
            cell.density.iter_mut().zip(fresh).for_each(|(mass, new)| *mass += renewal * (new - *mass));
        }
    }

    /// Largest difference between the mass at a belief and at its opposite, and of a sum of masses from 1.
    #[cfg(test)]
    pub fn asymmetry(&self) -> f64 {
        let of = |cell: &Cell| -> f64 {
            let mirrored = cell.density.iter().zip(cell.density.iter().rev());
            let most = mirrored.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            most.max((cell.density.iter().sum::<f64>() - 1.0).abs())
        };
        self.cells.iter().map(of).fold(0.0, f64::max)
    }

    /// Mean |b| over users.
    pub fn mean_abs(&self) -> f64 {
        let of = |cell: &Cell| -> f64 {
            let masses = cell.density.iter().enumerate();
            cell.share * masses.map(|(index, mass)| mass * self.point(index).abs()).sum::<f64>()
        };
        self.cells.iter().map(of).sum()
    }
}

/// Expected conversations of a user.
fn rate(trust: f64, settings: &Settings) -> f64 {
    let floor = settings.clock.usage_at_zero_trust;
    match settings.clock.usage {
        Usage::Fixed => conversation_rate(settings),
        Usage::Poisson => conversation_rate(settings) * (floor + (1.0 - floor) * trust),
    }
}

/// A normal law around the truth, cut at the limit, as masses on the grid that keep its variance.
fn new_questions(segment: &Segment, settings: &Settings) -> Vec<f64> {
    let (limit, sd) = (settings.world.stance_limit, settings.world.stance_sd * segment.stance_scale);
    let step = 2.0 * limit / (POINTS - 1) as f64;
    let mut masses = vec![0.0; POINTS];
    let nodes = 4000;
    for i in 0..nodes {
        let x = crate::statistics::normal_quantile((f64::from(i) + 0.5) / f64::from(nodes));
        put(&mut masses, (sd * x).clamp(-limit, limit), 1.0 / f64::from(nodes), (limit, step));
    }
    masses
}

/// Puts a mass between two points of the grid so that its mean is kept.
fn put(masses: &mut [f64], at: f64, mass: f64, (limit, step): (f64, f64)) {
    let place = ((at.clamp(-limit, limit) + limit) / step).min((POINTS - 1) as f64 - 1e-9);
    let (index, part) = (place as usize, place - libm::floor(place));
    masses[index] += mass * (1.0 - part);
    masses[index + 1] += mass * part;
}

fn responses(policy: &Policy, features: &[Feature], settings: &Settings, read: f64) -> Responses {
    let (mut unseen, mut laws) = (0.0, Vec::new());
    let tastes = vec![0.0; settings.behaviours.len()];
    for (kind, prompt) in settings.prompts.values().enumerate() {
        unseen += prompt.share * (1.0 - prompt.stated);
        let reading = Reading {
            visible: true,
            remembered: false,
            stance: read,
            charge: prompt.charge,
            known: false,
            tastes: &tastes,
            kind,
            cues: &[],
        };
        let phi = phi(features, &reading);
        let mut law = vec![(0.0, prompt.share * prompt.stated)];
        let moving =
            settings.behaviours.values().enumerate().filter(|(_, behaviour)| behaviour.moves_position);
        for (j, _) in moving {
            let levels = policy.probabilities(j, &phi);
            let longer = |&(s, p): &(f64, f64)| -> Vec<(f64, f64)> {
                let one = |(index, q): (usize, &f64)| (f64::min(s + policy.level(index), 1.0), p * q);
                levels.as_slice().iter().enumerate().map(one).collect()
            };
            law = law.iter().flat_map(longer).collect();
        }
        laws.push(law);
    }
    Responses { unseen, laws }
}

/// Row b: where the mass at b goes in one conversation on the topic.
fn kernel(
    answers: &[Vec<(f64, f64, f64)>],
    cell: &Cell,
    settings: &Settings,
    grid: (f64, f64),
) -> Vec<Vec<f64>> {
    let consequences = &settings.consequences;
    let susceptibility = settings.segments[cell.segment].susceptibility;
    let pull = consequences.belief_rate * cell.trust * susceptibility;
    let push = consequences.hardening * cell.trust;
    let row = |(index, answers): (usize, &Vec<(f64, f64, f64)>)| {
        let (mut row, b) = (vec![0.0; POINTS], -grid.0 + grid.1 * index as f64);
        for &(y, s, p) in answers {
            put(&mut row, b + pull * (y - b) + push * s * b, p, grid);
        }
        row
    };
    answers.iter().enumerate().map(row).collect()
}

/// (density during the round, averaged over conversations; density afterwards).
fn round(kernel: &[Vec<f64>], density: &[f64], rate: f64, settings: &Settings) -> (Vec<f64>, Vec<f64>) {
    let topics = f64::from(settings.world.topics);
    match settings.clock.usage {
        Usage::Poisson => poisson(kernel, density, rate / topics),
        Usage::Fixed => fixed(kernel, density, rate, 1.0 / topics),
    }
}

/// Sums of p K^k with weights P(N > k) / lambda and P(N = k), N Poisson(lambda).
fn poisson(kernel: &[Vec<f64>], density: &[f64], lambda: f64) -> (Vec<f64>, Vec<f64>) {
    if lambda == 0.0 {
        return (density.to_vec(), density.to_vec());
    }
    let (mut during, mut after) = (vec![0.0; POINTS], vec![0.0; POINTS]);
    let (mut now, mut exactly, mut more) = (density.to_vec(), libm::exp(-lambda), 1.0 - libm::exp(-lambda));
    for k in 1.. {
        add(&mut after, &now, exactly);
        add(&mut during, &now, more / lambda);
        if more < REST {
            break;
        }
        now = applied(kernel, &now);
        exactly *= lambda / f64::from(k);
        more = (more - exactly).max(0.0);
    }
    (during, after)
}

/// `count` conversations, the last one of the part of users that is behind the point, each on this topic with
/// probability `share`.
fn fixed(kernel: &[Vec<f64>], density: &[f64], count: f64, share: f64) -> (Vec<f64>, Vec<f64>) {
    if count == 0.0 {
        return (density.to_vec(), density.to_vec());
    }
    let (mut during, mut now) = (vec![0.0; POINTS], density.to_vec());
    let mut left = count;
    while left > 0.0 {
        let part = left.min(1.0);
        add(&mut during, &now, part / count);
        let moved = applied(kernel, &now);
        now.iter_mut().zip(moved).for_each(|(mass, moved)| *mass += share * part * (moved - *mass));
        left -= part;
    }
    (during, now)
}

fn add(sum: &mut [f64], masses: &[f64], weight: f64) {
    sum.iter_mut().zip(masses).for_each(|(sum, mass)| *sum += weight * mass);
}

fn applied(kernel: &[Vec<f64>], density: &[f64]) -> Vec<f64> {
    let mut next = vec![0.0; POINTS];
    kernel.iter().zip(density).for_each(|(row, &mass)| add(&mut next, row, mass));
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    // A conversation sends everybody to the first point. With 1.5 conversations each, two of three conversations are first
    // ones, held at home, and the third is held at the first point. Where a conversation is on this topic one time in four,
    // 3/4 stay at home after the first, and 7/8 of these after the second, which half of users have.
    #[test]
    fn half_of_users_have_one_conversation_more() {
        let mut to_the_first = vec![0.0; POINTS];
        to_the_first[0] = 1.0;
        let kernel = vec![to_the_first; POINTS];
        let mut home = vec![0.0; POINTS];
        home[5] = 1.0;
        let (during, after) = fixed(&kernel, &home, 1.5, 1.0);
        assert!((during[5] - 2.0 / 3.0).abs() < 1e-15 && (during[0] - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!((after[5], after[0]), (0.0, 1.0));
        let (_, after) = fixed(&kernel, &home, 1.5, 0.25);
        assert!((after[5] - 0.75 * 0.875).abs() < 1e-15);
        assert_eq!(fixed(&kernel, &home, 0.0, 1.0), (home.clone(), home));
    }
}
