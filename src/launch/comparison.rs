//! Candidate against incumbent on prompts that users really asked.

use crate::feedback::{ApprovalModel, Interaction};
use crate::policy::Policy;
use crate::random::{Address, Stream};
use crate::statistics::{Estimate, Moment};

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
    let mut difference = Moment::default();
    for row in rows {
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
        difference.push(pleased(candidate) - pleased(incumbent));
    }
    Estimate::from(&difference)
}
