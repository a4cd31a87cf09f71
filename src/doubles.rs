//! Eight numbers in double precision at once: rows of feedback that something is fitted to.
//!
//! Plain loops over fixed arrays, which the compiler turns into vector instructions wherever they are inlined into a
//! [`Vectorised::run`](crate::vector::Vectorised::run). Neither fused multiply-add nor a system function is involved, so every
//! machine gives the same bits.

/// Numbers handled together.
pub const WIDTH: usize = 8;

/// One number for each of eight rows.
pub type Doubles = [f64; WIDTH];

/// Zero for all.
pub const ZEROS: Doubles = [0.0; WIDTH];

/// Applies `f` to every number.
#[inline(always)]
pub fn map(x: &Doubles, f: impl Fn(f64) -> f64) -> Doubles {
    let mut y = ZEROS;
    for i in 0..WIDTH {
        y[i] = f(x[i]);
    }
    y
}

/// Applies `f` to every pair of numbers.
#[inline(always)]
pub fn map2(x: &Doubles, y: &Doubles, f: impl Fn(f64, f64) -> f64) -> Doubles {
    let mut z = ZEROS;
    for i in 0..WIDTH {
        z[i] = f(x[i], y[i]);
    }
    z
}

/// Adds `x` times `y` to `sum`.
#[inline(always)]
pub fn add_products(sum: &mut Doubles, x: &Doubles, y: &Doubles) {
    for i in 0..WIDTH {
        sum[i] += x[i] * y[i];
    }
}

/// Adds `x` times one number to `sum`.
#[inline(always)]
pub fn add_scaled(sum: &mut Doubles, x: &Doubles, scale: f64) {
    for i in 0..WIDTH {
        sum[i] += x[i] * scale;
    }
}

/// Their sum, from first to last.
pub fn total(x: &Doubles) -> f64 {
    x.iter().sum()
}

/// e^x for x in [-708, 709], relative error below 3e-16; outside it the value at the bound, NaN for NaN.
///
/// Cody-Waite reduction to |r| <= ln(2)/2 and a rational function (fdlibm `e_exp.c`, Sun Microsystems 1993).
#[inline(always)]
pub fn exp(x: &Doubles) -> Doubles {
    // Adding and subtracting 1.5 * 2^52 rounds to the nearest whole number without a rounding instruction.
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    const LN2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    const P: [f64; 5] = [
        1.666_666_666_666_660_2e-1,
        -2.777_777_777_701_559_3e-3,
        6.613_756_321_437_934e-5,
        -1.653_390_220_546_525_2e-6,
        4.138_136_797_057_238_5e-8,
    ];
    map(x, |x| {
        let x = if x < -708.0 { -708.0 } else { x };
        let x = if x > 709.0 { 709.0 } else { x };
        let shifted = x * std::f64::consts::LOG2_E + ROUNDER;
        let n = shifted - ROUNDER;
        let (high, low) = (x - n * LN2[0], n * LN2[1]);
        let r = high - low;
        let square = r * r;
        let c = r - square * (P[0] + square * (P[1] + square * (P[2] + square * (P[3] + square * P[4]))));
        let mantissa = 1.0 + (r * c / (2.0 - c) - low + high);
        mantissa * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
    })
}

/// Natural logarithm for normal positive numbers, absolute error below 3e-16 max(1, |ln x|); NaN for NaN.
///
/// The mantissa in [sqrt(1/2), sqrt(2)) and a polynomial (fdlibm `e_log.c`, Sun Microsystems 1993).
#[inline(always)]
pub fn ln(x: &Doubles) -> Doubles {
    const ONE: u64 = 0x3FF0_0000_0000_0000;
    const HALF_ROOT: u64 = 0x3FE6_A09E_0000_0000;
    const MANTISSA: u64 = 0x000F_FFFF_FFFF_FFFF;
    /// 2^52: a whole number below it stands in the lowest bits of the sum.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    const LN2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    const L: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    map(x, |x| {
        let shifted = x.to_bits().wrapping_add(ONE - HALF_ROOT);
        let k = f64::from_bits(shifted >> 52 | WHOLE.to_bits()) - (WHOLE + 1023.0);
        let f = f64::from_bits((shifted & MANTISSA) + HALF_ROOT) - 1.0;
        let half_square = 0.5 * f * f;
        let s = f / (2.0 + f);
        let z = s * s;
        let w = z * z;
        let odd = w * (L[1] + w * (L[3] + w * L[5]));
        let even = z * (L[0] + w * (L[2] + w * (L[4] + w * L[6])));
        let ln = s * (half_square + (odd + even)) + k * LN2[1] - half_square + f + k * LN2[0];
        if x.is_nan() { x } else { ln }
    })
}

