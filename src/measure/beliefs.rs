//! What has become of users: stance errors, trust, who is still there.

use crate::feedback::logistic;
use crate::parallel;
use crate::population::{Block, Population};
use crate::scenario::{BeliefRule, Settings};
use crate::statistics::{Estimate, share};

const BINS: usize = 400;

/// Belief in a falsehood that counts as catastrophic (Chandra et al. 2026, arXiv 2602.19141).
pub const CATASTROPHIC: f64 = 0.99;

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
    falsehood: f64,
    certain_of_falsehood: u64,
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
            falsehood: 0.0,
            certain_of_falsehood: 0,
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

    /// Mean probability that users give to a falsehood, if stance errors are log-odds of it.
    pub fn mean_belief_in_falsehood(&self) -> f64 {
        self.falsehood / self.stances as f64
    }

    /// Share of beliefs in a falsehood at least as strong as [`CATASTROPHIC`], if stance errors are log-odds of it.
    pub fn certain_of_falsehood_share(&self) -> Estimate {
        share(self.certain_of_falsehood, self.stances as f64)
    }

    /// Takes in a belief that is the log-odds of a falsehood.
    fn take_log_odds(&mut self, log_odds: f32) {
        let belief = logistic(f64::from(log_odds));
        self.falsehood += belief;
        self.certain_of_falsehood += u64::from(belief >= CATASTROPHIC);
    }

    /// Takes in an active user's trust.
    #[inline(always)]
    fn take_trust(&mut self, trust: f32) {
        self.active += 1;
        self.trust += f64::from(trust);
    }

    /// Takes in an active user's stance error; `bin` is its place in the histogram.
    #[inline(always)]
    fn take_stance(&mut self, b: f32, bin: u32) {
        let b = f64::from(b);
        self.stances += 1;
        self.absolute += b.abs();
        self.squares += b * b;
        self.signed += b;
        self.histogram[bin as usize % BINS] += 1;
    }

    fn add(&mut self, other: &Self) {
        self.active += other.active;
        self.left += other.left;
        self.trust += other.trust;
        self.stances += other.stances;
        self.absolute += other.absolute;
        self.squares += other.squares;
        self.signed += other.signed;
        self.falsehood += other.falsehood;
        self.certain_of_falsehood += other.certain_of_falsehood;
        for (sum, part) in self.histogram.iter_mut().zip(&other.histogram) {
            *sum += part;
        }
    }
}

/// Takes in all users of a block: trust first, then topic by topic, as they lie in memory.
fn take_block(sums: &mut [UserSums], block: &Block, settings: &Settings) {
    let (topics, limit) = (settings.world.topics as usize, settings.world.stance_limit);
    let bayesian = settings.world.belief_rule == BeliefRule::Bayesian;
    for index in 0..block.users {
        let sum = &mut sums[block.segment[index] as usize];
        if block.active[index] { sum.take_trust(block.trust[index]) } else { sum.left += 1 }
    }
    let scale = (BINS as f64 / limit) as f32;
    for topic in 0..topics {
        let stances = &block.stance_error[topic * block.users..(topic + 1) * block.users];
        for ((&b, &active), &segment) in stances.iter().zip(&block.active).zip(&block.segment) {
            if active {
                let bin = ((b.abs() * scale) as u32).min(BINS as u32 - 1);
                sums[segment as usize].take_stance(b, bin);
                if bayesian {
                    sums[segment as usize].take_log_odds(b);
                }
            }
        }
    }
}

/// Sums over all users, and by segment.
pub fn measure_users(population: &Population, settings: &Settings) -> (UserSums, Vec<UserSums>) {
    let limit = settings.world.stance_limit;
    let empty = vec![UserSums::new(limit); settings.segments.len()];
    let parts = parallel::map_chunks(&population.blocks, 16, |blocks| {
        let mut sums = empty.clone();
        for block in blocks {
            take_block(&mut sums, block, settings);
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
