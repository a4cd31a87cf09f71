//! Yes or no for vectors of users.

use super::{Floats, REGISTERS, Simd, Words, width};
use std::ops::Not;

/// Yes or no for each user of a vector.
#[derive(Clone, Copy)]
pub struct Mask<S: Simd> {
    pub(super) simd: S,
    pub(super) lanes: [S::m32s; REGISTERS],
}

impl<S: Simd> Not for Mask<S> {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self { lanes: each!(r => self.simd.not_m32s(self.lanes[r])), ..self }
    }
}

impl<S: Simd> Mask<S> {
    /// `yes` where it is set, `no` elsewhere.
    #[inline(always)]
    pub fn choose(self, yes: Floats<S>, no: Floats<S>) -> Floats<S> {
        Floats {
            simd: self.simd,
            lanes: each!(r => self.simd.select_f32s(self.lanes[r], yes.lanes[r], no.lanes[r])),
        }
    }

    /// The same for one number or another.
    #[inline(always)]
    pub fn choose_of(self, yes: f32, no: f32) -> Floats<S> {
        self.choose(Floats::all(self.simd, yes), Floats::all(self.simd, no))
    }

    /// `yes` where it is set, `no` elsewhere.
    #[inline(always)]
    pub fn choose_words(self, yes: Words<S>, no: Words<S>) -> Words<S> {
        Words {
            simd: self.simd,
            lanes: each!(r => self.simd.select_u32s(self.lanes[r], yes.lanes[r], no.lanes[r])),
        }
    }

    /// `word` where it is set, 0 elsewhere.
    #[inline(always)]
    pub fn words(self, word: u32) -> Words<S> {
        self.choose_words(Words::all(self.simd, word), Words::all(self.simd, 0))
    }

    /// A bit per user, those of the `k`-th vector of some users in the place where they belong.
    #[inline(always)]
    pub fn bits(self, k: usize) -> u64 {
        let bits = each!(r => u64::from(self.simd.bits(self.lanes[r])) << (S::F32_LANES * r));
        bits.iter().fold(0, |all, bits| all | bits) << (width::<S>() * k)
    }

    /// 1 where it is set, 0 elsewhere.
    #[inline(always)]
    pub fn numbers(self) -> Floats<S> {
        self.choose_of(1.0, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::{Vectorised, with_widest_vectors};

    struct Below(u32, [u32; 64]);

    impl Vectorised for Below {
        type Output = u64;

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> u64 {
            let bits = |k| {
                let words = Words::load(simd, &self.1, k);
                words.lt(words.like(self.0)).bits(k)
            };
            (0..64 / width::<S>()).map(bits).fold(0, |all, bits| all | bits)
        }
    }

    #[test]
    fn every_user_has_a_bit_of_their_own() {
        let words: [u32; 64] = std::array::from_fn(|lane| lane as u32 * 37 % 64);
        for limit in [0, 1, 5, 33, 64] {
            let wanted: u64 = (0..64).filter(|&lane| words[lane] < limit).map(|lane| 1u64 << lane).sum();
            assert_eq!(Below(limit, words).run(pulp::Scalar), wanted);
            assert_eq!(with_widest_vectors(Below(limit, words)), wanted);
        }
    }
}