/// 1 / (1 + e^-x), relative error below 4e-16 for |x| <= 700.
#[inline(always)]
pub fn logistic(x: &Doubles) -> Doubles {
    map(&exp(&map(x, |x| -x)), |e| 1.0 / (1.0 + e))
}

/// ln(1 + e^x), absolute error below 5e-16 max(1, |x|).
#[inline(always)]
pub fn ln_one_plus_exp(x: &Doubles) -> Doubles {
    let below = map(&exp(&map(x, |x| -x.abs())), |e| 1.0 + e);
    map2(x, &ln(&below), |x, ln| if x > 0.0 { x + ln } else { ln })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(low: f64, high: f64) -> impl Iterator<Item = Doubles> {
        let step = (high - low) / 800_000.0;
        (0..100_000).map(move |i| std::array::from_fn(|lane| low + step * (WIDTH * i + lane) as f64))
    }

    #[track_caller]
    fn largest_error(
        xs: impl Iterator<Item = Doubles>,
        fast: fn(&Doubles) -> Doubles,
        error: impl Fn(f64, f64) -> f64,
    ) -> f64 {
        let errors = xs.flat_map(|x| {
            let y = fast(&x);
            (0..WIDTH).map(|i| error(x[i], y[i])).collect::<Vec<_>>()
        });
        errors.fold(0.0, f64::max)
    }

    #[test]
    fn exp_stays_within_its_stated_error() {
        for (low, high) in [(-708.0, 709.0), (-1.0, 1.0), (-1e-9, 1e-9)] {
            let worst = largest_error(grid(low, high), exp, |x, y| (y / libm::exp(x) - 1.0).abs());
            assert!(worst < 3e-16, "{worst}");
        }
        let ends = exp(&[-1e300, -709.0, 710.0, 1e300, f64::NAN, f64::NEG_INFINITY, f64::INFINITY, 0.0]);
        assert!(ends[0] == libm::exp(-708.0) && ends[1] == ends[0] && ends[5] == ends[0]);
        assert!((ends[2] / libm::exp(709.0) - 1.0).abs() < 3e-16 && ends[3] == ends[2] && ends[6] == ends[2]);
        assert!(ends[4].is_nan() && ends[7] == 1.0);
    }

    #[test]
    fn ln_stays_within_its_stated_error() {
        for (low, high) in [(1e-3, 2.0), (1.0, 1.0 + 1e-9), (1.0, 33.0), (1e-300, 1e-290), (1e290, 1e300)] {
            let error = |x: f64, y: f64| (y - libm::log(x)).abs() / libm::log(x).abs().max(1.0);
            let worst = largest_error(grid(low, high), ln, error);
            assert!(worst < 3e-16, "{worst}");
        }
        assert!(ln(&[f64::NAN; WIDTH])[0].is_nan() && ln(&[1.0; WIDTH])[0] == 0.0);
    }

    #[test]
    fn logistic_functions_stay_within_their_stated_errors() {
        let exact = |x: f64| 1.0 / (1.0 + libm::exp(-x));
        let worst = largest_error(grid(-700.0, 700.0), logistic, |x, y| (y / exact(x) - 1.0).abs());
        assert!(worst < 4e-16, "{worst}");
        let exact = |x: f64| x.max(0.0) + libm::log1p(libm::exp(-x.abs()));
        let error = |x: f64, y: f64| (y - exact(x)).abs() / x.abs().max(1.0);
        let worst = largest_error(grid(-800.0, 800.0), ln_one_plus_exp, error);
        assert!(worst < 5e-16, "{worst}");
    }
}
