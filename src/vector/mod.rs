//! Vectors of users in registers: numbers, words and yes-or-no, one per user, for whatever vectors the processor has.
//!
//! The operations are those that every processor rounds in the same way: no fused multiply-add, no system
//! function. One user more or less in a vector therefore changes no bit, and neither does the processor.

/// Registers that a vector takes: with two, the processor has something to do while it waits for a result.
const REGISTERS: usize = 2;

/// The same for every register.
macro_rules! each {
    ($r:ident => $work:expr) => {
        [
            {
                let $r = 0;
                $work
            },
            {
                let $r = 1;
                $work
            },
        ]
    };
}

mod mask;
mod philox;
mod processor;
mod table;

pub use mask::Mask;
pub use philox::Keys;
pub use processor::Simd;
use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Shl, Shr, Sub};
pub use table::Table;

/// Work that profits from vectors. Everything that [`Vectorised::run`] calls must be inlined into it
/// (`#[inline(always)]`), or it is compiled for the narrowest vectors only.
pub trait Vectorised {
    /// What the work gives.
    type Output;
    /// Does the work with vectors of a given kind.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Does the work with the widest vectors that this processor has. The width decides nothing but the speed.
pub fn with_widest_vectors<W: Vectorised>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    {
        use pulp::x86::{V3, V4};
        if let Some(simd) = V4::try_new() {
            return simd.vectorize(With { simd, work });
        }
        if let Some(simd) = V3::try_new() {
            return simd.vectorize(With { simd, work });
        }
    }
    work.run(pulp::Scalar)
}

struct With<S, W> {
    simd: S,
    work: W,
}

impl<S: Simd, W: Vectorised> pulp::NullaryFnOnce for With<S, W> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        self.work.run(self.simd)
    }
}

/// A number in single precision for each user of a vector.
#[derive(Clone, Copy)]
pub struct Floats<S: Simd> {
    simd: S,
    lanes: [S::f32s; REGISTERS],
}

/// A word of 32 bits for each user of a vector.
#[derive(Clone, Copy)]
pub struct Words<S: Simd> {
    simd: S,
    lanes: [S::u32s; REGISTERS],
}

/// Users in a vector.
pub const fn width<S: Simd>() -> usize {
    REGISTERS * S::F32_LANES
}

macro_rules! operators {
    ($type:ident, $element:ty, $($trait:ident $method:ident $operation:ident),*) => {
        $(
            impl<S: Simd> $trait for $type<S> {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: Self) -> Self {
                    Self { lanes: each!(r => self.simd.$operation(self.lanes[r], other.lanes[r])), ..self }
                }
            }
        )*
    };
}

macro_rules! operators_with_one {
    ($type:ident, $element:ty, $splat:ident, $($trait:ident $method:ident),*) => {
        $(
            impl<S: Simd> $trait<$element> for $type<S> {
                type Output = Self;
                #[inline(always)]
                fn $method(self, other: $element) -> Self {
                    $trait::$method(self, $type::all(self.simd, other))
                }
            }
        )*
    };
}

operators!(Floats, f32, Add add add_f32s, Sub sub sub_f32s, Mul mul mul_f32s, Div div div_f32s);
operators_with_one!(Floats, f32, splat_f32s, Add add, Sub sub, Mul mul, Div div);
operators!(Words, u32, Add add add_u32s, Sub sub sub_u32s, BitAnd bitand and_u32s, BitOr bitor or_u32s, BitXor bitxor xor_u32s);
operators!(Words, u32, Shl shl wrapping_dyn_shl_u32s, Shr shr wrapping_dyn_shr_u32s);
operators_with_one!(Words, u32, splat_u32s, Add add, Sub sub, BitAnd bitand, BitOr bitor, BitXor bitxor, Shl shl, Shr shr);
operators!(Mask, bool, BitAnd bitand and_m32s, BitOr bitor or_m32s);

impl<S: Simd> Neg for Floats<S> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        (self.bits() ^ 0x8000_0000).floats()
    }
}

impl<S: Simd> Floats<S> {
    /// The same number for all.
    #[inline(always)]
    pub fn all(simd: S, value: f32) -> Self {
        Self { simd, lanes: [simd.splat_f32s(value); REGISTERS] }
    }

    /// Another number for all of the same users.
    #[inline(always)]
    pub fn like(self, value: f32) -> Self {
        Self::all(self.simd, value)
    }

    /// The `k`-th vector of some numbers.
    #[inline(always)]
    pub fn load(simd: S, numbers: &[f32], k: usize) -> Self {
        let numbers = S::as_simd_f32s(numbers).0;
        Self { simd, lanes: each!(r => numbers[REGISTERS * k + r]) }
    }

