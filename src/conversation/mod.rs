//! Serving: users ask, the policy answers, and both are changed by it.
//!
//! [`serve`] is the fast path: blocks of users on all cores, lanes of users within a block. The same
//! conversation, one user at a time in double precision, is in [`crate::reference`].

mod aftermath;
mod batch;
mod coefficients;
mod kernel;
mod prompt;
mod reaction;
mod response;
mod tally;
mod usage;

pub use coefficients::{SampleSizes, Serving};
pub use tally::{LevelCounts, Tally};
pub use usage::{conversation_rate, sample_conversations};

use crate::feedback::Sample;
use crate::parallel;
use crate::population::Population;

/// What a round of serving leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// Sums over all conversations, by segment.
    pub segments: Vec<Tally>,
    /// Bounded samples of conversations.
    pub sample: Sample,
}

impl Served {
    /// Sums over all segments.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for segment in &self.segments {
            total.add(segment);
        }
        total
    }
}

/// Serves every active user for one round and lets them react.
pub fn serve(population: &mut Population, serving: &Serving) -> Served {
    let results = parallel::map_mut(&mut population.blocks, |block| kernel::serve_block(block, serving));
    let mut served = Served { segments: vec![Tally::default(); serving.segments], sample: Sample::default() };
    for result in results {
        for (sum, part) in served.segments.iter_mut().zip(&result.segments) {
            sum.add(part);
        }
        served.sample.rated.extend(result.sample.rated);
        served.sample.uniform.extend(result.sample.uniform);
    }
    served.sample.keep_smallest(serving.rated_rows, serving.uniform_rows);
    served
}
