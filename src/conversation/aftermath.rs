//! What a conversation leaves behind: log rows, and a changed user.

use super::batch::Batch;
use super::coefficients::Serving;
use super::prompt::Prompt;
use super::reaction::Reaction;
use super::response::Response;
use crate::feedback::{Interaction, Judge, Sample, Situation};
use crate::lanes::{self, LANES};
use crate::memory::{self, TASTE_LIMIT};
use crate::policy::{MAX_BEHAVIOURS, MAX_FEATURES};
use crate::population::Block;

/// Prompt, response and reaction of a batch.
type Happened<'a> = (&'a Prompt, &'a Response, &'a Reaction);

/// Logs the conversations that fall into a sample.
#[inline(always)]
pub(super) fn log_conversations(
    block: &Block,
    batch: &Batch,
    happened: Happened<'_>,
    keys: &[u32; LANES],
    serving: &Serving,
    sample: &mut Sample,
) {
    // Most batches hold one row of a sample or none: a look at all keys at once spares looking at each.
    let mut kept = [0; LANES];
    for i in 0..LANES {
        let into_rated = u32::from(keys[i] <= serving.rated_threshold) & happened.2.rated[i];
        kept[i] = into_rated | u32::from(keys[i] <= serving.uniform_threshold) << 1;
    }
    if kept.iter().fold(0, |any, one| any | one) == 0 {
        return;
    }
    for i in batch.real().filter(|&i| kept[i] != 0) {
        let row = log_row(block, batch, happened, serving, i, keys[i]);
        if kept[i] & 1 != 0 {
            sample.rated.push(row);
        }
        if kept[i] & 2 != 0 {
            sample.uniform.push(row);
        }
    }
}

#[inline(never)]
fn log_row(
    block: &Block,
    batch: &Batch,
    (prompt, response, reaction): Happened<'_>,
    serving: &Serving,
    lane: usize,
    key: u32,
) -> Interaction {
    let user = batch.index[lane] as usize;
    let mut taste = [0.0; MAX_BEHAVIOURS];
    let mut habituation = [0.0; MAX_BEHAVIOURS];
    for j in 0..serving.terms.len() {
        taste[j] = f64::from(block.taste[j * block.users + user]);
        habituation[j] = f64::from(block.habituation[j * block.users + user]);
    }
    Interaction {
        key,
        user: batch.user[lane],
        day: serving.span.first_day,
        conversation: batch.conversation,
        segment: block.segment[user],
        response: response.index.map(|row| row[lane] as u8),
        phi: context(prompt, serving, lane),
        situation: Situation {
            stance_error: f64::from(prompt.stance[lane]),
            stance_read: f64::from(prompt.stance_read[lane]),
            visible: prompt.visible[lane] != 0,
            estimate: f64::from(prompt.estimate[lane]),
            charge: f64::from(prompt.charge[lane]),
        },
        judge: Judge {
            expertise: f64::from(block.expertise[user]),
            cringe: f64::from(block.cringe[user]),
            taste,
            habituation,
            known: prompt.known[lane] != 0,
        },
        satisfaction: f64::from(block.satisfaction[user]),
        rated: reaction.rated[lane] != 0,
        up: reaction.up[lane] != 0,
        returned: reaction.returned[lane] != 0,
    }
}

/// phi(x) of one lane; features that cannot occur now are zero.
fn context(prompt: &Prompt, serving: &Serving, lane: usize) -> [f32; MAX_FEATURES] {
    let mut phi = [0.0; MAX_FEATURES];
    for &f in &serving.live_features {
        phi[f] = prompt.phi[f][lane];
    }
    phi
}

/// Writes back what the conversation changed in its user and in the assistant's memory.
#[inline(always)]
pub(super) fn write_back(
    block: &mut Block,
    batch: &Batch,
    happened: Happened<'_>,
    victims: &[u32; LANES],
    serving: &Serving,
) {
    let (prompt, response, reaction) = happened;
    batch.scatter(&reaction.satisfaction, &mut block.satisfaction);
    batch.scatter(&reaction.trust, &mut block.trust);
    batch.scatter_rows(block.users, &mut block.stance_error, &reaction.belief, &prompt.topic);
    if serving.recording {
        remember(block, batch, happened, victims, serving);
    }
    let rate = serving.settings.consequences.habituation_rate as f32;
    for j in 0..serving.terms.len() {
        let habits = batch.gather_row(block, &block.habituation, j);
        let next = lanes::map2(&habits, &response.level[j], |habit, a| habit + rate * (a - habit));
        batch.scatter(&next, &mut block.habituation[j * block.users..(j + 1) * block.users]);
    }
}

#[inline(always)]
fn remember(
    block: &mut Block,
    batch: &Batch,
    (prompt, response, reaction): Happened<'_>,
    victims: &[u32; LANES],
    serving: &Serving,
) {
    let mut noteworthy = [0; LANES];
    for i in 0..LANES {
        noteworthy[i] = prompt.stated[i] & reaction.writes[i] | reaction.rated[i] << 1;
    }
    for i in batch.real().filter(|&i| noteworthy[i] != 0) {
        let user = batch.index[i] as usize;
        if block.opted_out[user] {
            continue;
        }
        if noteworthy[i] & 1 != 0 {
            let (topic, stance) = (prompt.topic[i] as usize, prompt.belief[i]);
            memory::write_stance(block, user, topic, stance, serving.settings.memory.capacity, victims[i]);
        }
        if reaction.rated[i] != 0 {
            remember_taste(block, user, response, reaction.up[i] != 0, serving, i);
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
        let surprise = sign * (response.level[j][lane] - response.expected(j, lane)) / terms.reference_sd;
        let taste = &mut block.remembered_taste[j * block.users + user];
        *taste = (*taste + rate * (surprise - *taste)).clamp(-TASTE_LIMIT, TASTE_LIMIT);
    }
    block.taste_known[user] = true;
}