    /// Puts it in the place of the `k`-th vector of some numbers.
    #[inline(always)]
    pub fn store(self, numbers: &mut [f32], k: usize) {
        let numbers = S::as_mut_simd_f32s(numbers).0;
        for r in 0..REGISTERS {
            numbers[REGISTERS * k + r] = self.lanes[r];
        }
    }

    /// The bits.
    #[inline(always)]
    pub fn bits(self) -> Words<S> {
        Words { simd: self.simd, lanes: each!(r => self.simd.transmute_u32s_f32s(self.lanes[r])) }
    }

    /// |x|.
    #[inline(always)]
    pub fn abs(self) -> Self {
        (self.bits() & 0x7FFF_FFFF).floats()
    }

    /// Its magnitude with the sign of `other`.
    #[inline(always)]
    pub fn copysign(self, other: Self) -> Self {
        (self.abs().bits() | (other.bits() & 0x8000_0000)).floats()
    }

    /// Square root.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self { lanes: each!(r => self.simd.sqrt_f32s(self.lanes[r])), ..self }
    }

    /// x < y.
    #[inline(always)]
    pub fn lt(self, other: Self) -> Mask<S> {
        Mask { simd: self.simd, lanes: each!(r => self.simd.less_than_f32s(self.lanes[r], other.lanes[r])) }
    }

    /// x >= y.
    #[inline(always)]
    pub fn ge(self, other: Self) -> Mask<S> {
        Mask {
            simd: self.simd,
            lanes: each!(r => self.simd.greater_than_or_equal_f32s(self.lanes[r], other.lanes[r])),
        }
    }

    /// x, but at most `largest`; what is not a number stays so.
    #[inline(always)]
    pub fn at_most(self, largest: f32) -> Self {
        let largest = Self::all(self.simd, largest);
        largest.lt(self).choose(largest, self)
    }

    /// x, but at least `least`; what is not a number stays so.
    #[inline(always)]
    pub fn at_least(self, least: f32) -> Self {
        let least = Self::all(self.simd, least);
        self.lt(least).choose(least, self)
    }

    /// x for whole numbers from 0 to 2^22, as a word.
    #[inline(always)]
    pub fn whole(self) -> Words<S> {
        (self + 8_388_608.0).bits() & 0x007F_FFFF
    }

    /// e^x for x in [-87, 88], relative error below 2e-7; outside it the value at the bound.
    #[inline(always)]
    pub fn exp(self) -> Self {
        self.at_least(-87.0).at_most(88.0).bounded_exp()
    }

    /// The same, for x that cannot lie outside.
    ///
    /// Cody-Waite reduction to |r| <= ln(2)/2 and a degree-6 polynomial (Cephes `expf`, Moshier 1992).
    #[inline(always)]
    pub fn bounded_exp(self) -> Self {
        // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number without a rounding instruction.
        const ROUNDER: f32 = 12_582_912.0;
        let shifted = self * std::f32::consts::LOG2_E + ROUNDER;
        let n = shifted - ROUNDER;
        let r = self - n * 0.693_359_4 - n * -2.121_944_4e-4;
        let mut p = Self::all(self.simd, 1.987_569_2e-4);
        for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
            p = p * r + coefficient;
        }
        let mantissa = p * r * r + r + 1.0;
        mantissa * ((shifted.bits() - (ROUNDER.to_bits() - 127)) << 23).floats()
    }

    /// Natural logarithm for normal positive numbers, relative error below 2e-7 (Cephes `logf`).
    #[inline(always)]
    pub fn ln(self) -> Self {
        // Mantissa in [sqrt(1/2), sqrt(2)), so that the polynomial's argument is small on both sides of 1.
        const HALF_ROOT: u32 = 0x3F35_04F3;
        let shifted = self.bits() + (0x3F80_0000 - HALF_ROOT);
        let e = ((shifted >> 23) | 0x4B00_0000).floats() - (8_388_608.0 + 127.0);
        let m = ((shifted & 0x007F_FFFF) + HALF_ROOT).floats() - 1.0;
        let mut p = Self::all(self.simd, 7.037_683_6e-2);
        for coefficient in [
            -1.151_461e-1,
            1.167_699_9e-1,
            -1.242_014_1e-1,
            1.424_932_3e-1,
            -1.666_805_8e-1,
            2.000_071_5e-1,
            -2.499_999_4e-1,
            3.333_333e-1,
        ] {
            p = p * m + coefficient;
        }
        let square = m * m;
        let low = p * m * square + e * -2.121_944_4e-4 - square * 0.5;
        m + low + e * 0.693_359_4
    }

    /// sin(2 pi t) for |t| <= 1/4, absolute error below 2e-7 (Taylor series to degree 11).
    #[inline(always)]
    fn sin_turn(self) -> Self {
        let x = self * std::f32::consts::TAU;
        let square = x * x;
        let mut p = Self::all(self.simd, -2.505_210_8e-8);
        for coefficient in [2.755_731_9e-6, -1.984_127e-4, 8.333_334e-3, -1.666_666_7e-1] {
            p = p * square + coefficient;
        }
        x + x * square * p
    }

    /// 1 / (1 + e^-x).
    #[inline(always)]
    pub fn logistic(self) -> Self {
        Self::all(self.simd, 1.0) / ((-self).exp() + 1.0)
    }

    /// tanh |x|.
    #[inline(always)]
    pub fn tanh_of_magnitude(self) -> Self {
        let one = Self::all(self.simd, 1.0);
        one - Self::all(self.simd, 2.0) / ((self.abs() * 2.0).exp() + 1.0)
    }
}

