//! What a conversation leaves behind: log rows, and a changed user.

use super::batch::{Batch, People, Record};
use super::coefficients::{Serving, Tilts};
use super::counting::ConversationFlags;
use super::response::expected_level;
use crate::feedback::{Interaction, Judge, Liking, Sample, Situation};
use crate::lanes::{self, LANES};
use crate::memory::{TASTE_LIMIT, make_room};
use crate::policy::MAX_BEHAVIOURS;
use crate::population::{Block, Marks};
use crate::random::{Address, Stream};

/// Logs the conversations that fall into a sample.
#[inline(always)]
pub(super) fn log_conversations(
    people: &People,
    batch: &Batch,
    record: &Record,
    serving: &Serving,
    sample: &mut Sample,
) {
    let keys = &record.words[3];
    // Most batches hold one row of a sample or none: a look at all keys at once spares looking at each.
    let mut kept = [0; LANES];
    for i in 0..LANES {
        let into_rated = u32::from(keys[i] <= serving.rated_threshold) & record.rated[i];
        let into_uniform = u32::from(keys[i] <= serving.uniform_threshold);
        kept[i] = batch.talks[i] & (into_rated | into_uniform);
    }
    for i in lanes::places(&kept).map(|lane| lane as usize % LANES) {
        let row = log_row(people, batch, record, serving, i);
        let into_uniform = row.key <= serving.uniform_threshold;
        if into_uniform && row.rated && row.key <= serving.rated_threshold {
            sample.rated.push(row.clone());
        }
        let rows = if into_uniform { &mut sample.uniform } else { &mut sample.rated };
        rows.push(row);
    }
}

#[inline(never)]
fn log_row(people: &People, batch: &Batch, record: &Record, serving: &Serving, i: usize) -> Interaction {
    let flags = ConversationFlags::of(record, i);
    let liking = |j: usize| Liking {
        taste: f64::from(people.taste[j][i]),
        habituation: f64::from(people.habituation[j][i]),
    };
    let mut response = [0; MAX_BEHAVIOURS];
    (0..serving.terms.len()).for_each(|j| response[j] = record.packed_level[j][i] as u8);
    Interaction {
        key: record.words[3][i],
        user: people.number[i],
        day: serving.span.first_day,
        conversation: batch.conversation,
        segment: people.segment[i] as u8,
        response,
        phi: context(record, serving, i),
        situation: Situation {
            stance_error: f64::from(record.stance[i]),
            stance_read: f64::from(record.stance_read[i]),
            visible: flags.visible,
            estimate: f64::from(record.estimate[i]),
            charge: f64::from(serving.kinds.charge.get(record.kind[i] as usize)),
        },
        judge: Judge {
            expertise: f64::from(people.expertise[i]),
            cringe: f64::from(people.cringe[i]),
            likings: (0..serving.terms.len()).map(liking).collect(),
            known: flags.known,
        },
        satisfaction: f64::from(people.satisfaction[i]),
        rated: flags.rated,
        up: flags.up,
        returned: flags.returned,
    }
}

/// phi(x) of one lane; features that cannot occur now are zero.
fn context(record: &Record, serving: &Serving, lane: usize) -> Box<[f64]> {
    let mut phi = serving.phi_by_kind[record.kind[lane] as usize].clone();
    for (place, &f) in serving.varying.iter().enumerate() {
        phi[f] = f64::from(record.phi[place][lane]);
    }
    phi
}

/// Writes back what the conversation changed in its user and in the assistant's memory. What is rounded at random is
/// rounded by bits that no draw of this conversation depends on.
#[inline(always)]
pub(super) fn write_back(
    block: &mut Block,
    people: &People,
    batch: &Batch,
    record: &Record,
    serving: &Serving,
    arm: usize,
) {
    let (first, talks, words) = (batch.first, &lanes::masks(&batch.talks), &record.words);
    block.satisfaction.store(0, first, &record.next_satisfaction, talks, &words[0]);
    block.trust.store(0, first, &record.next_trust, talks, &words[1]);
    block.stance_error.store_chosen(&record.topic, first, &record.next_belief, talks, &words[2]);
    for j in 0..serving.terms.len() {
        block.habituation.store(j, first, &record.next_habituation[j], talks, &record.response_words[j]);
    }
    if serving.recording {
        remember_stances(block, people, batch, record, serving);
        remember_tastes(block, batch, record, serving, arm);
    }
}

