//! What a conversation leaves behind: counts, log rows, and a changed user.

use super::batch::Batch;
use super::coefficients::Serving;
use super::kernel::BlockServed;
use super::prompt::Prompt;
use super::reaction::Reaction;
use super::response::Response;
use super::tally::Tally;
use crate::feedback::{Interaction, Judge, Situation};
use crate::lanes::LANES;
use crate::memory::{self, TASTE_LIMIT};
use crate::policy::MAX_BEHAVIOURS;
use crate::population::Block;

/// Counts every conversation and logs those that fall into a sample.
#[allow(clippy::too_many_arguments)]
pub(super) fn log_conversations(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    reaction: &Reaction,
    draws: &[[u32; LANES]; 4],
    serving: &Serving,
    served: &mut BlockServed,
) {
    for i in 0..batch.count {
        let tally = &mut served.segments[block.segment[batch.index[i]] as usize];
        count(tally, prompt, response, reaction, serving, i);
        let key = draws[1][i];
        let into_rated = reaction.rated[i] && key <= serving.rated_threshold;
        let into_uniform = key <= serving.uniform_threshold;
        if into_rated || into_uniform {
            let row = log_row(block, batch, prompt, response, reaction, serving, i, key);
            if into_rated {
                served.sample.rated.push(row);
            }
            if into_uniform {
                served.sample.uniform.push(row);
            }
        }
    }
}

#[inline(always)]
fn count(
    tally: &mut Tally,
    prompt: &Prompt,
    response: &Response,
    reaction: &Reaction,
    serving: &Serving,
    i: usize,
) {
    tally.visible += u64::from(prompt.visible[i]);
    tally.known += u64::from(prompt.known[i]);
    tally.rated += u64::from(reaction.rated[i]);
    tally.up += u64::from(reaction.rated[i] && reaction.up[i]);
    tally.returned += u64::from(reaction.returned[i]);
    tally.discoveries += u64::from(reaction.discovered[i]);
    tally.complaints += u64::from(reaction.complains[i]);
    tally.approval.push(f64::from(reaction.approval[i]));
    tally.benefit.push(f64::from(reaction.benefit[i]));
    tally.effective_deference.push(f64::from(reaction.deference[i]));
    for j in 0..serving.terms.len() {
        tally.levels[j].push(response.index[j][i]);
        if prompt.visible[i] {
            tally.visible_levels[j].push(response.index[j][i]);
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn log_row(
    block: &Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    reaction: &Reaction,
    serving: &Serving,
    lane: usize,
    key: u32,
) -> Interaction {
    let user = batch.index[lane];
    let mut taste = [0.0; MAX_BEHAVIOURS];
    let mut habituation = [0.0; MAX_BEHAVIOURS];
    for j in 0..serving.terms.len() {
        taste[j] = f64::from(block.taste[j * block.users + user]);
        habituation[j] = f64::from(block.habituation[j * block.users + user]);
    }
    Interaction {
        key,
        user: batch.user[lane],
        conversation: batch.conversation,
        segment: block.segment[user],
        response: response.index.map(|row| row[lane]),
        phi: prompt.phi.map(|row| row[lane]),
        situation: Situation {
            stance_error: f64::from(prompt.stance[lane]),
            stance_read: f64::from(prompt.stance_read[lane]),
            visible: prompt.visible[lane],
            estimate: f64::from(prompt.estimate[lane]),
            charge: f64::from(prompt.charge[lane]),
        },
        judge: Judge {
            expertise: f64::from(block.expertise[user]),
            cringe: f64::from(block.cringe[user]),
            taste,
            habituation,
            known: prompt.known[lane],
        },
        satisfaction: f64::from(block.satisfaction[user]),
        rated: reaction.rated[lane],
        up: reaction.up[lane],
        returned: reaction.returned[lane],
    }
}

/// Writes back what the conversation changed in its user and in the assistant's memory.
pub(super) fn write_back(
    block: &mut Block,
    batch: &Batch,
    prompt: &Prompt,
    response: &Response,
    reaction: &Reaction,
    draws: &[[u32; LANES]; 4],
    serving: &Serving,
) {
    for i in 0..batch.count {
        let user = batch.index[i];
        block.satisfaction[user] = reaction.satisfaction[i];
        block.trust[user] = reaction.trust[i];
        block.stance_error[prompt.topic[i] * block.users + user] = reaction.belief[i];
        if serving.recording && !block.opted_out[user] {
            if prompt.stated[i] && reaction.writes[i] {
                let capacity = serving.settings.memory.capacity;
                let (topic, stance) = (prompt.topic[i], prompt.stance[i]);
                memory::write_stance(block, user, topic, stance, capacity, draws[3][i]);
            }
            if reaction.rated[i] {
                remember_taste(block, user, response, reaction.up[i], serving, i);
            }
        }
    }
    let rate = serving.settings.consequences.habituation_rate as f32;
    for j in 0..serving.terms.len() {
        let habits = &mut block.habituation[j * block.users..(j + 1) * block.users];
        for i in 0..batch.count {
            let habit = &mut habits[batch.index[i]];
            *habit += rate * (response.level[j][i] - *habit);
        }
    }
}

/// Moves remembered tastes towards what was thumbed up (away from what was thumbed down), relative to what the
/// policy would have done, in reference standard deviations.
fn remember_taste(
    block: &mut Block,
    user: usize,
    response: &Response,
    up: bool,
    serving: &Serving,
    lane: usize,
) {
    let rate = serving.settings.memory.taste_rate as f32;
    let sign = if up { 1.0 } else { -1.0 };
    for (j, terms) in serving.terms.iter().enumerate() {
        let surprise = sign * (response.level[j][lane] - response.expected[j][lane]) / terms.reference_sd;
        let taste = &mut block.remembered_taste[j * block.users + user];
        *taste = (*taste + rate * (surprise - *taste)).clamp(-TASTE_LIMIT, TASTE_LIMIT);
    }
    block.taste_known[user] = true;
}
