//! Who a user is: segment and traits, drawn once, and the state they start with.

use super::laws::{Beta, LogNormal};
use super::{Block, MAX_SEGMENTS, Marks, TO_NEAREST};
use crate::lanes::{self, LANES, Lanes};
use crate::random::{Address, Draws, Stream, uniform, words_from};
use crate::scenario::{Segment, Settings};
use crate::vector::{Simd, Vectorised, with_widest_vectors};
use rand_distr::Distribution;

/// The laws of users' traits, made ready once for many users.
pub struct Laws<'s> {
    settings: &'s Settings,
    segments: Vec<SegmentLaws<'s>>,
    /// How stance errors are distributed.
    pub(super) stances: StanceLaws,
}

struct SegmentLaws<'s> {
    segment: &'s Segment,
    /// Beta distributed with the segment's mean and standard deviation; none without spread.
    expertise: Option<Beta>,
    /// Log-normal with the segment's mean and standard deviation; none without spread.
    cringe: Option<LogNormal>,
    /// Mean multiplier on the liking, by behaviour.
    taste: Vec<f64>,
}

impl<'s> Laws<'s> {
    /// Those of a scenario.
    pub fn new(settings: &'s Settings) -> Self {
        let laws = |segment: &'s Segment| SegmentLaws {
            segment,
            expertise: law_of_expertise(segment),
            cringe: LogNormal::from_mean_and_sd(segment.cringe, segment.cringe_sd),
            taste: settings
                .behaviours
                .keys()
                .map(|name| segment.taste.get(name).copied().unwrap_or(1.0))
                .collect(),
        };
        Self {
            settings,
            segments: settings.segments.values().map(laws).collect(),
            stances: StanceLaws::new(settings),
        }
    }

    fn sample_segment(&self, draws: &mut Draws) -> (u8, &SegmentLaws<'s>) {
        let mut left = draws.uniform();
        let last = self.segments.len() - 1;
        let found = self.segments.iter().position(|laws| {
            left -= laws.segment.share;
            left < 0.0
        });
        let number = found.unwrap_or(last);
        (number as u8, &self.segments[number])
    }
}

fn law_of_expertise(segment: &Segment) -> Option<Beta> {
    let (mean, variance) = (segment.expertise, segment.expertise_sd * segment.expertise_sd);
    let concentration = mean * (1.0 - mean) / variance.max(1e-12) - 1.0;
    if concentration > 1e6 {
        return None;
    }
    Beta::new(mean * concentration, (1.0 - mean) * concentration)
}

/// Draws the users at `places` of a block anew, as some who arrive in `round` (0: before the first).
pub fn sample_users(block: &mut Block, places: &[u32], laws: &Laws, seed: u64, round: u32) {
    for places in places.chunks(LANES) {
        with_widest_vectors(SampleUsers { block, places, laws, seed, round });
    }
}

struct SampleUsers<'a> {
    block: &'a mut Block,
    /// At most as many as there are lanes.
    places: &'a [u32],
    laws: &'a Laws<'a>,
    seed: u64,
    round: u32,
}

/// Traits whose laws take more words of some users than of others: they are drawn first, one user after the other.
struct Varying<'a> {
    laws: &'a Laws<'a>,
    segment: [u8; LANES],
    expertise: Lanes,
    cringe: Lanes,
}

/// All other draws, of all users side by side.
struct Rest {
    words: Vec<[u32; LANES]>,
}

impl Vectorised for SampleUsers<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { block, places, laws, seed, round } = self;
        let address = Address { stream: Stream::Traits, round, day: 0, event: 0, user: 0 };
        let (mut users, mut starts) = ([0; LANES], [0; LANES]);
        let mut varying =
            Varying { laws, segment: [0; LANES], expertise: [0.0; LANES], cringe: [0.0; LANES] };
        for (lane, &place) in places.iter().enumerate() {
            users[lane] = block.user(place as usize);
            let mut draws = Address { user: users[lane], ..address }.draws(seed);
            varying.sample(lane, &mut draws);
            starts[lane] = draws.given();
        }
        let rest = Rest { words: words_from(seed, address, &users, &starts, Rest::count(laws.settings)) };
        start_traits(block, places, &varying, &rest, laws.settings);
        start_state(block, places, &varying, &rest, laws.settings);
    }
}

impl Varying<'_> {
    fn sample(&mut self, lane: usize, draws: &mut Draws) {
        let (number, SegmentLaws { segment, expertise, cringe, .. }) = self.laws.sample_segment(draws);
        self.segment[lane] = number;
        self.expertise[lane] = expertise.map_or(segment.expertise, |law| law.sample(draws)) as f32;
        self.cringe[lane] = cringe.map_or(segment.cringe.max(0.0), |law| law.sample(draws)) as f32;
    }

    /// A number of each user, from the laws of the segment and a standard normal number.
    #[inline(always)]
    fn map(&self, normals: &Lanes, f: impl Fn(&SegmentLaws, f64) -> f64) -> Lanes {
        let mut values = [0.0; LANES];
        for i in 0..LANES {
            let laws = &self.laws.segments[usize::from(self.segment[i])];
            values[i] = f(laws, f64::from(normals[i])) as f32;
        }
        values
    }
}