/// Writes the stances that were stated and are kept, where the user has not opted out.
#[inline(always)]
fn remember_stances(block: &mut Block, people: &People, batch: &Batch, record: &Record, serving: &Serving) {
    let (marks, topics) = (
        &block.marks[batch.first..batch.first + LANES],
        &mut block.remembered_topics[batch.first..batch.first + LANES],
    );
    let mut writes = [0; LANES];
    for i in 0..LANES {
        let willing = u32::from(!marks[i].has(Marks::OPTED_OUT));
        writes[i] = batch.talks[i] & record.written[i] & willing;
    }
    let capacity = serving.settings.memory.capacity;
    if capacity < serving.settings.world.topics {
        for lane in lanes::places(&writes).map(|lane| lane as usize % LANES) {
            let draw = eviction_word(people.number[lane], batch, serving);
            writes[lane] = u32::from(make_room(&mut topics[lane], record.topic[lane], capacity, draw));
        }
    }
    for i in 0..LANES {
        topics[i] |= (writes[i] << record.topic[i]) as u16;
    }
    let (stance, rounding) = (&record.belief, &record.words[2]);
    let writes = lanes::masks(&writes);
    block.remembered_stance.store_chosen(&record.topic, batch.first, stance, &writes, rounding);
}

/// The word that chooses what a full memory forgets.
fn eviction_word(user: u32, batch: &Batch, serving: &Serving) -> u32 {
    let (round, day) = (serving.span.round, serving.span.first_day);
    let address = Address { stream: Stream::Eviction, round, day, event: batch.conversation, user };
    address.words(serving.seed, 0)[0]
}

/// Remembers what those who rated liked or disliked.
#[inline(always)]
fn remember_tastes(block: &mut Block, batch: &Batch, record: &Record, serving: &Serving, arm: usize) {
    let mut rated = [0; LANES];
    for i in 0..LANES {
        rated[i] = batch.talks[i] & record.rated[i];
    }
    for lane in lanes::places(&rated).map(|lane| lane as usize % LANES) {
        if !block.marks[batch.first + lane].has(Marks::OPTED_OUT) {
            remember_taste(block, batch.first + lane, record, lane, serving, arm);
        }
    }
}

/// Moves remembered tastes towards what was thumbed up (away from what was thumbed down), relative to what the
/// policy would have done, in reference standard deviations.
#[inline(never)]
fn remember_taste(
    block: &mut Block,
    user: usize,
    record: &Record,
    lane: usize,
    serving: &Serving,
    arm: usize,
) {
    let rate = serving.settings.memory.taste_rate as f32;
    let sign = if record.up[lane] != 0 { 1.0 } else { -1.0 };
    let policy = &serving.arms[arm].tilts;
    for (j, terms) in serving.terms.iter().enumerate() {
        let tilts = &policy[j];
        let [w1, w2] = [0, 1].map(|power| tilt_of(tilts, power, record, lane));
        let expected = expected_level(w1, w2, tilts, serving.levels);
        let level = (record.packed_level[j][lane] & 0xFFFF) as f32 / (serving.levels - 1) as f32;
        let surprise = sign * (level - expected) / terms.reference_sd;
        let old = block.remembered_taste.get(j, user);
        let taste = (old + rate * (surprise - old)).clamp(-TASTE_LIMIT, TASTE_LIMIT);
        block.remembered_taste.set(j, user, taste, record.words[1][lane]);
    }
    block.marks[user].set(Marks::TASTE_KNOWN, true);
}

/// w . phi of one lane, for one of the two.
fn tilt_of(tilts: &Tilts, power: usize, record: &Record, lane: usize) -> f32 {
    let varying = tilts.weights.iter().zip(&record.phi).map(|(weights, x)| weights[power] * x[lane]);
    tilts.by_kind[power].get(record.kind[lane] as usize) + varying.sum::<f32>()
}
