//! Philox4x32-10 for vectors of users.
//!
//! Words stay in the lower halves of lanes twice as wide from the first round to the last, as their products need it. Of a
//! counter only the user differs from lane to lane, so the first two rounds are in part the same for all.

use super::{Simd, Words, width};
use crate::random::{Address, MULTIPLIERS, WEYL, key_of, tag, when};

/// Rounds that are the same work for all users; two come before them.
const WHOLE_ROUNDS: usize = 8;

/// The keys of all rounds, made once for many words.
pub struct Keys<S: Simd> {
    /// The kind of vectors.
    pub simd: S,
    first: [u32; 2],
    multipliers: [S::u64s; 2],
    whole_rounds: [[S::u64s; 2]; WHOLE_ROUNDS],
}

impl<S: Simd> Keys<S> {
    /// Those of a seed.
    #[inline(always)]
    pub fn new(simd: S, seed: u64) -> Self {
        let (first, mut whole_rounds) = (key_of(seed), [[all(simd, 0); 2]; WHOLE_ROUNDS]);
        for round in 0..WHOLE_ROUNDS {
            let key = key_in_round(first, round as u32 + 2);
            whole_rounds[round] = [all(simd, key[0]), all(simd, key[1])];
        }
        Self {
            simd,
            first,
            multipliers: [all(simd, MULTIPLIERS[0]), all(simd, MULTIPLIERS[1])],
            whole_rounds,
        }
    }

    /// The words of users at one address, whose own `user` is not looked at.
    #[inline(always)]
    pub fn words_of(&self, address: Address, users: Words<S>, draw: u32) -> [Words<S>; 4] {
        let simd = self.simd;
        let same = self.same_for_all(when(address), tag(address), draw);
        let four = each!(r => self.words_of_register(users.lanes[r], same));
        [
            Words { simd, lanes: each!(r => four[r][0]) },
            Words { simd, lanes: each!(r => four[r][1]) },
            Words { simd, lanes: each!(r => four[r][2]) },
            Words { simd, lanes: each!(r => four[r][3]) },
        ]
    }

    /// The same for as many users as some vectors hold, word by word.
    #[inline(always)]
    pub fn words_of_all<const W: usize>(
        &self,
        address: Address,
        users: &[u32; W],
        draw: u32,
    ) -> [[u32; W]; 4] {
        const { assert!(W.is_multiple_of(width::<S>())) };
        let mut drawn = [[0; W]; 4];
        for k in 0..W / width::<S>() {
            let words = self.words_of(address, Words::load(self.simd, users, k), draw);
            for (word, drawn) in words.into_iter().zip(&mut drawn) {
                word.store(drawn, k);
            }
        }
        drawn
    }

    /// What words that are the same for all bring into the third word after the first round, and into the first, third and
    /// last after the second.
    #[inline(always)]
    fn same_for_all(&self, when: u32, tag: u32, draw: u32) -> [S::u64s; 4] {
        let (key, next) = (key_in_round(self.first, 0), key_in_round(self.first, 1));
        let (low, high) = product(MULTIPLIERS[1], tag);
        let (next_low, next_high) = product(MULTIPLIERS[0], high ^ when ^ key[0]);
        [
            all(self.simd, draw ^ key[1]),
            all(self.simd, low ^ next[0]),
            all(self.simd, next_high ^ next[1]),
            all(self.simd, next_low),
        ]
    }

    #[inline(always)]
    fn words_of_register(&self, users: S::u32s, same: [S::u64s; 4]) -> [S::u32s; 4] {
        let [even, odd] = self.simd.split(users);
        let (even, odd) = (self.words_of_half(even, same), self.words_of_half(odd, same));
        [
            self.simd.join([even[0], odd[0]]),
            self.simd.join([even[1], odd[1]]),
            self.simd.join([even[2], odd[2]]),
            self.simd.join([even[3], odd[3]]),
        ]
    }

    /// The words of counters that begin with `user`.
    #[inline(always)]
    fn words_of_half(&self, user: S::u64s, same: [S::u64s; 4]) -> [S::u64s; 4] {
        let (simd, [a, b]) = (self.simd, self.multipliers);
        let left = simd.multiply(user, a);
        let right = simd.multiply(simd.xor_u64s(simd.upper(left), same[0]), b);
        let first = simd.xor_u64s(simd.upper(right), same[1]);
        let mut counter = [first, right, simd.xor_u64s(left, same[2]), same[3]];
        for key in &self.whole_rounds {
            let (left, right) = (simd.multiply(counter[0], a), simd.multiply(counter[2], b));
            counter = [
                simd.xor_u64s(simd.xor_u64s(simd.upper(right), counter[1]), key[0]),
                right,
                simd.xor_u64s(simd.xor_u64s(simd.upper(left), counter[3]), key[1]),
                left,
            ];
        }
        counter
    }
}

#[inline(always)]
fn all<S: Simd>(simd: S, word: u32) -> S::u64s {
    simd.splat_u64s(u64::from(word))
}

/// Lower and upper word of a product.
#[inline(always)]
fn product(a: u32, b: u32) -> (u32, u32) {
    let product = u64::from(a) * u64::from(b);
    (product as u32, (product >> 32) as u32)
}

#[inline(always)]
fn key_in_round(first: [u32; 2], round: u32) -> [u32; 2] {
    let after = |word: usize| first[word].wrapping_add(round.wrapping_mul(WEYL[word]));
    [after(0), after(1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;
    use crate::vector::{Vectorised, with_widest_vectors};

    const USERS: usize = 64;

    struct Draw(u64, Address, [u32; USERS], u32);

    impl Vectorised for Draw {
        type Output = [[u32; USERS]; 4];

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> [[u32; USERS]; 4] {
            Keys::new(simd, self.0).words_of_all(self.1, &self.2, self.3)
        }
    }

    #[test]
    fn vectors_draw_what_single_users_draw() {
        let users = std::array::from_fn(|lane| (lane as u32).wrapping_mul(0x9E37_79B9));
        for (seed, round, event, draw) in
            [(0, 0, 0, 0), (u64::MAX, (1 << 20) - 1, (1 << 24) - 1, u32::MAX), (99, 7, 3, 2)]
        {
            let address = Address { stream: Stream::Prompt, round, day: 5, event, user: 0 };
            let work = || Draw(seed, address, users, draw);
            for drawn in [work().run(pulp::Scalar), with_widest_vectors(work())] {
                for (lane, user) in users.into_iter().enumerate() {
                    let words = Address { user, ..address }.words(seed, draw);
                    assert_eq!(words, [drawn[0][lane], drawn[1][lane], drawn[2][lane], drawn[3][lane]]);
                }
            }
        }
    }
}
