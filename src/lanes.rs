//! Arithmetic on lanes of users in single precision, without the platform's mathematical library.
//!
//! Plain loops over fixed arrays: the compiler turns them into vector instructions, and since neither
//! fused multiply-add nor a system function is involved, every machine gives the same bits.

/// Users handled together: many more than a vector holds, so that loops over lanes stay loops, which the compiler
/// turns into vector instructions of whatever width it compiles for.
pub const LANES: usize = 64;

/// One number per lane.
pub type Lanes = [f32; LANES];

/// One yes (1) or no (0) per lane.
pub type Flags = [u32; LANES];

/// Work that profits from vectors. Everything that [`Vectorised::run`] calls must be inlined into it
/// (`#[inline(always)]`), or it is compiled for the narrowest vectors only.
pub trait Vectorised {
    /// What the work gives.
    type Output;
    /// Does the work.
    fn run(self) -> Self::Output;
}

/// Does the work, compiled for the widest vectors that this processor has. The width decides nothing but the speed.
pub fn with_widest_vectors<W: Vectorised>(work: W) -> W::Output {
    pulp::Arch::new().dispatch(Widest(work))
}

struct Widest<W>(W);

impl<W: Vectorised> pulp::WithSimd for Widest<W> {
    type Output = W::Output;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> W::Output {
        self.0.run()
    }
}

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

/// Flags as numbers.
#[inline(always)]
pub fn numbers(flags: &Flags) -> Lanes {
    let mut numbers = [0.0; LANES];
    for i in 0..LANES {
        numbers[i] = flags[i] as i32 as f32;
    }
    numbers
}

/// 1 where a lane is `wanted`, 0 elsewhere.
#[inline(always)]
pub fn equal(words: &[u32; LANES], wanted: u32) -> Lanes {
    let mut equal = [0.0; LANES];
    for i in 0..LANES {
        equal[i] = if words[i] == wanted { 1.0 } else { 0.0 };
    }
    equal
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

/// Values from `first` on, zeros beyond their end.
#[inline(always)]
pub fn stretch(values: &[f32], first: usize) -> Lanes {
    let mut lanes = [0.0; LANES];
    let here = &values[first..values.len().min(first + LANES)];
    lanes[..here.len()].copy_from_slice(here);
    lanes
}

/// e^x for x in [-87, 88], relative error below 2e-7; outside it the value at the bound.
///
/// Cody-Waite reduction to |r| <= ln(2)/2 and a degree-6 polynomial (Cephes `expf`, Moshier 1992).
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number without a rounding instruction.
    const ROUNDER: f32 = 12_582_912.0;
    // Plain comparisons, not `clamp`: they become single vector instructions.
    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUNDER;
    let n = shifted - ROUNDER;
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let mut p = 1.987_569_2e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p * r + coefficient;
    }
    let mantissa = p * r * r + r + 1.0;
    let exponent = (shifted.to_bits().wrapping_sub(ROUNDER.to_bits()) as i32).wrapping_add(127);
    mantissa * f32::from_bits((exponent as u32) << 23)
}

/// Natural logarithm for normal positive numbers, relative error below 2e-7 (Cephes `logf`).
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    // Mantissa in [sqrt(1/2), sqrt(2)), so that the polynomial's argument is small on both sides of 1.
    let shifted = bits.wrapping_sub(0x3f35_04f3);
    let exponent = (shifted as i32) >> 23;
    let m = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(0x3f35_04f3)) - 1.0;
    let mut p = 7.037_683_6e-2;
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
    let e = exponent as f32;
    let low = p * m * square + e * -2.121_944_4e-4 - 0.5 * square;
    m + low + e * 0.693_359_4
}

/// sin(2 pi t) for |t| <= 1/4, absolute error below 2e-7 (Taylor series to degree 11).
#[inline(always)]
fn sin_turn(t: f32) -> f32 {
    let x = t * std::f32::consts::TAU;
    let square = x * x;
    let mut p = -2.505_210_8e-8;
    for coefficient in [2.755_731_9e-6, -1.984_127e-4, 8.333_334e-3, -1.666_666_7e-1] {
        p = p * square + coefficient;
    }
    x + x * square * p
}

/// Two independent standard normal numbers from two words, as [`crate::random::normal_pair`].
#[inline(always)]
pub fn normal_pair(first: u32, second: u32) -> (f32, f32) {
    let radius = radius_of(first);
    (radius * minus_cosine(second), radius * minus_sine(second))
}

#[inline(always)]
fn radius_of(word: u32) -> f32 {
    let square = -2.0 * ln(1.0 - crate::random::uniform(word));
    let square = if square < 0.0 { 0.0 } else { square };
    square.sqrt()
}

// u - 1/2 turns the circle by half: cosine and sine of u are minus those of u - 1/2.
#[inline(always)]
fn minus_cosine(word: u32) -> f32 {
    let t = crate::random::uniform(word) - 0.5;
    -sin_turn(0.25 - t.abs())
}

#[inline(always)]
fn minus_sine(word: u32) -> f32 {
    let t = crate::random::uniform(word) - 0.5;
    let folded = if t.abs() > 0.25 { (0.5 - t.abs()).copysign(t) } else { t };
    -sin_turn(folded)
}

/// [`normal_pair`] of every lane.
#[inline(always)]
pub fn normal_pair_lanes(first: &[u32; LANES], second: &[u32; LANES]) -> (Lanes, Lanes) {
    let (mut radius, mut cosine, mut sine) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for i in 0..LANES {
        radius[i] = radius_of(first[i]);
    }
    for i in 0..LANES {
        cosine[i] = radius[i] * minus_cosine(second[i]);
    }
    for i in 0..LANES {
        sine[i] = radius[i] * minus_sine(second[i]);
    }
    (cosine, sine)
}

/// [`logistic`] of every lane.
#[inline(always)]
pub fn logistic_lanes(x: &Lanes) -> Lanes {
    map(x, logistic)
}

/// tanh |x| of every lane.
#[inline(always)]
pub fn tanh_magnitude_lanes(x: &Lanes) -> Lanes {
    map(x, |x| tanh_of_magnitude(x.abs()))
}

/// 1 / (1 + e^-x).
#[inline(always)]
pub fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Hyperbolic tangent of a number that is not negative.
#[inline(always)]
pub fn tanh_of_magnitude(x: f32) -> f32 {
    1.0 - 2.0 / (exp(2.0 * x) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(low: f32, high: f32) -> impl Iterator<Item = f32> {
        (0..=200_000).map(move |i| low + (high - low) * i as f32 / 200_000.0)
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
