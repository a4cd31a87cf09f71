//! Laws of traits whose sampling takes as many words as it needs: Beta and log-normal.
//!
//! They are the algorithms of `rand_distr`, word for word, so that a test can hold one against the other. `rand_distr` takes
//! logarithms and exponentials from the platform, whose last bit depends on the system and on the processor; here they are
//! `libm`'s, which are the same everywhere.

use rand::Rng;
use rand_distr::{Distribution, Open01, StandardUniform};
use std::sync::LazyLock;

/// A Beta law: of `w / (b + w)`, with `w` a ratio of Gamma variates, drawn by rejection. Source: Cheng 1978, "Generating beta
/// variates with nonintegral shape parameters", algorithms BB and BC; symbols are the paper's.
#[derive(Clone, Copy, Debug)]
pub struct Beta {
    a: f64,
    b: f64,
    /// Whether `a` is the first of the two shapes asked for.
    a_is_first: bool,
    /// Cheng's beta: the scale of the logistic variate from which `w` is made.
    scale: f64,
    acceptance: Acceptance,
}

/// What a proposal must pass.
#[derive(Clone, Copy, Debug)]
enum Acceptance {
    /// Both shapes above one, `a` the smaller.
    Bb { gamma: f64 },
    /// One shape up to one, `a` the larger.
    Bc { kappa1: f64, kappa2: f64 },
}

impl Beta {
    /// The law with these shapes; none unless both are above zero.
    pub fn new(first: f64, second: f64) -> Option<Self> {
        let (smaller, larger) = (first.min(second), first.max(second));
        if !(first > 0.0 && second > 0.0) {
            return None;
        }
        if smaller > 1.0 {
            let (a, b) = (smaller, larger);
            let scale = libm::sqrt((a + b - 2.0) / (2.0 * a * b - (a + b)));
            let acceptance = Acceptance::Bb { gamma: a + 1.0 / scale };
            return Some(Self { a, b, a_is_first: first < second, scale, acceptance });
        }
        let (a, b) = (larger, smaller);
        let delta = 1.0 + a - b;
        let kappa1 = delta * (1.0 / 72.0 + 3.0 / 72.0 * b) / (a / b - 14.0 / 18.0);
        let kappa2 = 0.25 + (0.5 + 0.25 / delta) * b;
        let acceptance = Acceptance::Bc { kappa1, kappa2 };
        Some(Self { a, b, a_is_first: first >= second, scale: 1.0 / b, acceptance })
    }

    /// `v` and `w` of the paper.
    fn proposal(&self, u1: f64) -> (f64, f64) {
        let v = self.scale * libm::log(u1 / (1.0 - u1));
        (v, self.a * libm::exp(v))
    }

    /// The `w` that two uniform numbers propose, unless it is rejected.
    fn accepted(&self, u1: f64, u2: f64) -> Option<f64> {
        let (z, log_4) = (u1 * u1 * u2, 2.0 * std::f64::consts::LN_2);
        let alpha = self.a + self.b;
        match self.acceptance {
            Acceptance::Bb { gamma } => {
                let (v, w) = self.proposal(u1);
                let r = gamma * v - log_4;
                let s = self.a + r - w;
                // 1 + ln 5.
                if s + 2.609_437_912_434_100_3 >= 5.0 * z {
                    return Some(w);
                }
                let t = libm::log(z);
                (s >= t || r + alpha * libm::log(alpha / (self.b + w)) >= t).then_some(w)
            }
            Acceptance::Bc { kappa1, kappa2 } => {
                let rejected = if u1 < 0.5 {
                    0.25 * u2 + z - u1 * u2 >= kappa1
                } else if z <= 0.25 {
                    return Some(self.proposal(u1).1);
                } else {
                    z >= kappa2
                };
                if rejected {
                    return None;
                }
                let (v, w) = self.proposal(u1);
                (alpha * (libm::log(alpha / (self.b + w)) + v) - log_4 >= libm::log(z)).then_some(w)
            }
        }
    }
}

impl Distribution<f64> for Beta {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        loop {
            let (u1, u2) = (Open01.sample(rng), Open01.sample(rng));
            match self.accepted(u1, u2) {
                None => {}
                Some(f64::INFINITY) => return if self.a_is_first { 1.0 } else { 0.0 },
                Some(w) if self.a_is_first => return w / (self.b + w),
                Some(w) => return self.b / (self.b + w),
            }
        }
    }
}

/// A log-normal law.
#[derive(Clone, Copy, Debug)]
pub struct LogNormal {
    mu: f64,
    sigma: f64,
}

impl LogNormal {
    /// The law with this mean and standard deviation; none unless the mean is above zero and both are finite.
    pub fn from_mean_and_sd(mean: f64, sd: f64) -> Option<Self> {
        let spread = 1.0 + (sd / mean) * (sd / mean);
        let (mu, sigma) = (0.5 * libm::log(mean * mean / spread), libm::sqrt(libm::log(spread)));
        (mean > 0.0 && mu.is_finite() && sigma.is_finite()).then_some(Self { mu, sigma })
    }
}

impl Distribution<f64> for LogNormal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        libm::exp(self.mu + self.sigma * ZIGGURAT.sample(rng))
    }
}

/// Layers of the ziggurat.
const LAYERS: usize = 256;
/// Where its tail begins.
const TAIL: f64 = 3.654_152_885_361_009;
/// Width of a rectangle of the lowest layer's area, tail included, as high as the density where the tail begins.
const WIDEST: f64 = 3.910_757_959_537_09;