impl Rest {
    /// Word of the only uniform number; before it come the words of the first normal number, after it those of the others.
    const UNIFORM: usize = 2;

    /// Words of a user.
    fn count(settings: &Settings) -> usize {
        Self::words_of(2 + settings.behaviours.len() + settings.world.topics as usize)
    }

    /// Words before those of a normal number.
    fn words_of(number: usize) -> usize {
        if number == 0 { 0 } else { 2 * number + 1 }
    }

    /// Standard normal numbers, and the sixteen bits of the two words of each that it does not depend on.
    #[inline(always)]
    fn normals(&self, number: usize) -> (Lanes, [u32; LANES]) {
        let word = Self::words_of(number);
        let (first, second) = (&self.words[word], &self.words[word + 1]);
        let mut spare = [0; LANES];
        for i in 0..LANES {
            spare[i] = first[i] & 0xFF | (second[i] & 0xFF) << 8;
        }
        (lanes::normal_pair_lanes(first, second).0, spare)
    }
}

/// The upper eight of the sixteen spare bits.
#[inline(always)]
fn upper(spare: &[u32; LANES]) -> [u32; LANES] {
    let mut upper = [0; LANES];
    for i in 0..LANES {
        upper[i] = spare[i] >> 8;
    }
    upper
}

#[inline(always)]
fn start_traits(block: &mut Block, places: &[u32], varying: &Varying, rest: &Rest, settings: &Settings) {
    for (lane, &place) in places.iter().enumerate() {
        let opted_out = f64::from(uniform(rest.words[Rest::UNIFORM][lane])) < settings.memory.opt_out_share;
        let set = Marks::ACTIVE | if opted_out { Marks::OPTED_OUT } else { 0 };
        block.marks[place as usize] = Marks::new(varying.segment[lane], set);
    }
    let (normals, rounding) = rest.normals(0);
    let propensity = varying.map(&normals, |laws, normal| {
        laws.segment.rating_propensity + laws.segment.rating_propensity_sd * normal
    });
    block.rating_propensity.scatter(0, places, &propensity, &rounding);
    block.expertise.scatter(0, places, &varying.expertise, &upper(&rounding));
    for (row, behaviour) in settings.behaviours.values().enumerate() {
        let (normals, rounding) = rest.normals(1 + row);
        let taste = varying.map(&normals, |laws, normal| {
            behaviour.liking * (laws.taste[row] + laws.segment.taste_sd * normal)
        });
        block.taste.scatter(row, places, &taste, &rounding);
    }
}

/// Trust and stances as they are drawn, satisfaction and habits as is usual; nothing is remembered.
#[inline(always)]
fn start_state(block: &mut Block, places: &[u32], varying: &Varying, rest: &Rest, settings: &Settings) {
    let (consequences, nearest) = (&settings.consequences, [TO_NEAREST; LANES]);
    let first = 1 + settings.behaviours.len();
    let (normals, rounding) = rest.normals(first);
    let trust = varying.map(&normals, |_, normal| {
        (consequences.initial_trust + consequences.initial_trust_sd * normal).clamp(0.0, 1.0)
    });
    block.trust.scatter(0, places, &trust, &rounding);
    block.cringe.scatter(0, places, &varying.cringe, &upper(&rounding));
    block.satisfaction.scatter(0, places, &[settings.approval.reference as f32; LANES], &nearest);
    for topic in 0..settings.world.topics as usize {
        let (normals, rounding) = rest.normals(first + 1 + topic);
        let mut stances = [0.0; LANES];
        for i in 0..LANES {
            stances[i] = varying.laws.stances.stance(f64::from(normals[i]), varying.segment[i]);
        }
        block.stance_error.scatter(topic, places, &stances, &rounding);
        block.remembered_stance.scatter(topic, places, &[0.0; LANES], &nearest);
    }
    for (row, behaviour) in settings.behaviours.values().enumerate() {
        block.habituation.scatter(row, places, &[behaviour.reference_mean as f32; LANES], &nearest);
        block.remembered_taste.scatter(row, places, &[0.0; LANES], &nearest);
    }
    places.iter().for_each(|&place| block.remembered_topics[place as usize] = 0);
}

/// The laws of stance errors on new questions, by segment.
pub struct StanceLaws {
    sd: [f64; MAX_SEGMENTS],
    limit: f64,
}

impl StanceLaws {
    /// Those of a scenario.
    pub fn new(settings: &Settings) -> Self {
        let mut sd = [0.0; MAX_SEGMENTS];
        for (sd, segment) in sd.iter_mut().zip(settings.segments.values()) {
            *sd = settings.world.stance_sd * segment.stance_scale;
        }
        Self { sd, limit: settings.world.stance_limit }
    }

    /// The stance error that a standard normal number stands for.
    #[inline(always)]
    pub fn stance(&self, normal: f64, segment: u8) -> f32 {
        (self.sd[usize::from(segment) % MAX_SEGMENTS] * normal).clamp(-self.limit, self.limit) as f32
    }
}
