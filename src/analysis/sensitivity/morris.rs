//! Elementary effects: what one step of one parameter changes, at many places.

use super::resample::{Interval, RESAMPLES, weights};
use super::{DesignError, MOST_POINTS, Matrix, whole_blocks};
use crate::random::{Address, Draws, Stream, index_and_uniform};
use rand::rand_core::TryRng;
use serde::Serialize;

/// A step, with four levels 0, 1/3, 2/3 and 1: p / (2 (p - 1)) for p = 4.
pub const DELTA: f64 = 2.0 / 3.0;

/// The elementary effects of one parameter, in units of the outcome per whole range of the parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ElementaryEffects {
    /// Mean effect.
    pub mu: f64,
    /// Mean absolute effect.
    pub mu_star: Interval,
    /// Standard deviation of effects: large where they depend on other parameters or on the place.
    pub sigma: f64,
    /// Trajectories used.
    pub trajectories: usize,
    /// Trajectories left out because a point of theirs has no outcome.
    pub dropped: usize,
}

/// Levels in [0, 1]: `samples` trajectories of D + 1 rows, each step moving one parameter by [`DELTA`], in random order
/// and direction. Same law and row order as SALib 1.5's `sample.morris` with four levels.
///
/// # Errors
/// If the design is empty or too large.
///
/// Source: Morris 1991, Technometrics 33, 161, section 3.
pub fn trajectories(parameters: usize, samples: usize, seed: u64) -> Result<Matrix, DesignError> {
    let points = samples as u128 * (parameters as u128 + 1);
    match () {
        () if parameters == 0 || samples < 2 => return Err(DesignError::Empty { least: 2 }),
        () if points > MOST_POINTS as u128 => return Err(DesignError::TooManyPoints { points }),
        () => {}
    }
    let mut design = Matrix::new(parameters);
    for sample in 0..samples as u32 {
        let address = Address { stream: Stream::Design, round: 0, day: 0, event: 1, user: sample };
        push_trajectory(&mut design, &mut address.draws(seed));
    }
    Ok(design)
}

fn push_trajectory(design: &mut Matrix, draws: &mut Draws) {
    let parameters = design.columns();
    let lower: Vec<f64> = (0..parameters).map(|_| below(draws, 2) as f64 / 3.0).collect();
    let mut up: Vec<bool> = (0..parameters).map(|_| below(draws, 2) == 1).collect();
    let order = shuffled(parameters, draws);
    let place = |up: &[bool]| -> Vec<f64> {
        // A parameter that is to go up starts at its lower level.
        lower.iter().zip(up).map(|(low, up)| if *up { *low } else { low + DELTA }).collect()
    };
    design.push(place(&up));
    for moved in order {
        up[moved] = !up[moved];
        design.push(place(&up));
    }
}

/// A whole number below `count`.
pub(super) fn below(draws: &mut Draws, count: usize) -> usize {
    let Ok(word) = draws.try_next_u32();
    index_and_uniform(word, count as u32).0 as usize
}

/// The numbers below `count` in random order (Fisher and Yates).
pub(super) fn shuffled(count: usize, draws: &mut Draws) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        order.swap(last, below(draws, last + 1));
    }
    order
}

/// The effects of every parameter: (rise of the outcome) / [`DELTA`] for a step upwards, and the negative for one
/// downwards. `design` may hold levels or the values made of them; mean, mean absolute value and standard deviation (over
/// n - 1) over trajectories, as SALib 1.5's `analyze.morris`, and a 95 % interval of the mean absolute effect from
/// resamples of trajectories.
///
/// # Errors
/// If rows are no trajectories, or fewer than two have all their outcomes.
pub fn morris_effects(
    design: &Matrix,
    outcomes: &[f64],
    seed: u64,
) -> Result<Vec<ElementaryEffects>, DesignError> {
    let parameters = design.columns();
    let blocks = whole_blocks(outcomes, parameters + 1, 2, "trajectory", parameters)?;
    let mut effects = vec![Vec::new(); parameters];
    for &block in &blocks.kept {
        for row in block * blocks.rows..(block + 1) * blocks.rows - 1 {
            let (moved, up) = step(design, row)?;
            let rise = (outcomes[row + 1] - outcomes[row]) / DELTA;
            effects[moved].push(if up { rise } else { -rise });
        }
    }
    // One step of every parameter per trajectory: a parameter that moved twice left another out.
    if effects.iter().any(|it| it.len() != blocks.kept.len()) {
        return Err(DesignError::NoTrajectory { row: 1, changed: 2 });
    }
    let summary = |effects: &Vec<f64>| summarise(effects, blocks.dropped, seed);
    Ok(effects.iter().map(summary).collect())
}