static ZIGGURAT: LazyLock<Ziggurat> = LazyLock::new(Ziggurat::new);

/// Standard normal numbers from layers of equal area under exp(-x^2 / 2). Source: Marsaglia and Tsang 2000, "The ziggurat
/// method for generating random variables", as in Doornik 2005 ("ZIGNOR").
struct Ziggurat {
    /// Half the width of each layer, from below; the last is the top's, 0.
    edges: [f64; LAYERS + 1],
    /// The density there.
    heights: [f64; LAYERS + 1],
}

fn density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x)
}

impl Ziggurat {
    fn new() -> Self {
        let (mut edges, area) = ([0.0; LAYERS + 1], WIDEST * density(TAIL));
        (edges[0], edges[1]) = (WIDEST, TAIL);
        for layer in 2..LAYERS {
            let below: f64 = edges[layer - 1];
            edges[layer] = libm::sqrt(-2.0 * libm::log(area / below + density(below)));
        }
        Self { edges, heights: edges.map(density) }
    }

    /// How far beyond the start of the tail. Source: Marsaglia 1964.
    fn beyond<R: Rng + ?Sized>(rng: &mut R) -> f64 {
        loop {
            let pair: [f64; 2] = [Open01.sample(rng), Open01.sample(rng)];
            let [x, y] = pair.map(libm::log);
            let x = x / TAIL;
            if -2.0 * y >= x * x {
                return -x;
            }
        }
    }
}

impl Distribution<f64> for Ziggurat {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let Self { edges, heights } = self;
        loop {
            let bits = rng.next_u64();
            let layer = bits as usize % LAYERS;
            // In [-1, 1): the upper 52 bits as those of a number in [2, 4).
            let u = f64::from_bits(bits >> 12 | 0x4000_0000_0000_0000) - 3.0;
            let x = u * edges[layer];
            if x.abs() < edges[layer + 1] {
                return x;
            }
            if layer == 0 {
                return (TAIL + Self::beyond(rng)).copysign(u);
            }
            let uniform: f64 = StandardUniform.sample(rng);
            if heights[layer + 1] + (heights[layer] - heights[layer + 1]) * uniform < density(x) {
                return x;
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_types)] // what ours are held against
mod tests {
    use super::*;
    use crate::random::{Address, Draws, Stream};

    /// Draws from both laws, on the same words: the same numbers but for rounding, from as many words.
    fn agree(ours: impl Distribution<f64>, theirs: impl Distribution<f64>, count: u32) {
        for user in 0..count {
            let address = Address { stream: Stream::Traits, round: 0, day: 0, event: 0, user };
            let mut words: [Draws; 2] = [address.draws(1), address.draws(1)];
            let (here, there) = (ours.sample(&mut words[0]), theirs.sample(&mut words[1]));
            assert!((here - there).abs() <= 1e-12 * there.abs(), "user {user}: {here:e} and {there:e}");
            assert_eq!(words[0].given(), words[1].given(), "user {user}");
        }
    }

    // Shapes on either side of one, equal, far apart, and so small that almost everything is at the ends.
    #[test]
    fn beta_is_that_of_rand_distr() {
        let shapes = [
            (0.3, 0.7),
            (0.7, 0.3),
            (0.9, 5.0),
            (40.0, 0.5),
            (1.0, 1.0),
            (2.0, 3.0),
            (3.0, 2.0),
            (2.5, 2.5),
            (200.0, 1.5),
            (0.001, 0.002),
        ];
        for (first, second) in shapes {
            let theirs = rand_distr::Beta::new(first, second).unwrap();
            agree(Beta::new(first, second).unwrap(), theirs, 20_000);
        }
    }

    // Of 200,000 standard normal numbers some 50 are from the tail and 2,400 from the edges of layers.
    #[test]
    fn log_normal_is_that_of_rand_distr() {
        let theirs = rand_distr::LogNormal::from_mean_cv(1.3, 0.5).unwrap();
        agree(LogNormal::from_mean_and_sd(1.3, 0.65).unwrap(), theirs, 200_000);
        let theirs = rand_distr::LogNormal::from_mean_cv(0.8, 0.0).unwrap();
        agree(LogNormal::from_mean_and_sd(0.8, 0.0).unwrap(), theirs, 100);
    }

    // The layer below the top is closed by the top itself: so it is only for the right start of the tail.
    #[test]
    fn all_layers_have_the_same_area() {
        let Ziggurat { edges, heights } = &*ZIGGURAT;
        // Marsaglia and Tsang's area for 256 layers of exp(-x^2 / 2), tail included.
        let area = 0.004_928_673_233_99;
        for layer in 1..LAYERS {
            let own = edges[layer] * (heights[layer + 1] - heights[layer]);
            assert!((own / area - 1.0).abs() < 1e-9, "layer {layer}: {own}");
        }
    }

    #[test]
    fn what_is_no_law_is_refused() {
        assert!(
            [(0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::NAN)]
                .map(|(a, b)| Beta::new(a, b).is_none())
                == [true; 4]
        );
        let spreads = [(0.0, 0.0), (0.0, 1.0), (-1.0, 1.0), (1.0, f64::INFINITY), (1.0, f64::NAN)];
        assert!(spreads.map(|(mean, sd)| LogNormal::from_mean_and_sd(mean, sd).is_none()) == [true; 5]);
    }
}
