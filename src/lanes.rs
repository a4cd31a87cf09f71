//! Arithmetic on lanes of users in single precision, without the platform's mathematical library.
//!
//! Plain loops over fixed arrays: the compiler turns them into vector instructions, and since neither
//! fused multiply-add nor a system function is involved, every machine gives the same bits.

use crate::vector::{self, Floats, Words};

/// Users handled together: many more than a vector holds, so that loops over lanes stay loops, which the compiler
/// turns into vector instructions of whatever width it compiles for.
pub const LANES: usize = 64;

/// One number per lane.
pub type Lanes = [f32; LANES];

/// One yes (1) or no (0) per lane.
pub type Flags = [u32; LANES];

/// All bits or none per lane.
pub type Masks = [i8; LANES];

/// Applies `f` to every lane.
#[inline(always)]
pub fn map(x: &Lanes, f: impl Fn(f32) -> f32) -> Lanes {
    let mut y = [0.0; LANES];
    for i in 0..LANES {
        y[i] = f(x[i]);
    }
    y
}

/// Applies `f` to every pair of lanes.
#[inline(always)]
pub fn map2(x: &Lanes, y: &Lanes, f: impl Fn(f32, f32) -> f32) -> Lanes {
    let mut z = [0.0; LANES];
    for i in 0..LANES {
        z[i] = f(x[i], y[i]);
    }
    z
}

/// `yes` where the flag is 1, `no` where it is 0. In bits, since the compiler turns a choice between two places in memory
/// into a jump.
#[inline(always)]
pub fn choose(flag: u32, yes: f32, no: f32) -> f32 {
    let mask = flag.wrapping_neg();
    f32::from_bits(yes.to_bits() & mask | no.to_bits() & !mask)
}

/// Lane by lane, `yes` where the flag is set and `no` elsewhere.
#[inline(always)]
pub fn choose_lanes(flags: &Flags, yes: &Lanes, no: &Lanes) -> Lanes {
    let mut chosen = [0.0; LANES];
    for i in 0..LANES {
        chosen[i] = choose(flags[i], yes[i], no[i]);
    }
    chosen
}

/// All bits where the flag is set, none elsewhere.
#[inline(always)]
pub fn masks(which: &Flags) -> Masks {
    let mut masks = [0; LANES];
    for i in 0..LANES {
        masks[i] = -(which[i] as i8);
    }
    masks
}

/// One after the other, from `first` on.
#[inline(always)]
pub fn counting_from(first: u32) -> [u32; LANES] {
    let mut words = [0; LANES];
    for i in 0..LANES {
        words[i] = first + i as u32;
    }
    words
}

/// One bit per lane.
#[inline(always)]
fn bits(flags: &Flags) -> u64 {
    let (mut bytes, mut mask) = ([0; LANES], 0);
    for i in 0..LANES {
        bytes[i] = flags[i] as u8;
    }
    for (group, bytes) in bytes.as_chunks::<8>().0.iter().enumerate() {
        // Byte i is 0 or 1 and worth 256^i; times 2^(7 (8 - i)) it lands on bit 56 + i.
        let gathered = u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= gathered << (8 * group);
    }
    mask
}

/// The lanes whose flag is set, in order.
#[inline(always)]
pub fn places(flags: &Flags) -> impl Iterator<Item = u32> + use<> {
    places_of(bits(flags))
}

/// The bits that are set, from the lowest on.
#[inline(always)]
pub fn places_of(mut mask: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let lane = mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
        (lane < u64::BITS).then_some(lane)
    })
}

/// [`Floats::exp`] of one number.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    Floats::one(x).exp().number()
}

/// [`Floats::ln`] of one number.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    Floats::one(x).ln().number()
}

/// [`Floats::logistic`] of one number.
#[inline(always)]
pub fn logistic(x: f32) -> f32 {
    Floats::one(x).logistic().number()
}

/// [`Floats::tanh_of_magnitude`] of one number.
#[inline(always)]
pub fn tanh_of_magnitude(x: f32) -> f32 {
    Floats::one(x).tanh_of_magnitude().number()
}

/// [`vector::normal_pair`] of one pair of words.
#[inline(always)]
pub fn normal_pair(first: u32, second: u32) -> (f32, f32) {
    let (first, second) = (Words::all(pulp::Scalar, first), Words::all(pulp::Scalar, second));
    let (cosine, sine) = vector::normal_pair(first, second);
    (cosine.number(), sine.number())
}

/// [`normal_pair`] of every lane.
#[inline(always)]
pub fn normal_pair_lanes(first: &[u32; LANES], second: &[u32; LANES]) -> (Lanes, Lanes) {
    let (mut cosine, mut sine) = ([0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        (cosine[i], sine[i]) = normal_pair(first[i], second[i]);
    }
    (cosine, sine)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(low: f32, high: f32) -> impl Iterator<Item = f32> {
        (0..=200_000).map(move |i| low + (high - low) * i as f32 / 200_000.0)
    }

    #[test]
    fn places_are_the_lanes_that_are_set() {
        for pattern in [0, 1, 1 << 63, u64::MAX, 0x8421_1248_A5A5_0FF0] {
            let mut flags = [0; LANES];
            (0..LANES).for_each(|i| flags[i] = (pattern >> i & 1) as u32);
            let expected: Vec<u32> = (0..64).filter(|lane| pattern >> lane & 1 == 1).collect();
            assert_eq!(places(&flags).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn exp_stays_within_its_stated_error() {
        for x in grid(-86.9, 87.9) {
            let exact = libm::exp(f64::from(x));
            assert!((f64::from(exp(x)) / exact - 1.0).abs() < 2e-7, "at {x}");
        }
    }

    #[test]
    fn ln_stays_within_its_stated_error() {
        for x in grid(1e-6, 3.0).chain([f32::MIN_POSITIVE, 6e-8, 1e30]) {
            let exact = libm::log(f64::from(x));
            assert!((f64::from(ln(x)) - exact).abs() < 2e-7 * exact.abs().max(0.1), "at {x}");
        }
    }

    #[test]
    fn normal_pairs_agree_with_double_precision() {
        for i in 0..100_000u32 {
            let (first, second) = (i.wrapping_mul(2_654_435_761), i.wrapping_mul(40_503).wrapping_add(17));
            let fast = normal_pair(first, second);
            let exact = crate::random::normal_pair(first, second);
            assert!((f64::from(fast.0) - exact.0).abs() < 3e-6, "{fast:?} {exact:?}");
            assert!((f64::from(fast.1) - exact.1).abs() < 3e-6, "{fast:?} {exact:?}");
        }
    }

    #[test]
    fn logistic_and_tanh_agree_with_double_precision() {
        for x in grid(-20.0, 20.0) {
            let exact = 1.0 / (1.0 + libm::exp(-f64::from(x)));
            assert!((f64::from(logistic(x)) - exact).abs() < 2e-7);
            let magnitude = f64::from(x.abs());
            assert!((f64::from(tanh_of_magnitude(x.abs())) - libm::tanh(magnitude)).abs() < 2e-7);
        }
    }
}
