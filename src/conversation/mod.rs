//! Serving: users ask, a policy answers, and both are changed by it.
//!
//! [`serve`] is the fast path: blocks of users on all cores, lanes of users within a block. The same
//! conversation, one user at a time in double precision, is in [`crate::reference`].

mod aftermath;
mod arms;
mod batch;
mod coefficients;
mod counting;
mod evidence;
mod experiment;
mod kernel;
mod prompt;
mod reaction;
mod response;
mod tally;
mod usage;

pub use coefficients::{Arm, SampleSizes, Serving, Span};
pub use evidence::EvidenceWeights;
pub use experiment::ArmMetrics;
pub use tally::{LevelSums, Tally};
pub use usage::{conversation_rate, sample_conversations};

use crate::feedback::Sample;
use crate::parallel;
use crate::population::Population;

/// What some days of serving leave behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// Sums over all conversations, by segment.
    pub segments: Vec<Tally>,
    /// The same for each policy in service, in the order given.
    pub arms: Vec<ArmServed>,
    /// Bounded samples of conversations.
    pub sample: Sample,
}

/// What the users of one policy did.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmServed {
    /// Sums over conversations, by segment.
    pub segments: Vec<Tally>,
    /// Sums over users, if an experiment was run.
    pub metrics: ArmMetrics,
}

impl Served {
    /// Sums over all segments.
    pub fn total(&self) -> Tally {
        sum(&self.segments)
    }

    /// Takes in the conversations of later days of the same round; arms are told apart only while they are served.
    pub fn extend(&mut self, later: Served) {
        for (sum, part) in self.segments.iter_mut().zip(&later.segments) {
            sum.add(part);
        }
        self.sample.rated.extend(later.sample.rated);
        self.sample.uniform.extend(later.sample.uniform);
    }

    /// With its samples in order and of the sizes wanted, after days were put together.
    pub fn in_order(mut self, sizes: SampleSizes) -> Self {
        self.sample = Sample::smallest(vec![self.sample], sizes.rated_rows, sizes.uniform_rows);
        self
    }
}

impl ArmServed {
    /// Sums over all segments.
    pub fn total(&self) -> Tally {
        sum(&self.segments)
    }

    fn add(&mut self, other: &Self) {
        for (sum, part) in self.segments.iter_mut().zip(&other.segments) {
            sum.add(part);
        }
        self.metrics.add(&other.metrics);
    }
}

fn sum(segments: &[Tally]) -> Tally {
    let mut total = Tally::default();
    for segment in segments {
        total.add(segment);
    }
    total
}

/// Blocks that are served one after the other, so that they share room for their work.
const BLOCKS_AT_ONCE: usize = 8;

/// Serves every active user and lets them react.
pub fn serve(population: &mut Population, serving: &Serving) -> Served {
    let parts = parallel::map_chunks_mut(&mut population.blocks, BLOCKS_AT_ONCE, |blocks| {
        kernel::serve_blocks(blocks, serving)
    });
    let nothing =
        ArmServed { segments: vec![Tally::default(); serving.segments], metrics: ArmMetrics::default() };
    let mut served = Served {
        segments: nothing.segments.clone(),
        arms: vec![nothing; serving.arms.len()],
        sample: Sample::default(),
    };
    for part in &parts {
        for (sum, part) in served.arms.iter_mut().zip(&part.arms) {
            sum.add(part);
        }
    }
    for arm in &served.arms {
        for (sum, part) in served.segments.iter_mut().zip(&arm.segments) {
            sum.add(part);
        }
    }
    let samples = parts.into_iter().map(|part| part.sample).collect();
    served.sample = Sample::smallest(samples, serving.rated_rows, serving.uniform_rows);
    served
}