impl Floats<pulp::Scalar> {
    /// A single number.
    #[inline(always)]
    pub fn one(value: f32) -> Self {
        Self::all(pulp::Scalar, value)
    }

    /// That number.
    #[inline(always)]
    pub fn number(self) -> f32 {
        self.lanes[0]
    }
}

impl<S: Simd> Words<S> {
    /// The same word for all.
    #[inline(always)]
    pub fn all(simd: S, word: u32) -> Self {
        Self { simd, lanes: [simd.splat_u32s(word); REGISTERS] }
    }

    /// Another word for all of the same users.
    #[inline(always)]
    pub fn like(self, word: u32) -> Self {
        Self::all(self.simd, word)
    }

    /// The `k`-th vector of some words.
    #[inline(always)]
    pub fn load(simd: S, words: &[u32], k: usize) -> Self {
        let words = S::as_simd_u32s(words).0;
        Self { simd, lanes: each!(r => words[REGISTERS * k + r]) }
    }

    /// Puts it in the place of the `k`-th vector of some words.
    #[inline(always)]
    pub fn store(self, words: &mut [u32], k: usize) {
        let words = S::as_mut_simd_u32s(words).0;
        for r in 0..REGISTERS {
            words[REGISTERS * k + r] = self.lanes[r];
        }
    }

    /// The numbers with these bits.
    #[inline(always)]
    pub fn floats(self) -> Floats<S> {
        Floats { simd: self.simd, lanes: each!(r => self.simd.transmute_f32s_u32s(self.lanes[r])) }
    }

    /// Where it equals `word`.
    #[inline(always)]
    pub fn is(self, word: u32) -> Mask<S> {
        let word = Self::all(self.simd, word);
        Mask { simd: self.simd, lanes: each!(r => self.simd.equal_u32s(self.lanes[r], word.lanes[r])) }
    }

    /// x < y, without sign.
    #[inline(always)]
    pub fn lt(self, other: Self) -> Mask<S> {
        Mask { simd: self.simd, lanes: each!(r => self.simd.less_than_u32s(self.lanes[r], other.lanes[r])) }
    }

    /// Uniform numbers in [0, 1), as [`crate::random::uniform`].
    #[inline(always)]
    pub fn uniform(self) -> Floats<S> {
        ((self >> 9) | 0x3F80_0000).floats() - 1.0
    }

    /// Indices below `count` and uniform numbers in [0, 1), as [`crate::random::index_and_uniform`].
    #[inline(always)]
    pub fn index_and_uniform(self, count: u32) -> (Self, Floats<S>) {
        let count = self.simd.splat_u32s(count);
        let products = each!(r => self.simd.widening_mul_u32s(self.lanes[r], count));
        let (index, rest) = (each!(r => products[r].1), each!(r => products[r].0));
        (Self { lanes: index, ..self }, Self { lanes: rest, ..self }.uniform())
    }
}

/// Two independent standard normal numbers from two words (Box and Muller 1958), absolute error below 3e-6.
#[inline(always)]
pub fn normal_pair<S: Simd>(first: Words<S>, second: Words<S>) -> (Floats<S>, Floats<S>) {
    let simd = first.simd;
    let radius = ((Floats::all(simd, 1.0) - first.uniform()).ln() * -2.0).at_least(0.0).sqrt();
    // u - 1/2 turns the circle by half: cosine and sine of u are minus those of u - 1/2.
    let t = second.uniform() - 0.5;
    let cosine = (Floats::all(simd, 0.25) - t.abs()).sin_turn();
    let beyond = Floats::all(simd, 0.25).lt(t.abs());
    let folded = beyond.choose((Floats::all(simd, 0.5) - t.abs()).copysign(t), t);
    (radius * -cosine, radius * -folded.sin_turn())
}
