//! What has become of users: stance errors, trust, who is still there.

use crate::parallel;
use crate::population::{Block, Population};
use crate::scenario::Settings;

const BINS: usize = 400;

/// Sums over the active users of one segment (or all), from which their measures are taken.
#[derive(Clone, Debug, PartialEq)]
pub struct UserSums {
    /// Active users.
    pub active: u64,
    /// Users who left.
    pub left: u64,
    trust: f64,
    stances: u64,
    absolute: f64,
    squares: f64,
    signed: f64,
    histogram: Vec<u64>,
    limit: f64,
}

impl UserSums {
    fn new(limit: f64) -> Self {
        Self {
            active: 0,
            left: 0,
            trust: 0.0,
            stances: 0,
            absolute: 0.0,
            squares: 0.0,
            signed: 0.0,
            histogram: vec![0; BINS],
            limit,
        }
    }

    /// Mean trust of active users.
    pub fn mean_trust(&self) -> f64 {
        self.trust / self.active as f64
    }

    /// Mean |b| over active users and topics.
    pub fn mean_abs_stance_error(&self) -> f64 {
        self.absolute / self.stances as f64
    }

    /// Standard error of that mean, stances taken as independent.
    pub fn mean_abs_stance_error_se(&self) -> f64 {
        let (n, mean) = (self.stances as f64, self.mean_abs_stance_error());
        ((self.squares / n - mean * mean).max(0.0) / n).sqrt()
    }

    /// Polarisation: standard deviation of the signed stance errors (spread, Bramson et al. 2016).
    pub fn polarisation(&self) -> f64 {
        let (n, mean) = (self.stances as f64, self.signed / self.stances as f64);
        (self.squares / n - mean * mean).max(0.0).sqrt()
    }

    /// Quantile of |b|, to a four-hundredth of the stance limit; NaN without active users.
    pub fn abs_stance_error_quantile(&self, share: f64) -> f64 {
        let wanted = share * self.stances as f64;
        let mut seen = 0;
        for (bin, count) in self.histogram.iter().enumerate() {
            seen += count;
            if *count > 0 && seen as f64 >= wanted {
                return (bin as f64 + 0.5) * self.limit / BINS as f64;
            }
        }
        f64::NAN
    }

    fn take(&mut self, block: &Block, index: usize, topics: usize) {
        if !block.active[index] {
            self.left += 1;
            return;
        }
        self.active += 1;
        self.trust += f64::from(block.trust[index]);
        for topic in 0..topics {
            let b = f64::from(block.stance_error[topic * block.users + index]);
            self.stances += 1;
            self.absolute += b.abs();
            self.squares += b * b;
            self.signed += b;
            let bin = (b.abs() / self.limit * BINS as f64) as usize;
            self.histogram[bin.min(BINS - 1)] += 1;
        }
    }

    fn add(&mut self, other: &Self) {
        self.active += other.active;
        self.left += other.left;
        self.trust += other.trust;
        self.stances += other.stances;
        self.absolute += other.absolute;
        self.squares += other.squares;
        self.signed += other.signed;
        for (sum, part) in self.histogram.iter_mut().zip(&other.histogram) {
            *sum += part;
        }
    }
}

/// Sums over all users, and by segment.
pub fn measure_users(population: &Population, settings: &Settings) -> (UserSums, Vec<UserSums>) {
    let (topics, limit) = (settings.world.topics as usize, settings.world.stance_limit);
    let empty = vec![UserSums::new(limit); settings.segments.len()];
    let parts = parallel::map_chunks(&population.blocks, 1, |blocks| {
        let mut sums = empty.clone();
        for block in blocks {
            for index in 0..block.users {
                sums[block.segment[index] as usize].take(block, index, topics);
            }
        }
        sums
    });
    let mut segments = empty;
    for part in &parts {
        for (sum, part) in segments.iter_mut().zip(part) {
            sum.add(part);
        }
    }
    let mut total = UserSums::new(limit);
    for segment in &segments {
        total.add(segment);
    }
    (total, segments)
}
