//! The few instructions that the general vectors of `pulp` lack, for each kind of processor.

use pulp::{Scalar, cast};

/// Vectors of a kind of processor.
///
/// A register of words can be split into two of twice as wide lanes, since products of words are as wide. Only the lower half
/// of such a lane counts, what is above is rubbish.
pub trait Simd: pulp::Simd {
    /// The words at even places, and those at odd ones.
    fn split(self, words: Self::u32s) -> [Self::u64s; 2];
    /// Puts them together again.
    fn join(self, halves: [Self::u64s; 2]) -> Self::u32s;
    /// Full products of the lower halves.
    fn multiply(self, words: Self::u64s, factors: Self::u64s) -> Self::u64s;
    /// The upper halves in the place of the lower ones, with zeros above.
    fn upper(self, products: Self::u64s) -> Self::u64s;
    /// The numbers at the places that the lowest three bits of `index` say.
    fn look_up(self, table: &[f32; 8], index: Self::u32s) -> Self::f32s;
    /// A bit per lane, the first lane's lowest.
    fn bits(self, mask: Self::m32s) -> u32;
}

impl Simd for Scalar {
    #[inline(always)]
    fn split(self, word: u32) -> [u64; 2] {
        [u64::from(word), 0]
    }
    #[inline(always)]
    fn join(self, [word, _]: [u64; 2]) -> u32 {
        word as u32
    }
    #[inline(always)]
    fn multiply(self, word: u64, factor: u64) -> u64 {
        u64::from(word as u32) * u64::from(factor as u32)
    }
    #[inline(always)]
    fn upper(self, product: u64) -> u64 {
        product >> 32
    }
    #[inline(always)]
    fn look_up(self, table: &[f32; 8], index: u32) -> f32 {
        table[index as usize % 8]
    }
    #[inline(always)]
    fn bits(self, mask: bool) -> u32 {
        u32::from(mask)
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::*;
    use pulp::x86::{V3, V4};

    impl Simd for V3 {
        #[inline(always)]
        fn split(self, words: Self::u32s) -> [Self::u64s; 2] {
            let odd = self.avx2._mm256_srli_epi64::<32>(cast(words));
            [cast(words), cast(odd)]
        }
        #[inline(always)]
        fn join(self, [even, odd]: [Self::u64s; 2]) -> Self::u32s {
            let odd = self.avx2._mm256_slli_epi64::<32>(cast(odd));
            cast(self.avx2._mm256_blend_epi32::<0b1010_1010>(cast(even), odd))
        }
        #[inline(always)]
        fn multiply(self, words: Self::u64s, factors: Self::u64s) -> Self::u64s {
            cast(self.avx2._mm256_mul_epu32(cast(words), cast(factors)))
        }
        #[inline(always)]
        fn upper(self, products: Self::u64s) -> Self::u64s {
            cast(self.avx2._mm256_srli_epi64::<32>(cast(products)))
        }
        #[inline(always)]
        fn look_up(self, table: &[f32; 8], index: Self::u32s) -> Self::f32s {
            cast(self.avx2._mm256_permutevar8x32_ps(cast(*table), cast(index)))
        }
        #[inline(always)]
        fn bits(self, mask: Self::m32s) -> u32 {
            self.avx._mm256_movemask_ps(cast(mask)) as u32
        }
    }

    impl Simd for V4 {
        #[inline(always)]
        fn split(self, words: Self::u32s) -> [Self::u64s; 2] {
            let odd = self.avx512f._mm512_srli_epi64::<32>(cast(words));
            [cast(words), cast(odd)]
        }
        #[inline(always)]
        fn join(self, [even, odd]: [Self::u64s; 2]) -> Self::u32s {
            let odd = self.avx512f._mm512_slli_epi64::<32>(cast(odd));
            cast(self.avx512f._mm512_mask_blend_epi32(0b1010_1010_1010_1010, cast(even), odd))
        }
        #[inline(always)]
        fn multiply(self, words: Self::u64s, factors: Self::u64s) -> Self::u64s {
            cast(self.avx512f._mm512_mul_epu32(cast(words), cast(factors)))
        }
        #[inline(always)]
        fn upper(self, products: Self::u64s) -> Self::u64s {
            cast(self.avx512f._mm512_srli_epi64::<32>(cast(products)))
        }
        #[inline(always)]
        fn look_up(self, table: &[f32; 8], index: Self::u32s) -> Self::f32s {
            let twice = self.avx512dq._mm512_broadcast_f32x8(cast(*table));
            cast(self.avx512f._mm512_permutexvar_ps(cast(index), twice))
        }
        #[inline(always)]
        fn bits(self, mask: Self::m32s) -> u32 {
            u32::from(mask.0)
        }
    }
}
