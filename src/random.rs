//! Every random number of a run, addressed instead of drawn in order.
//!
//! A counter-based generator turns (seed, stream, round, event, user, draw) into bits, so a draw
//! depends on nothing but its address: not on threads, not on other users, not on what was drawn before.
//! Two runs that differ in one parameter therefore share every other draw (common random numbers).
//!
//! Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", Philox4x32-10.

use rand::rand_core::TryRng;
use std::convert::Infallible;

/// What a draw is for. Closed, so that no two processes can share a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Stream {
    /// A user's segment and traits.
    Traits = 1,
    /// How many conversations a user has.
    Usage = 2,
    /// The prompt, the model's reading and estimate.
    Prompt = 3,
    /// The levels of the response.
    Response = 4,
    /// Rating and thumb, discovery, return and complaint, sampling of logs.
    Feedback = 5,
    /// What a full memory forgets.
    Eviction = 6,
    /// Renewal of stances and forgetting at the end of a round.
    Renewal = 7,
    /// Leaving, returning, arriving.
    Turnover = 8,
    /// The two responses shown to raters and their answer.
    Raters = 9,
    /// Answers of users who are shown a training candidate.
    CandidateFeedback = 10,
    /// Answers asked later: delayed outcome.
    DelayedOutcome = 11,
    /// Unintended effects of a system prompt.
    SystemPrompt = 12,
    /// Who listens to whom.
    Neighbours = 13,
    /// Responses of the two arms of a comparison on logged contexts.
    Comparison = 14,
    /// New stances at the end of a round.
    NewStance = 15,
    /// Seeds of replicates.
    Replicate = 16,
    /// Prompts and answers of an offline evaluation.
    OfflineEval = 17,
    /// Experts, their prompts, the answers and what they feel.
    SpotCheck = 18,
    /// Prompts and answers of a sycophancy evaluation.
    SycophancyEval = 19,
    /// Prompts, answers and graders of a spec adherence evaluation.
    SpecAdherence = 20,
    /// Which users get which policy, where several serve at once.
    Arms = 21,
    /// Who volunteers for an alpha.
    Volunteers = 22,
    /// Prompts and answers of a day's canary.
    Canary = 23,
    /// Unintended effects of a patch of the system prompt.
    Patch = 24,
    /// Answers of users who are asked, once the consequences are known, during an experiment.
    OutcomeSurvey = 25,
    /// Prompts, answers and choices of users who see two answers side by side.
    SideBySide = 26,
    /// Which replicates a resample of a bootstrap draws.
    Bootstrap = 27,
    /// Points of a design: scrambling, trajectories, hypercubes.
    Design = 28,
    /// Which rows a resample of a design holds.
    Resample = 29,
    /// Prompts and responses that an optimiser samples.
    Rollouts = 30,
    /// Which sampled response is preferred, or desirable.
    Preferences = 31,
    /// Numbers that cases of verification are tried on.
    Verify = 32,
    /// What the world shows to someone who learns from evidence, and what of it is passed on.
    Evidence = 33,
    /// What users and model learn for themselves between rounds.
    Knowledge = 34,
    /// Cues to a user's segment.
    Cue = 36,
    /// Errors of users' scores.
    Scores = 37,
    /// Errors of a reward model that behaviours do not explain.
    RewardError = 38,
    /// Answers to the sample prompts that people read.
    SampleAnswers = 39,
}

/// Where a draw lives, up to the index of the draw itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// What the draw is for.
    pub stream: Stream,
    /// Update round; below 2^20.
    pub round: u32,
    /// First day, counted within the round, of the days that are served at a stretch; below 2^12.
    pub day: u32,
    /// Which event of that kind within the round (conversation, training iteration); below 2^24.
    pub event: u32,
    /// User, or row for draws that belong to no user.
    pub user: u32,
}

pub(crate) const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
pub(crate) const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The 128 bits of Philox4x32-10 for one counter and key.
#[inline(always)]
pub fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let left = u64::from(MULTIPLIERS[0]) * u64::from(counter[0]);
        let right = u64::from(MULTIPLIERS[1]) * u64::from(counter[2]);
        counter = [
            (right >> 32) as u32 ^ counter[1] ^ key[0],
            right as u32,
            (left >> 32) as u32 ^ counter[3] ^ key[1],
            left as u32,
        ];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// So many words of each of some users, from their own `starts` on: what [`Draws`] gives when it has given as many.
#[inline(always)]
pub fn words_from<const W: usize>(
    seed: u64,
    address: Address,
    users: &[u32; W],
    starts: &[u32; W],
    count: usize,
) -> Vec<[u32; W]> {
    let (low, high) = (when(address), tag(address));
    // Four words a block; whoever starts within one needs another.
    let mut drawn = vec![[0; W]; 4 * count.div_ceil(4) + 4];
    for (block, four) in (0..).zip(drawn.as_chunks_mut::<4>().0) {
        *four = philox_of_each(seed, |i| [users[i], low, high, starts[i] / 4 + block]);
    }
    let mut words = vec![[0; W]; count];
    for (place, words) in words.iter_mut().enumerate() {
        for i in 0..W {
            words[i] = drawn[starts[i] as usize % 4 + place][i];
        }
    }
    words
}

/// The words of one counter per lane. One lane after the other, so that the compiler runs as many side by side as the
/// processor's vectors hold.
#[inline(always)]
fn philox_of_each<const W: usize>(seed: u64, counter: impl Fn(usize) -> [u32; 4]) -> [[u32; W]; 4] {
    let (key, mut words) = (key_of(seed), [[0; W]; 4]);
    for i in 0..W {
        let lane = philox(counter(i), key);
        words[0][i] = lane[0];
        words[1][i] = lane[1];
        words[2][i] = lane[2];
        words[3][i] = lane[3];
    }
    words
}

