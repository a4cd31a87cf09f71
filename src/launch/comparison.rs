//! Candidate against incumbent on prompts that users really asked.

use crate::doubles::WIDTH;
use crate::feedback::{ApprovalModel, Interaction};
use crate::parallel;
use crate::policy::{MAX_BEHAVIOURS, Policy, eight_contexts};
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
    let behaviours = candidate.behaviours;
    let parts = parallel::map_chunks(rows, CHUNK, |rows| {
        let mut difference = Moment::default();
        for rows in rows.chunks(WIDTH) {
            let contexts = eight_contexts(rows.iter().map(|row| &*row.phi));
            let mut uniforms = [[0.0; MAX_BEHAVIOURS]; WIDTH];
            for (uniforms, row) in uniforms.iter_mut().zip(rows) {
                let mut draws = address_of(row, round).draws(seed);
                uniforms[..behaviours].fill_with(|| draws.uniform());
            }
            let [new, old] = [candidate, incumbent].map(|policy| {
                let [responses] = policy.respond_to_eight(&contexts[..policy.weights.ncols()], &[uniforms]);
                responses
            });
            for (row, (new, old)) in rows.iter().zip(new.iter().zip(&old)) {
                let pleased = |response: &[u8]| {
                    let levels = Interaction::levels_of(&response[..behaviours], candidate.levels);
                    approval.thumbs_up_probability(approval.approval(&row.judge, &row.situation, &levels))
                };
                difference.push(pleased(new) - pleased(old));
            }
        }
        difference
    });
    let mut difference = Moment::default();
    parts.iter().for_each(|part| difference.add(part));
    Estimate::from(&difference)
}

fn address_of(row: &Interaction, round: u32) -> Address {
    Address { stream: Stream::Comparison, round, day: row.day, event: row.conversation, user: row.user }
}
