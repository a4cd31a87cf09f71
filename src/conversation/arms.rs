//! Which users get which policy, where several serve at once.

use super::coefficients::Serving;
use crate::lanes::{self, LANES};
use crate::population::Block;
use crate::random::{Address, Stream, uniform};
use crate::vector::{Keys, Simd, Vectorised, with_widest_vectors};

/// The arm of each user; none if there is one arm, and nobody asks for its users.
pub(super) fn arms_of(block: &Block, serving: &Serving) -> Vec<u8> {
    if serving.arms.len() == 1 && !serving.experiment {
        return Vec::new();
    }
    with_widest_vectors(DivideIntoArms { block, serving })
}

/// The arm whose interval of cumulative shares holds the user's number.
struct DivideIntoArms<'a, 's> {
    block: &'a Block,
    serving: &'a Serving<'s>,
}

impl Vectorised for DivideIntoArms<'_, '_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<u8> {
        let Self { block, serving } = self;
        let keys = Keys::new(simd, serving.seed);
        let (round, event) = (serving.span.round, serving.split);
        let address = Address { stream: Stream::Arms, round, day: 0, event, user: 0 };
        let ends = &serving.arms[..serving.arms.len() - 1];
        let mut arms = vec![0; block.marks.len()];
        for (first, arms) in (0..).step_by(LANES).zip(arms.as_chunks_mut::<LANES>().0) {
            let users = lanes::counting_from(block.first_user + first as u32);
            let words = keys.words_of_all(address, &users, 0)[0];
            let stretched = match (serving.opt_in_bias, ends.last()) {
                (Some(bias), Some(last)) => {
                    let expertise = block.expertise.load(0, first);
                    lanes::map(&expertise, |expertise| opting_in(last.cumulative_share, bias * expertise))
                }
                _ => [1.0; LANES],
            };
            for end in ends {
                for i in 0..LANES {
                    arms[i] += u8::from(uniform(words[i]) >= stretched[i] * end.cumulative_share);
                }
            }
        }
        arms
    }
}

/// How much likelier than `share` someone volunteers whose log-odds are `bias` higher.
fn opting_in(share: f32, bias: f32) -> f32 {
    let odds = share / (1.0 - share) * lanes::exp(bias);
    odds / (1.0 + odds) / share
}