/// Which parameter changes from a row to the next, and whether upwards.
fn step(design: &Matrix, row: usize) -> Result<(usize, bool), DesignError> {
    let (from, to) = (design.row(row), design.row(row + 1));
    let changed: Vec<usize> = (0..design.columns()).filter(|&j| from[j] != to[j]).collect();
    match changed[..] {
        [moved] => Ok((moved, to[moved] > from[moved])),
        _ => Err(DesignError::NoTrajectory { row: row + 1, changed: changed.len() }),
    }
}

fn summarise(effects: &[f64], dropped: usize, seed: u64) -> ElementaryEffects {
    let n = effects.len() as f64;
    let mu = effects.iter().sum::<f64>() / n;
    let squares: f64 = effects.iter().map(|effect| (effect - mu) * (effect - mu)).sum();
    let absolute = |weights: &[f64]| {
        effects.iter().zip(weights).map(|(effect, weight)| effect.abs() * weight).sum::<f64>() / n
    };
    let resampled: Vec<f64> =
        (0..RESAMPLES).map(|number| absolute(&weights(effects.len(), number, seed))).collect();
    ElementaryEffects {
        mu,
        mu_star: Interval::of(absolute(&vec![1.0; effects.len()]), &resampled),
        sigma: (squares / (n - 1.0)).sqrt(),
        trajectories: effects.len(),
        dropped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trajectory_moves_every_parameter_once_between_the_four_levels() {
        let design = trajectories(5, 20, 4).unwrap();
        assert_eq!(design.rows(), 120);
        let levels = [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0];
        for row in 0..design.rows() {
            assert!(design.row(row).iter().all(|x| levels.iter().any(|level| (x - level).abs() < 1e-15)));
        }
        let ups: Vec<bool> = (0..5).map(|row| step(&design, row).unwrap().1).collect();
        let mut moved: Vec<usize> = (0..5).map(|row| step(&design, row).unwrap().0).collect();
        assert!(ups.iter().any(|up| *up) && ups.iter().any(|up| !up), "{ups:?}");
        assert_ne!(moved, [0, 1, 2, 3, 4]);
        moved.sort_unstable();
        assert_eq!(moved, [0, 1, 2, 3, 4]);
    }

    // y = 3 x1 - x2: every effect of x1 is 3 and of x2 -1.
    #[test]
    fn effects_of_a_linear_outcome_are_its_slopes() {
        let design = trajectories(3, 8, 1).unwrap();
        let outcomes: Vec<f64> =
            (0..design.rows()).map(|row| 3.0 * design.row(row)[0] - design.row(row)[1]).collect();
        let found = morris_effects(&design, &outcomes, 1).unwrap();
        for (effects, slope) in found.iter().zip([3.0f64, -1.0, 0.0]) {
            assert!((effects.mu - slope).abs() < 1e-12 && effects.sigma < 1e-12, "{effects:?}");
            assert!((effects.mu_star.value - slope.abs()).abs() < 1e-12);
        }
    }

    #[test]
    fn a_missing_outcome_costs_its_trajectory_and_odd_rows_are_refused() {
        let design = trajectories(2, 4, 1).unwrap();
        let mut outcomes: Vec<f64> = (0..12).map(f64::from).collect();
        outcomes[4] = f64::NAN;
        let found = morris_effects(&design, &outcomes, 1).unwrap();
        assert_eq!((found[0].trajectories, found[0].dropped), (3, 1));
        let same = design.map(|_, _| 0.5);
        let refused = morris_effects(&same, &outcomes, 1);
        assert_eq!(refused, Err(DesignError::NoTrajectory { row: 1, changed: 0 }));
    }
}
