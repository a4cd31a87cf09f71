//! What has become of users: stance errors, trust, who is still there.

use crate::feedback::logistic;
use crate::lanes::{self, Flags, LANES, Lanes};
use crate::parallel;
use crate::population::{Block, Marks, Population};
use crate::scenario::{BeliefRule, Settings};
use crate::statistics::{Estimate, share};
use crate::vector::{Simd, Vectorised, with_widest_vectors};

const BINS: usize = 400;
/// Bins that a segment has room for, a power of two; those from [`BINS`] on are looked at by nobody.
const BIN_ROOM: u32 = 512;
/// Where users are put who do not count.
const NOWHERE: u32 = BIN_ROOM - 1;
/// 2^23: larger numbers in single precision are whole.
const WHOLE: f32 = 8_388_608.0;

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

    fn take_lanes(&mut self, lanes: &LaneSums, topics: u32) {
        let count = |flags: &Flags| flags.iter().map(|&n| u64::from(n)).sum::<u64>();
        let active = count(&lanes.active);
        self.active += active;
        self.left += count(&lanes.left);
        self.stances += active * u64::from(topics);
        let [trust, absolute, squares, signed] = lanes.sums.map(|sum| sum.iter().sum::<f64>());
        self.trust += trust;
        self.absolute += absolute;
        self.squares += squares;
        self.signed += signed;
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

/// Sums over the users of one segment in a block, lane by lane.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct LaneSums {
    active: Flags,
    left: Flags,
    /// Trust, and |b|, b^2 and b summed over topics.
    sums: [[f64; LANES]; 4],
}

impl LaneSums {
    const NOTHING: Self = Self { active: [0; LANES], left: [0; LANES], sums: [[0.0; LANES]; 4] };
}

struct TakeBlock<'a> {
    sums: &'a mut [UserSums],
    block: &'a Block,
    settings: &'a Settings,
}

impl Vectorised for TakeBlock<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { sums, block, settings } = self;
        let mut lanes = vec![LaneSums::NOTHING; sums.len()];
        let mut histograms = vec![0; sums.len() * BIN_ROOM as usize];
        for first in (0..block.users).step_by(LANES) {
            let marks = &block.marks[first..first + LANES];
            let (mut active, mut here) = ([0; LANES], [0; LANES]);
            for i in 0..LANES {
                here[i] = u32::from(first + i < block.users);
                active[i] = here[i] & u32::from(marks[i].has(Marks::ACTIVE));
            }
            let values = take_stances(&mut histograms, block, first, &active, settings);
            for (segment, lanes) in (0..).zip(&mut lanes) {
                add_segment(lanes, segment, marks, &here, &active, &values);
            }
            if settings.world.belief_rule == BeliefRule::Bayesian {
                take_log_odds(sums, block, first, &active);
            }
        }
        let histograms = histograms.chunks_exact(BIN_ROOM as usize);
        for ((sum, lanes), histogram) in sums.iter_mut().zip(&lanes).zip(histograms) {
            sum.take_lanes(lanes, settings.world.topics);
            for (sum, &count) in sum.histogram.iter_mut().zip(histogram) {
                *sum += u64::from(count);
            }
        }
    }
}

#[inline(always)]
fn add_segment(
    lanes: &mut LaneSums,
    segment: u8,
    marks: &[Marks],
    here: &Flags,
    active: &Flags,
    values: &[Lanes; 4],
) {
    let mut counted = [0; LANES];
    for i in 0..LANES {
        let own = u32::from(marks[i].segment() == segment);
        counted[i] = own & active[i];
        lanes.active[i] += counted[i];
        lanes.left[i] += own & here[i] & (1 - active[i]);
    }
    for (sum, value) in lanes.sums.iter_mut().zip(values) {
        for i in 0..LANES {
            sum[i] += if counted[i] != 0 { f64::from(value[i]) } else { 0.0 };
        }
    }
}

/// Puts the stances of active users into the histograms of their segments, which lie one after the other. Gives trust, and
/// |b|, b^2 and b summed over topics.
#[inline(always)]
fn take_stances(
    histograms: &mut [u32],
    block: &Block,
    first: usize,
    active: &Flags,
    settings: &Settings,
) -> [Lanes; 4] {
    let scale = (BINS as f64 / settings.world.stance_limit) as f32;
    let marks = &block.marks[first..first + LANES];
    let mut start = [0; LANES];
    for i in 0..LANES {
        start[i] = u32::from(marks[i].segment()) * BIN_ROOM;
    }
    let mut values = [block.trust.load(0, first), [0.0; LANES], [0.0; LANES], [0.0; LANES]];
    for topic in 0..settings.world.topics as usize {
        let stance = block.stance_error.load(topic, first);
        let mut bin = [0; LANES];
        for i in 0..LANES {
            values[1][i] += stance[i].abs();
            values[2][i] += stance[i] * stance[i];
            values[3][i] += stance[i];
            let counts = active[i].wrapping_neg();
            bin[i] = (start[i] + bin_of(stance[i].abs() * scale)) & counts | NOWHERE & !counts;
        }
        for bin in bin {
            histograms[bin as usize] += 1;
        }
    }
    values
}

/// The whole part of a positive number, at most that of the last bin.
#[inline(always)]
fn bin_of(place: f32) -> u32 {
    let place = if place < (BINS - 1) as f32 { place } else { (BINS - 1) as f32 };
    // Adding 2^23 rounds to a whole number, which then is in the lowest bits.
    let rounded = place + WHOLE;
    let whole = if rounded - WHOLE > place { rounded - 1.0 } else { rounded };
    whole.to_bits() & (BIN_ROOM - 1)
}

/// Takes in what active users believe, where stance errors are log-odds of a falsehood.
fn take_log_odds(sums: &mut [UserSums], block: &Block, first: usize, active: &Flags) {
    for lane in lanes::places(active).map(|lane| lane as usize) {
        let sum = &mut sums[usize::from(block.marks[first + lane].segment())];
        for topic in 0..block.stance_error.rows() {
            sum.take_log_odds(block.stance_error.get(topic, first + lane));
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
            with_widest_vectors(TakeBlock { sums: &mut sums, block, settings });
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
