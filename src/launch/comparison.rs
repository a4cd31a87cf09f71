//! Candidate against incumbent on prompts that users really asked.

use crate::feedback::{ApprovalModel, Interaction};
use crate::parallel;
use crate::policy::Policy;
use crate::random::{Address, Stream};
use crate::statistics::{Estimate, Moment};

const CHUNK: usize = 256;

/// Mean difference in P(up) between the candidate's and the incumbent's answers to the same logged prompts.
///
/// Both answer with the same random numbers, so the difference is paired and its standard error small: this is
/// what a side-by-side test with many users would find, not the noise of a small one.
pub fn compare_on_logged_prompts(
    candidate: &Policy,
    incumbent: &Policy,
    rows: &[Interaction],
    approval: &ApprovalModel,
    seed: u64,
    round: u32,
) -> Estimate {
    let gain = |row: &Interaction| {
        let address = Address {
            stream: Stream::Comparison,
            round,
            day: row.day,
            event: row.conversation,
            user: row.user,
        };
        let phi = row.phi(candidate.weights.ncols());
        let pleased = |policy: &Policy| {
            let mut draws = address.draws(seed);
            let response = policy.sample_response(&phi, || draws.uniform());
            let levels = Interaction::levels_of(&response[..policy.behaviours], policy.levels);
            approval.thumbs_up_probability(approval.approval(&row.judge, &row.situation, &levels))
        };
        pleased(candidate) - pleased(incumbent)
    };
    let parts = parallel::map_chunks(rows, CHUNK, |rows| {
        let mut difference = Moment::default();
        rows.iter().for_each(|row| difference.push(gain(row)));
        difference
    });
    let mut difference = Moment::default();
    parts.iter().for_each(|part| difference.add(part));
    Estimate::from(&difference)
}
