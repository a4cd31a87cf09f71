//! How many conversations a user has in a round.

use super::coefficients::Serving;
use crate::lanes::{self, LANES, Lanes};
use crate::population::{Block, Marks};
use crate::random::{Address, Stream, uniform};
use crate::scenario::{Settings, Usage};
use crate::vector::{Keys, Simd, Vectorised, with_widest_vectors};

/// Largest Poisson mean drawn by inversion; larger means are sums of several draws.
const LARGEST_PART: f32 = 8.0;

/// Expected conversations per round at full trust.
pub fn conversation_rate(settings: &Settings) -> f64 {
    settings.clock.conversations_per_day * f64::from(settings.clock.days_per_round)
}

/// Conversations of each user of a block in these days: Poisson(rate (z + (1 - z) trust)), or at regular intervals, and
/// none for users who left; as many entries as the block is wide.
pub fn sample_conversations(block: &Block, serving: &Serving) -> Vec<u32> {
    let mut counts = match serving.settings.clock.usage {
        Usage::Fixed => Regular::of(serving).conversations(block, serving),
        Usage::Poisson => with_widest_vectors(SampleUsage { block, serving }),
    };
    for (count, marks) in counts.iter_mut().zip(&block.marks) {
        *count *= u32::from(marks.has(Marks::ACTIVE));
    }
    counts[block.users..].fill(0);
    counts
}

/// Conversations at regular intervals, r a day: a user with phase u in [0, 1) has floor(r t + u) in the first t days of a
/// round, whatever stretches these days are served in.
struct Regular {
    /// What all have.
    all: u32,
    /// Users with a phase from here on, in 2^-32, have one more by the end,
    more_by_the_end: u64,
    /// and these had it before the first day.
    more_before: u64,
}

impl Regular {
    fn of(serving: &Serving) -> Self {
        let by = |day: u32| {
            let count = serving.settings.clock.conversations_per_day * f64::from(day);
            // As often as a day, or once in 51, is written in decimals that miss a whole number.
            let count = if (count - count.round()).abs() < 1e-9 { count.round() } else { count };
            let whole = libm::floor(count);
            (whole as u32, ((1.0 - (count - whole)) * 4_294_967_296.0) as u64)
        };
        let span = serving.span;
        let ((before, more_before), (end, more_by_the_end)) =
            (by(span.first_day), by(span.first_day + span.days));
        Self { all: end - before, more_by_the_end, more_before }
    }

    fn conversations(&self, block: &Block, serving: &Serving) -> Vec<u32> {
        let mut counts = vec![self.all; block.marks.len()];
        if self.more_by_the_end != self.more_before {
            with_widest_vectors(AddByPhase { regular: self, counts: &mut counts, block, serving });
        }
        counts
    }
}

struct AddByPhase<'a, 's> {
    regular: &'a Regular,
    counts: &'a mut [u32],
    block: &'a Block,
    serving: &'a Serving<'s>,
}

impl Vectorised for AddByPhase<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { regular, counts, block, serving } = self;
        let keys = Keys::new(simd, serving.seed);
        let address = Address { stream: Stream::Usage, round: serving.span.round, day: 0, event: 0, user: 0 };
        for (chunk, counts) in counts.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let users = lanes::counting_from(block.first_user + (chunk * LANES) as u32);
            let phases = keys.words_of_all(address, &users, 0)[0];
            for i in 0..LANES {
                let phase = u64::from(phases[i]);
                // No more than `all` are taken away: where all have none, whoever had one before has it by the end.
                counts[i] = counts[i] + u32::from(phase >= regular.more_by_the_end)
                    - u32::from(phase >= regular.more_before);
            }
        }
    }
}

struct SampleUsage<'a, 's> {
    block: &'a Block,
    serving: &'a Serving<'s>,
}

impl Vectorised for SampleUsage<'_, '_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<u32> {
        let Self { block, serving } = self;
        let keys = Keys::new(simd, serving.seed);
        let floor = serving.settings.clock.usage_at_zero_trust as f32;
        let (round, day) = (serving.span.round, serving.span.first_day);
        let address = Address { stream: Stream::Usage, round, day, event: 0, user: 0 };
        let parts = (serving.rate / LARGEST_PART).ceil().max(1.0) as u32;
        let mut counts = vec![0; block.marks.len()];
        for first in (0..counts.len()).step_by(LANES) {
            let users = lanes::counting_from(block.first_user + first as u32);
            let trust = block.trust.load(0, first);
            let mean =
                lanes::map(&trust, |trust| serving.rate * (floor + (1.0 - floor) * trust) / parts as f32);
            for part in 0..parts {
                let words = keys.words_of_all(address, &users, part);
                add_poisson(&mut counts[first..first + LANES], &mean, &words[0]);
            }
        }
        counts
    }
}

/// Adds to each count the Poisson quantile of its lane's number: the smallest n whose cumulative probability exceeds
/// it.
#[inline(always)]
fn add_poisson(counts: &mut [u32], mean: &Lanes, words: &[u32; LANES]) {
    let mut probability = lanes::map(mean, |mean| lanes::exp(-mean));
    let mut cumulative = probability;
    let mut going = [1; LANES];
    for n in 1.. {
        let share = 1.0 / n as f32;
        for i in 0..LANES {
            going[i] &= u32::from(uniform(words[i]) >= cumulative[i]);
            counts[i] += going[i];
            probability[i] *= mean[i] * share;
            let next = cumulative[i] + probability[i];
            // Rounding may end the sum just below 1: the rest of the tail is lost to single precision.
            going[i] &= u32::from(next != cumulative[i]);
            cumulative[i] = next;
        }
        if going.iter().fold(0, |any, one| any | one) == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poisson(mean: f32, u: f32) -> u32 {
        let mut counts = [0; LANES];
        add_poisson(&mut counts, &[mean; LANES], &[((u * 16_777_216.0) as u32) << 8; LANES]);
        assert_eq!(counts, [counts[0]; LANES]);
        counts[0]
    }

    #[test]
    fn small_poisson_probabilities_match_the_law() {
        // Mean 1: P(0) = 0.3679, P(<= 1) = 0.7358, P(<= 2) = 0.9197.
        assert_eq!(poisson(1.0, 0.367), 0);
        assert_eq!(poisson(1.0, 0.369), 1);
        assert_eq!(poisson(1.0, 0.735), 1);
        assert_eq!(poisson(1.0, 0.737), 2);
        assert_eq!(poisson(1.0, 0.921), 3);
        assert_eq!(poisson(0.0, 0.999), 0);
        // The largest uniform number ends in the tail, not at a bound.
        assert!((8..=12).contains(&poisson(1.0, 1.0 - 1.0 / 16_777_216.0)));
    }
}
