//! What gain and drive foretell of a long run, and what a long run then does.

use serde::Serialize;

/// Slower than this a policy is said to rest: 0.02 of the index in forty rounds.
const STILL_PER_ROUND: f64 = 0.0005;
/// The last third is slower than the first by this factor where a run comes to rest.
const SLOWER: f64 = 0.25;
/// The last third is faster than the first by this factor where a run runs away.
const FASTER: f64 = 1.5;

/// What becomes of a policy in a long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It comes to rest.
    Settles,
    /// It keeps moving at about the speed that it had.
    Ratchets,
    /// It moves faster and faster.
    RunsAway,
}

impl Fate {
    /// A word for tables.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Settles => "settles",
            Fate::Ratchets => "ratchets",
            Fate::RunsAway => "runs away",
        }
    }
}

/// How far the policy has moved after 0, 1, 2, ... rounds, in index to first order.
pub type Course = Vec<f64>;

/// What a course does: its speed in the last third against that in the first.
pub fn observed(course: &Course) -> Fate {
    let third = (course.len() - 1) / 3;
    let last = course.len() - 1;
    let speed = |from: usize, to: usize| (course[to] - course[from]) / (to - from).max(1) as f64;
    let (early, late) = (speed(0, third), speed(last - third, last));
    match late.abs() {
        late if late < STILL_PER_ROUND => Fate::Settles,
        _ if late * early > 0.0 && late.abs() > FASTER * early.abs() => Fate::RunsAway,
        late if late < SLOWER * early.abs() => Fate::Settles,
        _ => Fate::Ratchets,
    }
}

/// The course of a loop with this gain per round, driven at this speed now: each round's step is the last one's, `gain`
/// times.
pub fn course(gain: f64, drive: f64, rounds: u32) -> Course {
    let (mut position, mut speed) = (0.0, drive);
    let mut course = vec![0.0];
    for _ in 0..rounds {
        position += speed;
        speed *= gain;
        course.push(position);
    }
    course
}

/// What gain and drive foretell.
pub fn foretold(gain: f64, drive: f64, rounds: u32) -> Fate {
    observed(&course(gain, drive, rounds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gain_and_drive_foretell_the_three_fates() {
        assert_eq!(foretold(0.7, 0.01, 40), Fate::Settles);
        assert_eq!(foretold(1.0, 0.01, 40), Fate::Ratchets);
        assert_eq!(foretold(1.05, 0.01, 40), Fate::RunsAway);
        assert_eq!(foretold(1.0, -0.01, 40), Fate::Ratchets, "downwards too");
    }

    #[test]
    fn without_a_drive_nothing_moves() {
        assert_eq!(foretold(1.0, 0.0001, 40), Fate::Settles);
        assert_eq!(observed(&vec![0.0; 41]), Fate::Settles);
    }

    // Geometric series: drive (1 - g^n) / (1 - g).
    #[test]
    fn a_course_below_one_ends_at_its_sum() {
        assert!((course(0.5, 0.02, 60)[60] - 0.04).abs() < 1e-12);
        assert_eq!(course(1.0, 0.02, 3), [0.0, 0.02, 0.04, 0.06]);
    }
}