pub(crate) fn key_of(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

pub(crate) fn when(address: Address) -> u32 {
    debug_assert!(address.round < 1 << 20 && address.day < 1 << 12, "rounds fit in 20 bits, days in 12");
    address.round << 12 | address.day
}

pub(crate) fn tag(address: Address) -> u32 {
    debug_assert!(address.event < 1 << 24, "events of a round fit in 24 bits");
    (address.stream as u32) << 24 | address.event
}

impl Address {
    /// The four words of block `draw`.
    #[inline(always)]
    pub fn words(self, seed: u64, draw: u32) -> [u32; 4] {
        philox([self.user, when(self), tag(self), draw], key_of(seed))
    }

    /// The words of this address, one after the other, for library distributions.
    pub fn draws(self, seed: u64) -> Draws {
        Draws { address: self, seed, block: 0, words: [0; 4], used: 4 }
    }
}

/// Endless words of one address.
#[derive(Clone, Debug)]
pub struct Draws {
    address: Address,
    seed: u64,
    block: u32,
    words: [u32; 4],
    used: usize,
}

impl Draws {
    /// The words of the same address in another stream.
    pub fn of_stream(self, stream: Stream) -> Self {
        Address { stream, ..self.address }.draws(self.seed)
    }

    /// How many words it has given.
    pub fn given(&self) -> u32 {
        (4 * self.block + self.used as u32) - 4
    }

    /// The next uniform number in [0, 1), a multiple of 2^-23.
    pub fn uniform(&mut self) -> f64 {
        f64::from(uniform(self.next_word()))
    }

    /// A standard normal number: the first of the pair made of the next two words.
    pub fn normal(&mut self) -> f64 {
        let (first, second) = (self.next_word(), self.next_word());
        f64::from(crate::lanes::normal_pair(first, second).0)
    }

    fn next_word(&mut self) -> u32 {
        if self.used == 4 {
            self.words = self.address.words(self.seed, self.block);
            self.block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }
}

impl TryRng for Draws {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next_word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.next_word());
        Ok(low | u64::from(self.next_word()) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.next_word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

/// A uniform number in [0, 1), a multiple of 2^-23, from the upper 23 bits of a word.
#[inline(always)]
pub fn uniform(word: u32) -> f32 {
    // The bits of a number in [1, 2).
    f32::from_bits(word >> 9 | 0x3F80_0000) - 1.0
}

/// Splits one word into an index below `count` and a uniform number in [0, 1).
///
/// The index is the integer part of `count * word / 2^32`, the number its fraction (23 bits).
#[inline(always)]
pub fn index_and_uniform(word: u32, count: u32) -> (u32, f32) {
    let product = u64::from(word) * u64::from(count);
    ((product >> 32) as u32, uniform(product as u32))
}

/// Two independent standard normal numbers from two words (Box and Muller 1958), in f64.
pub fn normal_pair(first: u32, second: u32) -> (f64, f64) {
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - f64::from(uniform(first))));
    let angle = 2.0 * std::f64::consts::PI * f64::from(uniform(second));
    (radius * libm::cos(angle), radius * libm::sin(angle))
}

/// The seed of replicate `replicate`: the scenario's own seed for the first.
pub fn replicate_seed(seed: u64, replicate: u32) -> u64 {
    if replicate == 0 {
        return seed;
    }
    let address = Address { stream: Stream::Replicate, round: 0, day: 0, event: 0, user: replicate };
    let words = address.words(seed, 0);
    u64::from(words[0]) | u64::from(words[1] & 0x7FFF_FFFF) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    // Known answers published with Random123 1.09 (file `kat_vectors`, lines "philox4x32 10").
    #[test]
    fn philox_gives_the_published_known_answers() {
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([!0; 4], [!0; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn words_from_a_start_go_on_where_draws_are() {
        let address = Address { stream: Stream::Traits, round: 2, day: 0, event: 0, user: 0 };
        let (users, mut starts, mut draws) = ([9, 0, 77, u32::MAX, 5], [0; 5], Vec::new());
        for lane in 0..5 {
            let mut own = Address { user: users[lane], ..address }.draws(3);
            for _ in 0..3 * lane {
                own.next_word();
            }
            starts[lane] = own.given();
            draws.push(own);
        }
        assert_eq!(starts, [0, 3, 6, 9, 12]);
        for words in words_from(3, address, &users, &starts, 21) {
            assert_eq!(words.to_vec(), draws.iter_mut().map(Draws::next_word).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_index_and_its_uniform_number_are_independent_parts_of_a_word() {
        assert_eq!(index_and_uniform(0, 4), (0, 0.0));
        assert_eq!(index_and_uniform(0x4000_0000, 4), (1, 0.0));
        assert_eq!(index_and_uniform(0x6000_0000, 4), (1, 0.5));
        assert_eq!(index_and_uniform(u32::MAX, 4).0, 3);
    }

    // 100,000 pairs: mean within 4 standard errors (0.0126) of 0, variance within 4 of 1 (0.018).
    #[test]
    fn normal_pairs_have_mean_zero_and_variance_one() {
        let count = 100_000;
        let (mut sum, mut squares, mut products) = (0.0, 0.0, 0.0);
        for user in 0..count {
            let address = Address { stream: Stream::Traits, round: 0, day: 0, event: 0, user };
            let words = address.words(1, 0);
            let (a, b) = normal_pair(words[0], words[1]);
            sum += a;
            squares += b * b;
            products += a * b;
        }
        let n = f64::from(count);
        assert!((sum / n).abs() < 0.0127);
        assert!((squares / n - 1.0).abs() < 0.018);
        assert!((products / n).abs() < 0.0127);
    }
}
