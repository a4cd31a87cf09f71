//! A number in 8, 16 or 32 bits: how it is packed, unpacked and rounded.

/// Steps from zero to the largest number in 16 bits.
pub(super) const MOST_STEPS_16: f32 = 32_767.0;
/// The same in 8 bits.
pub(super) const MOST_STEPS_8: f32 = 127.0;

/// A number in few bits. `step` and its inverse concern fixed point only.
pub(super) trait Cell: Copy {
    /// In 32 bits, so that cells of all kinds are chosen between in the same way.
    fn widen(self) -> u32;
    fn narrow(wide: u32) -> Self;
    /// The number that it stands for.
    fn decode(wide: u32, step: f32) -> f32;
    /// Rounds up or down as the lowest eight bits of `word` say.
    fn encode(value: f32, steps_per_unit: f32, word: u32) -> u32;
    /// Itself where all bits of `mask` are set, `other` where none is. In bits and in the cell's own width: the compiler makes
    /// jumps of a choice between two places in memory.
    fn or(self, other: Self, mask: i8) -> Self;
}

impl Cell for f32 {
    #[inline(always)]
    fn widen(self) -> u32 {
        self.to_bits()
    }
    #[inline(always)]
    fn narrow(wide: u32) -> Self {
        f32::from_bits(wide)
    }
    #[inline(always)]
    fn decode(wide: u32, _: f32) -> f32 {
        f32::from_bits(wide)
    }
    #[inline(always)]
    fn encode(value: f32, _: f32, _: u32) -> u32 {
        value.to_bits()
    }
    #[inline(always)]
    fn or(self, other: Self, mask: i8) -> Self {
        let mask = i32::from(mask) as u32;
        f32::from_bits(self.to_bits() & mask | other.to_bits() & !mask)
    }
}

impl Cell for u16 {
    #[inline(always)]
    fn widen(self) -> u32 {
        u32::from(self)
    }
    #[inline(always)]
    fn narrow(wide: u32) -> Self {
        wide as u16
    }
    #[inline(always)]
    fn decode(wide: u32, _: f32) -> f32 {
        f32::from_bits(wide << 16)
    }
    /// Sign and magnitude are apart in floating point, so this rounds magnitudes, as fixed point does.
    #[inline(always)]
    fn encode(value: f32, _: f32, word: u32) -> u32 {
        value.to_bits().wrapping_add((word & 0xFF) << 8) >> 16
    }
    #[inline(always)]
    fn or(self, other: Self, mask: i8) -> Self {
        let mask = i16::from(mask) as u16;
        self & mask | other & !mask
    }
}

/// Fixed point: so many steps, with their sign.
macro_rules! fixed_point {
    ($cell:ty, $most:expr) => {
        impl Cell for $cell {
            #[inline(always)]
            fn widen(self) -> u32 {
                i32::from(self) as u32
            }
            #[inline(always)]
            fn narrow(wide: u32) -> Self {
                wide as $cell
            }
            #[inline(always)]
            fn decode(wide: u32, step: f32) -> f32 {
                wide as i32 as f32 * step
            }
            #[inline(always)]
            fn encode(value: f32, steps_per_unit: f32, word: u32) -> u32 {
                steps(value, steps_per_unit, word, $most)
            }
            #[inline(always)]
            fn or(self, other: Self, mask: i8) -> Self {
                let mask = <$cell>::from(mask);
                self & mask | other & !mask
            }
        }
    };
}

fixed_point!(i16, MOST_STEPS_16);
fixed_point!(i8, MOST_STEPS_8);

/// The magnitude in steps, plus a number in (0, 1), rounded down, with the sign put back: left and right are treated alike.
#[inline(always)]
fn steps(value: f32, steps_per_unit: f32, word: u32, most: f32) -> u32 {
    // Adding 2^23 rounds to the nearest whole number, so the number added before it is shifted by half.
    const ROUNDER: f32 = 8_388_608.0;
    let shift = (word & 0xFF) as i32 as f32 * (1.0 / 256.0) + (1.0 / 512.0 - 0.5);
    let exact = value.abs() * steps_per_unit;
    let exact = if exact < most { exact } else { most };
    let magnitude = ((exact + shift) + ROUNDER).to_bits() & 0x007F_FFFF;
    // The shift may lead below zero, and there to 2^23 - 1/2.
    let magnitude = if magnitude > 40_000 { 0 } else { magnitude };
    let sign = ((value.to_bits() as i32) >> 31) as u32;
    (magnitude ^ sign).wrapping_sub(sign)
}
